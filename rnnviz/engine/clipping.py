"""Clipping a gradient: by its norm, which keeps its direction, and by value, which does not."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import checks

Array = np.ndarray


def norm(g: Any) -> Array:
    """‖g‖₂ along the last axis: (..., n) -> (...). Squares that would overflow or vanish do not."""
    g = np.asarray(g, dtype=float)
    largest = np.abs(g).max(axis=-1)
    safe = np.where((largest > 0) & np.isfinite(largest), largest, 1.0)
    with np.errstate(over="ignore"):
        return safe * np.sqrt(((g / safe[..., None]) ** 2).sum(axis=-1))


def scale_by_norm(norms: Any, threshold: float) -> Array:
    r"""What clipping by norm multiplies a gradient with (Pascanu, Mikolov & Bengio 2013, algorithm 1).

    .. math:: \min(1, \theta / \lVert g \rVert)

    norms: (...) ‖g‖, each at least 0; 0 gives 1, infinity 0 and NaN NaN
    torch divides by ‖g‖ + 1e-6, so its result is shorter by a share of 1e-6 / ‖g‖.
    Raises ValueError for a threshold that is not above 0: it would leave nothing to learn from.
    """
    threshold = above_zero(threshold)
    norms = np.asarray(norms, dtype=float)
    with np.errstate(divide="ignore", over="ignore"):
        return np.minimum(1.0, threshold / norms)


def clip_by_norm(g: Any, threshold: float) -> Array:
    r"""Each gradient scaled down to norm θ if it is longer; torch's `clip_grad_norm_`.

    .. math:: g \leftarrow \min(1, \theta / \lVert g \rVert) \, g

    g: (..., n), a gradient a row; all parameters of a network count as one gradient, joined to one row.
    A gradient that has overflowed has no direction left: where a component is infinite, the result is NaN.
    """
    g = np.asarray(g, dtype=float)
    with np.errstate(invalid="ignore"):
        return scale_by_norm(norm(g), threshold)[..., None] * g


def clip_by_value(g: Any, threshold: float) -> Array:
    r"""Each component moved into [−θ, θ]; torch's `clip_grad_value_`.

    .. math:: g_k \leftarrow \max(-\theta, \min(\theta, g_k))

    g: any shape. Infinite components become ±θ.
    """
    threshold = above_zero(threshold)
    return np.clip(np.asarray(g, dtype=float), -threshold, threshold)


def angle(a: Any, b: Any) -> Array:
    r"""The angle between two vectors in degrees, 0 to 180; NaN where one of them is 0 or not finite.

    .. math:: 2 \arctan2(\lVert \hat a - \hat b \rVert, \lVert \hat a + \hat b \rVert),
        \qquad \hat a = a / \lVert a \rVert

    a, b: (..., n) -> (...). Accurate near 0, where the arc cosine is not (Kahan 2006).
    """
    a, b = np.asarray(a, dtype=float), np.asarray(b, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        a, b = a / norm(a)[..., None], b / norm(b)[..., None]
        # Of vectors of length 1 no square overflows: a plain norm will do.
        return np.degrees(2 * np.arctan2(np.linalg.norm(a - b, axis=-1), np.linalg.norm(a + b, axis=-1)))


def above_zero(threshold: Any) -> float:
    """A threshold θ that can clip: finite and above 0, else ValueError."""
    threshold = checks.number("threshold", threshold)
    if threshold <= 0:
        raise ValueError(f"threshold must be a finite number above 0, not {threshold!r}: at 0 no gradient is left")
    return threshold
