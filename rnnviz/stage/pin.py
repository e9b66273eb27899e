"""The one thing that the stage tells Python: which unit at which step was clicked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple


class Pin(NamedTuple):
    """A unit of the state at a time step, both counted from 0.

    In a URL steps count from 1, as in the formulas: `pin=12.5` is unit 5 at t = 12.
    """

    time: int
    unit: int

    @classmethod
    def parse(cls, text: str) -> Pin:
        """The pin in a URL. Raises ValueError on anything but two whole numbers with a dot between."""
        if not re.fullmatch(r"[0-9]{1,6}\.[0-9]{1,6}", text) or int(text.split(".")[0]) == 0:
            raise ValueError(f"pin must be a step and a unit such as 12.5, not {text[:40]!r}")
        time, unit = text.split(".")
        return cls(int(time) - 1, int(unit))

    @classmethod
    def from_state(cls, value: Any) -> Pin | None:
        """What a component sent; None for no pin, or for what is none."""
        if not isinstance(value, Mapping):
            return None
        time, unit = value.get("time", -1), value.get("unit", -1)
        if not all(isinstance(n, int) and not isinstance(n, bool) and n >= 0 for n in (time, unit)):
            return None
        return cls(time, unit)

    def within(self, steps: int, units: int) -> Pin:
        """The same pin, moved to the last step or unit where it lies beyond it; the player does the same."""
        return Pin(min(self.time, steps - 1), min(self.unit, units - 1))
