"""Gradients before and after clipping, in the plane."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from . import palette
from .build import figure
from .strokes import DASHES, LEGEND, LOG, METHODS, SIZES, SYMBOLS, colour


def clipped_plane(
    before: np.ndarray, after: np.ndarray, *, method: str, threshold: float, limit: float, labels: Sequence[str],
    height: int = 340,
) -> go.Figure:  # fmt: skip
    """Many gradients as arrows in the plane, before and after, and what clipping leaves room for.

    before, after: (gradients, 2) ∂L/∂w and ∂L/∂u   method: a key of `METHODS`   limit: the axes reach from −limit to it
    labels: (gradients,) what is said of each under the pointer
    Traces: the ball or square of θ, before, after. `plane_frames` is what a sweep over θ puts into them.
    """
    frames = plane_frames(after[None], [threshold], method=method)
    outline = {
        "type": "scatter",
        "x": frames[0, "x"][0],
        "y": frames[0, "y"][0],
        "mode": "lines",
        "name": {"norm": "‖g‖ = θ", "value": "each |gₖ| ≤ θ"}[method],
        "line": {"color": palette.INK["light"], "width": 1, "dash": "dot"},
        "hovertemplate": "%{x:.3g}, %{y:.3g}<extra></extra>",
    }
    x, y = _arrows(before[None])
    first = _arrow_trace(x[0], y[0], palette.MUTED["light"], "before", labels, 1)
    second = _arrow_trace(frames[2, "x"][0], frames[2, "y"][0], colour(method), f"after, {METHODS[method]}", labels, 2)
    axis = {"range": [-limit, limit], "zeroline": True, "constrain": "domain"}
    return figure(
        [outline, first, second],
        height=height,
        margin={"l": 56, "r": 8, "t": 30, "b": 44},
        legend=LEGEND,
        xaxis={"title": {"text": "∂L/∂w"}, **axis},
        yaxis={"title": {"text": "∂L/∂u"}, "scaleanchor": "x", **axis},
    )


def plane_frames(after: np.ndarray, thresholds: Sequence[float], *, method: str) -> dict[tuple[int, str], np.ndarray]:
    """What a sweep puts into the traces of `clipped_plane`: (trace, attribute) -> (values, …).

    after: (values, gradients, 2)   thresholds: (values,)
    """
    turn = np.linspace(0, 2 * np.pi, 73)
    corners = {
        "norm": np.array([np.cos(turn), np.sin(turn)]),
        "value": np.array([[1, 1, -1, -1, 1], [1, -1, -1, 1, 1]]),
    }
    outline = np.asarray(thresholds, dtype=float)[:, None, None] * corners[method]
    x, y = _arrows(after)
    return {(0, "x"): outline[:, 0], (0, "y"): outline[:, 1], (2, "x"): x, (2, "y"): y}


def _arrows(tips: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(values, n, 2) -> x and y, (values, 3 n): from the origin to each tip, then a gap."""
    points = np.zeros((*tips.shape[:2], 3, 2))
    points[:, :, 1], points[:, :, 2] = tips, np.nan
    points = points.reshape(len(tips), -1, 2)
    return points[..., 0], points[..., 1]


def _arrow_trace(x: np.ndarray, y: np.ndarray, shown: str, name: str, labels: Sequence[str], width: float) -> dict:
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "mode": "lines+markers",
        "name": name,
        "line": {"color": shown, "width": width},
        "marker": {"symbol": "arrow", "angleref": "previous", "color": shown, "size": [0, 9, 0] * len(labels)},
        "customdata": [text for label in labels for text in ("", label, "")],
        "hovertemplate": f"%{{customdata}} {name}: %{{x:.3g}}, %{{y:.3g}}<extra></extra>",
    }


def clip_angles(
    norms: np.ndarray,
    angles: Mapping[str, np.ndarray],
    *,
    threshold: float,
    limits: tuple[float, float],
    height: int = 250,
) -> go.Figure:
    """By how much clipping turns each gradient: the angle between before and after, over ‖g‖ before.

    norms: (gradients,)   angles: "norm", "value" -> (gradients,) degrees   limits: ends of the axis of ‖g‖
    Traces: θ, then for each method its points and their mean, which is written above all angles.
    """
    frames = angle_frames({method: one[None] for method, one in angles.items()}, [threshold], limits)
    line = {
        "type": "scatter",
        "x": frames[0, "x"][0],
        "y": [-4, 47],
        "mode": "lines",
        "line": {"color": palette.INK["light"], "width": 1, "dash": "dot"},
        "name": "θ",
        "hovertemplate": "θ = %{x:.3g}<extra></extra>",
    }
    traces = [line]
    for k, (method, one) in enumerate(angles.items()):
        traces += [
            {
                "type": "scatter",
                "x": norms,
                "y": one,
                "mode": "markers",
                "name": METHODS[method],
                "marker": {"color": colour(method), "size": SIZES[method], "symbol": SYMBOLS[method]},
                "hovertemplate": f"‖g‖ = %{{x:.3g}}: turned by %{{y:.4g}}° {METHODS[method]}<extra></extra>",
            },
            {
                "type": "scatter",
                "x": frames[2 + 2 * k, "x"][0],
                "y": frames[2 + 2 * k, "y"][0],
                "customdata": frames[2 + 2 * k, "customdata"][0],
                "mode": "lines+text",
                "texttemplate": ["", "", "", f"mean {METHODS[method]}: %{{customdata:.1f}}°"],
                "textposition": "middle right",
                "textfont": {"color": colour(method), "size": 14},
                "line": {"color": colour(method), "width": 1, "dash": DASHES[method]},
                "showlegend": False,
                "hovertemplate": f"mean {METHODS[method]}: %{{customdata:.4g}}°<extra></extra>",
            },
        ]
    return figure(
        traces,
        height=height,
        margin={"l": 56, "r": 8, "t": 30, "b": 44},
        legend=LEGEND,
        xaxis={"title": {"text": "‖g‖₂ before clipping"}, "range": np.log10(limits).tolist(), **LOG},
        yaxis={"title": {"text": "angle(before, after) in °"}, "range": [-4, 60], "tickvals": [0, 15, 30, 45]},
    )


def angle_frames(
    angles: Mapping[str, np.ndarray], thresholds: Sequence[float], limits: tuple[float, float]
) -> dict[tuple[int, str], np.ndarray]:
    """What a sweep puts into the traces of `clip_angles`. angles: method -> (values, gradients)

    Each mean is a line across, a gap, and the place of its words, above the 45° that no angle exceeds.
    """
    theta = np.asarray(thresholds, dtype=float)
    frames = {(0, "x"): np.stack([theta, theta], axis=1)}
    for k, one in enumerate(angles.values()):
        mean = one.mean(axis=1)
        frames[1 + 2 * k, "y"] = one
        words = limits[0] * (limits[1] / limits[0]) ** (0.01 + 0.5 * k)
        frames[2 + 2 * k, "x"] = np.broadcast_to([*limits, np.nan, words], (len(theta), 4)).astype(float)
        frames[2 + 2 * k, "y"] = np.stack([mean, mean, mean * np.nan, 0 * mean + 54], axis=1)
        frames[2 + 2 * k, "customdata"] = np.stack([mean] * 4, axis=1)
    return frames
