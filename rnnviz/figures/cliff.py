"""The cliff: a loss surface over two parameters, and descents on it."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from . import palette
from .build import figure, single
from .strokes import DASHES, LEGEND, MARKS, RUNS, colour


def cliff_contours(
    loss: np.ndarray,
    *,
    w: np.ndarray,
    b: np.ndarray,
    paths: Mapping[str, np.ndarray],
    update: int,
    highest: float,
    height: int = 440,
) -> go.Figure:
    """Loss over w and b as contours, and on it the way of each descent up to one update.

    loss: (b, w)   paths: "without", "norm" -> (updates + 1, 2) w and b   highest: the top of the colour scale
    Traces: the loss, then for each descent its way, where it stands, and where it left the picture (an arrow at the
    border, with words); last the start. `path_frames` is what a sweep over the update puts into them. A click picks a
    place.
    """
    box = np.array([[w[0], b[0]], [w[-1], b[-1]]])
    frames = path_frames(paths, box, [update])
    ground = {
        "type": "contour",
        "x": w,
        "y": b,
        "z": single(loss),
        "zmin": 0,
        "zmax": highest,
        "contours": {"start": 0, "end": highest, "size": 0.025, "coloring": "fill", "showlines": True},
        "line": {"width": 0.5, "color": palette.MUTED["light"], "smoothing": 0},
        "colorscale": palette.colorscale(palette.LOSS),
        "colorbar": {"title": {"text": "L"}, "thickness": 12, "outlinewidth": 0, "dtick": 0.1},
        "hovertemplate": "w = %{x:.3f}, b = %{y:.3f}: L = %{z:.4f}<extra></extra>",
    }
    traces = [ground]
    positions = _words_beside(paths, box)
    for k, kind in enumerate(paths):
        base = {
            "type": "scatter",
            "hovertemplate": f"{RUNS[kind]}: w = %{{x:.3f}}, b = %{{y:.3f}}<extra></extra>",
            "legendgroup": kind,
        }
        traces += [
            base
            | {
                "x": frames[1 + 3 * k, "x"][0],
                "y": frames[1 + 3 * k, "y"][0],
                "mode": "lines+markers",
                "name": RUNS[kind],
                "line": {"color": colour(kind), "width": 2.5, "dash": DASHES[kind]},
                "marker": {"size": 4, "color": colour(kind)},
            },
            base
            | {
                "x": frames[2 + 3 * k, "x"][0],
                "y": frames[2 + 3 * k, "y"][0],
                "mode": "markers",
                "showlegend": False,
                "marker": {
                    "size": 11,
                    "symbol": MARKS[kind],
                    "color": colour(kind),
                    "line": {"width": 2, "color": palette.INK["light"]},
                },
            },
            base
            | {
                "x": frames[3 + 3 * k, "x"][0],
                "y": frames[3 + 3 * k, "y"][0],
                "mode": "markers+text",
                "showlegend": False,
                "cliponaxis": False,
                "text": [f"{RUNS[kind]}:<br>thrown off".replace(" clipping", "<br>clipping")],
                "textposition": positions[kind],
                "textfont": {"color": colour(kind), "size": 14},
                "marker": {"size": 16, "symbol": _pointing_out(paths[kind], box), "color": colour(kind)},
                "hovertemplate": f"{RUNS[kind]}: left the picture at w = %{{x:.3f}}, b = %{{y:.3f}}<extra></extra>",
            },
        ]
    begin = next(iter(paths.values()))[0]
    traces.append(
        {
            "type": "scatter",
            "x": [begin[0]],
            "y": [begin[1]],
            "mode": "markers+text",
            "text": ["start"],
            "textposition": _start_words(begin, box),
            "cliponaxis": False,
            "textfont": {"size": 14},
            "marker": {"symbol": "square", "size": 9, "color": palette.INK["light"]},
            "showlegend": False,
            "hovertemplate": "start: w = %{x:.3f}, b = %{y:.3f}<extra></extra>",
        }
    )
    return figure(
        traces,
        height=height,
        margin={"l": 56, "r": 8, "t": 34, "b": 44},
        legend=LEGEND,
        meta={"pick": True},
        xaxis={"title": {"text": "w"}, "range": box[:, 0].tolist(), "showgrid": False},
        yaxis={"title": {"text": "b"}, "range": box[:, 1].tolist(), "showgrid": False},
    )


def path_frames(
    paths: Mapping[str, np.ndarray], box: np.ndarray, updates: Sequence[int]
) -> dict[tuple[int, str], np.ndarray]:
    """What a sweep puts into the traces of `cliff_contours`.

    paths: kind -> (updates + 1, 2)   box: (2, 2) its lower and its upper corner   updates: those of the sweep
    """
    frames = {}
    for k, path in enumerate(paths.values()):
        gone = first_outside(path, box)
        way, here, exit_ = ([] for _ in range(3))
        for update in updates:
            shown = path.copy()
            shown[update + 1 :] = np.nan
            if gone is not None and gone <= update:
                # Its last stretch ends at the border: what lies beyond is out of the picture.
                shown[gone] = crossing(path[gone - 1], path[gone], box) if gone else np.clip(path[0], *box)
                shown[gone + 1 :] = np.nan
                exit_.append(shown[gone])
                here.append([np.nan, np.nan])
            else:
                exit_.append([np.nan, np.nan])
                here.append(path[update])
            way.append(shown)
        for offset, points in ((1, np.array(way)), (2, np.array(here)[:, None]), (3, np.array(exit_)[:, None])):
            frames[offset + 3 * k, "x"], frames[offset + 3 * k, "y"] = points[..., 0], points[..., 1]
    return frames


def first_outside(path: np.ndarray, box: np.ndarray) -> int | None:
    """The first point outside the box, or that is none; None if all are inside."""
    with np.errstate(invalid="ignore"):
        inside = ((path >= box[0]) & (path <= box[1])).all(axis=1)
    return None if inside.all() else int(inside.argmin())


def crossing(inside: np.ndarray, outside: np.ndarray, box: np.ndarray) -> np.ndarray:
    """Where the stretch between two points leaves the box; the point inside where the other is not finite."""
    if not np.isfinite(outside).all():
        return inside.copy()
    step = outside - inside
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(step > 0, (box[1] - inside) / step, np.where(step < 0, (box[0] - inside) / step, np.inf))
    return np.clip(inside + min(1.0, share.min()) * step, *box)


def _pointing_out(path: np.ndarray, box: np.ndarray) -> str:
    """An arrow head that points to the side on which a path leaves."""
    gone = first_outside(path, box)
    if not gone or not np.isfinite(path[gone]).all():
        return "triangle-up"
    at = crossing(path[gone - 1], path[gone], box)
    sides = {"triangle-left": at[0] - box[0, 0], "triangle-right": box[1, 0] - at[0],
             "triangle-down": at[1] - box[0, 1], "triangle-up": box[1, 1] - at[1]}  # fmt: skip
    return min(sides, key=lambda side: abs(sides[side]))


def _words_beside(paths: Mapping[str, np.ndarray], box: np.ndarray) -> dict[str, str]:
    """kind -> on which side of the mark where it leaves its words have room: not on its own way, nor on the other's."""
    positions: dict[str, str] = {}
    exits: dict[str, str] = {}
    size = box[1] - box[0]
    for kind, path in paths.items():
        positions[kind] = "bottom right"
        gone = first_outside(path, box)
        if not gone:
            continue
        at = (crossing(path[gone - 1], path[gone], box) - box[0]) / size
        came = path[gone, 0] - path[gone - 1, 0]
        right = at[0] < 0.72 and (came >= 0 or at[0] < 0.4)
        near = [other for other, place in exits.items() if (np.abs(place - at) < (0.45, 0.15)).all()]
        if near and 0.3 < at[0] < 0.7:
            right = "left" in positions[near[0]]
        upper = at[1] > 0.5
        if near and not 0.3 < at[0] < 0.7:
            upper = not upper if 0.1 < at[1] < 0.9 else upper
        positions[kind] = f"{'bottom' if upper else 'top'} {'right' if right else 'left'}"
        exits[kind] = at
    return positions


def _start_words(begin: np.ndarray, box: np.ndarray) -> str:
    """On which side of the start its word stands inside the picture."""
    across, up = (begin - box[0]) / (box[1] - box[0])
    return f"{'top' if up < 0.08 else 'bottom' if up > 0.92 else 'middle'} {'right' if across < 0.5 else 'left'}"
