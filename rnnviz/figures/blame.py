"""Figures of who is to blame: the matrix of ‖∂L_t/∂h_s‖₂, and what truncation cuts out of it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go

from . import palette, powers
from .bptt import weight_lines, written
from .build import figure, single


class Measure(NamedTuple):
    """How one error of a truncated gradient is drawn. title: of its axis   unit: behind each number
    digits: d3's format   least: what the axis must reach   exact: what it is without a cut"""

    title: str
    unit: str
    digits: str
    least: float
    exact: float


MEASURES = {
    "angle": Measure("angle, degrees", "°", ".1f", 10.0, 0.0),
    "ratio": Measure("ratio of norms", "", ".3f", 1.2, 1.0),
}

FEW = 10
"""Up to so many steps each has its number on the axis."""
GAP = "\N{EN SPACE}"


def blame(logs: np.ndarray, tokens: Sequence[str], *, kept: np.ndarray | None = None, height: int = 440) -> go.Figure:
    """‖∂L_t/∂h_s‖₂ as a heatmap: s, whose state is to blame, to the right; t, whose loss it is, downwards.

    logs: (time, time) log10, [t, s]; NaN where there is no such pair, −∞ where it is exactly 0
    kept: (time, time) which pairs truncation leaves; the others are grey. None: all
    Traces: the grey pairs, the norms, and ▼ for what is exactly 0. `blame_frames` is what a sweep puts into them.
    """
    low, high = powers.span([logs])
    kept = np.ones(logs.shape, bool) if kept is None else kept
    there = ~np.isnan(logs)
    frames = blame_frames(logs, kept[None])
    place = {"x0": 1, "dx": 1, "y0": 1, "dy": 1, "type": "heatmap"}
    pair = "‖∂L<sub>%{y}</sub>/∂h<sub>%{x}</sub>‖₂"
    cut = {
        **place,
        "z": single(np.where(there, 0.0, np.nan)),
        "zmin": -1,
        "zmax": 0,
        "colorscale": [[0, palette.LINE["light"]], [1, palette.LINE["light"]]],
        "showscale": False,
        "hoverongaps": False,
        "hovertemplate": f"{pair}: cut off, nothing flows from L at t = %{{y}} to h at s = %{{x}}<extra></extra>",
    }
    heatmap = {
        **place,
        "z": frames[1, "z"][0],
        "zmin": low,
        "zmax": high,
        "colorscale": palette.colorscale(palette.NORM),
        "colorbar": {
            "title": {"text": "‖∂L<sub>t</sub>/∂h<sub>s</sub>‖₂", "side": "right"},
            "thickness": 12,
            "outlinewidth": 0,
            **powers.ticks(low, high),
        },
        "hoverongaps": False,
        "text": [[powers.number(log) for log in row] for row in logs.tolist()],
        "hovertemplate": f"{pair} = %{{text}}<extra></extra>",
    }
    t, s = np.nonzero(np.isneginf(logs))
    zeros = {
        "type": "scatter",
        "x": s + 1,
        "y": t + 1,
        "mode": "markers",
        "marker": {"symbol": "triangle-down", "size": 5, "color": palette.MUTED["light"]},
        "showlegend": False,
        "hovertemplate": f"{pair}: exactly 0<extra></extra>",
    }
    plain = {"showgrid": False, "zeroline": False, "range": [0.5, len(logs) + 0.5]}
    return figure(
        [cut, heatmap, zeros],
        height=height,
        margin={"l": 56, "r": 8, "t": 8, "b": 44},
        meta={"time": "x", "other": "y", "labels": list(tokens)},
        xaxis={"title": {"text": "s: the state that is to blame, by its input"}, **plain},
        yaxis={"title": {"text": "t: the step whose loss it is"}, **plain, "range": [len(logs) + 0.5, 0.5]}
        | ({"dtick": 1} if len(logs) <= FEW else {}),
    )


def blame_frames(logs: np.ndarray, kept: np.ndarray) -> dict[tuple[int, str], np.ndarray]:
    """What a sweep puts into the traces of `blame`. logs: (time, time) log10   kept: (values, time, time)"""
    return {(1, "z"): single(np.where(kept & np.isfinite(logs), logs, np.nan))}


def truncation_error(
    errors: Mapping[str, np.ndarray], ks: Sequence[int], *, k: int, measure: str, cell: str, height: int = 215
) -> go.Figure:
    """How far a truncated gradient is from the full one, by the cut's k; a mark with its number on each line.

    errors: weight -> (ks,) in the unit of `measure`, one of `MEASURES`; NaN where a gradient is exactly 0
    k: where the marks stand   Traces: for each weight its line, its mark and the mark's number at the top; last the
    line across all at k. `truncation_frames` is what a sweep puts into them.
    """
    title, unit, digits, least, exact = MEASURES[measure]
    finite = np.concatenate([values[np.isfinite(values)] for values in errors.values()])
    largest = max(least, float(finite.max(initial=0.0)))
    top, foot = 1.35 * largest, -0.15 * largest
    styles, frames = weight_lines(cell), truncation_frames(errors, ks)
    at = list(ks).index(k)
    traces = []
    for j, (name, values) in enumerate(errors.items()):
        said = f"{written(name)}, k = %{{x}}: %{{y:{digits}}}{unit}<extra></extra>"
        mark, number = 3 * j + 1, 3 * j + 2
        line = {"type": "scatter", "mode": "lines+markers", "line": styles[name], "name": written(name)}
        line |= {"marker": {"size": 4, "color": styles[name]["color"]}}
        traces += [
            {**line, "x": list(ks), "y": values, "hovertemplate": said},
            {
                "type": "scatter",
                "mode": "markers",
                "x": frames[mark, "x"][at],
                "y": frames[mark, "y"][at],
                "marker": {"size": 10, "color": styles[name]["color"]},
                "hovertemplate": said,
            },
            {
                "type": "scatter",
                "mode": "text",
                "x": frames[number, "x"][at],
                "y": [0.92 * top],
                "customdata": frames[number, "customdata"][at],
                "texttemplate": f"{GAP}<b>{written(name)}</b> %{{customdata:{digits}}}{unit}{GAP}",
                "textposition": "middle right" if j else "middle left",
                "textfont": {"color": styles[name]["color"]},
                "cliponaxis": False,
                "hovertemplate": f"{written(name)}, k = %{{x}}: %{{customdata:{digits}}}{unit}<extra></extra>",
            },
        ]
    across = {
        "type": "scatter",
        "x": frames[3 * len(errors), "x"][at],
        "y": [foot, top],
        "mode": "lines",
        "line": {"color": palette.ACCENT["light"], "width": 2},
        "hovertemplate": "cut at k = %{x}<extra></extra>",
    }
    without = {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": exact,
        "y1": exact,
        "line": {"color": palette.MUTED["light"], "width": 1, "dash": "dot"},
    }
    last = np.log10(max(ks[-1], 1.5))
    return figure(
        [*traces, across],
        height=height,
        margin={"l": 66, "r": 24, "t": 8, "b": 44},
        showlegend=False,
        shapes=[without],
        xaxis={
            "title": {"text": "k: how many steps back"},
            "type": "log",
            "range": [-0.2 * last, 1.2 * last],
            "tickvals": [*(one for one in (1, 2, 3, 5, 10, 20, 50) if one <= 0.7 * ks[-1]), ks[-1]],
            "showgrid": False,
            "zeroline": False,
        },
        yaxis={"title": {"text": title}, "range": [foot, top], "zeroline": False, "nticks": 6},
    )


def truncation_frames(errors: Mapping[str, np.ndarray], ks: Sequence[int]) -> dict[tuple[int, str], np.ndarray]:
    """What a sweep over k puts into the traces of `truncation_error`: (trace, attribute) -> (ks, …)."""
    steps = np.asarray(ks, float)
    frames = {}
    for j, values in enumerate(errors.values()):
        mark, number = 3 * j + 1, 3 * j + 2
        frames[mark, "x"] = frames[number, "x"] = steps[:, None]
        frames[mark, "y"] = frames[number, "customdata"] = np.asarray(values)[:, None]
    return frames | {(3 * len(errors), "x"): np.stack([steps, steps], axis=1)}
