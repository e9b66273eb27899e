"""How long one input stays visible in the state."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from . import palette
from .build import figure

FOOT, TOP = 1e-18, 1e3
"""The ends of the axis, the same for every network. What is exactly 0 stands at the foot."""
LINES = {
    "Elman": {"color": palette.CELLS["Elman"]["light"], "dash": palette.DASHES["Elman"], "width": 3},
    "GRU": {"color": palette.CELLS["GRU"]["light"], "dash": palette.DASHES["GRU"], "width": 2},
    "LSTM, h": {"color": palette.CELLS["LSTM"]["light"], "dash": palette.DASHES["LSTM"], "width": 2},
    "LSTM, c": {"color": palette.CELLS["LSTM"]["light"], "dash": "dashdot", "width": 2},
}


def influence_decay(
    distances: dict[str, np.ndarray], tokens: Sequence[str], *, changed: int, rounding: float, height: int = 320
) -> go.Figure:
    """‖h_t − h'_t‖₂ over time where one input was changed, one line a cell, log axis.

    distances: a name of `LINES` -> (time,), NaN before the change   tokens: (time,) labels of the inputs
    changed: the step (from 0) that was changed   rounding: below it there is nothing but rounding, which is drawn
    Traces: first a line a cell, then its zeros (▼ at the foot), last the step that was changed. `influence_frames`
    is what a sweep over that step puts into them.
    """
    time = np.arange(1, len(tokens) + 1)
    frames = influence_frames({name: values[None] for name, values in distances.items()}, [changed])
    lines = [
        {
            "type": "scatter",
            "x": time,
            "y": frames[k, "y"][0],
            "name": name,
            "mode": "lines",
            "line": LINES[name],
            "hovertemplate": f"{name} at t = %{{x}}: %{{y:.3g}}<extra></extra>",
        }
        for k, name in enumerate(distances)
    ]
    zeros = [
        {
            "type": "scatter",
            "x": time,
            "y": frames[len(distances) + k, "y"][0],
            "mode": "markers",
            "marker": {"symbol": "triangle-down", "size": 9, "color": LINES[name]["color"]},
            "showlegend": False,
            "hovertemplate": f"{name} at t = %{{x}}: exactly 0<extra></extra>",
        }
        for k, name in enumerate(distances)
    ]
    where = {
        "type": "scatter",
        "x": [changed + 1] * 2,
        "y": [FOOT / 10, TOP],
        "mode": "lines",
        "line": {"color": palette.ACCENT["light"], "width": 2},
        "showlegend": False,
        "hovertemplate": "changed at t = %{x}<extra></extra>",
    }
    return figure(
        [*lines, *zeros, where],
        height=height,
        margin={"l": 66, "r": 8, "t": 8, "b": 44},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        meta={"time": "x", "labels": list(tokens)},
        shapes=[
            {
                "type": "line",
                "xref": "paper",
                "x0": 0,
                "x1": 1,
                "y0": rounding,
                "y1": rounding,
                "line": {"color": palette.MUTED["light"], "width": 1, "dash": "dot"},
                "label": {"text": "below: rounding", "textposition": "start", "yanchor": "top",
                          "font": {"size": 11, "color": palette.MUTED["light"]}},
            }
        ],
        xaxis={"title": {"text": "time step t, by its input"}, "range": [0.5, len(tokens) + 0.5], "showgrid": False},
        yaxis={
            "title": {"text": "‖hₜ − h′ₜ‖₂, ▼ exactly 0"},
            "type": "log",
            "range": [np.log10(FOOT / 10), np.log10(TOP)],
            "dtick": 4,
            "exponentformat": "power",
        },
    )  # fmt: skip


def influence_frames(distances: dict[str, np.ndarray], changed: Sequence[int]) -> dict[tuple[int, str], np.ndarray]:
    """What a sweep puts into the traces of `influence_decay`: (trace, attribute) -> (positions, …).

    distances: name -> (positions, time), NaN before the change   changed: (positions,) the changed step, from 0
    """
    count, steps = len(distances), np.asarray(changed)
    frames = {(k, "y"): np.where(values > 0, values, np.nan) for k, values in enumerate(distances.values())}
    frames |= {(count + k, "y"): np.where(values == 0, FOOT, np.nan) for k, values in enumerate(distances.values())}
    return frames | {(2 * count, "x"): np.stack([steps + 1, steps + 1], axis=1)}
