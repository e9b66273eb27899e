"""What the lesson "Unrolling" computes: each by its settings, and each only once."""

import numpy as np
import pandas as pd

from rnnviz.tasks.text import shakespeare, split
from rnnviz.training.character_model import CELLS, CharacterModel, Reading, character_model

from .remember import remember

LOOP_STRENGTHS = tuple(round(0.1 * k, 1) for k in range(16))
HELD_OUT = 3_000


@remember
def network(cell: str, weights: str, seed: int) -> CharacterModel:
    """weights: "trained", "random" (from the seed) or "zero"."""
    trained = character_model(cell)
    return {"trained": lambda: trained, "random": lambda: trained.untrained(seed), "zero": trained.zeroed}[weights]()


@remember
def reading(cell: str, weights: str, seed: int, text: str) -> Reading:
    return network(cell, weights, seed).read(text)


@remember
def loop_sweep(cell: str, weights: str, seed: int, text: str) -> np.ndarray:
    """(strength, unit, time) the hidden state with W_hh multiplied by each of `LOOP_STRENGTHS`."""
    model = network(cell, weights, seed)
    return np.stack([model.with_loop(strength).read(text).trace.h.T for strength in LOOP_STRENGTHS])


@remember
def repetition(weights: str, seed: int, character: str, times: int = 20) -> pd.DataFrame:
    """cell, repetition (from 2), distance ‖h_t − h_{t−1}‖₂ while one character is read again and again."""
    rows = []
    for cell in CELLS:
        h = network(cell, weights, seed).read(character * times).trace.h
        for k, distance in enumerate(np.linalg.norm(np.diff(h, axis=0), axis=1)):
            rows.append((cell, k + 2, float(distance)))
    return pd.DataFrame(rows, columns=["cell", "repetition", "distance"])


@remember
def responses(cell: str, weights: str, seed: int, unit: int) -> pd.DataFrame:
    """How a unit stands after each character of text that the model was not trained on; see `Reading.responses`."""
    return reading(cell, weights, seed, split(shakespeare())[1][:HELD_OUT]).responses(unit)
