"""The frozen record of one forward pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

    from .cell import Cell

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Trace:
    """Everything that a cell computed while it read one sequence. Nothing in it can be changed.

    cell: the cell that made it
    x: (time, input) what it read
    h0: (hidden,), c0: (hidden,) or None: the state before the first step
    values: symbol -> (time, hidden), in the order of computation; `trace["f"]` reads one of them
    clamp: gate -> {unit: value}, what was held fixed   hold_from: the first step, from 0, at which it was
    """

    cell: Cell
    x: Array
    h0: Array
    c0: Array | None
    values: Mapping[str, Array]
    clamp: Mapping[str, Mapping[int, float]]
    hold_from: int = 0

    def __post_init__(self) -> None:
        for value in (self.x, self.h0, self.c0, *self.values.values()):
            if value is not None:
                value.setflags(write=False)
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))
        frozen_clamp = {gate: MappingProxyType(dict(units)) for gate, units in self.clamp.items()}
        object.__setattr__(self, "clamp", MappingProxyType(frozen_clamp))

    def __reduce__(self) -> tuple:
        """Read-only mappings cannot be pickled; plain ones can, and are frozen again on the way back."""
        clamp = {gate: dict(units) for gate, units in self.clamp.items()}
        return Trace, (self.cell, self.x, self.h0, self.c0, dict(self.values), clamp, self.hold_from)

    def held(self, gate: str, time: int, unit: int) -> bool:
        """Whether a gate's unit was held fixed at a step."""
        return time >= self.hold_from and unit in self.clamp.get(gate, {})

    @property
    def h(self) -> Array:
        """(time, hidden) the hidden state after each step."""
        return self.values["h"]

    @property
    def c(self) -> Array | None:
        """(time, hidden) the cell state after each step; None for a cell that has none."""
        return self.values.get("c")

    @property
    def quantities(self) -> tuple[str, ...]:
        """The symbols of all recorded quantities, in the order of computation."""
        return tuple(self.values)

    def __getitem__(self, quantity: str) -> Array:
        if quantity not in self.values:
            raise KeyError(f"no quantity {quantity!r}; this trace holds {', '.join(self.quantities)}")
        return self.values[quantity]

    def __contains__(self, quantity: object) -> bool:
        return quantity in self.values

    def __iter__(self) -> Iterator[str]:
        """The symbols, as of a mapping from symbol to values."""
        return iter(self.values)

    def __len__(self) -> int:
        """The number of time steps."""
        return len(self.x)

    def previous(self, state: str) -> Array:
        """(time, hidden) the state that each step started from: `h_{t-1}` or `c_{t-1}`."""
        before_first = {"h": self.h0, "c": self.c0}[state]
        assert before_first is not None, f"{self.cell.name} has no cell state"
        return np.concatenate([before_first[None], self[state][:-1]])

    def frame(self) -> pd.DataFrame:
        """The whole trace as a tidy table: time, unit, quantity, value; one row a number."""
        return tidy(self.values)


def tidy(values: Mapping[str, Array]) -> pd.DataFrame:
    """symbol -> (time, unit) as a table of time, unit, quantity, value; one row a number."""
    import pandas as pd  # here, so that the engine itself needs numpy alone

    parts = []
    for quantity, value in values.items():
        time, unit = np.indices(value.shape)
        parts.append(
            pd.DataFrame({"time": time.ravel(), "unit": unit.ravel(), "quantity": quantity, "value": value.ravel()})
        )
    return pd.concat(parts, ignore_index=True)
