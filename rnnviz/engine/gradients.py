"""Backpropagation through time, and the frozen record of one backward pass."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from . import checks
from .cell import PARAMETERS, Pulled
from .trace import Trace, tidy

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Gradients:
    """One backward pass: every gradient is total, through all later steps (Werbos 1990).

    h: (time, hidden) ∂L/∂h_t        c: (time, hidden) ∂L/∂c_t, None without a cell state
    x: (time, input) ∂L/∂x_t         h0, c0: (hidden,) at the start
    weight_ih, weight_hh, bias_ih, bias_hh: like the parameters; None for a cell without any
    inward, recurrent: (time, blocks · hidden) at W_ih x_t + b_ih and at W_hh h_{t-1} + b_hh, None likewise
    """

    trace: Trace
    h: Array
    h0: Array
    x: Array
    c: Array | None = None
    c0: Array | None = None
    weight_ih: Array | None = None
    weight_hh: Array | None = None
    bias_ih: Array | None = None
    bias_hh: Array | None = None
    inward: Array | None = None
    recurrent: Array | None = None

    def __post_init__(self) -> None:
        for field in fields(self):
            if isinstance(value := getattr(self, field.name), np.ndarray):
                value.setflags(write=False)

    def split(self, parameter: str) -> Array:
        """(time, *parameter's shape): a parameter's gradient by the time step at which it was used. Sums to the whole.

        Raises ValueError on a name that the cell does not have.
        """
        if self.inward is None or self.recurrent is None or parameter not in PARAMETERS:
            known = "none: this cell learns nothing" if self.inward is None else ", ".join(PARAMETERS)
            raise ValueError(f"parameter is {parameter!r}; the cell's parameters are {known}")
        if parameter == "bias_ih":
            return self.inward
        if parameter == "bias_hh":
            return self.recurrent
        if parameter == "weight_ih":
            return self.inward[:, :, None] * self.trace.x[:, None, :]
        cell = self.trace.cell
        into = cell.entering(self.trace)
        parts = [self.recurrent[:, cell.rows(k), None] * into[k][:, None, :] for k in cell.blocks]
        return np.concatenate(parts, axis=1)

    def frame(self) -> pd.DataFrame:
        """∂L/∂h_t and ∂L/∂c_t as a tidy table: time, unit, quantity ("h" or "c"), value."""
        return tidy({"h": self.h} if self.c is None else {"h": self.h, "c": self.c})


def backward(trace: Trace, dh: Any, dc: Any = None) -> Gradients:
    r"""The exact gradients of a loss through the whole trace, by hand-written adjoints.

    .. math::
        \partial L / \partial h_t = \partial L_t / \partial h_t
            + (\partial h_{t+1} / \partial h_t)^T \, \partial L / \partial h_{t+1}

    trace: from `cell.run`
    dh: (time, hidden) the loss's own gradient at each h_t, that of later steps not included
    dc: (time, hidden) the same at each c_t, for a cell with a cell state; zero if left out

    A clamped gate passes no gradient to what it replaced. A loss that has overflowed hands in infinite or NaN
    gradients, and they go through as such. Raises ValueError on shapes that do not fit.
    """
    return truncated(trace, dh, len(trace), dc=dc, overlap=False)


def truncated(trace: Trace, dh: Any, k: int, *, dc: Any = None, overlap: bool) -> Gradients:
    """Truncated backpropagation through time: what is left of the gradients after a cut. From k = time on, all.

    k: how many steps back, at least 1   dh, dc: as for `backward`
    overlap: False cuts the sequence into chunks of k steps and lets nothing through from a chunk to the one before
        (the state is detached between them, as most training loops do); True takes each step's loss back through
        k steps, its own the first (BPTT(k; 1), Williams & Peng 1990).
    """
    k = checks.size("k", k)
    dh, dc = own_gradients(trace, dh, dc)
    with np.errstate(over="ignore", invalid="ignore"):
        return _in_windows(trace, dh, dc, k) if overlap and k < len(trace) else _in_chunks(trace, dh, dc, k)


def own_gradients(trace: Trace, dh: Any, dc: Any = None) -> tuple[Array, Array | None]:
    """The arguments of a backward pass, checked."""
    dh = checks.array("dh", dh, trace.h.shape, finite=False)
    if dc is not None:
        if not trace.cell.has_cell_state:
            raise ValueError(f"dc was given, but {trace.cell.name} has no cell state; leave it None")
        dc = checks.array("dc", dc, trace.h.shape, finite=False)
    return dh, dc


def _in_chunks(trace: Trace, dh: Array, dc: Array | None, k: int) -> Gradients:
    pull, record = trace.cell.pullback(trace), _Record(trace)
    nothing = np.zeros(trace.cell.hidden_size)
    h = nothing
    c = nothing if trace.cell.has_cell_state else None
    for t in reversed(range(len(trace))):
        h = dh[t] + h
        pulled = pull(t, h, c if dc is None else c + dc[t])
        record(t, h, pulled)
        h, c = pulled.h, pulled.c
        if t and t % k == 0:
            h, c = nothing, None if c is None else nothing
    return record.gradients(h, c)


def _in_windows(trace: Trace, dh: Array, dc: Array | None, k: int) -> Gradients:
    """Row by row, the gradients of the losses of this step and of the k - 1 after it, the nearest first."""
    pull, record = trace.cell.pullback(trace), _Record(trace)
    h = np.zeros((0, trace.cell.hidden_size))
    c = h if trace.cell.has_cell_state else None
    for t in reversed(range(len(trace))):
        h = np.concatenate([dh[t : t + 1], h[: k - 1]])
        if c is not None:
            c = np.concatenate([np.zeros_like(h[:1]) if dc is None else dc[t : t + 1], c[: k - 1]])
        pulled = pull(t, h, c)
        total = Pulled._make(None if part is None else part.sum(axis=0) for part in pulled)
        record(t, h.sum(axis=0), total)
        h, c = pulled.h, pulled.c
    return record.gradients(total.h, total.c)


class _Record:
    """What a backward pass leaves behind at each step."""

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        steps, rows = len(trace), len(trace.cell.blocks) * trace.cell.hidden_size
        self.h = np.empty((steps, trace.cell.hidden_size))
        self.c = np.empty_like(self.h) if trace.cell.has_cell_state else None
        self.inward, self.recurrent = np.empty((steps, rows)), np.empty((steps, rows))

    def __call__(self, t: int, h: Array, pulled: Pulled) -> None:
        self.h[t] = h
        if self.c is not None:
            self.c[t] = pulled.total_c
        if self.trace.cell.blocks:
            self.inward[t], self.recurrent[t] = pulled.inward, pulled.recurrent

    def gradients(self, h0: Array, c0: Array | None) -> Gradients:
        trace, cell = self.trace, self.trace.cell
        if not cell.blocks:
            return Gradients(trace, self.h, h0, x=self.h.copy())
        into = cell.entering(trace)
        return Gradients(
            trace,
            h=self.h,
            h0=h0,
            x=self.inward @ cell.weight_ih,
            c=self.c,
            c0=c0,
            weight_ih=self.inward.T @ trace.x,
            weight_hh=np.concatenate([self.recurrent[:, cell.rows(k)].T @ into[k] for k in cell.blocks]),
            bias_ih=self.inward.sum(axis=0),
            bias_hh=self.recurrent.sum(axis=0),
            inward=self.inward,
            recurrent=self.recurrent,
        )
