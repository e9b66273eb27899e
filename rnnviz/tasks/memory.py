"""Tasks of memory: something early in a long sequence decides what must be said late in it."""

from __future__ import annotations

import numpy as np

from .task import Batch, Option, Task, at_the_end, one_hot

COPIED, LETTERS = 10, 8
BLANK, RECALL_NOW = LETTERS, LETTERS + 1
NOISE = 4
RECALLED = 4


def draw_adding(generator: np.random.Generator, batch: int, length: int) -> Batch:
    """Two inputs a step: a number from 0 to 1, and a mark. One step of each half is marked; their sum is asked."""
    numbers = generator.uniform(0, 1, (batch, length)).astype(np.float32)
    half = length // 2
    places = np.stack([generator.integers(0, half, batch), generator.integers(half, length, batch)], axis=1)
    marks = np.zeros_like(numbers)
    np.put_along_axis(marks, places, 1.0, axis=1)
    y, asked = at_the_end(np.take_along_axis(numbers, places, axis=1).sum(axis=1), length)
    return Batch(np.stack([numbers, marks], axis=2), y, asked, asked.copy())


def draw_copy(generator: np.random.Generator, batch: int, length: int) -> Batch:
    """Ten letters of eight, `length` − 1 blanks, the sign to recall, and ten blanks during which the letters are said:
    length + 20 steps in all, at each of which an answer is asked for (blank, until then)."""
    letters = generator.integers(0, LETTERS, (batch, COPIED))
    time = length + 2 * COPIED
    read, y = np.full((batch, time), BLANK), np.full((batch, time), BLANK)
    read[:, :COPIED], y[:, -COPIED:] = letters, letters
    read[:, -COPIED - 1] = RECALL_NOW
    graded = np.zeros(y.shape, dtype=bool)
    graded[:, -COPIED:] = True
    return Batch(one_hot(read, LETTERS + 2), y, np.ones(y.shape, dtype=bool), graded)


def draw_order(generator: np.random.Generator, batch: int, length: int) -> Batch:
    """Noise of four letters, but for an X or a Y in the second tenth and another in the fifth: in which order?"""
    ids = generator.integers(2, 2 + NOISE, (batch, length))
    first, second = generator.integers(0, 2, (2, batch))
    rows = np.arange(batch)
    ids[rows, generator.integers(length // 10, 2 * length // 10, batch)] = first
    ids[rows, generator.integers(4 * length // 10, 5 * length // 10, batch)] = second
    y, asked = at_the_end(2 * first + second, length)
    return Batch(one_hot(ids, 2 + NOISE), y, asked, asked.copy())


def draw_recall(generator: np.random.Generator, batch: int, length: int) -> Batch:
    """One of four symbols, then noise of four others; the first is asked for at the end."""
    ids = generator.integers(RECALLED, RECALLED + NOISE, (batch, length))
    ids[:, 0] = generator.integers(0, RECALLED, batch)
    y, asked = at_the_end(ids[:, 0], length)
    return Batch(one_hot(ids, RECALLED + NOISE), y, asked, asked.copy())


ADDING = Task(
    name="Adding problem",
    asks="Add the two numbers that were marked, one in each half of the sequence.",
    needs="one number, kept unchanged to the end",
    hard="The first mark lies up to the whole length before the answer, and every step in between brings a number "
    "that must be ignored.",
    source="Hochreiter & Schmidhuber 1997, experiment 4; as in Arjovsky et al. 2016",
    inputs=2,
    classes=None,
    length=Option("Length T", 4, 500, 50),
    draw=draw_adding,
    chance=lambda length: 1 / 6,
    chance_formula=r"\mathrm{Var}(u_1 + u_2) = 2 \cdot \tfrac{1}{12} = \tfrac{1}{6}",
    chance_metric=lambda length: 1 - 0.96**2,
    tolerance=0.04,
)
COPY = Task(
    name="Copy memory",
    asks="Read ten letters, wait, and say them in their order when the sign comes.",
    needs="ten letters and their order, untouched while nothing happens",
    hard="Ten things must be kept, and until the sign comes nothing tells the network that it needs them still.",
    source="Hochreiter & Schmidhuber 1997; as in Arjovsky et al. 2016",
    inputs=LETTERS + 2,
    classes=LETTERS + 1,
    length=Option("Wait T", 1, 500, 30),
    draw=draw_copy,
    chance=lambda length: COPIED * np.log(LETTERS) / (length + 2 * COPIED),
    chance_formula=r"\frac{10 \ln 8}{T + 20}",
    chance_metric=lambda length: 1 / LETTERS,
    symbols=(*"ABCDEFGH", "·", "?"),
)
ORDER = Task(
    name="Temporal order",
    asks="Two letters, each an X or a Y, come far apart in noise. Which were they, and in which order?",
    needs="two bits: what came first, and what came then",
    hard="What counts is which of two equal letters came first, half a sequence before the answer.",
    source="Hochreiter & Schmidhuber 1997, experiment 6a; as in Pascanu et al. 2013",
    inputs=2 + NOISE,
    classes=4,
    length=Option("Length T", 10, 500, 50),
    draw=draw_order,
    chance=lambda length: np.log(4),
    chance_formula=r"\ln 4",
    chance_metric=lambda length: 1 / 4,
    symbols=("X", "Y", *"abcd"),
)
RECALL = Task(
    name="Delayed recall",
    asks="Name the symbol that stood at the very start.",
    needs="one of four symbols, kept through noise",
    hard="Everything after the first step is noise, and there is as much of it as you like.",
    source="after Hochreiter & Schmidhuber 1997, experiment 2a",
    inputs=RECALLED + NOISE,
    classes=RECALLED,
    length=Option("Delay T", 2, 500, 50),
    draw=draw_recall,
    chance=lambda length: np.log(RECALLED),
    chance_formula=r"\ln 4",
    chance_metric=lambda length: 1 / RECALLED,
    symbols=("A", "B", "C", "D", *"abcd"),
)
