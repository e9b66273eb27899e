# Run this anywhere: python sequences.py
import numpy as np
import torch

one = "dog bites man"
two = "man bites dog"
units = 8
seed = 0

vocabulary = list(dict.fromkeys(one.split() + two.split()))
rnn = torch.nn.RNN(len(vocabulary), units).double()
bound, generator = units**-0.5, np.random.default_rng(seed)
shapes = {name: weight.shape for name, weight in rnn.state_dict().items()}
rnn.load_state_dict({name: torch.tensor(generator.uniform(-bound, bound, shape)) for name, shape in shapes.items()})

x = [torch.eye(len(vocabulary)).double()[[vocabulary.index(word) for word in s.split()]] for s in (one, two)]
for t in range(max(len(x[0]), len(x[1]))):
    bag = [words[: t + 1].sum(0) for words in x]  # s_t = s_{t-1} + x_t
    elman = [rnn(words[: t + 1])[0][-1] for words in x]  # h_t = tanh(...)
    print(t + 1, "bag", f"{(bag[0] - bag[1]).norm():.4f}", "Elman", f"{(elman[0] - elman[1]).norm():.4f}")
