# Run this in the project's folder: python bptt.py
import json

import torch
from safetensors import safe_open

cell = "LSTM"
text = "To be, or not to be"
only_last = False  # True: only the guess of the last character counts

file = safe_open(f"assets/weights/character_{cell.lower()}.safetensors", "pt")
vocabulary = json.loads(file.metadata()["tokens"])
weights = {name.removesuffix("_l0"): file.get_tensor(name).double() for name in file.keys()}
W_y, b_y = weights.pop("output.weight"), weights.pop("output.bias")
step = {"Elman": torch.nn.RNNCell, "GRU": torch.nn.GRUCell, "LSTM": torch.nn.LSTMCell}[cell](
    len(vocabulary), 64
).double()
step.load_state_dict(weights)

ids = torch.tensor([vocabulary.index(c) if c in vocabulary else 0 for c in text])
x = torch.nn.functional.one_hot(ids, len(vocabulary)).double()
state, h, losses = None, [], []
for t in range(len(text) - 1):  # the last character has no next one
    state = step(x[t], state)
    h.append(state[0] if cell == "LSTM" else state)
    h[t].retain_grad()  # autograd keeps gradients of weights only, unless it is asked to
    losses.append(torch.nn.functional.cross_entropy(W_y @ h[t] + b_y, ids[t + 1]))
if losses:
    (losses[-1] if only_last else sum(losses)).backward()
for t in range(len(losses)):
    print(t + 1, repr(text[t]), f"L_t = {losses[t].item():.4f}", f"|dL/dh_t| = {h[t].grad.norm().item():.4e}")
