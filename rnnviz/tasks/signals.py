"""Tasks of prediction: what comes next, in a wave under noise and in a text."""

from __future__ import annotations

from functools import cache

import numpy as np

from .task import Batch, Option, Task, one_hot
from .text import Vocabulary, shakespeare, split

PERIODS = (8.0, 32.0)


def draw_sine(generator: np.random.Generator, batch: int, length: int, noise: int) -> Batch:
    """A sine of random period and phase under noise of `noise` hundredths: at each step, its next value is asked."""
    period = generator.uniform(*PERIODS, (batch, 1))
    phase = generator.uniform(0, 2 * np.pi, (batch, 1))
    wave = np.sin(2 * np.pi * np.arange(length + 1) / period + phase)
    seen = (wave + generator.normal(0, noise / 100, wave.shape)).astype(np.float32)
    asked = np.ones((batch, length), dtype=bool)
    return Batch(seen[:, :-1, None], seen[:, 1:], asked, asked.copy())


@cache
def vocabulary() -> Vocabulary:
    return Vocabulary.of(shakespeare())


@cache
def text_ids() -> np.ndarray:
    """The part of the plays that training may see, as ids."""
    ids = vocabulary().encode(split(shakespeare())[0])
    ids.setflags(write=False)
    return ids


def draw_characters(generator: np.random.Generator, batch: int, length: int) -> Batch:
    """Pieces of Shakespeare's plays: at each character, the next one is asked for."""
    starts = generator.integers(0, len(text_ids()) - length, batch)
    pieces = text_ids()[starts[:, None] + np.arange(length + 1)]
    asked = np.ones((batch, length), dtype=bool)
    return Batch(one_hot(pieces[:, :-1], len(vocabulary())), pieces[:, 1:], asked, asked.copy())


@cache
def frequencies() -> np.ndarray:
    """(vocabulary,) how often each character occurs in that part."""
    counts = np.bincount(text_ids(), minlength=len(vocabulary()))
    return counts / counts.sum()


def entropy(length: int) -> float:
    """The cross-entropy in nats of who knows how frequent each character is, and has read none."""
    p = frequencies()[frequencies() > 0]
    return float(-(p * np.log(p)).sum())


SINE = Task(
    name="Noisy sine",
    asks="A wave comes in, a value at a time and under noise. What is its next value?",
    needs="the wave's phase and period, better known than any one value says",
    hard="The last value alone does not say whether the wave rises or falls, and noise hides both.",
    source="a standard first example",
    inputs=1,
    classes=None,
    length=Option("Length T", 2, 200, 50),
    draw=draw_sine,
    chance=lambda length, noise: 1 / 2 + (noise / 100) ** 2,
    chance_formula=r"\tfrac{1}{2} + \sigma^2",
    chance_metric=lambda length, noise: float(np.sqrt(1 / 2 + (noise / 100) ** 2)),
    options={"noise": Option("Noise σ, hundredths", 0, 100, 10)},
)
CHARACTERS = Task(
    name="Next character",
    asks="Which character comes next in a play of Shakespeare's?",
    needs="the word so far, who speaks, and where in the line one is",
    hard="Much of it takes only the last few characters; each further bit of the loss needs a longer memory.",
    source="Karpathy 2015",
    inputs=len(vocabulary()),
    classes=len(vocabulary()),
    length=Option("Length T", 2, 200, 50),
    draw=draw_characters,
    chance=entropy,
    chance_formula=r"-\sum_k p_k \ln p_k",
    chance_metric=lambda length: float(frequencies().max()),
    symbols=vocabulary().tokens,
)
