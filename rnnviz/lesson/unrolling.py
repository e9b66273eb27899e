"""What the lesson "Unrolling" computes: each by its settings, and each only once."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from rnnviz import figures
from rnnviz.engine.ensemble import ensemble
from rnnviz.stage.chart import Figure
from rnnviz.tasks.text import shakespeare, split
from rnnviz.training.character_model import CELLS, CharacterModel, Reading, character_model, responses

from .remember import remember
from .words import token_label

LOOP_STRENGTHS = tuple(round(0.1 * k, 1) for k in range(16))
HELD_OUT = 3_000
LONGEST = 200


class Settings(NamedTuple):
    """Which network: the cell, its weights ("trained", "random" or "zero"), and the seed of random ones."""

    cell: str
    weights: str
    seed: int

    @classmethod
    def of(cls, cell: str, weights: str, seed: int) -> "Settings":
        """The seed counts only for random weights: all others share one network."""
        return cls(cell, weights, seed if weights == "random" else 0)


@remember
def network(settings: Settings) -> CharacterModel:
    trained = character_model(settings.cell)
    if settings.weights == "random":
        return trained.untrained(settings.seed)
    return trained.zeroed() if settings.weights == "zero" else trained


@remember
def reading(settings: Settings, text: str) -> Reading:
    return network(settings).read(text)


@remember(most=16)
def loop_sweep(settings: Settings, text: str) -> np.ndarray:
    """(strength, unit, time) the hidden state with W_hh multiplied by each of `LOOP_STRENGTHS`."""
    model = network(settings)
    x = model.vocabulary.one_hot(model.vocabulary.encode(text))
    swept = ensemble([model.cell], x, scales=LOOP_STRENGTHS)
    states = swept["h"][:, 0].transpose(1, 2, 0).astype(np.float32)
    states.setflags(write=False)
    return states


@remember
def step_between_equals(settings: Settings, character: str) -> tuple[float, bool]:
    """‖h_2 − h_1‖₂ after the same character twice, and whether h_2 is 2 h_1 (which zeros are not counted as)."""
    h = reading(settings, 2 * character).trace.h
    moved = float(np.linalg.norm(h[1] - h[0]))
    return moved, moved > 0 and bool(np.allclose(h[1], 2 * h[0]))


@remember
def repetition(weights: str, seed: int, character: str, times: int = 20) -> pd.DataFrame:
    """cell, repetition (from 2), distance ‖h_t − h_{t−1}‖₂ while one character is read again and again."""
    rows = []
    for cell in CELLS:
        h = network(Settings.of(cell, weights, seed)).read(character * times).trace.h
        for k, distance in enumerate(np.linalg.norm(np.diff(h, axis=0), axis=1)):
            rows.append((cell, k + 2, float(distance)))
    return pd.DataFrame(rows, columns=["cell", "repetition", "distance"])


@remember
def prefix_difference(settings: Settings, text: str, cut: int) -> float:
    """The largest difference between the first `cut` states of the text and the states of the text cut there."""
    part, whole = reading(settings, text[:cut]).trace.h, reading(settings, text).trace.h
    return float(np.abs(part - whole[:cut]).max())


@remember
def columns_that_change(settings: Settings, text: str, other: str) -> tuple[int, ...]:
    """The steps at which the states of two equally long texts differ by more than rounding."""
    one, two = reading(settings, text).trace.h, reading(settings, other).trace.h
    return tuple(int(t) for t in np.flatnonzero(np.abs(one - two).max(axis=1) > 1e-12))


class HeldOut(NamedTuple):
    """What a network made of text that no training saw.

    ids: (time,)   h: (time, unit)   c_scale: what nine in ten values of |c| stay below in a text of the page's length;
    0 for a cell without c
    """

    ids: np.ndarray
    h: np.ndarray
    c_scale: float


@remember(most=16)
def held_out(settings: Settings) -> HeldOut:
    """Only what the page needs of it: the whole reading would take twenty times the memory."""
    read = network(settings).read(split(shakespeare())[1][:HELD_OUT])
    h = read.trace.h.astype(np.float32)
    h.setflags(write=False)
    c = read.trace.c
    return HeldOut(read.ids, h, 0.0 if c is None else float(np.quantile(np.abs(c[:LONGEST]), 0.9)))


@remember
def unit_responses(settings: Settings, unit: int) -> pd.DataFrame:
    """How a unit stands after each character of the held-out text; see `responses`."""
    read = held_out(settings)
    return responses(read.ids, read.h[:, unit])


@remember
def responses_drawn(settings: Settings, unit: int) -> tuple[Figure, str, str]:
    """The same as a figure, and the characters after which the unit's mean is the highest and the lowest."""
    table, tokens = unit_responses(settings, unit), network(settings).vocabulary.tokens
    labels = table.assign(token=[token_label(tokens[i]) for i in table["id"]])
    return figures.unit_responses(labels, symbol="h"), labels["token"].iloc[0], labels["token"].iloc[-1]


def state_scale(settings: Settings) -> dict[str, float]:
    """Where the colour scale of c ends for a trained network, whatever is typed: see `HeldOut`."""
    scale = held_out(settings).c_scale if settings.weights == "trained" else 0.0
    return {"c": scale} if scale else {}


def weight_scale(cell: str) -> float:
    """Where the colour scale of W_hh ends: the largest weight of the trained network of this cell, so that
    trained, random and zero weights are drawn on one scale."""
    return float(np.abs(character_model(cell).cell.weight_hh).max())
