import numpy as np
import torch

cell = "LSTM"  # "Elman", "GRU" or "LSTM"
nonlinearity = "tanh"  # Elman's: "identity", "tanh" or "relu"
radius = 1.0  # each block of W_hh is rescaled to this
factor = None  # a number: each is what PyTorch draws, times this
forget_bias = 1.0  # None: as drawn
hidden_size = 32
length = 100
input_scale = 1.0
seed = 0

blocks, bound, draw = {"Elman": 1, "GRU": 3, "LSTM": 4}[cell], hidden_size**-0.5, np.random.default_rng(seed)
shapes = [(blocks * hidden_size, n) for n in (8, hidden_size)] + [(blocks * hidden_size,)] * 2
W_ih, W_hh, b_ih, b_hh = (torch.tensor(draw.uniform(-bound, bound, shape)) for shape in shapes)
W_hh = torch.cat([W * (factor or radius / torch.linalg.eigvals(W).abs().max()) for W in W_hh.chunk(blocks)])
if cell == "LSTM" and forget_bias is not None:
    b_ih[hidden_size : 2 * hidden_size], b_hh[hidden_size : 2 * hidden_size] = forget_bias, 0
x = torch.tensor(input_scale * np.random.default_rng((seed, 1)).normal(size=(length, 8)))
v = torch.tensor(np.random.default_rng((seed, 2)).normal(size=hidden_size))
phi = {"identity": lambda a: a, "tanh": torch.tanh, "relu": torch.relu}[nonlinearity]
step = {"Elman": lambda x, h, *p: phi(x @ p[0].T + p[2] + h @ p[1].T + p[3]), "GRU": torch.gru_cell}.get(cell)

states, h, c = [], torch.zeros(1, hidden_size).double().requires_grad_(), torch.zeros(1, hidden_size).double()
for x_t in x[:, None]:
    parameters = (W_ih, W_hh, b_ih, b_hh)
    h, c = torch.lstm_cell(x_t, (h, c), *parameters) if cell == "LSTM" else (step(x_t, h, *parameters), c)
    h.retain_grad()
    states.append(h)
(h @ v / v.norm()).sum().backward()
for t, h in enumerate(states, 1):
    print(f"t = {t}: ‖∂L/∂h_t‖ = {h.grad.norm():.4e}")
