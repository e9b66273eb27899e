"""Forecasts of a time series: the series in its three parts, the fan of one origin, the error by steps ahead."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from . import palette
from .build import figure

LINES = {
    "persistence": {"color": palette.BASELINES["persistence"]["light"], "dash": "dashdot", "symbol": "x"},
    "seasonal naive": {"color": palette.BASELINES["seasonal naive"]["light"], "dash": "2px,5px", "symbol": "cross"},
    "Elman": {"color": palette.CELLS["Elman"]["light"], "dash": palette.DASHES["Elman"], "symbol": "square"},
    "GRU": {"color": palette.CELLS["GRU"]["light"], "dash": palette.DASHES["GRU"], "symbol": "diamond"},
    "LSTM": {"color": palette.CELLS["LSTM"]["light"], "dash": palette.DASHES["LSTM"], "symbol": "circle"},
    "Convolution": {
        "color": palette.CELLS["Convolution"]["light"],
        "dash": palette.DASHES["Convolution"],
        "symbol": "star",
    },
}
LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": 12}}
MARGIN = {"l": 56, "r": 10, "t": 30, "b": 42}
PLAIN = {"showgrid": False, "zeroline": False, "tickformat": "~f"}
FIXED = 3
"""So many traces of a fan come before its forecasts: the truth, the window, the origin."""


def series_parts(
    values: np.ndarray,
    time: np.ndarray,
    *,
    parts: Mapping[str, tuple[int, int]],
    covered: str | None,
    scaling: tuple[float, float],
    window: tuple[int, int],
    value_label: str,
    time_label: str,
    height: int = 230,
) -> go.Figure:
    """The whole series with its parts, the training part's mean and deviation, and the window that is read now.

    values, time: (n,)   parts: name -> (first, one behind the last) index   covered: the part that is not shown
    scaling: (mean, deviation) of the training part   window: (first, one behind the last) index
    Traces: the series, then the window, see `window_frames`.
    """
    hidden = np.zeros(len(values), dtype=bool)
    if covered is not None:
        hidden[slice(*parts[covered])] = True
    shown = np.where(hidden, np.nan, values)
    here = slice(*window)
    mean, deviation = scaling
    line = {
        "type": "scatter",
        "x": time,
        "y": shown,
        "mode": "lines",
        "name": "series",
        "line": {"color": palette.INK["light"], "width": 1.3},
        "hovertemplate": f"{value_label} at %{{x:.6~g}}: %{{y:.5~g}}<extra></extra>",
    }
    read = _window(values[here], time[here]) | {"showlegend": False}
    band = {
        "type": "rect",
        "layer": "below",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": mean - deviation,
        "y1": mean + deviation,
        "fillcolor": palette.LINE["light"],
        "opacity": 0.45,
        "line": {"width": 0},
    }
    middle = {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": mean,
        "y1": mean,
        "line": {"color": palette.MUTED["light"], "width": 1, "dash": "dot"},
    }
    shapes = [band, middle]
    for name, (first, end) in parts.items():
        last = time[end] if end < len(time) else time[-1]
        shapes.append(
            {
                "type": "rect",
                "layer": "below",
                "yref": "paper",
                "x0": time[first],
                "x1": last,
                "y0": 0,
                "y1": 1,
                "line": {"color": palette.MUTED["light"], "width": 1, "dash": "dot"},
                **({"fillcolor": palette.LINE["light"], "opacity": 0.6} if name == covered else {}),
                "label": {
                    "text": f"{name},<br>covered" if name == covered else name,
                    "textposition": "top center",
                    "font": {"size": 12, "color": palette.MUTED["light"]},
                },
            }
        )
    span = values.max() - values.min()
    return figure(
        [line, read],
        height=height,
        margin={**MARGIN, "t": 8},
        showlegend=False,
        shapes=shapes,
        xaxis={**PLAIN, "title": {"text": time_label}, "range": [time[0], time[-1]]},
        yaxis={
            "title": {"text": value_label},
            "range": [values.min() - 0.06 * span, values.max() + 0.2 * span],
            "zeroline": False,
        },
    )


def window_frames(
    values: np.ndarray, time: np.ndarray, origins: Sequence[int] | np.ndarray, window: int, *, trace: int = 1
) -> dict[tuple[int, str], np.ndarray]:
    """What a sweep over the origin puts into the window's trace: (trace, attribute) -> (origins, window).

    values, time: (n,)   origins: the index of the last value read, in each frame
    """
    steps = np.asarray(origins)[:, None] + np.arange(1 - window, 1)
    return {(trace, "x"): time[steps], (trace, "y"): values[steps]}


def forecast_fan(
    values: np.ndarray,
    time: np.ndarray,
    forecasts: Mapping[str, np.ndarray],
    *,
    at: int,
    window: int,
    limits: tuple[float, float],
    first: int = 0,
    value_label: str,
    time_label: str,
    height: int = 300,
) -> go.Figure:
    """The truth, and from one origin on what is forecast of it, a line each.

    values, time: (n,) the truth   forecasts: a name of `LINES` -> (horizon,) for the steps after the origin
    at: the index of the origin, the last value that a forecast may know   window: how many values are read up to it
    first: the index at which the time axis begins
    limits: the ends of the value axis. A forecast beyond them is drawn as ▲ or ▼ at the end; NaN leaves a gap.
    Traces: truth, window, origin, then each forecast, then what each has beyond the top, then beyond the foot.
    `fan_frames` is what a sweep over the origin puts into them.
    """
    frames = fan_frames(values, time, {name: one[None] for name, one in forecasts.items()}, [at], window, limits)
    truth = {
        "type": "scatter",
        "x": time,
        "y": values,
        "mode": "lines+markers",
        "name": "truth",
        "line": {"color": palette.INK["light"], "width": 1.5},
        "marker": {"size": 4},
        "hovertemplate": "truth at %{x:.6~g}: %{y:.5~g}<extra></extra>",
    }
    read = _window(frames[1, "y"][0], frames[1, "x"][0])
    origin = {
        "type": "scatter",
        "x": frames[2, "x"][0],
        "y": list(limits),
        "mode": "lines",
        "name": "origin",
        "line": {"color": palette.ACCENT["light"], "width": 2},
        "showlegend": False,
        "hovertemplate": "%{x:.6~g} is the last value that the forecast knows<extra></extra>",
    }
    ahead = list(range(1, max((len(one) for one in forecasts.values()), default=0) + 1))
    lines: list[dict] = []
    above: list[dict] = []
    below: list[dict] = []
    for k, name in enumerate(forecasts):
        own, top, foot = (FIXED + side * len(forecasts) + k for side in range(3))
        lines.append(
            _line(name, frames[own, "x"][0], frames[own, "y"][0], 5 if len(ahead) > 3 else 9)
            | {
                "customdata": ahead,
                "hovertemplate": f"{name}, step %{{customdata}}, %{{x:.6~g}}: %{{y:.5~g}}<extra></extra>",
            }
        )
        for rows, beyond, symbol in ((above, top, "triangle-up"), (below, foot, "triangle-down")):
            drawn = {
                part: frames[beyond, part][0] if (beyond, part) in frames else [] for part in ("x", "y", "customdata")
            }
            rows.append(
                _beyond(name, symbol)
                | drawn
                | {"hovertemplate": f"{name} at %{{x:.6~g}} is beyond: %{{customdata:.4~g}}<extra></extra>"}
            )
    return figure(
        [truth, read, origin, *lines, *above, *below],
        height=height,
        margin=MARGIN,
        legend=LEGEND,
        xaxis={**PLAIN, "title": {"text": time_label}, "range": [time[first], time[-1]]},
        yaxis={"title": {"text": value_label}, "range": list(limits), "zeroline": False},
    )


def fan_frames(
    values: np.ndarray,
    time: np.ndarray,
    forecasts: Mapping[str, np.ndarray],
    origins: Sequence[int] | np.ndarray,
    window: int,
    limits: tuple[float, float],
) -> dict[tuple[int, str], np.ndarray]:
    """What a sweep over the origin puts into the traces of `forecast_fan`: (trace, attribute) -> (origins, …).

    forecasts: name -> (origins, horizon)   origins: indices of values and time, of the last value known in each frame
    """
    at, (low, high) = np.asarray(origins), limits
    frames = window_frames(values, time, origins, window)
    frames[2, "x"] = np.stack([time[at]] * 2, axis=1)
    for k, one in enumerate(forecasts.values()):
        x = time[at[:, None] + np.arange(1, one.shape[1] + 1)]
        with np.errstate(invalid="ignore"):
            above, below = one > high, one < low
        own, top, foot = (FIXED + side * len(forecasts) + k for side in range(3))
        frames |= {(own, "x"): x, (own, "y"): np.where(above | below, np.nan, one)}
        for trace, beyond, end in ((top, above, high), (foot, below, low)):
            if not beyond.any():
                continue
            frames |= {
                (trace, "x"): x,
                (trace, "y"): np.where(beyond, end, np.nan),
                (trace, "customdata"): np.where(beyond, one, np.nan),
            }
    return frames


def error_by_horizon(
    errors: Mapping[str, np.ndarray], *, highest: float, value_label: str, step_label: str, height: int = 344
) -> go.Figure:
    """The root mean squared error at each step ahead, a line each.

    errors: a name of `LINES` -> (horizon,), NaN where there is none   highest: where the axis ends; ▲ beyond,
    one below the other where there are several
    value_label: the unit of the data and so of the error   step_label: what the steps are
    """
    traces, gone = [], 0
    for name, error in errors.items():
        ahead, told = np.arange(1, len(error) + 1), f"{name}, RMSE, step %{{x}}: "
        with np.errstate(invalid="ignore"):
            beyond = error > highest
        traces.append(
            _line(name, ahead, np.where(beyond, np.nan, error), 5 if len(error) > 5 else 9)
            | {"hovertemplate": f"{told}%{{y:.4~g}}<extra></extra>"}
        )
        if beyond.any():
            gone += 1
            traces.append(
                _beyond(name, "triangle-up")
                | {"x": ahead[beyond], "y": np.full(beyond.sum(), highest * (1.035 - 0.035 * gone))}
                | {"customdata": error[beyond]}
                | {"hovertemplate": f"{told}%{{customdata:.4~g}}, beyond the axis<extra></extra>"}
            )
    horizon = max(len(error) for error in errors.values())
    return figure(
        traces,
        height=height,
        margin=MARGIN,
        legend=LEGEND,
        xaxis={
            "title": {"text": step_label},
            "range": [0.5, horizon + 0.5],
            "showgrid": False,
            "zeroline": False,
            **({"dtick": 1} if horizon <= 8 else {}),
        },
        yaxis={"title": {"text": value_label}, "range": [0, highest], "zeroline": False},
    )


def _window(values: np.ndarray, time: np.ndarray) -> dict:
    return {
        "type": "scatter",
        "x": time,
        "y": values,
        "mode": "lines",
        "name": "window read",
        "line": {"color": palette.ACCENT["light"], "width": 7},
        "opacity": 0.3,
        "hovertemplate": "the window: %{y:.5~g} at %{x:.6~g}<extra></extra>",
    }


def _line(name: str, x: np.ndarray, y: np.ndarray, size: int) -> dict:
    style = LINES[name]
    return {
        "type": "scatter",
        "x": x,
        "y": y,
        "mode": "lines+markers",
        "name": name,
        "line": {"color": style["color"], "dash": style["dash"], "width": 2 if name in palette.CELLS else 1.5},
        "marker": {"symbol": style["symbol"], "size": size},
    }


def _beyond(name: str, symbol: str) -> dict:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": f"{name}, beyond",
        "showlegend": False,
        "cliponaxis": False,
        "marker": {"symbol": symbol, "size": 11, "color": LINES[name]["color"]},
    }
