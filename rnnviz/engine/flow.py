"""How large the gradient is as it flows back through time: total, and for every pair of steps.

Norms are taken along exact powers of two, so that one of 1e-400 or 1e+400 is still a number on a log axis.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from . import checks
from .gradients import Gradients, own_gradients
from .trace import Trace

Array = np.ndarray
LOG10_2, LOG10_E = np.log10(2.0), np.log10(np.e)
PLAIN = (1e-250, 1e250)
"""Squares of norms between these were reached by plain floats, with nothing lost on the way. A step without a loss has
none."""


class Flow(NamedTuple):
    """log10 of norms, each (time,), -inf for exactly 0.

    total: ‖∂L/∂h_t‖₂, through all later steps   own: ‖∂L_t/∂h_t‖₂, what the step's own loss hands in
    carried: of what flows from step t into h_{t-1}, (∂h_t/∂h_{t-1})ᵀ ∂L/∂h_t and for a cell with a cell state what
        comes by way of it; carried[0] goes into h_0
    cell: ‖∂L/∂c_t‖₂, None without a cell state
    """

    total: Array
    own: Array
    carried: Array
    cell: Array | None


def flow(trace: Trace, dh: Any) -> Flow:
    """The norms of one backward pass, wherever they lie. dh: (time, hidden), as for `backward`."""
    dh, _ = own_gradients(trace, dh)
    steps = len(trace)
    total, own, carried, cell = (np.empty(steps) for _ in range(4))
    pull = trace.cell.pullback(trace)
    h = np.zeros(trace.cell.hidden_size)
    c = h if trace.cell.has_cell_state else None
    exponent = np.zeros((), dtype=int)
    with np.errstate(over="ignore", invalid="ignore"):
        for t in reversed(range(steps)):
            handed, its = scaled(dh[t])
            if handed.any():
                common = np.maximum(exponent, its) if h.any() or (c is not None and c.any()) else its
                h = np.ldexp(h, exponent - common) + np.ldexp(handed, its - common)
                c = None if c is None else np.ldexp(c, exponent - common)
                exponent = common
            pulled = pull(t, h, c)
            own[t] = log_norm(handed, its)
            total[t] = log_norm(h, exponent)
            carried[t] = log_norm(pulled.h, exponent)
            if pulled.c is None or pulled.total_c is None:
                (h,), exponent = rescaled(exponent, pulled.h)
            else:
                cell[t] = log_norm(pulled.total_c, exponent)
                (h, c), exponent = rescaled(exponent, pulled.h, pulled.c)
    return Flow(total, own, carried, None if c is None else cell)


class Share(NamedTuple):
    """A weight's gradient G = Σ_s G_s, by the step s at which the weight was used.

    along: (time,) ⟨G_s, G⟩   norms: (time,) log10 ‖G_s‖ (Frobenius), -inf for exactly 0
    """

    along: Array
    norms: Array


def by_step(gradients: Gradients, weight: str) -> Share:
    r"""Of "weight_ih" or "weight_hh". In each block G_s is an outer product, so it need not be written down.

    .. math::
        G_s = \delta_s x_s^T, \qquad \langle G_s, G \rangle = \sum_{blocks} \delta_s^T G x_s, \qquad
        \lVert G_s \rVert^2 = \sum_{blocks} \lVert \delta_s \rVert^2 \lVert x_s \rVert^2

    Raises ValueError on another weight, and on a cell without any.
    """
    checks.choice("weight", weight, ("weight_ih", "weight_hh"))
    trace, inward = gradients.trace, weight == "weight_ih"
    G, delta = getattr(gradients, weight), gradients.inward if inward else gradients.recurrent
    if G is None or delta is None:
        raise ValueError(f"{trace.cell.name} has no weights")
    x = dict.fromkeys(trace.cell.blocks, trace.x) if inward else trace.cell.entering(trace)
    along, squares = np.zeros(len(trace)), np.full(len(trace), -np.inf)
    for block in trace.cell.blocks:
        rows = trace.cell.rows(block)
        along += np.vecdot(delta[:, rows], x[block] @ G[rows].T)
        squares = np.logaddexp(squares, 2 * (log_norm(delta[:, rows]) + log_norm(x[block])) / LOG10_E)
    return Share(along, squares / 2 * LOG10_E)


def log_totals(trace: Trace, dh: Any) -> Array:
    """(time,) `flow(trace, dh).total` alone, in plain floats wherever they reach, which is several times as fast."""
    dh, _ = own_gradients(trace, dh)
    handed = np.flatnonzero(dh.any(axis=1))
    steps = handed[-1] + 1 if len(handed) else 0  # what comes after the last loss is exactly 0
    totals, pull = np.zeros_like(dh), trace.cell.pullback(trace)
    h = np.zeros(trace.cell.hidden_size)
    c = h if trace.cell.has_cell_state else None
    with np.errstate(all="ignore"):
        for t in reversed(range(steps)):
            h = np.add(h, dh[t], out=totals[t])
            pulled = pull(t, h, c)
            h, c = pulled.h, pulled.c
        squares = np.vecdot(totals, totals)
        reached = squares[:steps]
        if PLAIN[0] < reached.min(initial=1) and reached.max(initial=1) < PLAIN[1]:
            return np.log10(squares) / 2
    return flow(trace, dh).total


def pairwise(trace: Trace, dh: Any, state: str = "h") -> Array:
    """(time, time): ‖∂L_t/∂h_s‖₂ in row t and column s, 0 above the diagonal, in one sweep for all pairs.

    dh: (time, hidden) ∂L_t/∂h_t of each step's own loss   state: "h", or "c" for ‖∂L_t/∂c_s‖₂
    """
    mantissa, exponent = _pairs(trace, dh, state)
    with np.errstate(over="ignore"):
        return np.ldexp(mantissa, exponent)


def log_pairwise(trace: Trace, dh: Any, state: str = "h") -> Array:
    """(time, time): log10 of `pairwise`, -inf for exactly 0."""
    return log10(*_pairs(trace, dh, state))


def _pairs(trace: Trace, dh: Any, state: str) -> tuple[Array, Array]:
    """Norms as mantissa · 2^exponent; powers of two only where plain floats do not reach: they take thrice as long."""
    dh, _ = own_gradients(trace, dh)
    checks.choice("state", state, ("h", "c") if trace.cell.has_cell_state else ("h",))
    with np.errstate(all="ignore"):
        squares, _ = _sweep(trace, dh, state, plain=True)
        reached = squares[dh.any(axis=1)]
        if PLAIN[0] < reached.min(initial=1) and reached.max(initial=1) < PLAIN[1]:
            return np.tril(np.sqrt(squares)), np.zeros(1, dtype=int)
        squares, exponent = _sweep(trace, dh, state, plain=False)
        return np.tril(np.sqrt(squares)), exponent


def _sweep(trace: Trace, dh: Array, state: str, *, plain: bool) -> tuple[Array, Array]:
    """(time, time) squares of the norms, 1 above the diagonal, and the exponents of the norms.

    Row t of h is the gradient of L_t; each step moves all rows at once.
    """
    steps = len(trace)
    squares, exponent = np.ones((steps, steps)), np.zeros((steps, steps), dtype=int)
    pull = trace.cell.pullback(trace)
    h = dh.copy()
    c = np.zeros_like(h) if trace.cell.has_cell_state else None
    powers = np.zeros(steps, dtype=int)
    for s in reversed(range(steps)):
        reached = h[s:]
        pulled = pull(s, reached, None if c is None else c[s:])
        value = pulled.total_c if state == "c" else reached
        assert value is not None
        if not plain:
            value, its = scaled(value)
            exponent[s:, s] = powers[s:] + its
        squares[s:, s] = np.vecdot(value, value)
        parts: tuple[Array, ...] = (pulled.h,) if pulled.c is None else (pulled.h, pulled.c)
        if not plain:
            parts, powers[s:] = rescaled(powers[s:], *parts)
        h[s:] = parts[0]
        if c is not None:
            c[s:] = parts[1]
    return squares, exponent


def scaled(values: Array) -> tuple[Array, Array]:
    """values: (..., n) as (mantissas, exponent (...)): values = mantissas · 2^exponent, the largest in [½, 1)."""
    _, exponent = np.frexp(np.abs(values).max(axis=-1))
    return np.ldexp(values, -exponent[..., None]), exponent


def rescaled(exponent: Array, *parts: Array) -> tuple[tuple[Array, ...], Array]:
    """Parts (..., n) that share an exponent (...), brought to a largest number in [½, 1), and the new exponent."""
    largest = np.abs(parts[0]).max(axis=-1)
    for part in parts[1:]:
        largest = np.maximum(largest, np.abs(part).max(axis=-1))
    _, its = np.frexp(largest)
    return tuple(np.ldexp(part, -its[..., None]) for part in parts), np.where(largest > 0, exponent + its, 0)


def log_norm(values: Array, exponent: Any = 0) -> Array:
    """log10 of the norm over the last axis of values · 2^exponent."""
    mantissas, its = scaled(values)
    return log10(np.linalg.norm(mantissas, axis=-1), exponent + its)


def log10(mantissa: Array, exponent: Any) -> Array:
    """log10 of mantissa · 2^exponent, -inf for 0."""
    with np.errstate(divide="ignore"):
        return np.log10(mantissa) + np.where(mantissa > 0, exponent, 0) * LOG10_2
