"""Figures of the chain rule's factors: one step's Jacobian, its singular values, and what their product has become."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from . import palette, powers
from .build import figure, single

STYLES = (("solid", 3), ("dash", 2), ("dot", 2))


def step_jacobian(
    jacobian: np.ndarray, *, step: int, states: Sequence[str], limit: float, height: int = 400
) -> go.Figure:
    """∂s_t/∂s_{t−1} as a heatmap: from which unit to the right, to which unit downwards, signed, ±limit and beyond.

    jacobian: (size, size) row: unit of s_t, column: unit of s_{t−1}   step: t, from 1
    states: the parts that s is made of, "h" or "h", "c"; lines part their blocks
    """
    size = len(jacobian)
    hidden = size // len(states)
    units = [f"{state} of unit {unit}" for state in states for unit in range(hidden)]
    middles = [(k + 0.5) * hidden - 0.5 for k in range(len(states))]
    heatmap = {
        "type": "heatmap",
        "z": single(jacobian),
        "zmin": -limit,
        "zmax": limit,
        "colorscale": palette.colorscale(palette.SIGNED),
        "colorbar": {"title": {"text": "∂"}, "thickness": 12, "outlinewidth": 0, "tickvals": [-limit, 0, limit],
                     "ticktext": [f"≤ −{limit:.2f}", "0", f"≥ {limit:.2f}"]},
        "x": units,
        "y": units,
        "hovertemplate": f"∂ of %{{y}} at t = {step}, by %{{x}} at t = {step - 1}: %{{z:.4f}}<extra></extra>",
    }  # fmt: skip
    edges = [k * hidden - 0.5 for k in range(1, len(states))]
    parting = {"type": "line", "line": {"color": palette.INK["light"], "width": 1.5}}
    blocks = len(states) > 1
    some = list(range(0, hidden, max(1, hidden // 8)))
    ticks = {"tickvals": middles, "ticktext": list(states)} if blocks else {"tickvals": some, "ticktext": some}
    plain = {"type": "category", "showgrid": False, "zeroline": False, "tickangle": 0, **ticks}
    now, before = f"<sub>{step}</sub>", f"<sub>{step - 1}</sub>"
    return figure(
        [heatmap],
        height=height,
        shapes=[
            *({**parting, "xref": "paper", "x0": 0, "x1": 1, "y0": edge, "y1": edge} for edge in edges),
            *({**parting, "yref": "paper", "y0": 0, "y1": 1, "x0": edge, "x1": edge} for edge in edges),
        ],
        xaxis={"title": {"text": "by " + ("" if blocks else "unit of ") + " and ".join(s + before for s in states)}}
        | plain,
        yaxis={
            "title": {"text": ("" if blocks else "unit of ") + " and ".join(s + now for s in states)},
            "autorange": "reversed",
            **plain,
        },
    )


def singular_values(values: np.ndarray, *, cell: str, height: int = 400) -> go.Figure:
    """The singular values of one Jacobian, largest first, log axis, with a line at 1.

    values: (size,) log10
    """
    low, high = powers.span([values, np.zeros(1)])
    number = np.arange(1, len(values) + 1)
    style = {"color": palette.CELLS[cell]["light"], "dash": "solid", "width": 2}
    one = {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": 0,
        "y1": 0,
        "line": {"color": palette.MUTED["light"], "width": 1, "dash": "dot"},
        "label": {"text": "1: keeps its length", "textposition": "end", "yanchor": "bottom",
                  "font": {"size": 11, "color": palette.MUTED["light"]}},
    }  # fmt: skip
    return figure(
        powers.line("σ", number, values, low, high, style, "singular value %{x}"),
        height=height,
        margin={"l": 66, "r": 8, "t": 8, "b": 44},
        showlegend=False,
        shapes=[one],
        xaxis={"title": {"text": "number, largest first"}, "showgrid": False, "zeroline": False},
        yaxis=powers.axis("singular value, ▼ exactly 0", low, high),
    )


def product_norms(norms: Mapping[str, np.ndarray], tokens: Sequence[str], *, cell: str, height: int = 260) -> go.Figure:
    """The spectral norm of the product of all factors from T back to t, log axis: one line a state or block.

    norms: what is differentiated by what, such as "∂h_T/∂h_t" in plotly's text -> (time,) log10; at most three
    """
    low, high = powers.span(norms.values())
    time = np.arange(1, len(tokens) + 1)
    colours = (palette.CELLS[cell]["light"], palette.INK["light"], palette.BANDS["h"]["light"])
    traces = [
        trace
        for (name, logs), (dash, width), colour in zip(norms.items(), STYLES, colours, strict=False)
        for trace in powers.line(
            f"‖{name}‖₂",
            time,
            logs,
            low,
            high,
            {"color": colour, "dash": dash, "width": width},
            f"‖{name}‖₂ at t = %{{x}}",
        )
    ]
    return figure(
        traces,
        height=height,
        margin={"l": 66, "r": 8, "t": 8, "b": 44},
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        meta={"time": "x", "pick": True, "labels": list(tokens)},
        xaxis={
            "title": {"text": "time step t, by its input"},
            "range": [0.5, len(tokens) + 0.5],
            "showgrid": False,
            "zeroline": False,
        },
        yaxis=powers.axis("spectral norm, ▼ exactly 0", low, high),
    )
