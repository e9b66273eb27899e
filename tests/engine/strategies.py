"""What the laws are tried on: cells of every kind and option, sequences, starts and clamps.

Sizes and seeds are drawn, and numpy turns a seed into numbers: no weight is ever a round number by which a
law would hold, or a kink be hit, by accident.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from hypothesis import strategies as st

from rnnviz.engine import GRU, LSTM, BagOfWords, Cell, Elman, Trace

Kind = tuple[type[Cell], dict[str, str]]

ELMAN: tuple[Kind, ...] = tuple((Elman, {"nonlinearity": name}) for name in ("tanh", "relu", "identity"))
GRUS: tuple[Kind, ...] = tuple((GRU, {"reset": name}) for name in ("after", "before"))
LSTMS: tuple[Kind, ...] = ((LSTM, {}),)
BAG: tuple[Kind, ...] = ((BagOfWords, {}),)
GATED = LSTMS + GRUS
WEIGHTED = ELMAN + GATED
EVERY = WEIGHTED + BAG

sizes = st.integers(1, 6)
seeds = st.integers(0, 2**32 - 1)


def called(kind: Kind) -> str:
    """A kind's name in a test's id: `GRU-before`."""
    return "-".join((kind[0].name, *kind[1].values()))


def normal(*shape: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


@st.composite
def arrays(draw: st.DrawFn, *shape: int) -> np.ndarray:
    """Normal numbers, from all zero to large enough to saturate a gate."""
    return draw(st.sampled_from([1.0, 0.1, 5.0, 0.0])) * normal(*shape, seed=draw(seeds))


@st.composite
def cells(draw: st.DrawFn, kinds: tuple[Kind, ...] = EVERY) -> Cell:
    """A cell of one of the kinds, 1 to 6 in and 1 to 6 hidden, rescaled or not, with or without biases."""
    cls, options = draw(st.sampled_from(kinds))
    input_size = draw(sizes)
    if cls is BagOfWords:
        return BagOfWords(input_size)
    radius = draw(st.none() | st.floats(0.1, 2.0))
    cell = cls.random(input_size, draw(sizes), seed=draw(seeds), spectral_radius=radius, **options)
    return cell if draw(st.booleans()) else cls(cell.weight_ih, cell.weight_hh, **options)


@st.composite
def sequences(draw: st.DrawFn, input_size: int, least: int = 1) -> np.ndarray:
    """(time, input), up to 8 steps: normal numbers or one-hot."""
    steps = draw(st.integers(least, 8))
    if draw(st.booleans()):
        return draw(arrays(steps, input_size))
    return np.eye(input_size)[draw(st.lists(st.integers(0, input_size - 1), min_size=steps, max_size=steps))]


def clamps(cell: Cell) -> st.SearchStrategy[dict[str, Any]]:
    """Some gates held, whole or by unit, at numbers that a gate can have and at some that it cannot."""
    value = st.sampled_from([0.0, 1.0, 0.25, -0.5]) | st.floats(-1.5, 1.5, allow_subnormal=False)
    units = st.dictionaries(st.integers(0, cell.hidden_size - 1), value)
    return st.dictionaries(st.sampled_from(cell.gates), value | units, min_size=1)


@dataclass(frozen=True)
class Reading:
    """A cell and what it is about to read."""

    cell: Cell
    x: np.ndarray
    h0: np.ndarray | None = None
    c0: np.ndarray | None = None
    clamp: dict[str, Any] | None = None
    hold_from: int = 0

    def run(self, **changes: Any) -> Trace:
        """The trace, with some of the above replaced."""
        new = replace(self, **changes)
        return new.cell.run(new.x, new.h0, new.c0, clamp=new.clamp, hold_from=new.hold_from)


@st.composite
def readings(draw: st.DrawFn, kinds: tuple[Kind, ...] = EVERY, *, clamped: bool = False, least: int = 1) -> Reading:
    """A cell, a sequence of at least `least` steps, a start or none; with `clamped`, a clamp or none."""
    cell = draw(cells(kinds))
    x = draw(sequences(cell.input_size, least))
    h0 = draw(st.none() | arrays(cell.hidden_size))
    c0 = draw(st.none() | arrays(cell.hidden_size)) if cell.has_cell_state else None
    clamp = draw(st.none() | clamps(cell)) if clamped and cell.gates else None
    return Reading(cell, x, h0, c0, clamp)


def assert_close(ours: Any, theirs: Any, tolerance: float = 1e-12) -> None:
    """Equal to `tolerance`, relative to the largest number of the array (or to 1 if all are smaller)."""
    theirs = np.asarray(theirs)
    scale = max(1.0, float(np.abs(theirs).max(initial=0.0)))
    np.testing.assert_allclose(ours, theirs, rtol=0.0, atol=tolerance * scale)
