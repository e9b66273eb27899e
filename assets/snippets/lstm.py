# Run this in the project's folder: python lstm.py
import json

import torch
from safetensors import safe_open

text = "To be, or not to be"
hold = {}  # gates held fixed, such as {"f": 1.0, "i": 0.0}
unit = None  # the one unit that is held; None: all
start = 0  # the first step at which they are held, from 0

file = safe_open("assets/weights/character_lstm.safetensors", "pt")
vocabulary = json.loads(file.metadata()["tokens"])
W_ih, W_hh, b_ih, b_hh, W_y, b_y = (
    file.get_tensor(name).double()
    for name in ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0", "output.weight", "output.bias")
)
h = c = torch.zeros(64).double()
for t, character in enumerate(text):
    x = vocabulary.index(character) if character in vocabulary else 0  # one-hot: W_ih x is a column of W_ih
    i, f, g, o = (W_ih[:, x] + b_ih + W_hh @ h + b_hh).chunk(4)
    gates = {"i": torch.sigmoid(i), "f": torch.sigmoid(f), "g": torch.tanh(g), "o": torch.sigmoid(o)}
    for gate, value in hold.items() if t >= start else ():
        gates[gate][slice(None) if unit is None else unit] = value
    c = gates["f"] * c + gates["i"] * gates["g"]
    h = gates["o"] * torch.tanh(c)
    likeliest = vocabulary[(W_y @ h + b_y).argmax()]
    print(repr(character), "c[0] =", f"{c[0]:.4f}", "h[0] =", f"{h[0]:.4f}", "next:", repr(likeliest))
