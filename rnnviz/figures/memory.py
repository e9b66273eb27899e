"""Why the LSTM holds, and whether one network is like most: figures whose frames a slider scrubs. Norms as log10."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from . import palette, powers
from .build import figure
from .influence import LINES
from .vanishing import PHONE_LEGEND, Frames, at_value, means_over_time, time_axis

PATHS = {
    "full": ("full: ‖∂c_T/∂cₜ‖₂", {"color": LINES["LSTM, c"]["color"], "width": 2.5}),
    "largest": ("direct: largest ∏ f", {"color": palette.GATES["f"]["light"], "dash": "dash", "width": 2}),
    "median": ("direct: median ∏ f", {"color": palette.GATES["f"]["light"], "dash": "dot", "width": 2}),
}
GATE_DASH = {"i": "dot", "f": "solid", "o": "dash"}


def memory_paths(
    full: np.ndarray,
    steps: np.ndarray,
    direct: Mapping[str, np.ndarray],
    *,
    at: int,
    low: float,
    high: float,
    height: int = 280,
) -> go.Figure:
    """The LSTM's ∂c_T/∂c_t by all paths, and by the direct one, which is diagonal: ∏ f of each unit. log10, over t.

    full: (values, points) of the spectral norm, at `steps` (points,) from 0   direct: "largest" and "median" over the
    units -> (values, time)
    """
    length = next(iter(direct.values())).shape[1]
    lines = [
        {
            "type": "scatter",
            "x": steps + 1 if key == "full" else np.arange(1, length + 1),
            "name": name,
            "mode": "lines+markers" if key == "full" or length == 1 else "lines",
            "line": line,
            "marker": {"size": 5, "color": line["color"]},
            "hovertemplate": f"{name} at t = %{{x}}: 10<sup>%{{y:.2f}}</sup><extra></extra>",
        }
        for key, (name, line) in PATHS.items()
    ]
    colours = [line["color"] for _, line in PATHS.values()]
    ends = [
        {
            "type": "scatter",
            "y": [place] * len(colours),
            "mode": "markers",
            "marker": {"symbol": symbol, "size": 10, "color": colours, "line": {"width": 2, "color": colours}},
            "showlegend": False,
            "cliponaxis": False,
            "hovertemplate": said,
        }
        for place, symbol, said in (
            (high, "triangle-up", "above the axis from t = %{x} back<extra></extra>"),
            (low, "triangle-down-open", "below the axis from t = %{x} back<extra></extra>"),
            (low, "triangle-down", "exactly 0 from t = %{x} back<extra></extra>"),
        )
    ]
    return figure(
        at_value([*lines, *ends], memory_frames(full, steps, direct, low, high), at),
        height=height,
        margin={"l": 62, "r": 10, "t": 8, "b": 40},
        legend=PHONE_LEGEND,
        meta={"time": "x"},
        xaxis=time_axis(length),
        yaxis={"title": {"text": "∂c_T/∂cₜ"}, "range": [low, high], **powers.ticks(low, high)},
    )


def memory_frames(
    full: np.ndarray, steps: np.ndarray, direct: Mapping[str, np.ndarray], low: float, high: float
) -> Frames:
    """What a sweep puts into `memory_paths`."""
    time = np.arange(1, direct["largest"].shape[1] + 1)
    curves = [(steps + 1, full), (time, direct["largest"]), (time, direct["median"])]
    frames = {(k, "y"): np.where(np.isinf(values), np.nan, values) for k, (_, values) in enumerate(curves)}
    kinds = [(y > high, (y < low) & ~np.isneginf(y), np.isneginf(y)) for _, y in curves]
    for k, beyond in enumerate(zip(*kinds, strict=True)):
        left = [np.where(one, x, 0).max(axis=1) for (x, _), one in zip(curves, beyond, strict=True)]
        frames[len(curves) + k, "x"] = np.where(np.stack(left, axis=1) > 0, np.stack(left, axis=1), np.nan)
    return frames


def mean_gates(gates: Mapping[str, np.ndarray], *, at: int, height: int = 190) -> go.Figure:
    """The mean of each gate over the units, over t. gates: gate -> (values, time)"""
    looks = {
        gate: {
            "name": gate,
            "line": {"color": palette.GATES[gate]["light"], "dash": GATE_DASH[gate], "width": 2},
            "hovertemplate": f"mean of {gate} at t = %{{x}}: %{{y:.3f}}<extra></extra>",
        }
        for gate in gates
    }
    return means_over_time(gates, looks, "mean gate", at=at, height=height)


TRUE = "%{customdata[0]:.3f} · 10<sup>%{customdata[1]}</sup>"
"""What the pointer says of a norm whose mantissa and power are the customdata."""


def norm_fan(
    quantiles: np.ndarray,
    one: np.ndarray,
    shares: Sequence[float],
    *,
    cell: str,
    at: int,
    low: float,
    high: float,
    height: int = 240,
) -> go.Figure:
    """Quantiles of log10 ‖∂L/∂h_t‖₂ over many initialisations: the median, the middle half, and 10 to 90 %.

    quantiles: (values, 5, time)   one: (values, time) of a single one   shares: the five quantiles
    Bands and lines that leave the axis run along its edge; ▼ is a median that is exactly 0.
    """
    colour = LINES["LSTM, h" if cell == "LSTM" else cell]["color"]
    x = np.arange(1, one.shape[1] + 1)
    said = [f"{share:.0%} of the networks are below {TRUE} at t = %{{x}}" for share in shares]
    base = {"type": "scatter", "x": x, "showlegend": False}
    mode = "lines" if len(x) > 1 else "markers"
    edge = {"color": colour, "width": 0.5}
    traces = [
        {**base, "mode": mode, "line": edge, "hovertemplate": f"{said[0]}<extra></extra>"},
        {**base, "mode": mode, "line": edge, "fill": "tonexty", "opacity": 0.5,
         "hovertemplate": f"{said[4]}<extra></extra>"},
        {**base, "mode": mode, "line": edge, "hovertemplate": f"{said[1]}<extra></extra>"},
        {**base, "mode": mode, "line": edge, "fill": "tonexty", "hovertemplate": f"{said[3]}<extra></extra>"},
        {**base, "mode": mode, "line": {"color": colour, "width": 3}, "name": "median", "showlegend": True,
         "hovertemplate": f"{said[2]}<extra></extra>"},
        {**base, "mode": mode, "line": {"color": palette.INK["light"], "width": 1.5, "dash": "dot"},
         "name": "your seed", "showlegend": True,
         "hovertemplate": f"your seed at t = %{{x}}: {TRUE}<extra></extra>"},
        {**base, "mode": "markers", "marker": {"symbol": "triangle-down", "size": 9, "color": colour},
         "cliponaxis": False, "hovertemplate": "the median is exactly 0 at t = %{x}<extra></extra>"},
    ]  # fmt: skip
    return figure(
        at_value(traces, fan_frames(quantiles, one, low, high), at),
        height=height,
        margin={"l": 56, "r": 8, "t": 8, "b": 40},
        legend=PHONE_LEGEND,
        meta={"time": "x"},
        xaxis=time_axis(len(x), narrow=True),
        yaxis={"title": {"text": "‖∂L/∂hₜ‖₂"}, "range": [low, high], **powers.ticks(low, high)},
    )


def fan_frames(quantiles: np.ndarray, one: np.ndarray, low: float, high: float) -> Frames:
    """What a sweep puts into `norm_fan`."""
    lowest, lower, median, upper, highest = quantiles.transpose(1, 0, 2)
    logs = (lowest, highest, lower, upper, median, one)
    zeros = np.where(np.isneginf(quantiles[:, 2]), low, np.nan)
    frames = {(k, "y"): np.clip(values, low, high) for k, values in enumerate(logs)}
    frames |= {(k, "customdata"): mantissa_and_power(values) for k, values in enumerate(logs)}
    return frames | {(len(logs), "y"): zeros}


def mantissa_and_power(logs: np.ndarray) -> np.ndarray:
    """(..., 2) the number 10^log as what the pointer says of it, also where the line has left the axis; 0 for −inf."""
    finite = np.where(np.isfinite(logs), logs, 0.0)
    power = np.floor(finite)
    return np.stack([np.where(np.isneginf(logs), 0.0, 10 ** (finite - power)), power], axis=-1)
