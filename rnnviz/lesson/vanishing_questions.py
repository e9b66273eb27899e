"""What the lesson "Vanishing and exploding" asks: the prediction, and the questions at its end."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .lesson import Lesson
from .vanishing import CURVES, RADII, START, Flow, Settings, elman, flow
from .vanishing_words import curve_name, power, rate_in_words
from .words import decimal


class Prediction(NamedTuple):
    question: str
    options: list[str]
    answer: int
    reveal: str


def prediction(settings: Settings) -> Prediction:
    """What an identity cell of radius 0.9 has left of the gradient after 50 steps; the option that is closest."""
    alone = elman("identity", settings.hidden_size, 51, 1.0, settings.seed)
    log, expected = float(alone.logs[RADII.index(0.9), 0]), 50 * np.log10(0.9)
    choices = {"all of it": 0.0, "a tenth": -1.0, "a few thousandths": -2.5, "a hundred-thousandth": -5.0}
    nearest = min(range(len(choices)), key=lambda one: abs(list(choices.values())[one] - log))
    if abs(log - expected) < 0.02:
        why = "The outermost eigenvalues have it all."
    elif log < expected:
        why = (
            "Less than that, because only the part of $v$ that goes with the outermost eigenvalues fades as slowly as "
            "0.9 a step; the rest is gone sooner."
        )
    else:
        why = (
            "More than that, because $W_{hh}$ is not symmetric: on its first steps a gradient may even grow. The "
            "eigenvalues rule in the long run."
        )
    return Prediction(
        ("Random identity" if settings.text else "Identity")
        + " cell, radius 0.9. Of the gradient, 50 steps back is left about …",
        list(choices),
        nearest,
        f"Computed with your seed: **${decimal(10.0**log)}$** of its start; $0.9^{{50}} = {decimal(0.9**50)}$. {why}",
    )


def questions(lesson: Lesson, settings: Settings) -> None:
    """Three, each with an answer that is computed now."""
    found = flow(settings)
    (_ask_trained if settings.text else _ask_random)(lesson, settings, found)
    mean = float(found.gates["f"][settings.values.index(START)].mean())
    left = mean**10
    lesson.check_number(
        f"With your settings, and the slider at {START:g}, the LSTM's forget gates are at {mean:.4f} on average. If "
        "$f$ were exactly that at each step, what would the direct path leave after 10 steps?",
        answer=left,
        tolerance=max(0.05 * left, 1e-4),
        decimals=4,
        explain=f"$\\prod f = {mean:.4f}^{{10}}$. With $f$ at 0.5, near which PyTorch's default biases put it, it "
        f"would be ${decimal(0.5**10)}$; with $f$ at 0.95, ${decimal(0.95**10)}$.",
    )


def _ask_trained(lesson: Lesson, settings: Settings, found: Flow) -> None:
    k = settings.values.index(START)
    here = "The weights as they were trained (the slider at 1), and your text. "
    far = dict(zip(CURVES, found.reach[k], strict=True))
    name = next((one for one in ("Elman", "GRU", "LSTM, h") if not np.isnan(far[one])), None)
    if name is not None:
        lesson.check_number(
            f"{here}After how many steps back is less than a thousandth of the gradient left in {curve_name(name)}?",
            name="trained reach",
            answer=float(far[name]),
            tolerance=2,
            decimals=0,
            explain="It is the length of its bar under “How far back can it learn?”.",
        )
    ends = {name: found.logs[name][k, 0] for name in ("Elman", "GRU", "LSTM, h")}
    most = max(ends, key=ends.__getitem__)
    lesson.check_choice(
        f"{here}In which network does the most of the gradient arrive at $h_1$?",
        [curve_name(name) for name in ends],
        name="most arrives",
        answer=list(ends).index(most),
        explain="Measured: " + ", ".join(f"{curve_name(name)} ${power(log)}$" for name, log in ends.items()) + ".",
    )


def _ask_random(lesson: Lesson, settings: Settings, found: Flow) -> None:
    seed, size = settings.seed, settings.hidden_size
    one, tanh = (elman(phi, size, 100, 1.0, seed) for phi in ("identity", "tanh"))
    k = RADII.index(0.5)
    lesson.check_number(
        "Identity cell, radius 0.5, T = 100, your seed and number of units. After how many steps back is less than a "
        "thousandth of the gradient left?",
        name="radius 0.5",
        answer=float(one.reach[k]),
        tolerance=3,
        decimals=0,
        explain=f"$0.5^{{10}} = {0.5**10:.4f}$. With your seed it takes {one.reach[k]:.0f}: the eigenvalues rule in "
        "the long run, while at first it matters where $v$ points.",
    )
    grown, saturated = one.rates[-1], tanh.rates[-1]
    lesson.check_choice(
        "The radius is 3, and T = 100. Identity and tanh have the same weights. Whose gradient grows faster per step "
        "back?",
        ["The identity's", "tanh's", "Both grow by 3 per step"],
        name="radius 3",
        answer=0 if grown > saturated * 1.01 else 1 if saturated > grown * 1.01 else 2,
        explain=f"Measured: identity {rate_in_words(grown)}, tanh {rate_in_words(saturated)}; the mean of $1 - h^2$ is "
        f"{tanh.slopes[-1].mean():.4f}.",
    )
