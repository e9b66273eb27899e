"""Figures of backpropagation through time: the losses, what flows back from them, and what it teaches the weights."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from . import palette, powers
from .build import figure

STEP_AXIS = {"title": {"text": "time step t, by its input"}, "showgrid": False, "zeroline": False}


def weight_lines(cell: str) -> dict[str, dict[str, Any]]:
    """How each weight is drawn; the recurrent ones in the cell's colour."""
    return {
        "W_hy": {"color": palette.BANDS["h"]["light"], "dash": "dot", "width": 3},
        "W_ih": {"color": palette.INK["light"], "dash": "dash", "width": 2},
        "W_hh": {"color": palette.CELLS[cell]["light"], "dash": "solid", "width": 3},
    }


def written(weight: str) -> str:
    """`W_hh` with its index below, as plotly's text."""
    letter, index = weight.split("_")
    return f"{letter}<sub>{index}</sub>"


def step_losses(
    losses: np.ndarray, tokens: Sequence[str], following: Sequence[str], *, counted: np.ndarray, height: int = 250
) -> go.Figure:
    """L_t = −ln p(next character) as a bar a step, and the sum of those that count up to each step as a line.

    losses: (time,) in nats, NaN where there is no next character   tokens: (time,) labels of the inputs
    following: (time,) labels of what did come next   counted: (time,) whether the step's loss is part of L
    Bars that do not count are faint.
    """
    time = np.arange(1, len(losses) + 1)
    sums = np.cumsum(np.where(counted, losses, 0.0))
    known = ~np.isnan(losses)
    colour = palette.INK["light"]
    bars = {
        "type": "bar",
        "x": time[known],
        "y": losses[known],
        "name": "L<sub>t</sub>, left axis",
        "marker": {
            "color": palette.BANDS["h"]["light"],
            "opacity": [1.0 if one else 0.3 for one in counted[known]],
        },
        "customdata": [
            [token, then, "" if one else ", not part of L"]
            for token, then, one, is_known in zip(tokens, following, counted, known, strict=True)
            if is_known
        ],
        "hovertemplate": "t = %{x}: after %{customdata[0]} came %{customdata[1]}, "
        "L<sub>t</sub> = %{y:.4f} nats%{customdata[2]}<extra></extra>",
    }
    line = {
        "type": "scatter",
        "x": time[known],
        "y": sums[known],
        "yaxis": "y2",
        "name": "sum of what counts up to t, right axis",
        "mode": "lines",
        "line": {"color": colour, "width": 2, "shape": "hv"},
        "hovertemplate": "sum up to t = %{x}: %{y:.4f} nats<extra></extra>",
    }
    return figure(
        [bars, line],
        height=height,
        margin={"l": 56, "r": 56, "t": 8, "b": 44},
        bargap=0.2,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        meta={"time": "x", "labels": list(tokens)},
        xaxis={**STEP_AXIS, "range": [0.5, len(losses) + 0.5]},
        yaxis={"title": {"text": "L<sub>t</sub>, nats"}, "rangemode": "tozero"},
        yaxis2={
            "title": {"text": "sum, nats"},
            "overlaying": "y",
            "side": "right",
            "rangemode": "tozero",
            "showgrid": False,
            "tickmode": "auto",
            "nticks": 5,
        },
    )


def gradient_flow(norms: Mapping[str, np.ndarray], tokens: Sequence[str], *, cell: str, height: int = 260) -> go.Figure:
    """The norms of what arrives at each step, log axis: one line a quantity.

    norms: "total", "own" and, with a cell state, "cell" -> (time,) log10 of ‖∂L/∂h_t‖₂, ‖∂L_t/∂h_t‖₂, ‖∂L/∂c_t‖₂
    """
    colour = palette.CELLS[cell]["light"]
    lines = {
        "total": ("‖∂L/∂h<sub>t</sub>‖₂, all that arrives", {"color": colour, "dash": "solid", "width": 3}),
        "cell": ("‖∂L/∂c<sub>t</sub>‖₂, all that arrives", {"color": colour, "dash": "dashdot", "width": 2}),
        "own": (
            "‖∂L<sub>t</sub>/∂h<sub>t</sub>‖₂, of its own loss",
            {"color": palette.INK["light"], "dash": "dot", "width": 2},
        ),
    }
    low, high = powers.span(norms.values())
    time = np.arange(1, len(tokens) + 1)
    traces = [
        trace
        for key, (name, style) in lines.items()
        if key in norms
        for trace in powers.line(name, time, norms[key], low, high, style, f"{name.split(',')[0]} at t = %{{x}}")
    ]
    return figure(
        traces,
        height=height,
        margin={"l": 66, "r": 8, "t": 8, "b": 44},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        meta={"time": "x", "labels": list(tokens)},
        xaxis={**STEP_AXIS, "range": [0.5, len(tokens) + 0.5]},
        yaxis=powers.axis("norm, ▼ exactly 0", low, high),
    )


def weight_shares(
    shares: Mapping[str, np.ndarray], tokens: Sequence[str], *, cell: str, height: int = 380
) -> go.Figure:
    """Which step taught each weight: ⟨G_s, G⟩/‖G‖², a bar a step, a panel a weight, one scale.

    shares: weight of `weight_lines` -> (time,), signed, with sum 1; NaN throughout where G is exactly 0
    The last weight has the lowest panel and the first axis: below that one the stage writes the labels.
    """
    names, styles = list(shares)[::-1], weight_lines(cell)
    known = [values for values in shares.values() if not np.isnan(values).any()]
    top = max((float(values.max()) for values in known), default=1.0)
    foot = min((float(values.min()) for values in known), default=0.0)
    room = 0.08 * (top - min(foot, 0)) or 1.0
    time = np.arange(1, len(tokens) + 1)
    gap = 0.09
    each = (1 - gap * (len(names) - 1)) / len(names)
    traces, axes = [], {}
    for k, name in enumerate(names):
        number = "" if k == 0 else str(k + 1)
        traces.append(
            {
                "type": "bar",
                "x": time,
                "y": shares[name],
                "yaxis": f"y{number}",
                "marker": {"color": styles[name]["color"]},
                "showlegend": False,
                "hovertemplate": f"share of step %{{x}} in the gradient of {written(name)}: %{{y:.4f}}<extra></extra>",
            }
        )
        axes[f"yaxis{number}"] = {
            "title": {"text": written(name)},
            "domain": [k * (each + gap), min(1.0, k * (each + gap) + each)],
            "range": [min(foot, 0) - room, top + room],
            "nticks": 4,
            "zeroline": True,
        }
    return figure(
        traces,
        height=height,
        margin={"l": 66, "r": 8, "t": 8, "b": 44},
        bargap=0.2,
        meta={"time": "x", "labels": list(tokens)},
        xaxis={
            **STEP_AXIS,
            "title": {"text": "step s, by its input"},
            "range": [0.5, len(tokens) + 0.5],
        },
        **axes,
    )


def weight_norms(norms: Mapping[str, np.ndarray], tokens: Sequence[str], *, cell: str, height: int = 260) -> go.Figure:
    """‖G_s‖: what each step contributes to the gradient of each weight, Frobenius norm, log axis.

    norms: weight of `weight_lines` -> (time,) log10
    """
    low, high = powers.span(norms.values())
    time, styles = np.arange(1, len(tokens) + 1), weight_lines(cell)
    traces = [
        trace
        for name, logs in norms.items()
        for trace in powers.line(
            written(name), time, logs, low, high, styles[name], f"‖G<sub>s</sub>‖ of {written(name)} at s = %{{x}}"
        )
    ]
    return figure(
        traces,
        height=height,
        margin={"l": 66, "r": 8, "t": 8, "b": 44},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        meta={"time": "x", "labels": list(tokens)},
        xaxis={**STEP_AXIS, "title": {"text": "step s, by its input"}, "range": [0.5, len(tokens) + 0.5]},
        yaxis=powers.axis("‖G<sub>s</sub>‖, ▼ exactly 0", low, high),
    )
