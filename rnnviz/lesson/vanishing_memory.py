"""Why the LSTM of the lesson "Vanishing and exploding" holds, or not: a verdict on its two ways back."""

from __future__ import annotations

import numpy as np

from .vanishing import FALLEN, Flow, Paths, Settings, rate, reach
from .vanishing_words import power, rate_in_words
from .words import counted

GROWN = 1.0
"""log10 of ‖∂c_T/∂c_1‖₂ from which on it counts as grown."""


def memory_prose(settings: Settings, computed: Flow, path: Paths, k: int) -> str:
    largest, median, full = computed.direct["largest"][k, 0], computed.direct["median"][k, 0], path.full[k, 0]
    factor = rate(computed.direct["median"][k : k + 1])[0]
    text = (
        f"From t = {settings.length} back to t = 1 the direct path leaves ${power(largest)}$ in the best unit and "
        f"${power(median)}$ in the median one (a factor of {rate_in_words(factor)} per step; the mean of $f$ is "
        f"**{computed.gates['f'][k].mean():.4f}**). The full derivative has a spectral norm of ${power(full)}$. "
    )
    if settings.length == 1:
        return text + "With one step there is no way back, and nothing to lose on it."
    return f"{text}**{verdict(largest, median, full)}** {bars_differ(computed.logs['LSTM, c'][k], full)}".rstrip()


def verdict(largest: float, median: float, full: float) -> str:
    """Who carries the LSTM's memory. largest, median: log10 of ∏ f over the units   full: of ‖∂c_T/∂c_1‖₂"""
    direct = "most" if median >= FALLEN else "some" if largest >= FALLEN else "none"
    whole = "fades" if full < FALLEN else "grows" if full > GROWN else "holds"
    return {
        ("most", "holds"): "The LSTM holds on the direct path, in most units.",
        ("most", "grows"): "The direct path holds in most units, and the detour through $h$ adds to it: the whole has "
        "grown.",
        ("most", "fades"): "The direct path holds in most units, but the detour through $h$ cancels what it keeps: "
        "the whole vanishes.",
        ("some", "holds"): "Some units keep, most forget: the direct path of the best ones holds.",
        ("some", "grows"): "Some units keep on the direct path, most forget. That the whole has grown is the work of "
        "the detour through $h$.",
        ("some", "fades"): "Some units keep on the direct path, most forget, and the detour through $h$ cancels "
        "what is kept: the whole vanishes.",
        ("none", "holds"): "The direct path has vanished in every unit. What is left is held by the detour through "
        "$h$.",
        ("none", "grows"): "The direct path has vanished in every unit. What has grown came by the detour through $h$.",
        ("none", "fades"): "The LSTM vanishes too, on both ways: its forget gates are not open enough.",
    }[direct, whole]


def bars_differ(logs: np.ndarray, full: float) -> str:
    """Why the bar of the LSTM's cell state says otherwise than the full derivative, if it does.

    logs: (time,) log10 ‖∂L/∂c_t‖₂   full: log10 ‖∂c_T/∂c_1‖₂
    """
    fallen = reach(logs[None])[0]
    if np.isnan(fallen) == (full >= FALLEN):
        return ""
    if np.isnan(fallen):
        return (
            f"(The bar of c does not fall, since it compares with its own start: $L$ reaches $c_T$ with only "
            f"${power(logs[-1])}$.)"
        )
    if logs[0] - logs[-1] >= FALLEN:
        return f"(The bar of c ends after {counted(int(fallen), 'step')}, where its line first falls; it rises again.)"
    return (
        f"(The bar of c ends after {counted(int(fallen), 'step')} all the same. It follows $L = v \\cdot h_T$, which "
        "asks for one direction of $c_T$; the spectral norm is that of the direction which is held best, and $L$ "
        "hardly asks for it.)"
    )
