"""How the gradient fades or grows on its way back, and why: figures whose frames a slider scrubs.

Norms come as log10. What leaves the axis is marked where it leaves it: ▲ beyond the top, ▽ below the foot; ▼ at the
foot is exactly 0. Each figure's frames, (trace, attribute) -> (values, …), come from the function beside it.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from . import palette, powers
from .build import figure
from .influence import LINES

Frames = dict[tuple[int, str], np.ndarray]
BOUND = {"color": palette.MUTED["light"], "dash": "longdash", "width": 1.5}
PHONE_LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "font": {"size": 12}}
WIDE = 1.75
"""How much wider than high the complex plane is drawn."""
OVER = {"LSTM, h": 1, "GRU": 2, "Elman": 3}
"""Where lines lie on each other, the one with more gaps in it is drawn over the other, so that both are seen."""
WRITTEN = {"Elman": "h", "GRU": "h", "LSTM, h": "h", "LSTM, c": "c"}


def at_value(traces: Sequence[dict], frames: Frames, at: int) -> list[dict]:
    """The traces as they stand at one value of the slider."""
    for (trace, attribute), values in frames.items():
        traces[trace][attribute] = values[at]
    return list(traces)


def time_axis(steps: int, *, narrow: bool = False) -> dict:
    """The axis of the steps, from 1; a single one stands in the middle. narrow: only the ends and the middle."""
    few = sorted({1, (steps + 1) // 2, steps})
    ticks = {"tickvals": few} if steps == 1 or narrow else {}
    return {"title": {"text": "time step t", "standoff": 6}, "range": [0.5, steps + 0.5], "zeroline": False, **ticks}


def gradient_norms(
    logs: Mapping[str, np.ndarray], bound: np.ndarray, *, at: int, low: float, high: float, height: int = 300
) -> go.Figure:
    """log10 of ‖∂L/∂h_t‖₂, and of ‖∂L/∂c_t‖₂ for "LSTM, c", over t, one line a cell; and the bound on Elman's.

    logs: a name of `LINES` -> (values, time)   bound: (values, time)   at: which value is shown
    low, high: the ends of the axis, log10
    """
    steps = bound.shape[1]
    x = np.arange(1, steps + 1)
    mode = "lines" if steps > 1 else "markers"
    lines = [
        {
            "type": "scatter",
            "x": x,
            "name": name.removesuffix(", h"),
            "mode": mode,
            "line": LINES[name],
            "zorder": OVER.get(name, 0),
            "hovertemplate": f"{name}: ‖∂L/∂{WRITTEN[name]}ₜ‖₂ at t = %{{x}}: 10<sup>%{{y:.2f}}</sup><extra></extra>",
        }
        for name in logs
    ]
    lines.append(
        {
            "type": "scatter",
            "x": x,
            "name": "bound on Elman",
            "mode": mode,
            "line": BOUND,
            "hovertemplate": "bound (σₘₐₓ γ)ᵀ⁻ᵗ on Elman at t = %{x}: 10<sup>%{y:.2f}</sup><extra></extra>",
        }
    )
    colours = [*(LINES[name]["color"] for name in logs), BOUND["color"]]
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
            (high, "triangle-up", "above the axis from t = %{x} back; at t = 1: 10<sup>%{customdata:.1f}</sup>"
             "<extra></extra>"),
            (low, "triangle-down-open", "below the axis from t = %{x} back; at t = 1: 10<sup>%{customdata:.1f}</sup>"
             "<extra></extra>"),
            (low, "triangle-down", "exactly 0 from t = %{x} back<extra></extra>"),
        )
    ]  # fmt: skip
    return figure(
        at_value([*lines, *ends], gradient_frames(logs, bound, low, high), at),
        height=height,
        margin={"l": 62, "r": 10, "t": 8, "b": 40},
        legend=PHONE_LEGEND,
        meta={"time": "x"},
        xaxis=time_axis(steps),
        yaxis={
            "title": {"text": "‖∂L/∂hₜ‖₂, ‖∂L/∂cₜ‖₂"},
            "range": [low, high],
            "zeroline": True,
            **powers.ticks(low, high),
        },
    )


def gradient_frames(logs: Mapping[str, np.ndarray], bound: np.ndarray, low: float, high: float) -> Frames:
    """What a sweep puts into `gradient_norms`: the lines, then where they leave the axis, each (values, …)."""
    curves = [*logs.values(), bound]
    frames = {(k, "y"): np.where(np.isinf(values), np.nan, values) for k, values in enumerate(curves)}
    stacked = np.stack(curves, axis=1)  # (values, curves, time)
    zero = np.isneginf(stacked)
    for k, left in enumerate((stacked > high, (stacked < low) & ~zero, zero)):
        last = stacked.shape[2] - left[..., ::-1].argmax(axis=2)  # counted from 1
        frames[len(curves) + k, "x"] = np.where(left.any(axis=2), last, np.nan)
        if k < 2:
            frames[len(curves) + k, "customdata"] = np.where(zero[..., 0], np.nan, stacked[..., 0])
    return frames


def spectrum(
    eigenvalues: np.ndarray, sigma: np.ndarray, *, at: int, limit: float, own: float | None = None, height: int = 300
) -> go.Figure:
    """The eigenvalues of W_hh in the complex plane with the unit circle: ○ inside of it, ● outside,
    ◇ at the edge: beyond the picture. A dotted circle goes through the outermost.

    eigenvalues: (values, hidden)   sigma: (values,) the largest singular value   limit: where the axes end
    own: a spectral radius to be marked, that of the weights before they were scaled
    """
    turn = np.linspace(0, 2 * np.pi, 121)
    colour = LINES["Elman"]["color"]
    dots = {"size": 7 if eigenvalues.shape[1] <= 32 else 5, "color": colour, "line": {"width": 1.5, "color": colour}}
    circle: dict = {"type": "scatter", "mode": "lines"}
    said = "%{x:.3f} + %{y:.3f} i<extra></extra>"
    traces = [
        {**circle, "name": "unit circle", "x": np.cos(turn), "y": np.sin(turn),
         "line": {"color": palette.INK["light"], "width": 1.5},
         "hovertemplate": "unit circle, %{x:.2f} + %{y:.2f} i<extra></extra>"},
        {**circle, "name": "spectral radius ρ", "line": {"color": colour, "width": 1, "dash": "dot"},
         "hovertemplate": "spectral radius, %{x:.2f} + %{y:.2f} i<extra></extra>"},
        {"type": "scatter", "mode": "markers", "showlegend": False,
         "marker": {**dots, "symbol": "circle-open"}, "hovertemplate": f"inside: {said}"},
        {"type": "scatter", "mode": "markers", "showlegend": False,
         "marker": {**dots, "symbol": "circle"}, "hovertemplate": f"outside: {said}"},
        {"type": "scatter", "x": [-WIDE * limit], "y": [0.8 * limit], "mode": "text", "textposition": "middle right",
         "showlegend": False, "texttemplate": "ρ = %{customdata[0]:.2f}<br>σₘₐₓ = %{customdata[1]:.2f}",
         "hovertemplate": "ρ = %{customdata[0]:.4f}, σₘₐₓ = %{customdata[1]:.4f}<extra></extra>"},
        {"type": "scatter", "mode": "markers", "showlegend": False, "cliponaxis": False,
         "marker": {**dots, "symbol": "diamond-open"},
         "hovertemplate": "beyond the picture: %{customdata[0]:.3f} + %{customdata[1]:.3f} i<extra></extra>"},
    ]  # fmt: skip
    if own is not None:
        traces.append(
            {**circle, "name": "before it is scaled", "x": own * np.cos(turn), "y": own * np.sin(turn),
             "line": {"color": palette.MUTED["light"], "width": 1.5, "dash": "longdash"},
             "hovertemplate": f"before it is scaled: ρ = {own:.2f}, %{{x:.2f}} + %{{y:.2f}} i<extra></extra>"}
        )  # fmt: skip
    return figure(
        at_value(traces, spectrum_frames(eigenvalues, sigma, limit), at),
        height=height,
        margin={"l": 44, "r": 8, "t": 8, "b": 40},
        legend=PHONE_LEGEND,
        xaxis={"range": [-WIDE * limit, WIDE * limit], "nticks": 9, "title": {"text": "Re λ"}, "constrain": "domain"},
        yaxis={"range": [-limit, limit], "nticks": 7, "title": {"text": "Im λ"}, "scaleanchor": "x",
               "constrain": "domain"},
    )  # fmt: skip


ROUNDING = 1e-9
"""An eigenvalue is outside the unit circle if it is further out than this."""


def spectrum_frames(eigenvalues: np.ndarray, sigma: np.ndarray, limit: float) -> Frames:
    """What a sweep puts into `spectrum`."""
    turn = np.linspace(0, 2 * np.pi, 121)
    size = np.abs(eigenvalues)
    radius = size.max(axis=1, keepdims=True)
    inside = size < 1 + ROUNDING
    over = np.maximum(np.abs(eigenvalues.real) / (WIDE * limit), np.abs(eigenvalues.imag) / limit)  # above 1: beyond
    edge = np.where(over > 1, eigenvalues / np.maximum(over, 1), np.nan)  # on the way from 0 to it
    frames = {(1, "x"): radius * np.cos(turn), (1, "y"): radius * np.sin(turn)}
    for trace, shown in ((2, inside), (3, ~inside & (over <= 1))):
        frames[trace, "x"] = np.where(shown, eigenvalues.real, np.nan)
        frames[trace, "y"] = np.where(shown, eigenvalues.imag, np.nan)
    frames[4, "customdata"] = np.stack([radius[:, 0], sigma], axis=1)[:, None]
    frames[5, "x"], frames[5, "y"] = edge.real, np.where(over > 1, edge.imag, np.nan)
    frames[5, "customdata"] = np.stack([eigenvalues.real, eigenvalues.imag], axis=2)
    return frames


def squash_slopes(
    slopes: Mapping[str, np.ndarray], written: Mapping[str, str], *, at: int, height: int = 150
) -> go.Figure:
    """The mean over the units of the slope of each cell's squash, over t. 1: it lets everything back, 0: nothing.

    slopes: cell -> (values, time)   written: cell -> the slope's symbol
    """
    looks = {
        name: {
            "name": f"{name}: {written[name]}",
            "line": LINES["LSTM, h" if name == "LSTM" else name],
            "hovertemplate": f"{name}, mean of {written[name]} at t = %{{x}}: %{{y:.3f}}<extra></extra>",
        }
        for name in slopes
    }
    return means_over_time(slopes, looks, "mean slope", at=at, height=height)


def means_over_time(
    means: Mapping[str, np.ndarray], looks: Mapping[str, Mapping], title: str, *, at: int, height: int
) -> go.Figure:
    """Means between 0 and 1 over t, a line each.

    means: name -> (values, time)   looks: name -> its line's name, style and hover, as plotly has them
    """
    steps = next(iter(means.values())).shape[1]
    base = {"type": "scatter", "x": np.arange(1, steps + 1), "mode": "lines" if steps > 1 else "markers"}
    return figure(
        at_value([{**base, **looks[name]} for name in means], line_frames(means), at),
        height=height,
        margin={"l": 62, "r": 10, "t": 8, "b": 40},
        legend=PHONE_LEGEND,
        meta={"time": "x"},
        xaxis=time_axis(steps),
        yaxis={"title": {"text": title}, "range": [0, 1.05], "tickvals": [0, 0.5, 1], "zeroline": False},
    )


def line_frames(lines: Mapping[str, np.ndarray]) -> Frames:
    """What a sweep puts into a figure with one line each: (values, time)."""
    return {(k, "y"): values for k, values in enumerate(lines.values())}


def how_far_back(
    reach: np.ndarray, rates: np.ndarray, names: Sequence[str], *, at: int, length: int, height: int = 180
) -> go.Figure:
    """Steps back until the norm is below 1e−3 of its start, a bar each, and the fitted factor per step.

    reach: (values, curves), NaN: it never is within the `length` steps   rates: (values, curves), NaN: none
    """
    labels = [name.removesuffix(", h") for name in names]
    colours = [LINES[name]["color"] for name in names]
    bar = {"type": "bar", "orientation": "h", "y": labels, "showlegend": False}
    words = {
        "type": "scatter",
        "y": labels,
        "mode": "text",
        "textposition": "middle right",
        "showlegend": False,
        "textfont": {"size": 12, "color": palette.INK["light"]},
    }
    traces = [
        {**bar, "marker": {"color": colours, "opacity": 0.55},
         "hovertemplate": "%{y}: below 10<sup>−3</sup> of its start after %{x:.0f} steps<extra></extra>"},
        {**bar,
         "marker": {"color": colours, "opacity": 0.55, "pattern": {"shape": "/", "size": 8, "fgopacity": 0.3}},
         "hovertemplate": f"%{{y}}: not below 10<sup>−3</sup> of its start in {length - 1} steps<extra></extra>"},
        {**words, "texttemplate": "× %{customdata:.3g}",
         "hovertemplate": "%{y}, fitted: × %{customdata:.4g} per step back<extra></extra>"},
        {**words, "texttemplate": "%{customdata:.0f} steps", "hoverinfo": "skip"},
        {**words, "texttemplate": f"further than {length - 1} steps", "hoverinfo": "skip"},
    ]  # fmt: skip
    return figure(
        at_value(traces, how_far_back_frames(reach, rates, length), at),
        height=height,
        barmode="overlay",
        margin={"l": 62, "r": 8, "t": 24, "b": 40},
        annotations=[{"xref": "x", "yref": "paper", "x": 1.03 * length, "y": 1.0, "xanchor": "left",
                      "yanchor": "bottom", "text": "fitted, per step", "showarrow": False, "font": {"size": 12}}],
        xaxis={"title": {"text": "steps back until below 10<sup>−3</sup>"}, "range": [0, 1.42 * length],
               "nticks": 6, "zeroline": False},
        yaxis={"title": {"text": "cell"}, "autorange": "reversed", "zeroline": False, "showgrid": False},
    )  # fmt: skip


def how_far_back_frames(reach: np.ndarray, rates: np.ndarray, length: int) -> Frames:
    """What a sweep puts into `how_far_back`."""
    return {
        (0, "x"): reach,
        (1, "x"): np.where(np.isnan(reach), length - 1.0, np.nan),
        (2, "x"): np.where(np.isnan(rates), np.nan, 1.02 * length),
        (2, "customdata"): rates,
        (3, "x"): np.where(np.isnan(reach), np.nan, 0.0),
        (3, "customdata"): reach,
        (4, "x"): np.where(np.isnan(reach), 0.0, np.nan),
    }
