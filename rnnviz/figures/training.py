"""Training runs side by side: curves with bands over seeds, how far back the loss reaches, what each cell solves."""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from . import palette
from .build import figure, level, single
from .strokes import UPDATE, decades

LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 12}}
MARKS = {"Elman": "square", "GRU": "diamond", "LSTM": "circle", "Convolution": "star"}
MARGIN = {"l": 62, "r": 8, "t": 30, "b": 42}


def powers(low: float, high: float) -> dict[str, object]:
    """A log axis with a tick at every power of ten, or at every so many that some eight fit."""
    return {"type": "log", "exponentformat": "power", "dtick": max(1, math.ceil((high - low) / 8))}


class Curve(NamedTuple):
    """One cell's runs. at: (points,) updates   middle, low, high: (points,) over the seeds
    died: the updates at which a run's numbers ended"""

    at: np.ndarray
    middle: np.ndarray
    low: np.ndarray
    high: np.ndarray
    died: tuple[int, ...] = ()


def training_curves(
    curves: Mapping[str, Curve], *, chance: float, goal: float | None, label: str, log: bool, updates: int,
    height: int = 260,
) -> go.Figure:  # fmt: skip
    """A quantity over the updates: the mean over the seeds, and a band from the lowest seed to the highest.

    chance: its value for pure guessing, a line   goal: from where a task counts as solved, a line; None for no line
    label: what it is, with its unit, in few words   log: whether its axis is a log axis
    ▲ at the top: there a run ended, for nothing after it was a number; of several cells that ended at one update, one
    below the other. ▼ at the foot: exactly 0.
    """
    marked = [chance] if goal is None else [chance, goal]
    values = np.concatenate([*(np.concatenate(curve[1:4]) for curve in curves.values()), marked])
    low, high = decades(values) if log else (0.0, max(1.0, *values[np.isfinite(values)]) * 1.05)
    high += 0.3 if log else 0.0  # room for the words above the line of guessing
    foot, top = (10**low, 10**high) if log else (low, high)
    traces = []
    for cell, curve in curves.items():
        traces += [_band(curve, cell, log), _line(curve, cell, label, log)]
        traces += _ends(curve, cell, foot, _below(top, low, high, _ranks(curves, cell), log), log)
    shapes = [level(chance, "guessing", "bottom")]
    if goal is not None:
        shapes.append(level(goal, "solved", "top"))
    return figure(
        traces,
        height=height,
        margin=MARGIN,
        legend=LEGEND,
        shapes=shapes,
        xaxis={**UPDATE, "range": [0, updates * 1.01], "zeroline": False},
        yaxis={"title": {"text": label}, "range": [low, high], "zeroline": False, **(powers(low, high) if log else {})},
    )


def training_norms(
    raw: Mapping[str, Curve], applied: Mapping[str, Curve], *, threshold: float | None, updates: int, height: int = 260
) -> go.Figure:
    """‖g‖₂ of all parameters over the updates, before clipping (lines with bands) and after it (faint), log axis.

    threshold: θ of clipping by norm, a line; None for no line
    """
    marked = np.array([] if threshold is None else [threshold])
    values = [*(np.concatenate(curve[1:4]) for curve in (*raw.values(), *applied.values())), marked]
    low, high = decades(np.concatenate(values))
    traces = []
    for cell, curve in raw.items():
        traces += [_band(curve, cell, True), _line(curve, cell, "‖g‖₂ before clipping", True)]
        traces += _ends(curve, cell, 10**low, _below(10**high, low, high, _ranks(raw, cell), True), True)
    for cell, curve in applied.items():
        line = _line(curve, cell, "‖g‖₂ as applied", True)
        traces.append(
            line | {"name": f"{cell}, applied", "opacity": 0.5, "line": line["line"] | {"width": 5, "dash": "solid"}}
        )
    return figure(
        traces,
        height=height,
        margin=MARGIN,
        legend=LEGEND,
        shapes=[] if threshold is None else [level(threshold, f"θ = {threshold:g}", "bottom")],
        xaxis={**UPDATE, "range": [0, updates * 1.01], "zeroline": False},
        yaxis={"title": {"text": "‖g‖₂"}, "range": [low, high], "zeroline": False, **powers(low, high)},
    )


def reach_over_training(
    reach: Mapping[str, np.ndarray], moments: Mapping[str, np.ndarray], *, low: float, high: float, height: int = 280
) -> go.Figure:
    """log10 ‖∂L/∂h_t‖₂ by time step (across) and kept moment of the training (upwards), a panel a cell, one scale.

    Moments are rows of one height: they are kept ever more rarely, so that the axis of updates is not linear.

    reach: cell -> (moments, time), -inf for exactly 0, NaN where there is no number
    moments: cell -> (moments,) the update before which each was kept   low, high: the ends of the scale, log10
    Exactly 0 is left in the page's grey; what is below or above the scale has the colour of its end.
    """
    traces, layout, count = [], {}, len(reach)
    gap = 0.03
    width = (1 - gap * (count - 1)) / count
    for k, (cell, values) in enumerate(reach.items()):
        name = "" if k == 0 else str(k + 1)
        steps, rows = values.shape[1], [str(update) for update in moments[cell]]
        told = np.char.mod("10^%.1f", np.nan_to_num(values)).astype(object)
        told[np.isneginf(values)], told[np.isnan(values)] = "exactly 0", "no number"
        traces.append(
            {
                "type": "heatmap",
                "xaxis": f"x{name}",
                "yaxis": f"y{name}",
                "x0": 1,
                "dx": 1,
                "y": list(range(len(rows))),
                "z": single(np.where(np.isfinite(values), values, np.nan)),
                "customdata": [[[said, row] for said in line] for line, row in zip(told.tolist(), rows, strict=True)],
                "coloraxis": "coloraxis",
                "hoverongaps": True,
                "hovertemplate": f"{cell} before update %{{customdata[1]}} + 1: ‖∂L/∂hₜ‖₂ at t = %{{x}} is "
                "%{customdata[0]}<extra></extra>",
            }
        )
        start = k * (width + gap)
        ticks = sorted({len(rows) * part // 4 for part in range(4)} | {len(rows) - 1})  # a row a moment: not linear
        layout[f"xaxis{name}"] = {
            "domain": [start, start + width],
            "anchor": f"y{name}",
            "title": {"text": f"{cell}, t", "standoff": 6, "font": {"size": 12}},
            "range": [0.5, steps + 0.5],
            "nticks": 4,
            "zeroline": False,
            "showgrid": False,
        }
        layout[f"yaxis{name}"] = {
            "anchor": f"x{name}",
            "title": {"text": "updates so far, when kept" if k == 0 else ""},
            "tickvals": ticks if k == 0 else [],
            "ticktext": [rows[tick] for tick in ticks] if k == 0 else [],
            "zeroline": False,
            "showgrid": False,
        }
    ends = list(range(int(np.ceil(low)), int(np.floor(high)) + 1))
    shown = ends[:: max(1, len(ends) // 5)]
    return figure(
        traces,
        height=height,
        margin={"l": 62, "r": 8, "t": 8, "b": 44},
        meta={"time": "x"} if count == 1 else {},
        coloraxis={
            "colorscale": palette.colorscale(palette.NORM),
            "cmin": low,
            "cmax": high,
            "colorbar": {
                "thickness": 12,
                "tickvals": shown,
                "ticktext": [
                    f"{'≤ ' if tick == low else '≥ ' if tick == high else ''}10<sup>{tick}</sup>" for tick in shown
                ],
                "title": {"text": "‖∂L/∂hₜ‖₂", "font": {"size": 12}, "side": "right"},
            },
        },
        **layout,
    )


def longest_solved(table: pd.DataFrame, *, updates: int, height: int = 210) -> go.Figure:
    """Each run of the sweep as a mark at its length, filled where it solved the task, a row a cell.

    table: columns cell (as named in the palette), length, seed, solved_at (missing: not solved within `updates`)
    """
    traces = []
    cells = list(dict.fromkeys(table["cell"]))
    for solved in (True, False):
        rows = table[table["solved_at"].notna() == solved]
        if rows.empty:
            continue
        spread = (rows["seed"] - table["seed"].mean()) * 0.18
        after = rows["solved_at"].map("solved after {:.0f} updates".format)
        said = after.tolist() if solved else ["not solved"] * len(rows)
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": "solved" if solved else f"not within {updates:,} updates",
                "x": rows["length"].tolist(),
                "y": (rows["cell"].map(cells.index) + spread).tolist(),
                "customdata": [
                    [cell, seed, words] for cell, seed, words in zip(rows["cell"], rows["seed"], said, strict=True)
                ],
                "marker": {
                    "size": 11,
                    "symbol": [MARKS[cell] + ("" if solved else "-open") for cell in rows["cell"]],
                    "color": [palette.CELLS[cell]["light"] for cell in rows["cell"]],
                    "line": {"width": 2, "color": [palette.CELLS[cell]["light"] for cell in rows["cell"]]},
                },
                "hovertemplate": "%{customdata[0]} at T = %{x}, seed %{customdata[1]}: %{customdata[2]}<extra></extra>",
            }
        )
    lengths = sorted(set(table["length"].tolist()))
    return figure(
        traces,
        height=height,
        margin={"l": 70, "r": 8, "t": 30, "b": 42},
        legend=LEGEND,
        xaxis={
            "title": {"text": "length T of the adding problem"},
            "type": "log",
            "tickvals": lengths,
            "range": [np.log10(lengths[0]) - 0.12, np.log10(lengths[-1]) + 0.12],
            "zeroline": False,
        },
        yaxis={
            "title": {"text": "cell"},
            "tickvals": list(range(len(cells))),
            "ticktext": cells,
            "range": [len(cells) - 0.5, -0.5],
            "zeroline": False,
            "showgrid": False,
        },
    )


def _line(curve: Curve, cell: str, label: str, log: bool) -> dict:
    return {
        "type": "scatter",
        "x": curve.at,
        "y": _drawn(curve.middle, log),
        "mode": "lines",
        "name": cell,
        "line": {"color": palette.CELLS[cell]["light"], "width": 2, "dash": palette.DASHES[cell]},
        "hovertemplate": f"{cell}, {label}, up to update %{{x}}: %{{y:.3g}}<extra></extra>",
    }


def _band(curve: Curve, cell: str, log: bool) -> dict:
    low, high = _drawn(curve.low, log), _drawn(curve.high, log)
    known = ~(np.isnan(low) | np.isnan(high))
    at = curve.at[known]
    return {
        "type": "scatter",
        "x": np.concatenate([at, at[::-1]]),
        "y": np.concatenate([high[known], low[known][::-1]]),
        "fill": "toself",
        "mode": "lines",
        "line": {"width": 0, "color": palette.CELLS[cell]["light"]},
        "fillcolor": palette.CELLS[cell]["light"],
        "opacity": 0.18,
        "showlegend": False,
        "hoverinfo": "skip",
        "hovertemplate": f"{cell}, lowest to highest seed: %{{y:.3g}}<extra></extra>",
    }


def _drawn(values: np.ndarray, log: bool) -> np.ndarray:
    values = np.asarray(values, dtype=float)
    return np.where(np.isfinite(values) & ((values > 0) | (not log)), values, np.nan)


def _ranks(curves: Mapping[str, Curve], cell: str) -> list[int]:
    """At each update at which runs of this cell died: how many of the cells before it died at the same one."""
    earlier = [curves[name].died for name in list(curves)[: list(curves).index(cell)]]
    return [sum(update in died for died in earlier) for update in curves[cell].died]


def _below(top: float, low: float, high: float, ranks: list[int], log: bool) -> list[float]:
    """Where ▲ stand: at the top, or as many rows below it. low, high: the range of the axis, log10 on a log axis"""
    row = (high - low) * 0.09
    room = 0.4  # of a row: half a mark
    return [top / 10 ** ((rank + room) * row) if log else top - (rank + room) * row for rank in ranks]


def _ends(curve: Curve, cell: str, foot: float, tops: list[float], log: bool) -> list[dict]:
    """tops: where the marks of `curve.died` stand"""
    marks = []
    zero = curve.at[curve.middle == 0] if log else []
    if curve.died:
        marks.append(
            {
                "x": list(curve.died),
                "y": tops,
                "marker": {"symbol": "triangle-up", "size": 13, "color": palette.CELLS[cell]["light"]},
                "hovertemplate": f"{cell}: no number from update %{{x}} on, the run ends<extra></extra>",
            }
        )
    if len(zero):
        marks.append(
            {
                "x": zero,
                "y": [foot] * len(zero),
                "marker": {"symbol": "triangle-down", "size": 9, "color": palette.CELLS[cell]["light"]},
                "hovertemplate": f"{cell}: exactly 0 up to update %{{x}}<extra></extra>",
            }
        )
    return [{"type": "scatter", "mode": "markers", "showlegend": False, "cliponaxis": False, **mark} for mark in marks]
