"""Each figure function with something to draw."""

import numpy as np
import pandas as pd

from rnnviz import figures
from rnnviz.figures.order import Panel
from rnnviz.figures.shapes import Step

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
MEANS = {"i": np.array([0.5, 0.75, 1.0]), "f": np.zeros(3), "o": np.array([0.25, 0.5, 0.125])}
FREE = MEANS | {"f": np.array([0.5, 0.25, 0.75])}
COSTS = pd.DataFrame({"gate": ["i", "i", "f", "f"], "value": [0.0, 1.0] * 2, "bits": [5.5, 3.25, 3.0, 10.5]})
ENVELOPES = pd.DataFrame(
    {"time": [0, 1] * 2, "state": list("cchh"), "low": [-1.5, -3, -0.5, -0.75], "high": [1, 2, 0.25, 0.5],
     "value": [0.5, 1, 0.125, 0.25]}
)  # fmt: skip
KEPT = {f"forget bias {bias}": (0.5 + 0.1 * bias) ** np.arange(1.0, 5.0) for bias in (0, 1, 3)}
STATES = pd.DataFrame({"right": [0.5, -0.25, 1.5], "written": [0.5, 4.0, -12.0]})
APART = pd.DataFrame(
    {"version": ["A", "A", "A", "C", "C", "C"], "time": [0, 1, 2] * 2, "distance": [0.0, 1e-16, 2e-16, 0.0, 0.4, 1.5]}
)
COUNTS = pd.DataFrame(
    {"cell": ["GRU", "GRU", "LSTM", "LSTM"], "hidden_size": [1, 2] * 2, "parameters": [9, 30, 12, 40]}
)
EVIDENCE = pd.DataFrame(
    {
        "feature": ["long line", "vowel"],
        "unit": ["h 36", "c 5"],
        "score": [0.937, 0.84],
        "untrained": [0.544, 0.8],
        "character": [0.54, 1.0],
    }
)
SPLIT = pd.DataFrame({"value": [-0.5, 0.5], "width": [1.0, 1.0], "true": [0.25, 0.75], "false": [1.0, 0.0]})
BY_COUNT = pd.DataFrame(
    {"count": [1, 2, 4], "mean": [0.9, 0.5, -2.0], "deviation": [0.0, 0.1, 0.2], "times": [90, 40, 10]}
)
PANELS = [
    Panel("bag of words", ["dog", "man"], np.array([[1, 1, 0], [2, 1, 1]])),
    Panel("Elman, 13 units", [f"unit {k}" for k in range(13)], np.linspace(-1, 1, 39).reshape(13, 3)),
]
ORDER = pd.DataFrame(
    {"kind": ["bag", "bag", "Elman", "Elman"], "step": [1, 2] * 2, "distance": [2**0.5, 0.0, 0.5, 0.25]}
).assign(name=["bag of words"] * 2 + ["Elman"] * 2)
USES = [Step("a"), Step("b", output="c", p=0.5), Step("c", fed=True, output="␣", p=0.25)]
FADING = {"GRU": np.array([np.nan, 1.0, 1e-3, 0.0]), "LSTM, c": np.array([np.nan, 3.0, 2.0, 1.0])}
ALL = {
    "compared_states": lambda: figures.compared_states(PANELS),
    "state_distances": lambda: figures.state_distances(ORDER, words=[("dog", "man"), ("man", "dog")]),
    "unrolled_shape": lambda: figures.unrolled_shape(STATE[:3], USES),
    "influence_decay": lambda: figures.influence_decay(FADING, list("to b"), changed=1, rounding=1e-16),
    "series": lambda: figures.series(
        np.array([1.0, np.nan, 3.0]), np.arange(3.0), time_label="year", value_label="sunspots"
    ),
    "feature_map": lambda: figures.feature_map(
        STATE, time=range(7), feature=range(5), time_label="ms", feature_label="Hz", value_label="dB", range=(-1, 1)
    ),
    "word_columns": lambda: figures.word_columns([["to", "be"], ["sein"]], ["English", "German"]),
    "openness": lambda: figures.openness(MEANS, list("abc"), free=FREE),
    "state_change": lambda: figures.state_change({"h": STATE[:3, 0], "c": STATE[:3, 1]}, list("abc")),
    "next_tokens_compared": lambda: figures.next_tokens_compared(["e", "␣", "'"], P, P[::-1]),
    "hold_costs": lambda: figures.hold_costs(COSTS, free=2.5),
    "envelopes": lambda: figures.envelopes(ENVELOPES, 4, list("ab")),
    "kept_share": lambda: figures.kept_share(KEPT),
    "state_heatmap": lambda: figures.state_heatmap(STATE, list("to be o"), symbol="h", limit=1),
    "unit_responses": lambda: figures.unit_responses(RESPONSES, symbol="h"),
    "repetition_distances": lambda: figures.repetition_distances(DISTANCES, current="GRU"),
    "weight_heatmap": lambda: figures.weight_heatmap(WEIGHT, blocks=("r", "z", "n"), limit=2.5),
    "next_tokens": lambda: figures.next_tokens(P, ["e", "␣", "'"]),
    "as_written": lambda: figures.as_written(STATES, "to ", symbol="c", version="C", cell="LSTM"),
    "version_distances": lambda: figures.version_distances(APART, "to ", current="C", threshold=0.1, cell="GRU"),
    "parameter_counts": lambda: figures.parameter_counts(COUNTS, hidden_size=2, current="GRU"),
    "unit_evidence": lambda: figures.unit_evidence(EVIDENCE, cell="GRU", count=False, networks=5),
    "unit_split": lambda: figures.unit_split(SPLIT, symbol="h of unit 36", cell="GRU", threshold=0.25),
    "unit_by_count": lambda: figures.unit_by_count(BY_COUNT, symbol="c of unit 3", cell="LSTM", counts="letters"),
}
