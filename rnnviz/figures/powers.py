"""Logarithms on an axis: powers of ten as far as they go, and a place for what is exactly 0 or beyond all numbers.

A norm of 1e−400 is no float64, but its logarithm is. So figures are handed log10, and the axis is linear in it.
"""

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


def span(logs: Iterable[np.ndarray]) -> tuple[int, int]:
    """The whole powers that hold all finite logarithms, at least two apart."""
    finite = np.concatenate([np.asarray(log)[np.isfinite(log)].ravel() for log in logs])
    if not finite.size:
        return -2, 0
    low, high = int(np.floor(finite.min())), int(np.ceil(finite.max()))
    return min(low, high - 2), high


def ticks(low: float, high: float, most: int = 7) -> dict[str, list]:
    """Ticks at whole powers of ten, at most about `most` of them, as plotly's axes and colour bars take them."""
    step = next(one for one in STEPS if (high - low) / one <= most)
    values = [k for k in range(int(np.floor(low)), int(np.ceil(high)) + 1) if k % step == 0]
    return {"tickvals": values, "ticktext": [power(k) for k in values]}


def power(k: float) -> str:
    """`10⁻⁴` as plotly's text; 10⁰ is written 1."""
    return "1" if k == 0 else f"10<sup>{k:g}</sup>".replace("-", "−")


def number(log: float) -> str:
    """10 to this power as the prose writes it, wherever it lies: `0.2298`, `6.791·10⁻⁸`; nothing for NaN."""
    if math.isnan(log):
        return ""
    if math.isinf(log):
        return "beyond all numbers" if log > 0 else "exactly 0"
    if -3 <= log < 4:
        return f"{10.0**log:.4f}"
    power = math.floor(log)
    digits = f"{10 ** (log - power):.3f}"
    if digits == "10.000":
        digits, power = "1.000", power + 1
    return f"{digits}·10{str(power).translate(RAISED)}"


def axis(title: str, low: float, high: float) -> dict[str, Any]:
    """An axis of logarithms from one to the other, with room for the triangles at both ends."""
    room = 0.06 * (high - low)
    return {"title": {"text": title}, "range": [low - 2 * room, high + room], "zeroline": False, **ticks(low, high)}


def line(
    name: str, x: np.ndarray, logs: np.ndarray, low: float, high: float, style: Mapping[str, Any], said: str
) -> list[dict[str, Any]]:
    """Two traces: the logarithms as a line; ▼ at the foot for what is exactly 0, ▲ at the top for what overflowed.

    x, logs: (points,), NaN where there is nothing   said: what the quantity is called under the pointer
    """
    logs = np.asarray(logs, float)
    out = np.isinf(logs)
    room = 0.06 * (high - low)
    return [
        {
            "type": "scatter",
            "x": x,
            "y": np.where(out, np.nan, logs),
            "name": name,
            "legendgroup": name,
            "mode": "lines+markers",
            "line": style,
            "marker": {"size": 4, "color": style["color"]},
            "customdata": [number(log) for log in logs],
            "hovertemplate": f"{said} = %{{customdata}}<extra></extra>",
        },
        {
            "type": "scatter",
            "x": x,
            "y": np.where(out, np.where(logs > 0, high + room / 2, low - room), np.nan),
            "legendgroup": name,
            "showlegend": False,
            "mode": "markers",
            "marker": {
                "symbol": ["triangle-up" if log > 0 else "triangle-down" for log in logs],
                "size": 9,
                "color": style["color"],
            },
            "customdata": [number(log) if infinite else "" for log, infinite in zip(logs, out, strict=True)],
            "hovertemplate": f"{said}: %{{customdata}}<extra></extra>",
        },
    ]
