"""How every figure is made: from plain dictionaries, in a millisecond.

plotly checks each property as it is set, which takes 10 to 20 ms a figure: more than all the rest of a repaint.
So a figure is put together unchecked, and a test checks every one of them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from . import palette

MARGIN = {"l": 56, "r": 8, "t": 8, "b": 44}


def figure(traces: Sequence[Mapping[str, Any]], **layout: Any) -> go.Figure:
    """A figure of these traces, each a dictionary with its `type`; layout as plotly names it."""
    layout = {"margin": MARGIN, "template": {}, **layout}
    return go.Figure({"data": list(traces), "layout": layout}, _validate=False)


def single(values: np.ndarray) -> np.ndarray:
    """The values as they travel to the browser: float32, infinite beyond its range."""
    with np.errstate(over="ignore"):
        return np.asarray(values).astype(np.float32)


def level(value: float, text: str, anchor: str) -> dict:
    """A line across at this value, with words at its end above ("bottom") or below it ("top")."""
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": value,
        "y1": value,
        "line": {"color": palette.MUTED["light"], "width": 1, "dash": "dot"},
        "label": {"text": text, "textposition": "end", "yanchor": anchor,
                  "font": {"size": 12, "color": palette.MUTED["light"]}},
    }  # fmt: skip
