"""The lesson "Vanishing and exploding" in words: its live numbers, its questions, and its slider."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from rnnviz.figures.vanishing import ROUNDING
from rnnviz.stage import Sweep

from .vanishing import CURVES, FALLEN, MEMBERS, RADII, START, Flow, Paths, Settings, elman, flow
from .words import counted, decimal

SYMBOLS = {"radius": r"\rho", "bias": r"b_f", "factor": r"\text{factor}"}
LABELS = {
    "radius": "Spectral radius ρ",
    "bias": "Forget bias",
    "factor": "Trained W_hh times",
    "drawn": "W_hh as PyTorch draws it, times",
}
PACE = 6
"""Values a second while the slider plays: slow enough to follow four figures."""
SINGLE = 1e-3
"""By how much two logarithms may differ where one was computed in float32."""
SLOPES = {"tanh": "1 − h²", "relu": "units that are on", "identity": "φ′ = 1"}


def sweep(
    settings: Settings, frames: Mapping[tuple[int, str], np.ndarray], *, slider: bool = False, play: bool = False
) -> Sweep:
    """The page's one slider, for a chart with these frames; it may stand at several charts, which move together."""
    return Sweep(
        settings.sweep,
        label=LABELS["drawn" if settings.drawn else settings.sweep],
        values=settings.values,
        start=START,
        frames={target: np.asarray(values, dtype=np.float32) for target, values in frames.items()},
        slider=slider,
        play=play,
        pace=PACE,
    )


def written_slopes(settings: Settings) -> dict[str, str]:
    """cell -> how the slope of its squash is written."""
    return {"Elman": SLOPES[settings.phi], "GRU": "1 − n²", "LSTM": "1 − tanh²(c)"}


def plane(computed: Flow) -> float:
    """Where the axes of the complex plane end, for all values of the slider: never so far that the unit circle is
    hardly seen."""
    furthest = max(1.0, float(np.abs(computed.eigenvalues).max()))
    return round(min(1.08 * furthest, max(3.3, 1.2 * computed.own)), 6)  # the same axes where only the last bits differ


def remarks(settings: Settings) -> Iterator[str]:
    """Sentences for settings at which there is little to see."""
    if settings.length == 1:
        yield (
            "With one time step there is nothing to flow through: $h_T$ is $h_1$, and "
            "$\\lVert \\partial L / \\partial h_1 \\rVert = 1$ for every cell and radius. "
            + ("Type at least two characters." if settings.text else "Set T to 2 or more.")
        )
    if settings.hidden_size == 1:
        yield (
            "With one hidden unit each $W_{hh}$ is a single number: its one eigenvalue is ρ or −ρ, and the bound "
            "is what the identity cell does."
        )
    if settings.input_scale == 0:
        yield "The input scale is 0: all inputs are 0, and the states are what the biases alone make of them."


def curve_name(name: str) -> str:
    return {"LSTM, h": "LSTM", "LSTM, c": "LSTM's cell state"}.get(name, name)


def power(log: float) -> str:
    """10 to this, in LaTeX; a logarithm of −∞ is exactly 0."""
    if np.isneginf(log):
        return "0"
    return decimal(10.0**log) if -300 < log < 300 else rf"10^{{{log:.1f}}}"


def rounded(log: float) -> str:
    """10 to this, in LaTeX, to a tenth of the power."""
    return "0" if np.isneginf(log) else f"10^{{{round(float(log), 1) + 0.0}}}"  # -0.0 becomes 0.0


def spoken(log: float) -> str:
    """10 to this where nothing is typeset."""
    if np.isfinite(log):
        return f"10^{log:.1f}"
    return "exactly 0" if np.isneginf(log) else "beyond all numbers"


def ends_in_words(settings: Settings, computed: Flow, value: float) -> str:
    k = settings.values.index(value)
    ends = ", ".join(f"{curve_name(name)}: {spoken(computed.logs[name][k, 0])}" for name in CURVES)
    return (
        f"Lines over {counted(settings.length, 'step')}; those of h are 1 at the last. At {value:g}, at t = 1: {ends}."
    )


def reach_in_words(settings: Settings, computed: Flow, value: float) -> str:
    k = settings.values.index(value)
    return f"At {value:g}: " + ", ".join(
        f"{curve_name(name)} {_reach(far, settings.length)}"
        for name, far in zip(CURVES, computed.reach[k], strict=True)
    )


def spectrum_in_words(computed: Flow, value: float, k: int) -> str:
    size = np.abs(computed.eigenvalues[k])
    outside = int((size > 1 + ROUNDING).sum())
    return (
        f"Points around 0. At {value:g} the furthest is {size.max():.2f} away, and {outside} of {len(size)} are "
        "outside the unit circle."
    )


def means_in_words(value: float, k: int, lines: Mapping[str, np.ndarray]) -> str:
    means = ", ".join(f"{name}: {values[k].mean():.2f}" for name, values in lines.items())
    return f"Lines between 0 and 1. At {value:g}, mean over time: {means}."


def paths_in_words(computed: Flow, path: Paths, value: float, k: int) -> str:
    direct = ", ".join(f"{which} {spoken(logs[k, 0])}" for which, logs in computed.direct.items())
    return (
        f"Lines back from 1 at the last step. At {value:g}, at t = 1: full {spoken(path.full[k, 0])}, direct {direct}."
    )


def _reach(steps: float, length: int) -> str:
    return f"further than {counted(length - 1, 'step')}" if np.isnan(steps) else counted(int(steps), "step")


def rate_in_words(value: float) -> str:
    return "none (too few steps are left)" if np.isnan(value) else f"× {value:.4g}"


def two_numbers(settings: Settings, computed: Flow, k: int) -> str:
    """The bound and the measurement, named as such (markdown)."""
    radius = float(np.abs(computed.eigenvalues[k]).max())
    sigma, slope = float(computed.sigma[k]), float(computed.slopes["Elman"][k].mean())
    lines = [
        f"- **bound**: no step back can do more than $\\sigma_{{\\max}} \\gamma = {decimal(sigma)} \\cdot 1$ (the "
        f"largest singular "
        "value of $W_{hh}$, and the steepest slope of φ). The long-dashed line is "
        "$(\\sigma_{\\max} \\gamma)^{T-t}$. Below 1, the gradient *must* vanish; above 1 it *may* explode.",
        f"- **measured**: a straight line through the logarithms of Elman's curve (least squares) has a factor of "
        f"**{rate_in_words(computed.rates[k, 0])}** per step back. The spectral radius is ${decimal(radius)}$, "
        f"the slope of the squash, mean over units and steps, ${decimal(slope)}$. "
        f"GRU {rate_in_words(computed.rates[k, 1])}, LSTM {rate_in_words(computed.rates[k, 2])}.",
    ]
    if settings.drawn:
        lines.append(
            f"- PyTorch draws every weight uniformly in $\\pm 1/\\sqrt{{{settings.hidden_size}}}$. Of the "
            f"{settings.hidden_size} × {settings.hidden_size} matrix of Elman with your seed the spectral radius is "
            f"**${decimal(computed.own)}$**, whatever the slider says: far below 1."
        )
    if settings.text:
        lines.append(f"- As it was trained, Elman's $W_{{hh}}$ has the spectral radius **${decimal(computed.own)}$**.")
    return "\n".join(lines)


def why(settings: Settings, computed: Flow, k: int) -> str:
    """Why a large radius explodes or not, with this network's numbers (markdown)."""
    slopes = computed.slopes["Elman"]
    text = "**Why a large radius need not explode.** "
    if settings.sweep == "radius":
        last = len(RADII) - 1
        this = (settings.hidden_size, settings.length, settings.input_scale, settings.seed)
        others = {phi: elman(phi, *this).rates[last] for phi in ("identity", "relu", "tanh")}
        text += (
            "Measured per step back at ρ = 3, same weights and input: "
            + ", ".join(f"{phi} **{rate_in_words(value)}**" for phi, value in others.items())
            + ". "
        )
    return text + (
        "The identity and ReLU never saturate: a state that grows keeps its slope, so $W_{hh}$ has the last word. "
        "With $\\tanh$ a "
        "strong $W_{hh}$ drives the states to ±1, where $1 - h^2$ is small: much of what the matrix multiplies, the "
        "slope takes "
        f"away. Now the slope of the Elman cell, mean over its units and all steps, is **{slopes[k].mean():.4f}**. "
        + turns_chaotic(settings)
    )


def turns_chaotic(settings: Settings) -> str:
    """At which radius the tanh cell's gradient begins to grow: a small change of the state then grows too."""
    if settings.text:
        rates, values, what = flow(settings).rates[:, 0], settings.values, "factor"
    else:
        size, length, scale, seed = settings.hidden_size, settings.length, settings.input_scale, settings.seed
        rates, values, what = elman("tanh", size, length, scale, seed).rates, RADII, "radius"
    growing = np.flatnonzero(rates > 1)
    if not growing.size:
        return f"With $\\tanh$ the gradient of this network shrinks at every {what} up to {values[-1]:g}."
    k = growing[0]
    return (
        f"Strong enough, the network turns chaotic and the gradient grows after all, but by far less than $W_{{hh}}$ "
        f"would have it: with $\\tanh$, that of this network grows from the {what} **{values[k]:g}** on "
        f"({rate_in_words(rates[k])} per step back there)."
    )


def drawn_radius(settings: Settings) -> str:
    """The radius of an Elman network's W_hh as PyTorch draws it, in half a sentence."""
    drawn = settings._replace(drawn=True, text="").cell("Elman", settings.seed).weight_hh
    radius = float(np.abs(np.linalg.eigvals(drawn)).max())
    return f"PyTorch draws an Elman $W_{{hh}}$ of your size and seed with the spectral radius ${decimal(radius)}$,"


def at_radius_two(settings: Settings) -> str:
    """What a tanh cell's gradient does at radius 2, in half a sentence."""
    factor = elman("tanh", settings.hidden_size, 100, 1.0, settings.seed).rates[RADII.index(2.0)]
    if factor < 1:
        return f"the gradient still shrinks: {rate_in_words(factor)} per step back. Only at a larger one does it grow."
    return f"the gradient grows by only {rate_in_words(factor)} per step back."


def reach_prose(settings: Settings, computed: Flow, k: int) -> str:
    far = "; ".join(
        f"{curve_name(name)}: **{_reach(steps, settings.length)}**"
        for name, steps in zip(CURVES, computed.reach[k], strict=True)
    )
    return (
        f"After how many steps back is less than $10^{{{FALLEN:g}}}$ of the gradient's start left? What lies further "
        f"in the past than "
        f"this adds next to nothing to the weights' gradient, so it is not learned. Now: {far}. (The first step at "
        f"which it "
        "is so; a line that falls, and rises again later, counts as fallen. Each state is compared with its own "
        "start.) "
        "The bars at the top follow the slider."
    )


def typical_prose(settings: Settings, usual: Settings) -> str:
    cut = []
    if usual.length < settings.length:
        cut.append(f"{usual.length} steps instead of {settings.length}")
    if usual.hidden_size < settings.hidden_size:
        cut.append(f"{usual.hidden_size} units instead of {settings.hidden_size}")
    return (
        f"One seed can be luck. Here are **{MEMBERS} random initialisations** (seeds 0 to {MEMBERS - 1}) of each cell "
        "at every value of the slider, reading one and the same input (that of seed 0). The wide band holds the middle "
        "80 % of them, the narrow one the middle half; the dotted line is your seed, with its own input."
        + (f" So that you need not wait, these have {' and '.join(cut)}." if cut else "")
    )


def typical_caption(cell: str, settings: Settings, usual: Settings) -> str:
    """What a fan shows, where only the pictures are shown too."""
    cut = f", {counted(usual.length, 'step')}" if usual.length < settings.length else ""
    return f"{cell}, {MEMBERS} seeds{cut}: median, middle half, middle 80 %"


def typical_verdict(setting: str, ends: Mapping[str, tuple[float, np.ndarray]]) -> str:
    """Whether this network is like most (markdown).

    setting: where the slider stands   ends: cell -> log10 ‖∂L/∂h_1‖₂ of it, and the quantiles of the many
    """
    told = []
    for cell, (log, quantiles) in ends.items():
        low, high = float(quantiles[0]), float(quantiles[-1])
        where = "above" if log > high + SINGLE else "below" if log < low - SINGLE else "inside"
        told.append(f"{cell}'s ${rounded(log)}$ is **{where}** the band (${rounded(low)}$ to ${rounded(high)}$)")
    return (
        f"At {setting}, how much of your seed's gradient arrives at $t = 1$, and the band of the middle 80 %: "
        f"{'; '.join(told)}. One seed in five lies outside of such a band."
    )


def snippet_settings(settings: Settings, value: float) -> dict[str, Any]:
    """The script's settings for what the slider shows."""
    if settings.text:
        return {"radius": value}
    by_bias = settings.radius is not None
    own = {"factor": value} if settings.drawn else {}
    return own | {
        "nonlinearity": settings.phi,
        "radius": settings.radius if by_bias else START if settings.drawn else value,
        "forget_bias": value if by_bias else settings.forget,
        "hidden_size": settings.hidden_size,
        "length": settings.length,
        "input_scale": settings.input_scale,
        "seed": settings.seed,
    }
