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
    units = np.arange(hidden)
    heatmaps = [
        {
            "type": "heatmap",
            "z": single(weight[k * hidden + units]),
            "y": k * hidden + units,
            "customdata": np.repeat(units[:, None], hidden, axis=1),
            "coloraxis": "coloraxis",
            "hovertemplate": f"from unit %{{x}} to {block}, unit %{{customdata}}: %{{z:.4f}}<extra></extra>",
        }
        for k, block in enumerate(blocks)
    ]
    parting = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "line": {"color": palette.INK["light"], "width": 1.5}}
    edges = [k * hidden - 0.5 for k in range(1, len(blocks))]
    return figure(
        heatmaps,
        height=height,
        coloraxis={
            "cmin": -limit,
            "cmax": limit,
            "colorscale": palette.colorscale(palette.SIGNED),
            "colorbar": {"title": {"text": "weight"}, "thickness": 12, "outlinewidth": 0},
        },
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
