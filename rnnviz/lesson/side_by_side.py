"""The same weights and the same text under two sets of equations: what comes of it, and how far apart it lies."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from rnnviz.tasks.text import shakespeare, split
from rnnviz.training.character_model import CharacterModel, bits_per_character

HELD_OUT = 3_000
"""Characters that no training saw, read besides the learner's own text."""
THRESHOLD = 0.1
"""From here on, two states between −1 and 1 count as different ones."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a network made of a text, from a state of zeros.

    h: (time, unit)   c: (time, unit), None for a cell without c   likeliest: (time,) the id of the likeliest next
    bits: per character of the text, NaN for a single one
    """

    h: np.ndarray
    c: np.ndarray | None
    likeliest: np.ndarray
    bits: float

    def __post_init__(self) -> None:
        for value in (self.h, self.c, self.likeliest):
            if value is not None:
                value.setflags(write=False)

    @property
    def memory(self) -> np.ndarray:
        """(time, unit) the state that is only ever scaled and added to: c, and the GRU's h."""
        return self.h if self.c is None else self.c

    @property
    def symbol(self) -> str:
        """How `memory` is written."""
        return "h" if self.c is None else "c"


Run = Callable[[np.ndarray], Mapping[str, np.ndarray]]
"""x: (time, input) -> h and maybe c, each (time, hidden)."""


def outcome(model: CharacterModel, text: str, run: Run) -> Outcome:
    """Read a text with a model's readout, and equations that may not be its own."""
    ids = model.vocabulary.encode(text)
    read = run(model.vocabulary.one_hot(ids))
    p = model.readout.run(read["h"])
    return Outcome(read["h"], read.get("c"), p.argmax(axis=1), bits_per_character(p, ids))


def bits_held_out(model: CharacterModel, run: Run) -> float:
    """Bits per character of text that no training saw."""
    return outcome(model, split(shakespeare())[1][:HELD_OUT], run).bits


def distance(one: Outcome, other: Outcome) -> np.ndarray:
    """(time,) the largest |h − h′| of any unit."""
    return np.abs(one.h - other.h).max(axis=1)


def first_apart(distances: np.ndarray) -> int | None:
    """The first step, from 0, at which h and h′ lie further apart than `THRESHOLD`; None if there is none."""
    apart = np.flatnonzero(distances > THRESHOLD)
    return int(apart[0]) if len(apart) else None


def fingerprint(model: CharacterModel) -> str:
    """What tells a network's weights from any other's: by it, what was computed with them is remembered."""
    digest = blake2b(digest_size=16)
    for value in (*model.cell.state_dict().values(), model.readout.weight, model.readout.bias):
        digest.update(value.tobytes())
    return digest.hexdigest()


def small(value: float) -> str:
    """A difference in a sentence: 4 decimals, or its size where they would all be 0."""
    if value == 0 or value >= 0.001:
        return f"{value:.4f}" if value else "0"
    digit, power = f"{value:.0e}".split("e")
    return f"{digit} · 10{str(int(power)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"


def bits(value: float) -> str:
    """Bits per character in a table; a dash where there was nothing to predict."""
    return "–" if math.isnan(value) else "∞" if math.isinf(value) else f"{value:.3f}"
