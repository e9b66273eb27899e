"""What a task is: sequences to read, the answers that are asked for, and what pure guessing comes to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Concatenate

import numpy as np

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class Batch:
    """Examples of a task.

    x: (batch, time, inputs) float32   y: (batch, time) the answers, int64 classes or float32 numbers
    asked: (batch, time) bool, the steps whose answer the loss counts; elsewhere y is 0
    graded: (batch, time) bool, the steps that the metric counts: those asked, or only the ones that matter
    """

    x: Array
    y: Array
    asked: Array
    graded: Array

    def __post_init__(self) -> None:
        for value in (self.x, self.y, self.asked, self.graded):
            value.setflags(write=False)


@dataclass(frozen=True)
class Option:
    """A difficulty that a person can set: a whole number from `least` to `most`."""

    label: str
    least: int
    most: int
    default: int


Draw = Callable[Concatenate[np.random.Generator, int, int, ...], Batch]
"""(generator, batch, length, and the task's own options by name)"""


@dataclass(frozen=True)
class Task:
    """A task in the table `TASKS`.

    asks: what the network must do, in a sentence   needs: what its state must hold for that
    hard: why it is hard   source: where it comes from
    inputs: numbers a step   classes: how many answers there are, None where the answer is a number
    length: what a person can set as the sequence's length   options: difficulty by name
    draw: seeded examples   chance: the loss of the best answer that has not read the sequence, in nats or squared
    units, as a function of length and options; chance_formula: the same in LaTeX
    chance_metric: the best metric without having read it
    tolerance: for numbers, how far from the answer still counts as right; None where the metric is the root mean
    square error
    """

    name: str
    asks: str
    needs: str
    hard: str
    source: str
    inputs: int
    classes: int | None
    length: Option
    draw: Draw
    chance: Callable[..., float]
    chance_formula: str
    chance_metric: Callable[..., float]
    options: Mapping[str, Option] = field(default_factory=dict)
    tolerance: float | None = None
    symbols: tuple[str, ...] | None = None
    """What each one-hot input stands for; None where the inputs are numbers."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "options", MappingProxyType(dict(self.options)))

    @property
    def metric_name(self) -> str:
        if self.classes is None and self.tolerance is None:
            return "root mean square error"
        within = "" if self.tolerance is None else f" (within {self.tolerance:g})"
        return f"share of right answers{within}"

    @property
    def higher_is_better(self) -> bool:
        return self.classes is not None or self.tolerance is not None

    def examples(self, seed: Any, *, batch: int, length: int, **options: int) -> Batch:
        """Seeded examples, the same for the same arguments.

        seed: what `numpy.random.default_rng` takes   Raises ValueError on a length or an option out of range.
        """
        if isinstance(batch, bool) or not isinstance(batch, int) or batch < 1:
            raise ValueError(f"batch must be a whole number of at least 1, not {batch!r}")
        return self.draw(np.random.default_rng(seed), batch, length, **self.settings(length, options))

    def settings(self, length: int, options: Mapping[str, int]) -> dict[str, int]:
        """All options, checked together with the length; those left out have their defaults."""
        unknown = set(options) - set(self.options)
        if unknown:
            raise ValueError(
                f"{self.name} has no option {sorted(unknown)[0]!r}; it has {', '.join(self.options) or 'none'}"
            )
        values = {name: options.get(name, option.default) for name, option in self.options.items()}
        allowed = {"length": self.length} | dict(self.options)
        for name, value in {"length": length, **values}.items():
            least, most = allowed[name].least, allowed[name].most
            if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
                raise ValueError(f"{name} of {self.name} must be a whole number from {least} to {most}, not {value!r}")
        return values

    def metric(self, answers: Array, batch: Batch) -> float:
        """How good the answers are, over the graded steps.

        answers: (batch, time) classes or numbers -> a share in [0, 1], or a root mean square error
        """
        given, right = answers[batch.graded], batch.y[batch.graded]
        if self.classes is not None:
            return float((given == right).mean())
        distance = np.abs(given - right)
        return float((distance < self.tolerance).mean() if self.tolerance else np.sqrt((distance**2).mean()))


def one_hot(ids: Array, size: int) -> Array:
    """ids: (batch, time) -> (batch, time, size) float32"""
    return np.eye(size, dtype=np.float32)[ids]


def at_the_end(answers: Array, length: int) -> tuple[Array, Array]:
    """Answers (batch,) asked for at the last step alone, as (batch, length), and where they are asked."""
    y = np.zeros((len(answers), length), dtype=answers.dtype)
    y[:, -1] = answers
    asked = np.zeros(y.shape, dtype=bool)
    asked[:, -1] = True
    return y, asked
