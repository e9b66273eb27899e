"""Figures of states: over time, by character, and how far apart two of them are."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from . import palette
from .build import figure, single

RARE = 10
"""A character read fewer times than this says little of a unit."""


def state_heatmap(
    state: np.ndarray, tokens: Sequence[str], *, symbol: str, limit: float, height: int = 330
) -> go.Figure:
    """A state over time as a heatmap: time step to the right, unit downwards, signed scale of ±limit.

    state: (time, unit)   tokens: (time,) labels of the inputs, which the stage writes below the steps:
    as plotly's own tick labels they would take longer than all the rest of the figure
    """
    heatmap = {
        "type": "heatmap",
        "z": single(state.T),
        "x0": 1,
        "dx": 1,
        "y0": 0,
        "dy": 1,
        "zmin": -limit,
        "zmax": limit,
        "colorscale": palette.colorscale(palette.SIGNED),
        "colorbar": {"title": {"text": symbol}, "thickness": 12, "outlinewidth": 0, "tickvals": [-limit, 0, limit]},
        "hovertemplate": f"{symbol} of unit %{{y}} at t = %{{x}}: %{{z:.4f}}<extra></extra>",
    }
    return figure(
        [heatmap],
        height=height,
        meta={"time": "x", "unit": "y", "labels": list(tokens)},
        xaxis={"title": {"text": "time step t, by its input"}, "showgrid": False, "zeroline": False},
        yaxis={"title": {"text": "unit"}, "autorange": "reversed", "showgrid": False, "zeroline": False},
    )


def unit_responses(responses: pd.DataFrame, *, symbol: str, height: int = 300) -> go.Figure:
    """How a unit stands after each character: mean as a bar, one standard deviation as a whisker, rare ones faint.

    responses: columns token (label), mean, deviation, count; in the order to be drawn
    """
    bars = {
        "type": "bar",
        "x": list(range(1, len(responses) + 1)),
        "y": responses["mean"].to_numpy(),
        "error_y": {
            "type": "data",
            "array": responses["deviation"].to_numpy(),
            "thickness": 1,
            "width": 2,
            "color": palette.MUTED["light"],
        },
        "customdata": list(zip(responses["token"], responses["count"].to_list(), strict=True)),
        "marker": {
            "color": [palette.SIGNED["light"][5 if mean > 0 else 1] for mean in responses["mean"]],
            "opacity": [1.0 if count >= RARE else 0.35 for count in responses["count"]],
            "line": {"width": 1, "color": palette.MUTED["light"]},
        },
        "hovertemplate": f"after %{{customdata[0]}}: mean {symbol} = %{{y:.4f}} "
        "(%{customdata[1]} times)<extra></extra>",
    }
    return figure(
        [bars],
        height=height,
        bargap=0.15,
        meta={"labels": responses["token"].to_list()},
        xaxis={"title": {"text": "character just read"}, "showgrid": False, "zeroline": False},
        # For values within ±1 no mean and standard deviation reach beyond √2.
        yaxis={"title": {"text": f"mean {symbol}"}, "range": [-1.45, 1.45]},
    )


def repetition_distances(distances: pd.DataFrame, *, current: str, height: int = 300) -> go.Figure:
    """‖h_t − h_{t−1}‖₂ while one character is read again and again, one line a cell, log axis.

    distances: columns cell, repetition (from 2), distance   current: the cell whose line is drawn wider
    A log axis has no place for 0: what is exactly 0 stands as a triangle at the foot of the axis.
    """
    positive = distances["distance"][distances["distance"] > 0]
    foot = float(positive.min()) / 10 if len(positive) else 1e-16
    traces = []
    for cell, line in distances.groupby("cell", sort=False):
        zero = (line["distance"] == 0).to_numpy()
        size = 7 if cell == current else 5
        traces.append(
            {
                "type": "scatter",
                "x": line["repetition"].to_numpy(),
                "y": np.where(zero, foot, line["distance"]),
                "customdata": [
                    "exactly 0" if is_zero else f"{d:.3g}" for d, is_zero in zip(line["distance"], zero, strict=True)
                ],
                "name": cell,
                "mode": "lines+markers",
                "line": {
                    "color": palette.CELLS[cell]["light"],
                    "width": 4 if cell == current else 2,
                    "dash": palette.DASHES[cell],
                },
                "marker": {
                    "size": [size + 5 if is_zero else size for is_zero in zero],
                    "symbol": ["triangle-down" if is_zero else "circle" for is_zero in zero],
                    "color": palette.CELLS[cell]["light"],
                },
                "hovertemplate": f"{cell}, repetition %{{x}}: %{{customdata}}<extra></extra>",
            }
        )
    has_zero = bool((distances["distance"] == 0).any())
    return figure(
        traces,
        height=height,
        margin={"l": 72, "r": 8, "t": 8, "b": 44},
        legend={"orientation": "h", "y": 1.12},
        xaxis={"title": {"text": "how many times the character was read"}, "dtick": 2},
        yaxis={
            "title": {"text": "‖hₜ − hₜ₋₁‖₂" + (", ▼ exactly 0" if has_zero else "")},
            "type": "log",
            "exponentformat": "power",
        },
    )
