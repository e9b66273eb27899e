# Run this anywhere: python training.py
import torch
from torch import nn

cell = "lstm"  # "rnn", "gru" or "lstm"
length = 50
rate = 0.01
updates = 600
theta = 1.0  # the gradient's greatest norm; float("inf"): no clipping

torch.manual_seed(0)
layer = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[cell](2, 32, batch_first=True)
output = nn.Linear(32, 1)
parameters = [*layer.parameters(), *output.parameters()]
optimiser = torch.optim.Adam(parameters, lr=rate)
for update in range(1, updates + 1):
    numbers, marks = torch.rand(64, length), torch.zeros(64, length)  # the adding problem:
    half = length // 2  # two numbers are marked, one in each half
    marks[torch.arange(64), torch.randint(0, half, (64,))] = 1
    marks[torch.arange(64), torch.randint(half, length, (64,))] = 1
    said = output(layer(torch.stack([numbers, marks], dim=2))[0][:, -1])[:, 0]
    loss = ((said - (numbers * marks).sum(dim=1)) ** 2).mean()
    optimiser.zero_grad()
    loss.backward()
    norm = nn.utils.clip_grad_norm_(parameters, theta)  # ‖g‖ before clipping
    optimiser.step()
    if update % 50 == 0 or update == updates:
        print(f"update {update}: loss {loss.item():.4f} (guessing: 0.1667), norm {norm.item():.3g}")
