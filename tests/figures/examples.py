"""Each figure function with something to draw."""

import numpy as np
import pandas as pd

from rnnviz import figures

STATE = np.random.default_rng(1).uniform(-1, 1, (7, 5))
WEIGHT = np.random.default_rng(2).normal(size=(12, 4))
P = np.array([0.5, 0.25, 0.125])
RESPONSES = pd.DataFrame(
    {"token": ["e", "␣", "3"], "mean": [0.5, 0.1, -0.75], "deviation": [0.1, 0, 0.2], "count": [900, 200, 1]}
)
DISTANCES = pd.DataFrame(
    {
        "cell": ["Elman", "Elman", "GRU", "GRU", "LSTM", "LSTM"],
        "repetition": [2, 3] * 3,
        "distance": [1.0, 0.1, 0.5, 1e-3, 2.0, 1e-12],
    }
)
ALL = {
    "state_heatmap": lambda: figures.state_heatmap(STATE, list("to be o"), symbol="h", limit=1),
    "unit_responses": lambda: figures.unit_responses(RESPONSES, symbol="h"),
    "repetition_distances": lambda: figures.repetition_distances(DISTANCES, current="GRU"),
    "weight_heatmap": lambda: figures.weight_heatmap(WEIGHT, blocks=("r", "z", "n"), limit=2.5),
    "next_tokens": lambda: figures.next_tokens(P, ["e", "␣", "'"]),
}
