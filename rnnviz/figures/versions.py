"""Figures of cells side by side: an equation as written against the right one, and what a larger cell costs."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from . import palette
from .build import figure, single

VERSION_DASHES = ("solid", "dash", "dot", "longdash", "dashdot", "longdashdot")


def as_written(
    states: pd.DataFrame, tokens: Sequence[str], *, symbol: str, version: str, cell: str, height: int = 280
) -> go.Figure:
    """One unit's state over time, with the right equations and with those of a version.

    states: columns right, written; one row a step   tokens: the inputs, one a step
    symbol: what is drawn ("c")   version: its letter   cell: whose colour the right line has
    """
    lines = (
        ("right", "right", {"color": palette.CELLS[cell]["light"], "width": 5}),
        ("written", f"version {version}", {"color": palette.INK["light"], "width": 2, "dash": "dash"}),
    )
    traces = [
        {
            "type": "scatter",
            "x": list(range(1, len(states) + 1)),
            "y": single(states[column].to_numpy()),
            "mode": "lines+markers",
            "marker": {"size": 4 if column == "written" else 6, "color": line["color"]},
            "name": name,
            "line": line,
            "hovertemplate": f"{symbol}, {name}, t = %{{x}}: %{{y:.4f}}<extra></extra>",
        }
        for column, name, line in lines
    ]
    return figure(
        traces,
        height=height,
        meta={"time": "x", "labels": list(tokens)},
        legend={"orientation": "h", "y": 1.12},
        xaxis={
            "title": {"text": "time step t, by its input"},
            "range": [0.5, len(states) + 0.5],
            "showgrid": False,
            "zeroline": False,
        },
        yaxis={"title": {"text": symbol}},
    )


def version_distances(
    distances: pd.DataFrame, tokens: Sequence[str], *, current: str, threshold: float, cell: str, height: int = 280
) -> go.Figure:
    """How far each version's h lies from the right one at each step, log axis; the current one is drawn wide.

    distances: columns version (its letter), time (from 0), distance   threshold: drawn as a thin line
    A log axis has no place for 0: what is exactly 0 stands as a triangle at the foot of the axis.
    """
    positive = distances["distance"][distances["distance"] > 0].to_numpy()
    # The same axis whichever versions are drawn: from below the rounding of float64 to above the largest state.
    foot = min(1e-17, float(positive.min(initial=1.0)) / 10)
    top = max(1.0, float(positive.max(initial=1.0)))
    traces = []
    for letter, line in distances.groupby("version", sort=True):
        zero = (line["distance"] == 0).to_numpy()
        now = letter == current
        colour = palette.CELLS[cell]["light"] if now else palette.MUTED["light"]
        traces.append(
            {
                "type": "scatter",
                "x": (line["time"] + 1).to_numpy(),
                "y": np.where(zero, foot, line["distance"]),
                "customdata": [
                    "exactly 0" if is_zero else f"{d:.3g}" for d, is_zero in zip(line["distance"], zero, strict=True)
                ],
                "name": letter,
                "mode": "lines+markers",
                "line": {"color": colour, "width": 4 if now else 1.5, "dash": VERSION_DASHES[ord(letter) - ord("A")]},
                "marker": {
                    "size": [9 if is_zero else 5 if now else 3 for is_zero in zero],
                    "symbol": ["triangle-down" if is_zero else "circle" for is_zero in zero],
                    "color": colour,
                },
                "hovertemplate": f"version {letter}, t = %{{x}}: %{{customdata}}<extra></extra>",
            }
        )
    has_zero = bool((distances["distance"] == 0).any())
    steps = len(tokens)
    return figure(
        traces,
        height=height,
        margin={"l": 72, "r": 8, "t": 8, "b": 44},
        meta={"time": "x", "labels": list(tokens)},
        showlegend=True,
        legend={"orientation": "h", "y": 1.12},
        shapes=[
            {
                "type": "line",
                "x0": 0.5,
                "x1": steps + 0.5,
                "y0": threshold,
                "y1": threshold,
                "line": {"color": palette.MUTED["light"], "width": 1, "dash": "dot"},
            }
        ],
        xaxis={
            "title": {"text": "time step t, by its input"},
            "range": [0.5, steps + 0.5],
            "showgrid": False,
            "zeroline": False,
        },
        yaxis={
            "title": {"text": "max |hₜ − h′ₜ|" + (", ▼ exactly 0" if has_zero else "")},
            "type": "log",
            "exponentformat": "power",
            "range": [float(np.log10(foot)) - 0.5, float(np.log10(top)) + 0.7],
        },
    )


def parameter_counts(counts: pd.DataFrame, *, hidden_size: int, current: str, height: int = 280) -> go.Figure:
    """Parameters against the number of hidden units, one line a cell; a point at the size at hand.

    counts: columns cell, hidden_size, parameters   current: the cell whose line is drawn wider
    """
    traces = []
    for cell, line in counts.groupby("cell", sort=False):
        here = (line["hidden_size"] == hidden_size).to_numpy()
        traces.append(
            {
                "type": "scatter",
                "x": line["hidden_size"].to_numpy(),
                "y": line["parameters"].to_numpy(),
                "name": cell,
                "mode": "lines+markers",
                "line": {
                    "color": palette.CELLS[cell]["light"],
                    "width": 4 if cell == current else 2,
                    "dash": palette.DASHES[cell],
                },
                "marker": {"size": [10 if at else 0 for at in here], "color": palette.CELLS[cell]["light"]},
                "hovertemplate": f"{cell}, H = %{{x}}: %{{y:,}} parameters<extra></extra>",
            }
        )
    return figure(
        traces,
        height=height,
        margin={"l": 72, "r": 8, "t": 8, "b": 44},
        legend={"orientation": "h", "y": 1.12},
        xaxis={"title": {"text": "hidden units H"}, "rangemode": "tozero"},
        yaxis={"title": {"text": "parameters"}, "rangemode": "tozero", "tickformat": ",d"},
    )
