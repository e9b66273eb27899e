"""What the figures of clipping share: names, strokes and log axes."""

import numpy as np

from . import palette

METHODS = {"norm": "by norm", "value": "by value"}
RUNS = {"without": "without clipping", "norm": "with clipping"}
DASHES = {"without": "dot", "norm": "solid", "value": "dash"}
MARKS = {"without": "x", "norm": "circle"}
SYMBOLS = {"norm": "circle-open", "value": "diamond"}
SIZES = {"norm": 13, "value": 7}
LOG = {"type": "log", "exponentformat": "power"}
LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
UPDATE = {"title": {"text": "update of the weights"}, "showgrid": False}


def colour(kind: str) -> str:
    return palette.CLIPPING[kind]["light"]


def decades(values: np.ndarray) -> list[float]:
    """The range of a log axis that holds these values and some air; two decades where none is finite and above 0."""
    values = np.asarray(values, dtype=float)
    values = values[np.isfinite(values) & (values > 0)]
    return [np.log10(values.min()) - 0.15, np.log10(values.max()) + 0.15] if len(values) else [-1, 1]
