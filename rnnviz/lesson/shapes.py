"""One to many, many to one, many to many: a character model used in each of these ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rnnviz.figures.shapes import Step
from rnnviz.training.character_model import CharacterModel, Reading, character_model

from .remember import remember
from .words import token_label

CELL = "LSTM"
READ, WRITTEN, READ_BEFORE = 12, 11, 7
"""Characters that fit a picture: read, written after one, and read before others are written."""
SHAPES = ("one to many", "many to one", "many to many, in step", "many to many, after reading")


@dataclass(frozen=True, eq=False)
class Use:
    """One way of using a network.

    steps: what goes in and comes out   reading: what the network computed on all of these inputs
    given: the characters that it was given   chosen: the ids that it wrote
    """

    steps: tuple[Step, ...]
    reading: Reading
    given: str
    chosen: np.ndarray


def cooled(p: np.ndarray, temperature: float) -> np.ndarray:
    r"""Probabilities at a temperature (Ackley, Hinton & Sejnowski 1985): 1 leaves them, 0 takes the likeliest.

    .. math::
        q_k = p_k^{1 / \tau} \Big/ \sum_j p_j^{1 / \tau}

    p: (classes,)   Raises ValueError for a temperature below 0.
    """
    if temperature < 0:
        raise ValueError(f"temperature must be at least 0, not {temperature!r}")
    if temperature == 0:
        return np.eye(len(p))[p.argmax()]
    with np.errstate(divide="ignore", over="ignore"):
        log = np.log(p) / temperature
    q = np.exp(log - log.max())
    return q / q.sum()


def write(model: CharacterModel, ids: np.ndarray, count: int, temperature: float, seed: int) -> np.ndarray:
    """Read ids (time,), then choose `count` characters, each read before the next is chosen. -> (count,) the chosen."""
    generator = np.random.default_rng(seed)
    x, chosen = model.vocabulary.one_hot(ids), []
    state: dict[str, Any] = {}
    for _ in range(count):
        trace = model.cell.run(x, **state)
        q = cooled(model.readout.run(trace.h[-1:])[0], temperature)
        chosen.append(int(generator.choice(len(q), p=q)))
        state = {"h0": trace.h[-1]} | ({"c0": trace.c[-1]} if trace.c is not None else {})
        x = model.vocabulary.one_hot(np.array(chosen[-1:]))
    return np.array(chosen, dtype=int)


@remember
def uses(text: str, temperature: float, seed: int) -> dict[str, Use]:
    """The trained network in each of `SHAPES`, on the beginning of the text."""
    model = character_model(CELL)
    ids = model.vocabulary.encode(text)
    tokens = [token_label(token) for token in model.vocabulary.tokens]

    def use(given: int, count: int, says: str) -> Use:
        chosen = write(model, ids[:given], count, temperature, seed)
        fed = np.concatenate([ids[:given], chosen[:-1]])  # the last one written is read by nobody
        trace = model.cell.run(model.vocabulary.one_hot(fed))
        p = model.readout.run(trace.h)
        steps = []
        for t, token in enumerate(fed):
            if count and t >= given - 1:
                out = chosen[t - given + 1]
            else:
                out = p[t].argmax() if says == "all" or (says == "last" and t == len(fed) - 1) else None
            said = {} if out is None else {"output": tokens[out], "p": float(p[t, out])}
            steps.append(Step(tokens[token], fed=t >= given, **said))
        return Use(tuple(steps), Reading(text[:given], fed, trace, p), text[:given], chosen)

    before = min(len(ids), READ_BEFORE)
    return dict(
        zip(
            SHAPES,
            (
                use(1, WRITTEN, ""),
                use(min(len(ids), READ), 0, "last"),
                use(min(len(ids), READ), 0, "all"),
                use(before, READ - READ_BEFORE + 1, ""),
            ),
            strict=True,
        )
    )
