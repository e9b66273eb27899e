"""The cliff in three dimensions."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from . import palette
from .build import figure, single
from .strokes import RUNS, colour

ABOVE = 0.008
"""So far above the surface a way is drawn; on it, half of it would be hidden."""


def cliff_surface(
    loss: np.ndarray, *, w: np.ndarray, b: np.ndarray, paths: Mapping[str, np.ndarray], highest: float, dark: bool,
    height: int = 400,
) -> go.Figure:  # fmt: skip
    """Loss over w and b as a surface, and on it the whole way of each descent as far as it stays in the picture.

    loss: (b, w)   paths: "without", "norm" -> (updates + 1, 3) w, b and L, NaN where it is out of the picture
    dark: whether to draw it in the dark theme's colours
    A button runs a mark along each way, update by update, in the browser. There is none that stops it: plotly rejects
    the promise of an animation that is interrupted, which nobody catches; so a run is short, and a second one waits.
    """

    def themed(one: str) -> str:
        return palette.DARK[one] if dark else one

    ink = themed(palette.INK["light"])
    axis = {"gridcolor": themed(palette.MUTED["light"]), "color": ink, "showbackground": True,
            "backgroundcolor": themed(palette.LINE["light"]), "nticks": 5}  # fmt: skip
    ground = {
        "type": "surface",
        "x": w,
        "y": b,
        "z": single(loss),
        "cmin": 0,
        "cmax": highest,
        "colorscale": [[stop, themed(one)] for stop, one in palette.colorscale(palette.LOSS)],
        "showscale": False,
        "contours": {
            "z": {"show": True, "start": 0, "end": highest, "size": 0.05, "color": themed(palette.MUTED["light"])}
        },
        "hovertemplate": "w = %{x:.3f}, b = %{y:.3f}: L = %{z:.4f}<extra></extra>",
    }
    ways = [
        {
            "type": "scatter3d",
            "x": path[:, 0],
            "y": path[:, 1],
            "z": path[:, 2] + ABOVE,
            "customdata": path[:, 2],
            "mode": "lines+markers",
            "name": RUNS[kind],
            "line": {"color": themed(colour(kind)), "width": 5},
            "marker": {"size": 3, "color": themed(colour(kind))},
            "hovertemplate": f"{RUNS[kind]}: w = %{{x:.3f}}, b = %{{y:.3f}}, L = %{{customdata:.4f}}<extra></extra>",
        }
        for kind, path in paths.items()
    ]
    marks = [
        {
            "type": "scatter3d",
            **_spot(path, len(path) - 1),
            "mode": "markers",
            "showlegend": False,
            "marker": {"size": 9, "color": themed(colour(kind)), "line": {"width": 2, "color": ink}},
            "hovertemplate": f"{RUNS[kind]}: w = %{{x:.3f}}, b = %{{y:.3f}}<extra></extra>",
        }
        for kind, path in paths.items()
    ]
    longest = max(len(path) for path in paths.values())
    moments = [
        {
            "name": str(update),
            "traces": [1 + len(ways) + k for k in range(len(marks))],
            "data": [{"type": "scatter3d", **_spot(path, update)} for path in paths.values()],
        }
        for update in range(longest)
    ]
    pace = {"frame": {"duration": 60, "redraw": True}, "transition": {"duration": 0}, "mode": "afterall"}
    buttons = [{"label": "▶ Play in this picture", "method": "animate", "args": [None, pace]}]
    return figure(
        [ground, *ways, *marks],
        frames=moments,
        height=height,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        modebar={"bgcolor": "rgba(0,0,0,0)", "color": ink, "activecolor": ink},
        legend={"orientation": "h", "y": 1, "x": 0, "font": {"color": ink}},
        updatemenus=[
            {
                "type": "buttons",
                "direction": "left",
                "x": 0,
                "y": 0,
                "xanchor": "left",
                "yanchor": "bottom",
                "showactive": False,
                "bgcolor": themed(palette.LINE["light"]),
                "font": {"color": ink},
                "buttons": buttons,
            }
        ],
        scene={
            "xaxis": {"title": {"text": "w"}, "range": [float(w[0]), float(w[-1])], **axis},
            "yaxis": {"title": {"text": "b"}, "range": [float(b[0]), float(b[-1])], **axis},
            "zaxis": {"title": {"text": ""}, **axis},
            # The axis of L has its title above it: beside it, a narrow picture has no room.
            "annotations": [
                {
                    "text": "L",
                    "x": float(w[-1]),
                    "y": float(b[-1]),
                    "z": 1.12 * highest,
                    "showarrow": False,
                    "font": {"size": 14, "color": ink},
                }
            ],  # fmt: skip
            "aspectratio": {"x": 1.2, "y": 1.2, "z": 0.7},
            "camera": {"eye": {"x": -1.55, "y": 2.7, "z": 1.3}, "center": {"x": 0, "y": 0, "z": -0.1}},
        },
        paper_bgcolor="rgba(0,0,0,0)",
    )


def _spot(path: np.ndarray, update: int) -> dict:
    """Where a descent stands at an update, as a trace takes it; plain numbers, None where it is out of the picture."""
    w, b, loss = (None if np.isnan(one) else float(one) for one in path[update])
    return {"x": [w], "y": [b], "z": [None if loss is None else loss + ABOVE]}
