"""Figures of gates: how open they are, what a held one changes, and what the cell state does meanwhile."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from . import palette
from .build import figure

LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
MARGIN = {"l": 56, "r": 8, "t": 34, "b": 44}
SHAPES = {"i": "circle", "f": "square", "o": "diamond", "r": "triangle-up", "z": "x"}
"""A mark for each gate, so that its line is known without its colour."""


def time_axis(labels: Sequence[str]) -> dict:
    """Layout for a line over the steps; the stage writes the inputs below them."""
    return {
        "meta": {"time": "x", "labels": list(labels)},
        "xaxis": {
            "title": {"text": "time step t, by its input"},
            "range": [0.5, len(labels) + 0.5],
            "showgrid": False,
            "zeroline": False,
        },
        "legend": LEGEND,
        "margin": MARGIN,
        "hovermode": "x",
    }


def openness(
    means: Mapping[str, np.ndarray],
    tokens: Sequence[str],
    *,
    free: Mapping[str, np.ndarray] | None,
    height: int = 280,
) -> go.Figure:
    """Mean of each gate over its units, one line a gate, 0 shut to 1 open.

    means: gate -> (time,)   free: the same before something was held, drawn dotted; None where nothing is
    """
    steps = list(range(1, len(tokens) + 1))
    traces = []
    for gate, mean in means.items():
        colour = palette.GATES[gate]["light"]
        line = {"type": "scatter", "x": steps, "mode": "lines", "legendgroup": gate}
        if free is not None and not np.array_equal(free[gate], mean):
            traces.append(
                line
                | {
                    "y": free[gate],
                    "name": f"{gate}, free",
                    "line": {"color": colour, "width": 1.5, "dash": "dot"},
                    "hovertemplate": f"{gate}, free: %{{y:.4f}}<extra></extra>",
                }
            )
        traces.append(
            line
            | {
                "y": mean,
                "name": gate,
                "mode": "lines+markers",
                "line": {"color": colour, "width": 3},
                "marker": {"size": 7, "symbol": SHAPES[gate], "color": colour},
                "hovertemplate": f"mean of {gate}: %{{y:.4f}}<extra></extra>",
            }
        )
    return figure(
        traces,
        height=height,
        **time_axis(tokens),
        yaxis={"title": {"text": "mean over units"}, "range": [-0.04, 1.04], "tickvals": [0, 0.25, 0.5, 0.75, 1]},
    )


def state_change(change: Mapping[str, np.ndarray], tokens: Sequence[str], *, height: int = 260) -> go.Figure:
    """How far the states of two readings are apart at each step: ‖·‖₂ of the difference. change: state -> (time,)"""
    looks = {
        "h": {"color": palette.INK["light"], "width": 3},
        "c": {"color": palette.MUTED["light"], "width": 2, "dash": "dash"},
    }
    traces = [
        {
            "type": "scatter",
            "x": list(range(1, len(tokens) + 1)),
            "y": distance,
            "name": f"‖{state} − {state} free‖₂",
            "mode": "lines",
            "line": looks[state],
            "hovertemplate": f"‖{state} − {state} free‖₂: %{{y:.4f}}<extra></extra>",
        }
        for state, distance in change.items()
    ]
    return figure(
        traces,
        height=height,
        **time_axis(tokens),
        yaxis={"title": {"text": "distance to the free state"}, "rangemode": "tozero"},
        showlegend=True,
    )


def next_tokens_compared(tokens: Sequence[str], now: np.ndarray, free: np.ndarray, *, height: int = 260) -> go.Figure:
    """The probability of each next token as it is and as it was free, side by side.

    tokens: (ranks,) labels   now, free: (ranks,) probabilities
    """
    bar = {"type": "bar", "x": list(range(1, len(tokens) + 1)), "customdata": list(tokens)}
    outline = {"color": palette.INK["light"], "width": 1}
    return figure(
        [
            bar
            | {
                "y": free,
                "name": "free",
                "marker": {"color": palette.PROBABILITY["light"], "opacity": 0.35, "line": {**outline, "width": 0.5}},
                "hovertemplate": "%{customdata}, free: %{y:.4f}<extra></extra>",
            },
            bar
            | {
                "y": now,
                "name": "held",
                "marker": {"color": palette.PROBABILITY["light"], "line": outline},
                "hovertemplate": "%{customdata}, held: %{y:.4f}<extra></extra>",
            },
        ],
        height=height,
        barmode="group",
        bargap=0.25,
        margin=MARGIN,
        legend=LEGEND,
        meta={"labels": list(tokens)},
        xaxis={"title": {"text": "next character"}, "showgrid": False, "zeroline": False},
        yaxis={"title": {"text": "probability"}, "range": [0, 1]},
    )


def hold_costs(costs: pd.DataFrame, *, free: float, height: int = 280) -> go.Figure:
    """Bits per character with a gate held shut and held open, against the free network's.

    costs: columns gate, value (0 or 1), bits   free: bits per character with no gate held
    """
    traces = []
    for value, name, pattern in ((0, "held shut, 0", "/"), (1, "held open, 1", "")):
        rows = costs[costs["value"] == value]
        gates = rows["gate"].to_list()
        traces.append(
            {
                "type": "bar",
                "x": gates,
                "y": rows["bits"].to_numpy(),
                "name": name,
                "text": [f"{bits:.2f}" for bits in rows["bits"]],
                "textposition": "outside",
                "cliponaxis": False,
                "marker": {
                    "color": [palette.GATES[gate]["light"] for gate in gates],
                    "pattern": {"shape": pattern, "fillmode": "replace", "size": 6},
                    "line": {"color": palette.INK["light"], "width": 1},
                },
                "hovertemplate": f"%{{x}} {name}: %{{y:.4f}} bits<extra></extra>",
            }
        )
    mark = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": free, "y1": free}
    return figure(
        traces,
        height=height,
        barmode="group",
        bargap=0.35,
        margin=MARGIN,
        legend=LEGEND,
        shapes=[mark | {"line": {"color": palette.INK["light"], "width": 2, "dash": "dash"}}],
        annotations=[
            {
                "text": f"free: {free:.2f}",
                "xref": "paper",
                "x": 1,
                "xanchor": "right",
                "y": free,
                "yanchor": "bottom",
                "showarrow": False,
            }
        ],
        xaxis={"title": {"text": "gate"}, "showgrid": False},
        yaxis={
            "title": {"text": "bits per character"},
            "range": [0, 1.15 * max(free, float(costs["bits"].max()))],
            "zeroline": True,
        },
    )


class Envelope(NamedTuple):
    """Of one state over time, each (time,): the lowest and the highest of its units, and the value of one."""

    low: np.ndarray
    high: np.ndarray
    value: np.ndarray


def envelopes(states: Mapping[str, Envelope], unit: int, tokens: Sequence[str], *, height: int = 300) -> go.Figure:
    """From the lowest to the highest unit of each state as a band, one unit of it as a line, and the bounds ±1.

    states: "c" and "h"   unit: the one whose value is drawn
    """
    lines: dict[str, dict[str, object]] = {"c": {"dash": "dash", "width": 2}, "h": {"width": 3}}
    traces = []
    for state, envelope in states.items():
        colour = palette.BANDS[state]["light"]
        steps = np.arange(1, len(envelope.value) + 1)
        at = {"type": "scatter", "x": steps, "mode": "lines", "legendgroup": state}
        edge = at | {"line": {"width": 1, "color": colour}}
        for end in ("low", "high"):
            traces.append(
                edge
                | {
                    "y": getattr(envelope, end),
                    "name": f"{state}, from lowest to highest unit",
                    "showlegend": end == "high",
                    "hovertemplate": f"{end}est {state}: %{{y:.4f}}<extra></extra>",
                }
                | ({"fill": "tonexty", "fillcolor": colour} if end == "high" else {})
            )
        traces.append(
            at
            | {
                "y": envelope.value,
                "name": f"{state} of unit {unit}",
                "line": {"color": palette.INK["light"], **lines[state]},
                "hovertemplate": f"{state} of unit {unit}: %{{y:.4f}}<extra></extra>",
            }
        )
    bound = {"type": "line", "xref": "paper", "x0": 0, "x1": 1}
    rule = {"color": palette.INK["light"], "width": 1, "dash": "dot"}
    return figure(
        traces,
        height=height,
        **time_axis(tokens),
        shapes=[bound | {"y0": y, "y1": y, "line": rule} for y in (-1, 1)],
        yaxis={"title": {"text": "value"}, "zeroline": False},
    )


def kept_share(kept: Mapping[str, np.ndarray], *, height: int = 280) -> go.Figure:
    """What a forget gate leaves of the first cell state after each further step, one line a forget bias, log axis.

    kept: name -> (time,), the mean over units of the product of f
    """
    dashes, widths = ("dot", "dash", "solid"), (2, 3, 4)
    traces = [
        {
            "type": "scatter",
            "x": list(range(1, len(share) + 1)),
            "y": share,
            "name": name,
            "mode": "lines",
            "line": {"color": palette.GATES["f"]["light"], "dash": dash, "width": width},
            "hovertemplate": f"{name}, after %{{x}} steps: %{{y:.3e}}<extra></extra>",
        }
        for (name, share), dash, width in zip(kept.items(), dashes, widths, strict=True)
    ]
    return figure(
        traces,
        height=height,
        margin={**MARGIN, "l": 76},
        legend=LEGEND,
        meta={"time": "x"},
        xaxis={
            "title": {"text": "steps"},
            "range": [0.5, max(len(share) for share in kept.values()) + 0.5],
            "showgrid": False,
        },
        yaxis={"title": {"text": "share of c that is left"}, "type": "log", "exponentformat": "power"},
    )
