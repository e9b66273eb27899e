"""Many networks of one kind at once: over the values of a sweep, and over random initialisations.

A sweep changes only how strong W_hh is, or the forget bias. So all its networks share their weights, and one
product a step, (values, hidden) @ (hidden, hidden) for each block and member, serves them all. Each network computes
what `Cell.run` and `backward` compute one by one, to rounding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from . import checks
from .batched import elman, elman_back, gru, gru_back, lstm, lstm_back
from .cell import Array, Cell
from .elman import SLOPES, Elman
from .gru import GRU
from .jacobians import log_later_products

EVERY = {np.dtype(np.float64): 16, np.dtype(np.float32): 4}
"""Steps between two rescalings of the backward pass: long before anything under- or overflows."""


class Moment(NamedTuple):
    """The backward pass at step t: h and c, each (members, values, hidden), times 2^exponent (members, values)."""

    t: int
    h: Array
    c: Array | None
    exponent: Array


@dataclass(frozen=True, eq=False)
class Ensemble:
    """One forward pass of members × values networks.

    cells: the members, of one kind, sizes and options   scales: (values,) what each W_hh is multiplied by
    clamp: gates of the LSTM held fixed in all units, as in `Cell.run`
    values: "h", "c", the gates and what else the backward pass needs, each (time, members, values, hidden)
    """

    cells: tuple[Cell, ...]
    scales: Array
    clamp: Mapping[str, float]
    values: Mapping[str, Array]

    def __post_init__(self) -> None:
        for values in self.values.values():
            values.setflags(write=False)

    def __getitem__(self, quantity: str) -> Array:
        return self.values[quantity]

    @property
    def slope(self) -> Array:
        """(time, members, values, hidden) the slope of the squash at each step: of an Elman network φ', which is
        1 − h² for tanh; 1 − n² of a GRU; 1 − tanh²(c) of an LSTM."""
        kind = self.cells[0]
        if isinstance(kind, Elman):
            return SLOPES[kind.nonlinearity](self["h"])
        return 1.0 - self["n" if kind.name == "GRU" else "tanh_c"] ** 2

    def direct_path(self) -> Array:
        """(time, members, values, hidden) log10 of the product of f_s over all s > t: what the forget gates alone
        leave of ∂L/∂c_T at step t. An LSTM's; −inf where a gate was exactly 0."""
        if self.cells[0].name != "LSTM":
            raise ValueError(f"{self.cells[0].name} has no forget gates; a direct path is an LSTM's")
        return log_later_products(self["f"])

    def backward(self, dh: Any, dc: Any = None) -> Iterator[Moment]:
        """∂L/∂h_t and ∂L/∂c_t from the last step to the first, for a loss of the last state alone.

        dh, dc: what broadcasts to (members, values, hidden): ∂L/∂h_T, and the loss's own gradient at c_T
        With one member, the first axis of dh and dc may be any number of losses.
        """
        kind = self.cells[0]
        lead = np.broadcast_shapes(np.shape(dh), np.shape(0.0 if dc is None else dc), self["h"].shape[1:])
        dtype = self["h"].dtype
        carried = {"h": np.array(np.broadcast_to(dh, lead), dtype=dtype)}
        if kind.has_cell_state:
            carried["c"] = np.array(np.broadcast_to(0.0 if dc is None else dc, lead), dtype=dtype)
        exponent = np.zeros(lead[:2], dtype=int)
        back = {"Elman": elman_back, "GRU": gru_back, "LSTM": lstm_back}[kind.name](self)
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            for t in reversed(range(len(self["h"]))):
                here, before = back(t, carried)
                yield Moment(t, here["h"], here.get("c"), exponent)
                carried = before
                if t % EVERY[dtype] == 0:
                    largest = np.max([np.abs(one).max(axis=-1) for one in carried.values()], axis=0)
                    _, power = np.frexp(largest)
                    carried = {name: np.ldexp(one, -power[..., None]) for name, one in carried.items()}
                    exponent = exponent + power

    def log_norms(self, v: Any) -> dict[str, Array]:
        """ "h" and "c" -> (members, values, time) log10 of ‖∂L/∂h_t‖₂ and ‖∂L/∂c_t‖₂, for the loss L = v · h_T.

        v: (hidden,)   −inf: exactly 0
        """
        v = checks.array("v", v, self["h"].shape[-1:])
        states = ("h", "c") if self.cells[0].has_cell_state else ("h",)
        steps, *lead, _ = self["h"].shape
        result = {state: np.empty((*lead, steps)) for state in states}
        for moment in self.backward(v):
            for state, norms in result.items():
                norms[..., moment.t] = _log_length(getattr(moment, state), moment.exponent)
        return result

    def cell_jacobian_norms(self, steps: Sequence[int]) -> Array:
        """(values, steps) log10 of the spectral norm of the full ∂c_T/∂c_t, at these steps t (from 0), by every path
        from c_t on: through f, and through h_t, which follows c_t, and all gates. Of an ensemble of one LSTM."""
        if len(self.cells) != 1 or not self.cells[0].has_cell_state:
            raise ValueError(f"this needs an ensemble of one LSTM, not of {len(self.cells)} {self.cells[0].name}")
        last, hidden = len(self["h"]) - 1, self["h"].shape[-1]
        if sorted(set(steps)) != sorted(steps) or not all(0 <= t <= last for t in steps):
            raise ValueError(f"steps must be different ones from 0 to {last}, not {list(steps)}")
        wanted = {t: k for k, t in enumerate(steps)}
        result = np.empty((len(self.scales), len(wanted)))
        for moment in self.backward(np.zeros((hidden, 1, hidden)), np.eye(hidden)[:, None, :]):
            assert moment.c is not None
            if moment.t in wanted:
                result[:, wanted[moment.t]] = _log_spectral(moment.c.transpose(1, 0, 2), moment.exponent.T)
        return result


def ensemble(
    cells: Sequence[Cell],
    x: Any,
    *,
    scales: Any,
    forget_biases: Any = None,
    clamp: Mapping[str, float] | None = None,
    single: bool = False,
) -> Ensemble:
    """All members read x (time, input) at every value of a sweep, from a state of zeros.

    cells: of one kind, sizes and options   scales: (values,) W_hh is multiplied by this
    forget_biases: (values,) is added to what the forget gates' biases are; LSTM only
    clamp: gates of an LSTM held fixed in all units
    single: in float32, in a third of the time, for statistics; its states end at 1e38
    Raises ValueError on cells that differ, and on shapes that do not fit.
    """
    cells = tuple(cells)
    if not cells or {(type(c), c.input_size, c.hidden_size, *(getattr(c, o) for o in c.options)) for c in cells} != {
        (type(cells[0]), cells[0].input_size, cells[0].hidden_size, *(getattr(cells[0], o) for o in cells[0].options))
    }:
        raise ValueError(f"cells must be at least one, of one kind, sizes and options, not {list(cells)}")
    kind = cells[0]
    x = checks.array("x", x, (None, kind.input_size))
    scales = checks.array("scales", scales, (None,))
    if isinstance(kind, GRU) and kind.reset != "after":
        raise ValueError(f'reset is {kind.reset!r}; an ensemble of GRUs needs "after"')
    if (forget_biases is not None or clamp) and kind.name != "LSTM":
        raise ValueError(f"forget_biases and clamp are for the LSTM; {kind.name} has no forget gate")
    more = None if forget_biases is None else checks.array("forget_biases", forget_biases, scales.shape)
    dtype = np.float32 if single else np.float64
    x, scales = x.astype(dtype, copy=False), scales.astype(dtype, copy=False)
    more = None if more is None else more.astype(dtype, copy=False)
    held = {gate: units[0] for gate, units in checks.clamp(clamp, kind.gates, kind.hidden_size).items()}
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        if kind.name == "Elman":
            values = elman(cells, x, scales)
        elif kind.name == "GRU":
            values = gru(cells, x, scales)
        else:
            values = lstm(cells, x, scales, more, held)
    return Ensemble(cells, scales, held, values)


def _log_length(vector: Array, exponent: Array) -> Array:
    """log10 of ‖vector‖₂ · 2^exponent over the last axis; −inf: exactly 0."""
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        return 0.5 * np.log10(np.einsum("...h,...h->...", vector, vector, dtype=float)) + exponent * np.log10(2.0)


def _log_spectral(matrix: Array, exponent: Array) -> Array:
    """(values,) log10 of the largest singular value. matrix: (values, losses, hidden), each row times 2^its exponent
    (values, losses)"""
    top = exponent.max(axis=1, keepdims=True)
    level = np.ldexp(matrix, (exponent - top)[..., None])
    finite = np.isfinite(level).all(axis=(1, 2))
    with np.errstate(divide="ignore"):
        norm = np.linalg.norm(np.where(finite[:, None, None], level, 0.0), 2, axis=(1, 2))
        return np.where(finite, np.log10(norm) + top[:, 0] * np.log10(2.0), np.inf)
