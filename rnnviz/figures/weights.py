"""Figures of parameters."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from . import palette
from .build import figure, single


def weight_heatmap(weight: np.ndarray, *, blocks: Sequence[str], limit: float, height: int = 380) -> go.Figure:
    """W_hh as a heatmap: from which unit to the right, to which unit downwards, signed scale of ±limit.

    weight: (blocks * hidden, hidden)   blocks: the symbols whose rows are stacked; lines part them
    """
    hidden = weight.shape[1]
    heatmap = {
        "type": "heatmap",
        "z": single(weight),
        "zmin": -limit,
        "zmax": limit,
        "colorscale": palette.colorscale(palette.SIGNED),
        "colorbar": {"title": {"text": "weight"}, "thickness": 12, "outlinewidth": 0},
        "customdata": [[f"{block}, unit {unit}"] * hidden for block in blocks for unit in range(hidden)],
        "hovertemplate": "from unit %{x} to %{customdata}: %{z:.4f}<extra></extra>",
    }
    parting = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "line": {"color": palette.INK["light"], "width": 1.5}}
    edges = [k * hidden - 0.5 for k in range(1, len(blocks))]
    return figure(
        [heatmap],
        height=height,
        shapes=[{**parting, "y0": edge, "y1": edge} for edge in edges],
        xaxis={"title": {"text": "from unit of hₜ₋₁"}, "showgrid": False, "zeroline": False},
        yaxis={
            "title": {"text": "to units of"},
            "autorange": "reversed",
            "showgrid": False,
            "zeroline": False,
            "tickvals": [(k + 0.5) * hidden - 0.5 for k in range(len(blocks))],
            "ticktext": list(blocks),
        },
    )
