# Run this in the project's folder: python gru.py
import json

import torch
from safetensors import safe_open

text = "To be, or not to be"
reset = "after"  # or "before": where the reset gate stands
hold = {}  # gates held fixed, such as {"z": 1.0}
unit = None  # the one unit that is held; None: all
start = 0  # the first step at which they are held, from 0

file = safe_open("assets/weights/character_gru.safetensors", "pt")
vocabulary = json.loads(file.metadata()["tokens"])
W_ih, W_hh, b_ih, b_hh, W_y, b_y = (
    file.get_tensor(name).double()
    for name in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0", "output.weight", "output.bias")
)
h = torch.zeros(64).double()
for t, character in enumerate(text):
    x = vocabulary.index(character) if character in vocabulary else 0  # one-hot: W_ih x is a column of W_ih
    (x_r, x_z, x_n), (h_r, h_z, h_n) = (W_ih[:, x] + b_ih).chunk(3), (W_hh @ h + b_hh).chunk(3)
    gates = {"r": torch.sigmoid(x_r + h_r), "z": torch.sigmoid(x_z + h_z)}
    for gate, value in hold.items() if t >= start else ():
        gates[gate][slice(None) if unit is None else unit] = value
    r, z = gates["r"], gates["z"]
    n = torch.tanh(x_n + (r * h_n if reset == "after" else W_hh[128:] @ (r * h) + b_hh[128:]))
    h = (1 - z) * n + z * h
    likeliest = vocabulary[(W_y @ h + b_y).argmax()]
    print(repr(character), "z[0] =", f"{z[0]:.4f}", "h[0] =", f"{h[0]:.4f}", "next:", repr(likeliest))
