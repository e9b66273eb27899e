# Run this anywhere: python series.py
import torch
from torch import nn

window = 60
horizon = 20
hidden = 16
updates = 200
rate = 0.003

torch.manual_seed(0)
season = 25
values = torch.sin(2 * torch.pi * torch.arange(400) / season) + 0.15 * torch.randn(400)
train = values[:240]  # split in time: 240 to 319 are the validation part, the rest is the test part, not touched
mean, deviation = train.mean(), train.std()  # of the training part alone
scaled = (values - mean) / deviation
lstm, output = nn.LSTM(1, hidden, batch_first=True), nn.Linear(hidden, 1)
optimiser = torch.optim.Adam([*lstm.parameters(), *output.parameters()], lr=rate)
for _ in range(updates):
    starts = torch.randint(0, len(train) - window, (32, 1))
    pieces = scaled[starts + torch.arange(window + 1)]
    said = output(lstm(pieces[:, :-1, None])[0])[..., 0]
    loss = ((said - pieces[:, 1:]) ** 2).mean()  # the next value, at every step
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()

origins, ahead = torch.arange(239, 320 - horizon)[:, None], torch.arange(1, horizon + 1)
read, memory, forecasts = scaled[origins + torch.arange(1 - window, 1)][..., None], None, []
with torch.no_grad():
    for _ in range(horizon):
        states, memory = lstm(read, memory)
        read = output(states[:, -1:])  # it reads what it said
        forecasts.append(read[:, 0, 0] * deviation + mean)
repeated = {"persistence": origins, "seasonal naive": origins + ahead - season * (1 + (ahead - 1) // season)}
said = {"LSTM": torch.stack(forecasts, dim=1), **{name: values[known] for name, known in repeated.items()}}
for name, one in said.items():
    rmse = ((one - values[origins + ahead]) ** 2).mean(dim=0).sqrt()
    print(f"{name}: RMSE {rmse[0]:.3f} one step ahead, {rmse[-1]:.3f} {horizon} ahead")
