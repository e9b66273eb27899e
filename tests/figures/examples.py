"""Each figure function with something to draw."""

import numpy as np
import pandas as pd

from rnnviz import figures
from rnnviz.figures.gates import Envelope
from rnnviz.figures.order import Panel
from rnnviz.figures.shapes import Step
from rnnviz.figures.training import Curve

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
ENVELOPES = {
    "c": Envelope(np.array([-1.5, -3]), np.array([1.0, 2]), np.array([0.5, 1])),
    "h": Envelope(np.array([-0.5, -0.75]), np.array([0.25, 0.5]), np.array([0.125, 0.25])),
}
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
LOGS = {"total": np.array([-np.inf, -400.5, 1.25]), "own": np.array([-3.0, np.nan, np.inf]), "cell": np.zeros(3)}
PAIRS = np.where(np.tri(3, dtype=bool), np.array([[0.5, 0, 0], [-2.0, 1.0, 0], [-np.inf, -400.5, -1.0]]), np.nan)
SHARES = {
    "W_hy": np.array([0.25, 0.5, 0.25]),
    "W_ih": np.array([-0.5, 0.5, 1.0]),
    "W_hh": np.array([np.nan, np.nan, np.nan]),
}
CUTS = {"W_hh": np.array([45.0, 12.5, 0.0]), "W_ih": np.array([30.0, np.nan, 0.0])}
ARROWS = np.array([[3.0, -0.5], [0.25, 0.5], [-1.0, 2.0]])
TURNED = {"norm": np.zeros(3), "value": np.array([20.0, 0.0, 15.5])}
WAYS = {"norm": np.array([[0.5, 0.5], [0.75, 0.25]]), "without": np.array([[0.5, 0.5], [2.0, 0.75]])}
NORMS = {"without": np.array([0.5, 40.0, np.inf]), "norm": np.array([0.5, 2.0, 0.125])}
FADES = {
    name: np.array([[-9.0, -6, -3, 0], [1, 2, 1, 0], [-np.inf, -np.inf, -1, 0]])
    for name in ("Elman", "GRU", "LSTM, h", "LSTM, c")
}
OPEN = {"Elman": np.full((3, 4), 0.5), "GRU": np.ones((3, 4)), "LSTM": np.zeros((3, 4))}
DIRECT = {"largest": FADES["Elman"], "median": FADES["GRU"]}
REACH = np.array([[1.0, np.nan, 2.0, 3.0]] * 3)
FAN = np.stack([FADES["Elman"]] * 5, axis=1)
PART = (0.1, 0.25, 0.5, 0.75, 0.9)
AT = np.array([5.0, 10.0, 15.0])
CURVES = {
    "Elman": Curve(AT, np.array([1.0, 0.5, 0.0]), np.array([0.5, 0.25, 0.0]), np.array([2.0, 1.0, 0.0]), (15,)),
    "LSTM": Curve(AT[:2], *np.array([[1.0, np.nan]] * 3)),
}
REACHED = {"Elman": np.array([[-np.inf, -3.0], [-9.0, np.nan]]), "LSTM": np.zeros((3, 2))}
SOLVED = pd.DataFrame(
    {"cell": ["Elman", "Elman", "LSTM"], "length": [10, 50, 50], "seed": [0, 1, 0], "solved_at": [90, None, 400]}
)
WAVE, YEARS = np.array([1.0, 3.0, 2.0, 1.0, 3.0, 2.0, 1.0]), np.arange(1700.0, 1707.0)
AHEAD = {"persistence": np.array([1.0, 1.0]), "Elman": np.array([2.5, np.nan]), "Convolution": np.array([9.0, -9.0])}
OFF = {"persistence": np.array([1.0, 2.0]), "Elman": np.array([0.5, np.nan]), "Convolution": np.array([0.25, 90.0])}
ALL = {
    "series_parts": lambda: figures.series_parts(
        WAVE,
        YEARS,
        parts={"training": (0, 4), "validation": (4, 6), "test": (6, 7)},
        covered="test",
        scaling=(2.0, 0.75),
        window=(1, 4),
        value_label="sunspot number",
        time_label="year",
    ),
    "forecast_fan": lambda: figures.forecast_fan(
        WAVE, YEARS, AHEAD, at=3, window=3, limits=(0.0, 4.0), value_label="sunspot number", time_label="year"
    ),
    "error_by_horizon": lambda: figures.error_by_horizon(
        OFF, highest=3.0, value_label="RMSE, sunspot number", step_label="steps ahead"
    ),
    "training_curves": lambda: figures.training_curves(
        CURVES, chance=1.4, goal=0.14, label="loss, nats", log=True, updates=15
    ),
    "training_norms": lambda: figures.training_norms(CURVES, {"LSTM": CURVES["LSTM"]}, threshold=1.0, updates=15),
    "reach_over_training": lambda: figures.reach_over_training(
        REACHED, {"Elman": np.array([0, 15]), "LSTM": np.arange(3)}, low=-8, high=0
    ),
    "longest_solved": lambda: figures.longest_solved(SOLVED, updates=1000),
    "gradient_norms": lambda: figures.gradient_norms(FADES, FADES["Elman"] + 4, at=1, low=-3, high=3),
    "spectrum": lambda: figures.spectrum(np.array([[0.5 + 1j, 0.5 - 1j, 0.25]] * 3), np.ones(3), at=0, limit=2),
    "squash_slopes": lambda: figures.squash_slopes(OPEN, dict.fromkeys(OPEN, "1 − h²"), at=0),
    "how_far_back": lambda: figures.how_far_back(REACH, REACH / 4, list(FADES), at=0, length=4),
    "memory_paths": lambda: figures.memory_paths(FADES["GRU"][:, ::3], np.array([0, 3]), DIRECT, at=2, low=-3, high=3),
    "mean_gates": lambda: figures.mean_gates({"i": OPEN["GRU"], "f": OPEN["LSTM"]}, at=0),
    "norm_fan": lambda: figures.norm_fan(FAN, FADES["GRU"], PART, cell="LSTM", at=2, low=-5, high=1),
    "clipped_plane": lambda: figures.clipped_plane(
        ARROWS, ARROWS.clip(-1, 1), method="value", threshold=1.0, limit=3.5, labels=list("abc")
    ),
    "clip_angles": lambda: figures.clip_angles(np.array([3.0, 0.5, 2.25]), TURNED, threshold=1.0, limits=(0.1, 10.0)),
    "cliff_contours": lambda: figures.cliff_contours(
        np.eye(3), w=np.arange(3) / 2, b=np.arange(3) / 2, paths=WAYS, update=1, highest=1.0
    ),
    "descent_norms": lambda: figures.descent_norms(NORMS, threshold=1.0, update=1),
    "run_norms": lambda: figures.run_norms(NORMS, np.array([0.5, 1.0, 0.125]), threshold=1.0),
    "run_losses": lambda: figures.run_losses({k: one / 4 for k, one in NORMS.items()}, chance=1.4),
    "norm_distribution": lambda: figures.norm_distribution(
        np.array([3, 0, 1]),
        np.geomspace(0.1, 10, 4),
        np.array([0.5, 1.0]),
        np.array([0.75, 0.25]),
        threshold=1.0,
        band=(0.4, 8.0),
    ),
    "scaled_gradients": lambda: figures.scaled_gradients(
        {"update 1": np.array([1e-3, 0.1]), "update 5": np.array([0.0, 1.0])},
        {"update 1": 1.0, "update 5": 0.5},
        limits=(1e-4, 10.0),
    ),
    "step_losses": lambda: figures.step_losses(
        np.array([0.5, 4.0, np.nan]), list("to "), ["o", "␣", ""], counted=np.array([False, True, False])
    ),
    "gradient_flow": lambda: figures.gradient_flow(LOGS, list("to "), cell="LSTM"),
    "weight_shares": lambda: figures.weight_shares(SHARES, list("to "), cell="GRU"),
    "weight_norms": lambda: figures.weight_norms(
        dict(zip(SHARES, LOGS.values(), strict=True)), list("to "), cell="GRU"
    ),
    "step_jacobian": lambda: figures.step_jacobian(WEIGHT[:4], step=3, states=("h", "c"), limit=2.5),
    "singular_values": lambda: figures.singular_values(np.array([0.5, -1.0, -np.inf]), cell="Elman"),
    "product_norms": lambda: figures.product_norms({"a": LOGS["total"], "b": LOGS["own"]}, list("to "), cell="LSTM"),
    "blame": lambda: figures.blame(PAIRS, list("to ")),
    "truncation_error": lambda: figures.truncation_error(CUTS, [1, 2, 4], k=2, measure="angle", cell="Elman"),
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
