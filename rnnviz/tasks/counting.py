"""Tasks of counting: the state must change by the right amount at every single step."""

from __future__ import annotations

import numpy as np

from .task import Batch, Option, Task, one_hot

OPEN, CLOSE = 0, 1


def draw_parity(generator: np.random.Generator, batch: int, length: int) -> Batch:
    """A stream of bits; after each one: is the number of ones so far odd?"""
    bits = generator.integers(0, 2, (batch, length))
    asked = np.ones(bits.shape, dtype=bool)
    graded = np.zeros_like(asked)
    graded[:, -1] = True
    return Batch(bits[:, :, None].astype(np.float32), bits.cumsum(axis=1) % 2, asked, graded)


def draw_brackets(generator: np.random.Generator, batch: int, length: int, depth: int) -> Batch:
    """Brackets that open and close, each with the same chance where both can come; after each: how many are open?"""
    ids, y = np.empty((2, batch, length), dtype=int)
    level = np.zeros(batch, dtype=int)
    for t in range(length):
        closes = np.where(level == 0, False, np.where(level == depth, True, generator.random(batch) < 0.5))
        level = level + np.where(closes, -1, 1)
        ids[:, t], y[:, t] = closes, level
    asked = np.ones(y.shape, dtype=bool)
    return Batch(one_hot(ids, 2), y.astype(np.float32), asked, asked.copy())


def levels(length: int, depth: int) -> np.ndarray:
    """(time, depth + 1): how likely each number of open brackets is after each step."""
    move = np.zeros((depth + 1, depth + 1))
    for level in range(depth + 1):
        open_chance = 1.0 if level == 0 else 0.0 if level == depth else 0.5
        if level < depth:
            move[level, level + 1] = open_chance
        if level > 0:
            move[level, level - 1] = 1 - open_chance
    found, p = np.empty((length, depth + 1)), np.eye(depth + 1)[0]
    for t in range(length):
        found[t] = p = p @ move
    return found


def guess(length: int, depth: int) -> float:
    """The mean squared error of who knows the step but has read no bracket: the variance, averaged over the steps."""
    p, level = levels(length, depth), np.arange(depth + 1)
    return float((p @ level**2 - (p @ level) ** 2).mean())


def guessed_right(length: int, depth: int) -> float:
    """How often the likeliest number of open brackets at each step is the right one."""
    return float(levels(length, depth).max(axis=1).mean())


PARITY = Task(
    name="Parity",
    asks="Is the number of ones so far odd or even?",
    needs="one bit, which every one that is read must flip",
    hard="A single mistake turns all that follows around, and half of the inputs change nothing: what a network "
    "learns from its first steps is no better than guessing.",
    source="Hochreiter & Schmidhuber 1997, section 4",
    inputs=1,
    classes=2,
    length=Option("Length T", 2, 200, 20),
    draw=draw_parity,
    chance=lambda length: np.log(2),
    chance_formula=r"\ln 2",
    chance_metric=lambda length: 1 / 2,
)
BRACKETS = Task(
    name="Bracket depth",
    asks="How many brackets are open?",
    needs="a counter that goes up and down",
    hard="A state in (−1, 1) must count in ever smaller steps; a cell state need not.",
    source="after Gers & Schmidhuber 2001 (aⁿbⁿ) and Weiss et al. 2018",
    inputs=2,
    classes=None,
    length=Option("Length T", 2, 200, 40),
    draw=draw_brackets,
    chance=guess,
    chance_formula=r"\frac{1}{T} \sum_t \mathrm{Var}(d_t)",
    chance_metric=guessed_right,
    options={"depth": Option("Deepest level", 2, 50, 10)},
    tolerance=0.5,
    symbols=("(", ")"),
)
