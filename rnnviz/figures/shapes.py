"""A network unrolled over a few steps, with only those inputs and outputs that are used."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from . import palette
from .build import figure, single

INK, MUTED = palette.INK["light"], palette.MUTED["light"]
INPUTS, SHARES, OUTPUTS = -0.55, 1.38, 1.75
"""Where the rows stand; the states lie between 0 and 1."""


@dataclass(frozen=True)
class Step:
    """What goes in and comes out at one step. None: nothing that is used.

    input: its label   fed: whether it is the network's own last output   output: its label   p: its probability
    """

    input: str
    fed: bool = False
    output: str | None = None
    p: float | None = None


def unrolled_shape(h: np.ndarray, steps: Sequence[Step], *, height: int = 230) -> go.Figure:
    """Inputs below, states as columns of coloured units between, outputs with their probability above.

    h: (time, unit)   steps: (time,)   A dotted line leads from an output to the input that it becomes.
    """
    units = h.shape[1]
    times = range(1, len(steps) + 1)
    read = [(t, step) for t, step in zip(times, steps, strict=True) if not step.fed]
    fed = [(t, step) for t, step in zip(times, steps, strict=True) if step.fed]
    said = [
        (t, step.output, step.p)
        for t, step in zip(times, steps, strict=True)
        if step.output is not None and step.p is not None
    ]
    loop = [
        part
        for t, _ in fed
        for part in ((t - 0.75, 1.62), (t - 0.5, 1.4), (t - 0.5, -0.3), (t - 0.25, -0.52), (None, None))
    ]
    states = {
        "type": "heatmap",
        "z": single(h.T),
        "x0": 1,
        "dx": 1,
        "y0": 0.5 / units,
        "dy": 1 / units,
        "xgap": 11,
        "zmin": -1,
        "zmax": 1,
        "colorscale": palette.colorscale(palette.SIGNED),
        "colorbar": {"thickness": 8, "outlinewidth": 0, "tickvals": [-1, 0, 1], "title": {"text": "h"}},
        "customdata": [[unit] * len(steps) for unit in range(units)],
        "hovertemplate": "h of unit %{customdata} at t = %{x}: %{z:.4f}<extra></extra>",
    }
    arrows = [(t + 0.5, 0.5, "triangle-right") for t in times[:-1]]
    arrows += [(t, -0.16, "triangle-up") for t in times] + [(t, 1.14, "triangle-up") for t, _, _ in said]
    traces = [
        states,
        {
            "type": "scatter",
            "mode": "lines",
            "x": [x for x, _ in loop],
            "y": [y for _, y in loop],
            "line": {"color": MUTED, "width": 1.5, "dash": "dot"},
            "hovertemplate": "the output at t = %{x:.0f} is the next input<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "markers",
            "x": [x for x, _, _ in arrows],
            "y": [y for _, y, _ in arrows],
            "marker": {"symbol": [symbol for *_, symbol in arrows], "size": 7, "color": MUTED},
            "hovertemplate": "t = %{x:.0f}<extra></extra>",
        },
        _letters([(t, INPUTS, step.input, f"input at t = {t}") for t, step in read], 17, INK),
        _letters([(t, INPUTS, step.input, f"its own output, read at t = {t}") for t, step in fed], 14, MUTED),
        _letters([(t, OUTPUTS, output, f"output at t = {t}: {p:.2%}") for t, output, p in said], 17, INK),
        _letters([(t, SHARES, f"{100 * p:.0f}%", f"its probability: {p:.2%}") for t, _, p in said], 10, INK),
    ]
    axis = {"showgrid": False, "zeroline": False}
    return figure(
        traces,
        height=height,
        showlegend=False,
        margin={"l": 28, "r": 8, "t": 4, "b": 36},
        xaxis={"title": {"text": "time step t", "standoff": 2}, "range": [0.4, len(steps) + 0.6],
               "tickvals": list(times), "tickfont": {"size": 10}, "tickangle": 0, **axis},
        yaxis={"title": {"text": "input, state, output"}, "range": [-0.85, 2.05], "showticklabels": False, **axis},
    )  # fmt: skip


def _letters(letters: Sequence[tuple[float, float, str, str]], size: int, colour: str) -> dict:
    """Text at (x, y), with what is said of it under the pointer."""
    return {
        "type": "scatter",
        "mode": "text",
        "x": [x for x, *_ in letters],
        "y": [y for _, y, *_ in letters],
        "text": [text.replace("&", "&amp;").replace("<", "&lt;") for *_, text, _ in letters],
        "customdata": [said for *_, said in letters],
        "textfont": {"size": size, "color": colour},
        "hovertemplate": "%{customdata}<extra></extra>",
    }
