# Run this in the project's folder: python unrolling.py
import json

import torch
from safetensors import safe_open

cell = "LSTM"
text = "To be, or not to be"

file = safe_open(f"assets/weights/character_{cell.lower()}.safetensors", "pt")
vocabulary = json.loads(file.metadata()["tokens"])
weights = {name: file.get_tensor(name).double() for name in file.keys()}

rnn = {"Elman": torch.nn.RNN, "GRU": torch.nn.GRU, "LSTM": torch.nn.LSTM}[cell](len(vocabulary), 64).double()
rnn.load_state_dict({name: tensor for name, tensor in weights.items() if name.endswith("_l0")})

ids = torch.tensor([vocabulary.index(c) if c in vocabulary else 0 for c in text])
x = torch.nn.functional.one_hot(ids, len(vocabulary)).double()  # (time, vocabulary)
h, _ = rnn(x)  # (time, 64): the same weights at every step
p = torch.softmax(h @ weights["output.weight"].T + weights["output.bias"], dim=1)

for c, state, probabilities in zip(text, h, p):
    print(repr(c), "h[0] =", f"{state[0]:.4f}", "next:", repr(vocabulary[probabilities.argmax()]))
