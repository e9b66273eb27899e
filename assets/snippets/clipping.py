# Run this anywhere: python clipping.py
import torch
from torch import nn

rate = 0.3
theta = 0.3  # None: no clipping
seed = 0

torch.manual_seed(seed)
rnn, output = nn.RNN(8, 32, batch_first=True), nn.Linear(32, 4)
parameters = [*rnn.parameters(), *output.parameters()]
optimiser = torch.optim.SGD(parameters, lr=rate, momentum=0.9)
for update in range(600):
    symbols = torch.randint(4, 8, (16, 12))  # 16 sequences of 12 symbols that say nothing,
    symbols[:, 0] = torch.randint(0, 4, (16,))  # after a first one that must be recalled at the end
    h, _ = rnn(nn.functional.one_hot(symbols, 8).float())
    loss = nn.functional.cross_entropy(output(h[:, -1]), symbols[:, 0])
    optimiser.zero_grad()
    loss.backward()  # first all gradients,
    norm = nn.utils.clip_grad_norm_(parameters, theta or float("inf"))  # then clip them together; gives ‖g‖ before,
    optimiser.step()  # and only then the step
    if update % 100 == 99:
        print(f"update {update + 1}: loss {loss:.4f}, norm {norm:.4f}")
