"""Clipping over a training run: norms, losses, how the norms are distributed, and what scaling leaves as it was."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from . import palette
from .build import figure, level
from .strokes import DASHES, LEGEND, LOG, RUNS, UPDATE, colour, decades


def run_norms(
    norms: Mapping[str, np.ndarray], applied: np.ndarray, *, threshold: float, height: int = 280
) -> go.Figure:
    """‖g‖₂ of all parameters at each update, before clipping in both runs and after it in the clipped one, log axis.

    norms: "without", "norm" -> (updates,) of that run   applied: (updates,) of the clipped run
    What is not finite is drawn as ▲ at the top: there the run ends. What is exactly 0 is drawn as ▼ at the foot.
    """
    everything = np.concatenate([*norms.values(), applied, [threshold]])
    low, high = decades(everything)
    top = high + 0.25
    traces = []
    for kind, one in norms.items():
        traces.append(_line(one, kind, f"‖g‖ {RUNS[kind]}", f"‖g‖ {RUNS[kind]} at update %{{x}}: %{{y:.3g}}"))
        traces += _ends(one, 10**low, 10**high, kind)
    traces.append(
        _line(applied, "norm", "applied ‖g‖ with clipping", "applied at update %{x}: %{y:.3g}")
        | {"line": {"color": palette.INK["light"], "width": 1.5}, "opacity": 1}
    )
    return figure(
        traces,
        height=height,
        margin={"l": 66, "r": 8, "t": 34, "b": 44},
        legend=LEGEND,
        shapes=[level(threshold, f"θ = {threshold:g}", "bottom")],
        xaxis=UPDATE,
        yaxis={"title": {"text": "‖g‖₂"}, "range": [low, top], **LOG},
    )


def run_losses(losses: Mapping[str, np.ndarray], *, chance: float, height: int = 240) -> go.Figure:
    """Cross-entropy in nats at each update, log axis, of the run without and the one with clipping.

    losses: "without", "norm" -> (updates,)   chance: the loss of knowing nothing, drawn as a line
    """
    everything = np.concatenate([*losses.values(), [chance]])
    low, high = decades(np.append(everything, chance / 3))  # room for the words below the line
    traces = []
    for kind, one in losses.items():
        traces.append(_line(one, kind, RUNS[kind], f"loss {RUNS[kind]} at update %{{x}}: %{{y:.3g}}"))
        traces += _ends(one, 10**low, 10**high, kind)
    return figure(
        traces,
        height=height,
        margin={"l": 66, "r": 8, "t": 34, "b": 44},
        legend=LEGEND,
        shapes=[level(chance, "knows nothing", "top")],
        xaxis=UPDATE,
        yaxis={"title": {"text": "loss in nats"}, "range": [low, high + 0.25], **LOG},
    )


def _line(values: np.ndarray, kind: str, name: str, said: str) -> dict:
    """Over updates from 1; what is 0 or not finite is a gap here and a mark from `_ends`."""
    values = np.asarray(values, dtype=float)
    return {
        "type": "scatter",
        "x": np.arange(1, len(values) + 1),
        "y": np.where(np.isfinite(values) & (values > 0), values, np.nan),
        "mode": "lines",
        "name": name,
        "line": {"color": colour(kind), "width": 1.5, "dash": DASHES[kind]},
        "opacity": 0.85,
        "hovertemplate": f"{said}<extra></extra>",
    }


def _ends(values: np.ndarray, low: float, high: float, kind: str) -> list[dict]:
    """What has no place on a log axis: where a run died, ▲ at the top with words; what is exactly 0, ▼ at the foot."""
    died, zero = np.flatnonzero(~np.isfinite(values)), np.flatnonzero(values == 0)
    marks = []
    if len(died):
        marks.append(
            {
                "y": [high],
                "x": died[:1] + 1,
                "mode": "markers+text",
                "marker": {"symbol": "triangle-up", "size": 14, "color": colour(kind)},
                "text": [f" {RUNS[kind]}: the run ends here, no number is left"],
                "textposition": "middle right",
                "textfont": {"color": colour(kind), "size": 13},
                "hovertemplate": f"{RUNS[kind]}: not finite at update %{{x}}<extra></extra>",
            }
        )
    if len(zero):
        marks.append(
            {
                "y": np.full(len(zero), low),
                "x": zero + 1,
                "mode": "markers",
                "marker": {"symbol": "triangle-down", "size": 9, "color": colour(kind)},
                "hovertemplate": f"{RUNS[kind]}: exactly 0 at update %{{x}}<extra></extra>",
            }
        )
    return [{"type": "scatter", "showlegend": False, "cliponaxis": False, **mark} for mark in marks]


def norm_distribution(
    counts: np.ndarray, edges: np.ndarray, thresholds: np.ndarray, shares: np.ndarray, *, threshold: float,
    band: tuple[float, float], height: int = 280,
) -> go.Figure:  # fmt: skip
    """How often each ‖g‖₂ came in a run, log axis, and the share of updates that each θ would clip.

    counts: (bins,) updates   edges: (bins + 1,)   thresholds, shares: (values,) the share with ‖g‖ > θ
    band: from which θ to which a rule would choose, shaded
    Traces: bars, the share over θ, the line of the θ that stands, its share, and that in words.
    """
    at = int(np.argmin(np.abs(thresholds - threshold)))
    frames = distribution_frames(thresholds, shares, edges)
    centres, widths = np.sqrt(edges[1:] * edges[:-1]), np.diff(edges)
    return figure(
        [
            {
                "type": "bar",
                "x": centres,
                "y": counts,
                "width": widths,
                "name": "updates",
                "marker": {"color": palette.NORM["light"][3]},
                "hovertemplate": "‖g‖ near %{x:.3g}: %{y} updates<extra></extra>",
            },
            {
                "type": "scatter",
                "x": thresholds,
                "y": shares,
                "yaxis": "y2",
                "mode": "lines",
                "name": "share clipped at θ",
                "line": {"color": colour("norm"), "width": 2},
                "hovertemplate": "θ = %{x:.3~g} clips %{y:.1%}<extra></extra>",
            },
            {
                "type": "scatter",
                "x": frames[2, "x"][at],
                "y": [0, 1],
                "yaxis": "y2",
                "mode": "lines",
                "name": "θ",
                "line": {"color": palette.INK["light"], "width": 1.5, "dash": "dot"},
                "hovertemplate": "θ = %{x:.3~g}<extra></extra>",
            },
            {
                "type": "scatter",
                "x": frames[3, "x"][at],
                "y": frames[3, "y"][at],
                "yaxis": "y2",
                "mode": "markers",
                "cliponaxis": False,
                "marker": {"color": colour("norm"), "size": 10},
                "showlegend": False,
                "hovertemplate": "θ = %{x:.3~g} clips %{y:.1%}<extra></extra>",
            },
            {
                "type": "scatter",
                "x": frames[4, "x"][at],
                "y": [1.13],
                "yaxis": "y2",
                "customdata": frames[4, "customdata"][at],
                "mode": "text",
                "texttemplate": "clips %{customdata:.0%}",
                "textfont": {"size": 14, "color": colour("norm")},
                "cliponaxis": False,
                "showlegend": False,
                "hovertemplate": "this θ clips %{customdata:.1%}<extra></extra>",
            },
        ],
        height=height,
        margin={"l": 56, "r": 56, "t": 34, "b": 44},
        legend=LEGEND,
        bargap=0,
        shapes=[_band(*band)],
        xaxis={"title": {"text": "‖g‖₂ before clipping, and θ"}, "range": np.log10(edges[[0, -1]]).tolist(), **LOG},
        yaxis={"title": {"text": "updates"}, "range": [-0.03 * counts.max(initial=1), 1.25 * counts.max(initial=1)]},
        yaxis2={"title": {"text": "share clipped"}, "overlaying": "y", "side": "right", "range": [-0.03, 1.25],
                "tickvals": [0, 0.5, 1], "tickformat": ".0%", "showgrid": False},
    )  # fmt: skip


def _band(low: float, high: float) -> dict:
    """What a rule would choose θ from, shaded."""
    return {
        "type": "rect",
        "yref": "paper",
        "x0": low,
        "x1": high,
        "y0": 0,
        "y1": 1,
        "layer": "below",
        "line": {"width": 0},
        "fillcolor": palette.LINE["light"],
        "opacity": 0.6,
    }


def distribution_frames(
    thresholds: np.ndarray, shares: np.ndarray, edges: np.ndarray
) -> dict[tuple[int, str], np.ndarray]:
    """What a sweep over θ puts into the traces of `norm_distribution`. The words stay clear of both ends."""
    low, high = np.log10(edges[[0, -1]])
    room = 0.16 * (high - low)
    words = 10 ** np.clip(np.log10(thresholds), low + room, high - room)
    return {
        (4, "x"): words[:, None],
        (4, "customdata"): np.asarray(shares)[:, None],
        (2, "x"): np.stack([thresholds, thresholds], axis=1),
        (3, "x"): np.asarray(thresholds)[:, None],
        (3, "y"): np.asarray(shares)[:, None],
    }


def scaled_gradients(
    norms: Mapping[str, np.ndarray], scales: Mapping[str, float], *, limits: tuple[float, float], height: int = 300
) -> go.Figure:
    """‖∂L/∂h_t‖₂ over time before and after the gradient of the weights is scaled by clipping, log axis.

    norms: name of a network -> (time,) before   scales: name -> the factor   limits: ends of the axis; what is
    exactly 0 stands at its foot as ▼
    Traces: for each network before, then after. `scaled_frames` is what a sweep over θ puts into them.
    """
    frames = scaled_frames(norms, {name: np.array([scale]) for name, scale in scales.items()}, limits=limits)
    marks = ("circle", "square")
    traces = []
    for k, (name, one) in enumerate(norms.items()):
        time = np.arange(1, len(one) + 1)
        for after in (0, 1):
            kind = "norm" if after else "without"
            said = "after" if after else "before"
            traces.append(
                {
                    "type": "scatter",
                    "x": time,
                    "y": frames[2 * k + 1, "y"][0] if after else np.maximum(one, limits[0]),
                    "mode": "lines+markers",
                    "name": f"{name}, {said}",
                    "line": {"color": colour(kind), "width": 2, "dash": DASHES[kind]},
                    "marker": {"symbol": _symbols(one, marks[k % 2] + ("" if after else "-open")), "size": 8},
                    "hovertemplate": f"{name}, {said}, t = %{{x}}: %{{y:.3g}}<extra></extra>",
                }
            )
    return figure(
        traces,
        height=height,
        margin={"l": 66, "r": 8, "t": 56, "b": 44},
        legend=LEGEND,
        meta={"time": "x"},
        xaxis={"title": {"text": "time step t"}, "dtick": 1, "showgrid": False},
        yaxis={"title": {"text": "‖∂L/∂hₜ‖₂"}, "range": np.log10(limits).tolist(), **LOG},
    )


def _symbols(values: np.ndarray, usual: str) -> list[str]:
    """▼ for what is exactly 0 and stands at the foot of a log axis."""
    return ["triangle-down" if value == 0 else usual for value in values]


def scaled_frames(
    norms: Mapping[str, np.ndarray], scales: Mapping[str, np.ndarray], *, limits: tuple[float, float]
) -> dict[tuple[int, str], np.ndarray]:
    """What a sweep puts into the traces of `scaled_gradients`. scales: name -> (values,)"""
    return {
        (2 * k + 1, "y"): np.maximum(np.asarray(scales[name])[:, None] * one, limits[0])
        for k, (name, one) in enumerate(norms.items())
    }
