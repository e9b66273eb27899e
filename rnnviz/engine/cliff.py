"""The cliff: the loss of a one-unit recurrent network over its two parameters, its gradient, and descents on it.

Pascanu, Mikolov & Bengio 2013, "On the difficulty of training recurrent neural networks", figure 6 and section 2.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from . import checks
from .cell import sigmoid
from .clipping import above_zero, norm, scale_by_norm

Array = np.ndarray
STEPS, START, TARGET = 50, 0.5, 0.7
"""The paper's: 50 steps from x₀ = 0.5, and a last σ(x₅₀) that should be 0.7."""


@dataclass(frozen=True, eq=False)
class Cliff:
    r"""The one-unit network, its parameters held in arrays of one shape.

    .. math::
        x_t &= w \, \sigma(x_{t-1}) + b \\
        L &= (\sigma(x_T) - y)^2

    steps: T   start: x₀   target: y
    """

    steps: int = STEPS
    start: float = START
    target: float = TARGET

    def __post_init__(self) -> None:
        checks.size("steps", self.steps)
        checks.number("start", self.start)
        checks.number("target", self.target)

    def states(self, w: Any, b: Any) -> Array:
        r"""x_0 to x_T for each pair: (steps + 1, *shape). What overflows is infinite.

        .. math:: -x_t = -w / (1 + e^{-x_{t-1}}) - b
        """
        w, b = np.broadcast_arrays(np.asarray(w, dtype=float), np.asarray(b, dtype=float))
        minus_w, ones, down = -w.ravel(), np.ones(w.size), b.ravel()
        minus_x = np.empty((self.steps + 1, w.size))
        minus_x[0] = -self.start
        with np.errstate(over="ignore", invalid="ignore"):
            for before, after in pairwise(minus_x):
                np.exp(before, after)
                np.add(ones, after, after)
                np.divide(minus_w, after, after)
                np.subtract(after, down, after)
        return np.negative(minus_x, out=minus_x).reshape(self.steps + 1, *w.shape)

    def loss(self, w: Any, b: Any) -> Array:
        """L for each pair of w and b, in their common shape."""
        with np.errstate(over="ignore", invalid="ignore"):
            return (sigmoid(self.states(w, b)[-1]) - self.target) ** 2

    def gradient(self, w: Any, b: Any) -> tuple[Array, Array, Array]:
        r"""L, ∂L/∂w and ∂L/∂b for each pair, through all steps.

        .. math::
            \delta_T &= 2 (\sigma(x_T) - y) \, \sigma'(x_T) \\
            \partial L / \partial w &= \sum_t \delta_t \, \sigma(x_{t-1}), \qquad
            \partial L / \partial b = \sum_t \delta_t \\
            \delta_{t-1} &= \delta_t \, w \, \sigma'(x_{t-1})
        """
        x = self.states(w, b)
        w = np.asarray(w, dtype=float)
        with np.errstate(over="ignore", invalid="ignore"):
            s = sigmoid(x)
            factors = np.empty((3 * self.steps - 2, *x.shape[1:]))  # from δ_T on, three for each step back
            factors[0] = 2 * (s[-1] - self.target) * s[-1] * (1 - s[-1])
            factors[1::3], factors[2::3], factors[3::3] = w, s[-2:0:-1], 1 - s[-2:0:-1]
            delta = np.multiply.accumulate(factors)[::3]
            dw, db = np.add.accumulate(delta * s[-2::-1])[-1], np.add.accumulate(delta)[-1]
            return (s[-1] - self.target) ** 2, dw + 0.0, db + 0.0  # 0, not -0


@dataclass(frozen=True, eq=False)
class Descent:
    """Gradient descent, recorded: at each update where it stood and what it saw there, then the step it took.

    threshold: θ, or None for a descent without clipping
    place: (updates + 1, 2) w and b   loss: (updates + 1,)
    gradient: (updates + 1, 2) ∂L/∂w and ∂L/∂b before clipping   norm, applied: (updates + 1,) ‖g‖ before and after it
    """

    threshold: float | None
    place: Array
    loss: Array
    gradient: Array
    norm: Array
    applied: Array

    def __post_init__(self) -> None:
        for values in (self.place, self.loss, self.gradient, self.norm, self.applied):
            values.setflags(write=False)

    def leaves(self, low: Any, high: Any) -> int | None:
        """The first update at which it stands outside the box low to high, (2,) each, or nowhere; None if never."""
        with np.errstate(invalid="ignore"):
            inside = ((self.place >= low) & (self.place <= high)).all(axis=1)
        return None if inside.all() else int(inside.argmin())


def descend(
    cliff: Cliff, start: Any, *, learning_rate: float, thresholds: tuple[float | None, ...], updates: int
) -> list[Descent]:
    r"""Gradient descent from one place, once for each threshold, all at the same time.

    .. math:: (w, b) \leftarrow (w, b) - \eta \, \min(1, \theta / \lVert g \rVert) \, g

    start: (2,) w and b   thresholds: θ of each descent; None: no clipping
    Raises ValueError for a learning rate or threshold that is not above 0, and fewer updates than one.
    """
    start = checks.array("start", start, (2,))
    learning_rate = checks.number("learning_rate", learning_rate)
    if learning_rate <= 0:
        raise ValueError(f"learning_rate must be a finite number above 0, not {learning_rate!r}")
    updates = checks.size("updates", updates)
    thresholds = tuple(None if one is None else above_zero(one) for one in thresholds)
    place = np.empty((updates + 1, len(thresholds), 2))
    loss, scale = np.empty(place.shape[:2]), np.ones(place.shape[:2])
    gradient = np.empty_like(place)
    place[0] = start
    with np.errstate(over="ignore", invalid="ignore"):
        for k in range(updates + 1):
            loss[k], gradient[k, :, 0], gradient[k, :, 1] = cliff.gradient(place[k, :, 0], place[k, :, 1])
            for one, threshold in enumerate(thresholds):
                if threshold is not None:
                    scale[k, one] = scale_by_norm(norm(gradient[k, one]), threshold)
            if k < updates:
                place[k + 1] = place[k] - learning_rate * scale[k, :, None] * gradient[k]
        norms = norm(gradient)
        applied = scale * norms
    return [
        Descent(
            threshold,
            *(values[:, one].copy() for values in (place, loss, gradient, norms, applied)),
        )
        for one, threshold in enumerate(thresholds)
    ]
