"""The lesson "Vanishing and exploding" in words: its live numbers, its questions, and its slider."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from rnnviz.stage import Sweep

from .lesson import Lesson
from .vanishing import CURVES, FALLEN, MEMBERS, RADII, START, Flow, Paths, Settings, elman, flow, rate, reach
from .words import counted, decimal

SYMBOLS = {"radius": r"\rho", "bias": r"b_f", "factor": r"\text{factor}"}
LABELS = {
    "radius": "Spectral radius ρ",
    "bias": "Forget bias",
    "factor": "Trained W_hh times",
}
SLOPES = {"tanh": "1 − h²", "relu": "units that are on", "identity": "φ′ = 1"}


def sweep(
    settings: Settings, frames: Mapping[tuple[int, str], np.ndarray], *, slider: bool = False, play: bool = False
) -> Sweep:
    """The page's one slider, for a chart with these frames; it may stand at several charts, which move together."""
    return Sweep(
        settings.sweep,
        label=LABELS[settings.sweep],
        values=settings.values,
        start=START,
        frames={target: np.asarray(values, dtype=np.float32) for target, values in frames.items()},
        slider=slider,
        play=play,
    )


def written_slopes(settings: Settings) -> dict[str, str]:
    """cell -> how the slope of its squash is written."""
    return {"Elman": SLOPES[settings.phi], "GRU": "1 − n²", "LSTM": "1 − tanh²(c)"}


def plane(computed: Flow) -> float:
    """Where the axes of the complex plane end, for all values of the slider."""
    return 1.08 * max(1.0, float(np.abs(computed.eigenvalues).max()))


def remarks(settings: Settings) -> Iterator[str]:
    """Sentences for settings at which there is little to see."""
    if settings.length == 1:
        yield (
            "With one time step there is nothing to flow through: $h_T$ is $h_1$, and "
            "$\\lVert \\partial L / \\partial h_1 \\rVert = 1$ for every cell and radius. Set T to 2 or more."
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


def ends_in_words(settings: Settings, computed: Flow, value: float) -> str:
    k = settings.values.index(value)
    ends = ", ".join(f"{curve_name(name)}: 10^{computed.logs[name][k, 0]:.1f}" for name in CURVES)
    return f"Lines over {counted(settings.length, 'step')}, 1 at the last. At {value:g}, at t = 1: {ends}."


def reach_in_words(settings: Settings, computed: Flow, value: float) -> str:
    k = settings.values.index(value)
    return f"At {value:g}: " + ", ".join(
        f"{curve_name(name)} {_reach(far, settings.length)}"
        for name, far in zip(CURVES, computed.reach[k], strict=True)
    )


def spectrum_in_words(computed: Flow, value: float, k: int) -> str:
    size = np.abs(computed.eigenvalues[k])
    return (
        f"Points around 0. At {value:g} the furthest is {size.max():.2f} away, and {int((size > 1 + 1e-9).sum())} of "
        f"{len(size)} are outside the unit circle."
    )


def means_in_words(value: float, k: int, lines: Mapping[str, np.ndarray]) -> str:
    means = ", ".join(f"{name}: {values[k].mean():.2f}" for name, values in lines.items())
    return f"Lines between 0 and 1. At {value:g}, mean over time: {means}."


def paths_in_words(computed: Flow, path: Paths, value: float, k: int) -> str:
    direct = ", ".join(f"{which} 10^{logs[k, 0]:.1f}" for which, logs in computed.direct.items())
    return (
        f"Lines back from 1 at the last step. At {value:g}, at t = 1: full 10^{path.full[k, 0]:.1f}, direct {direct}."
    )


def _reach(steps: float, length: int) -> str:
    return f"further than T = {length}" if np.isnan(steps) else counted(int(steps), "step")


def _rate(value: float) -> str:
    return "none (too few steps are left)" if np.isnan(value) else f"× {value:.4f}"


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
        f"**{_rate(computed.rates[k, 0])}** per step back. The spectral radius is ${decimal(radius)}$, the mean slope "
        f"of the squash "
        f"${decimal(slope)}$. GRU {_rate(computed.rates[k, 1])}, LSTM {_rate(computed.rates[k, 2])}.",
    ]
    if settings.text:
        lines.append(f"- As it was trained, Elman's $W_{{hh}}$ has the spectral radius **${decimal(computed.own)}$**.")
    return "\n".join(lines)


def why(settings: Settings, computed: Flow, k: int) -> str:
    """Why a large radius explodes or not, with this network's numbers (markdown)."""
    slopes = computed.slopes["Elman"]
    text = "**Why a large radius need not explode.** "
    if settings.radius is None and not settings.text:
        last = len(RADII) - 1
        this = (settings.hidden_size, settings.length, settings.input_scale, settings.seed)
        others = {phi: elman(phi, *this).rates[last] for phi in ("identity", "relu", "tanh")}
        text += (
            "Measured per step back at ρ = 3, same weights and input: "
            + ", ".join(f"{phi} **{_rate(value)}**" for phi, value in others.items())
            + ". "
        )
    return text + (
        "The identity and ReLU never saturate: a state that grows keeps its slope, so $W_{hh}$ has the last word. "
        "With $\\tanh$ a "
        "strong $W_{hh}$ drives the states to ±1, where $1 - h^2$ is small: much of what the matrix multiplies, the "
        "slope takes "
        f"away. Now the mean slope of the Elman cell is **{slopes[k].mean():.4f}**. At a still larger radius the "
        f"network turns "
        "chaotic and the gradient grows after all, but by far less than the radius a step."
    )


def at_radius_two(settings: Settings) -> str:
    """What a tanh cell's gradient does at radius 2, in half a sentence."""
    factor = elman("tanh", settings.hidden_size, 100, 1.0, settings.seed).rates[RADII.index(2.0)]
    if factor < 1:
        return f"the gradient still shrinks: {_rate(factor)} per step back. Only at a yet larger radius does it grow."
    return f"the gradient grows by only {_rate(factor)} per step back."


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


def memory_prose(settings: Settings, computed: Flow, path: Paths, k: int) -> str:
    first = slice(k, k + 1)
    largest, median, full = computed.direct["largest"][k, 0], computed.direct["median"][k, 0], path.full[k, 0]
    factor = rate(computed.direct["median"][first])[0]
    if not np.isnan(reach(computed.logs["LSTM, c"][first])[0]):
        verdict = "**At these settings the LSTM vanishes too**: its forget gates are not open enough."
    elif largest < FALLEN:
        verdict = "The gradient does reach back, but not on the direct path: the detour through $h$ carries it."
    else:
        verdict = "The direct path holds, and with it the LSTM."
    return (
        f"From t = {settings.length} back to t = 1 the direct path leaves ${power(largest)}$ in the best unit and "
        f"${power(median)}$ in the median one (a factor of {_rate(factor)} per step; the mean of $f$ is "
        f"**{computed.gates['f'][k].mean():.4f}**). The full derivative has a spectral norm of ${power(full)}$. "
        f"{verdict}"
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


class Prediction(NamedTuple):
    options: list[str]
    answer: int
    left: float


def prediction(seed: int, hidden_size: int) -> Prediction:
    """What an identity cell of radius 0.9 has left of the gradient after 50 steps; the option that is closest."""
    log = float(elman("identity", hidden_size, 51, 1.0, seed).logs[RADII.index(0.9), 0])
    choices = {"all of it": 0.0, "a half": np.log10(0.5), "a hundredth": -2.0, "a millionth": -6.0}
    nearest = min(range(len(choices)), key=lambda one: abs(list(choices.values())[one] - log))
    return Prediction(list(choices), nearest, 10.0**log)


def questions(lesson: Lesson, settings: Settings) -> None:
    """Three, each with an answer that is computed now."""
    seed, size = settings.seed, settings.hidden_size
    one, tanh = (elman(phi, size, 100, 1.0, seed) for phi in ("identity", "tanh"))
    k = RADII.index(0.5)
    lesson.check_number(
        "Identity cell, radius 0.5, your seed and number of units. After how many steps back is less than a "
        "thousandth of the gradient left?",
        answer=float(one.reach[k]),
        tolerance=3,
        decimals=0,
        explain=f"$0.5^{{10}} = {0.5**10:.4f}$. With your seed it takes {one.reach[k]:.0f}: the eigenvalues rule "
        f"in the long run, while at "
        "first it matters where $v$ points.",
    )
    grown, saturated = one.rates[-1], tanh.rates[-1]
    lesson.check_choice(
        "The radius is 3. Identity and tanh have the same weights. Whose gradient grows faster per step back?",
        ["The identity's", "tanh's", "Both grow by 3 per step"],
        answer=0 if grown > saturated * 1.01 else 1 if saturated > grown * 1.01 else 2,
        explain=f"Measured: identity {_rate(grown)}, tanh {_rate(saturated)}; the mean of $1 - h^2$ is "
        f"{tanh.slopes[-1].mean():.4f}.",
    )
    lstm = flow(Settings("identity", size, 200, 1.0, 3.0, None, seed, False, ""))
    mean = float(lstm.gates["f"][RADII.index(START)].mean())
    left = mean**50
    lesson.check_number(
        f"An LSTM with forget bias 3 has forget gates of {mean:.4f} on average. If $f$ were exactly that at each "
        f"step, what would the direct "
        "path leave after 50 steps?",
        answer=left,
        tolerance=0.005,
        decimals=4,
        explain=f"$\\prod f = {mean:.4f}^{{50}}$. With the default bias near 0, $0.5^{{50}}$ would be {0.5**50:.1e}.",
    )


def snippet_settings(settings: Settings, value: float) -> dict[str, Any]:
    """The script's settings for what the slider shows."""
    if settings.text:
        return {"radius": value}
    by_bias = settings.radius is not None
    return {
        "nonlinearity": settings.phi,
        "radius": settings.radius if by_bias else value,
        "forget_bias": value if by_bias else settings.forget,
        "hidden_size": settings.hidden_size,
        "length": settings.length,
        "input_scale": settings.input_scale,
        "seed": settings.seed,
    }
