"""Backpropagation through time, and the frozen record of one backward pass."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from . import checks
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

    def __post_init__(self) -> None:
        for field in fields(self):
            if isinstance(value := getattr(self, field.name), np.ndarray):
                value.setflags(write=False)

    def frame(self) -> pd.DataFrame:
        """∂L/∂h_t and ∂L/∂c_t as a tidy table: time, unit, quantity ("h" or "c"), value."""
        return tidy({"h": self.h} if self.c is None else {"h": self.h, "c": self.c})


def backward(trace: Trace, dh: Any, dc: Any = None) -> Gradients:
    """The exact gradients of a loss through the whole trace, by hand-written adjoints.

    trace: from `cell.run`
    dh: (time, hidden) the loss's own gradient at each h_t, that of later steps not included
    dc: (time, hidden) the same at each c_t, for a cell with a cell state; zero if left out

    A clamped gate passes no gradient to what it replaced. A loss that has overflowed hands in infinite or NaN
    gradients, and they go through as such. Raises ValueError on shapes that do not fit.
    """
    shape = trace.h.shape
    dh = checks.array("dh", dh, shape, finite=False)
    if dc is not None:
        if not trace.cell.has_cell_state:
            raise ValueError(f"dc was given, but {trace.cell.name} has no cell state; leave it None")
        dc = checks.array("dc", dc, shape, finite=False)
    with np.errstate(over="ignore", invalid="ignore"):
        return Gradients(trace, **trace.cell.adjoint(trace, dh, dc))
