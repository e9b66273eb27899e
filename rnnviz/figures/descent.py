"""The norm of the gradient along two descents."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from . import palette
from .build import figure
from .strokes import DASHES, LEGEND, LOG, MARKS, RUNS, colour, decades


def descent_norms(norms: Mapping[str, np.ndarray], *, threshold: float, update: int, height: int = 250) -> go.Figure:
    """‖g‖₂ before clipping at each update of each descent, log axis, and θ.

    norms: "without", "norm" -> (updates + 1,)   update: the one that stands, from 0
    What is exactly 0 stands at the foot and is said to be 0; what is not finite is left out, with all that follows.
    Traces: for each descent its line, then the update that stands with its number.
    """
    low, high = _limits(norms, threshold)
    frames = norm_frames(norms, [update], threshold=threshold)
    air = 0.15 * (high - low)  # for the numbers above the top and below the foot
    longest = max(len(one) for one in norms.values()) - 1
    traces = []
    for k, (kind, one) in enumerate(norms.items()):
        said = f"{RUNS[kind]}, update %{{x}}: ‖g‖ = %{{customdata:.3g}}<extra></extra>"
        traces += [
            {
                "type": "scatter",
                "x": np.arange(len(one)),
                "y": _on_axis(one, low),
                "customdata": one,
                "mode": "lines",
                "name": f"‖g‖ {RUNS[kind]}",
                "line": {"color": colour(kind), "width": 2, "dash": DASHES[kind]},
                "hovertemplate": said,
            },
            {
                "type": "scatter",
                **{attribute: frames[1 + 2 * k, attribute][0] for attribute in ("x", "y", "customdata")},
                "mode": "markers+text",
                "texttemplate": "%{customdata:.2g}",
                "textposition": "bottom left" if kind == "norm" else "top left",
                "textfont": {"color": colour(kind), "size": 14},
                "cliponaxis": False,
                "marker": {"symbol": MARKS[kind], "size": 11, "color": colour(kind)},
                "showlegend": False,
                "hovertemplate": said,
            },
        ]
    level = {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": threshold,
        "y1": threshold,
        "line": {"color": palette.INK["light"], "width": 1, "dash": "dot"},
        "label": {
            "text": f"θ = {threshold:g}",
            "textposition": "start",
            "yanchor": "top" if np.log10(threshold) > high - 0.1 * (high - low) else "bottom",
        },
    }
    return figure(
        traces,
        height=height,
        margin={"l": 66, "r": 8, "t": 34, "b": 44},
        legend=LEGEND,
        shapes=[level],
        xaxis={"title": {"text": "update"}, "range": [-1, 1.03 * longest], "showgrid": False},
        yaxis={"title": {"text": "‖g‖₂ before clipping"}, "range": [low - air, high + air], "dtick": 2, **LOG},
    )


def norm_frames(
    norms: Mapping[str, np.ndarray], updates: Sequence[int], *, threshold: float
) -> dict[tuple[int, str], np.ndarray]:
    """What a sweep over the update puts into the traces of `descent_norms`."""
    low, _ = _limits(norms, threshold)
    at = np.asarray(updates)
    frames = {}
    for k, one in enumerate(norms.values()):
        frames[1 + 2 * k, "x"] = at[:, None].astype(float)
        frames[1 + 2 * k, "y"] = _on_axis(one, low)[at, None]
        frames[1 + 2 * k, "customdata"] = one[at, None]
    return frames


def _limits(norms: Mapping[str, np.ndarray], threshold: float) -> list[float]:
    return decades(np.concatenate([*norms.values(), [threshold]]))


def _on_axis(values: np.ndarray, low: float) -> np.ndarray:
    """The values on a log axis from 10^low on: 0 stands at its foot."""
    return np.where(np.isfinite(values), np.maximum(values, 10**low), np.nan)
