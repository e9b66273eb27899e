"""Figures of states: over time, by character, and how far apart two of them are."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from . import palette

MOST_TICKS = 90


def state_heatmap(
    state: np.ndarray, tokens: Sequence[str], *, symbol: str, limit: float, height: int = 330
) -> go.Figure:
    """A state over time as a heatmap: time step to the right, unit downwards, signed scale of ±limit.

    state: (time, unit)   tokens: (time,) labels of the inputs, written below the steps where there is room
    """
    steps, units = state.shape
    figure = go.Figure(
        go.Heatmap(
            z=state.T.astype(np.float32),
            x0=1,
            dx=1,
            y0=0,
            dy=1,
            zmin=-limit,
            zmax=limit,
            colorscale=palette.colorscale(palette.SIGNED),
            colorbar={"title": {"text": symbol}, "thickness": 12, "outlinewidth": 0, "tickvals": [-limit, 0, limit]},
            hovertemplate=f"{symbol} of unit %{{y}} at t = %{{x}}: %{{z:.4f}}<extra></extra>",
        )
    )
    ticks = {}
    if steps <= MOST_TICKS:
        ticks = {"tickmode": "array", "tickvals": list(range(1, steps + 1)), "ticktext": list(tokens), "tickangle": 0}
    figure.update_layout(
        height=height,
        margin={"l": 48, "r": 8, "t": 8, "b": 44},
        meta={"time": "x", "unit": "y"},
        xaxis={"title": {"text": "time step t, by its input"}, "showgrid": False, "zeroline": False, **ticks},
        yaxis={"title": {"text": "unit"}, "autorange": "reversed", "showgrid": False, "zeroline": False},
    )
    return figure


def unit_responses(responses: pd.DataFrame, *, symbol: str, height: int = 300) -> go.Figure:
    """How a unit stands after each character: mean as a bar, one standard deviation as a whisker.

    responses: columns token (label), mean, deviation, count; in the order to be drawn
    """
    figure = go.Figure(
        go.Bar(
            x=responses["token"],
            y=responses["mean"],
            error_y={"array": responses["deviation"], "thickness": 1, "width": 2, "color": palette.MUTED["light"]},
            customdata=responses["count"],
            marker={
                "color": responses["mean"],
                "cmin": -1,
                "cmax": 1,
                "colorscale": palette.colorscale(palette.SIGNED),
                "line": {"width": 1, "color": palette.MUTED["light"]},
            },
            hovertemplate=f"after %{{x}}: mean {symbol} = %{{y:.4f}} (%{{customdata}} times)<extra></extra>",
        )
    )
    figure.update_layout(
        height=height,
        margin={"l": 48, "r": 8, "t": 8, "b": 44},
        bargap=0.15,
        xaxis={"title": {"text": "character just read"}, "type": "category", "tickangle": 0, "tickmode": "linear"},
        yaxis={"title": {"text": f"mean {symbol}"}, "range": [-1.25, 1.25]},
    )
    return figure


def repetition_distances(distances: pd.DataFrame, *, current: str, height: int = 300) -> go.Figure:
    """‖h_t − h_{t−1}‖₂ while one character is read again and again, one line a cell, log axis.

    distances: columns cell, repetition (from 2), distance   current: the cell whose line is drawn wider
    """
    dashes: Mapping[str, str] = {"LSTM": "solid", "GRU": "dash", "Elman": "dot"}
    figure = go.Figure()
    for cell, line in distances.groupby("cell", sort=False):
        figure.add_scatter(
            x=line["repetition"],
            y=line["distance"],
            name=cell,
            mode="lines+markers",
            line={"color": palette.CELLS[cell]["light"], "width": 4 if cell == current else 2, "dash": dashes[cell]},
            marker={"size": 7 if cell == current else 5},
            hovertemplate=f"{cell}, repetition %{{x}}: %{{y:.3g}}<extra></extra>",
        )
    figure.update_layout(
        height=height,
        margin={"l": 64, "r": 8, "t": 8, "b": 44},
        legend={"orientation": "h", "y": 1.12},
        xaxis={"title": {"text": "how many times the character was read"}, "dtick": 2},
        yaxis={"title": {"text": "‖hₜ − hₜ₋₁‖₂"}, "type": "log", "exponentformat": "power", "dtick": 1},
    )
    return figure
