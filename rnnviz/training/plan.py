"""What one training run is: everything that decides its numbers, checked once. No torch."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from hashlib import sha256
from json import dumps
from typing import Any

from rnnviz.tasks.catalogue import TASKS
from rnnviz.tasks.forecasting import task_of
from rnnviz.tasks.task import Task

from . import convolution

CELLS = {
    "elman": "Elman, tanh",
    "elman-relu": "Elman, ReLU",
    "irnn": "Elman, ReLU, identity start",
    "gru": "GRU",
    "lstm": "LSTM",
    "conv": "Causal convolution",
}
"""Key -> name. The identity start is Le, Jaitly & Hinton 2015's: W_hh the identity, biases 0, W_ih small. The
convolution has no state: hidden_size counts its channels, see `convolution`."""
BLOCKS = {"elman": 1, "elman-relu": 1, "irnn": 1, "gru": 3, "lstm": 4}
OPTIMISERS = ("adam", "rmsprop", "sgd")
CLIPS = ("off", "norm", "value")
MOST = {"hidden_size": 256, "batch_size": 512, "updates": 20_000, "seed": 2**32 - 1}
SERIES = "series"
"""The task beside those of `TASKS` that is made of the plan's own `values`."""
VALUES = (3, 5_000)


@dataclass(frozen=True)
class Plan:
    """One run. The same plan gives the same numbers on the same machine and torch build.

    task: a key of `TASKS`, or `SERIES`   length: None for the task's own   options: the task's, as (name, value) pairs
    cell: a key of `CELLS`   forget_bias: what an LSTM's forget gate adds in total at the start
    momentum: for "sgd" alone   clip: "off", by "norm" or by "value", at `threshold`
    values: for `SERIES` alone, the scaled values that are learned from; its length is the window
    Raises ValueError with the value and what is allowed.
    """

    task: str = "adding"
    cell: str = "lstm"
    length: int = None  # type: ignore[assignment]  # a made plan has one
    options: tuple[tuple[str, int], ...] = ()
    hidden_size: int = 32
    optimiser: str = "adam"
    learning_rate: float = 0.01
    momentum: float = 0.9
    batch_size: int = 64
    updates: int = 600
    clip: str = "norm"
    threshold: float = 1.0
    forget_bias: float = 1.0
    seed: int = 0
    values: tuple[float, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        for name, allowed in (("task", (*TASKS, SERIES)), ("cell", CELLS), ("optimiser", OPTIMISERS), ("clip", CLIPS)):
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name} must be one of {', '.join(allowed)}, not {getattr(self, name)!r}")
        for name, most in MOST.items():
            value, least = getattr(self, name), 0 if name == "seed" else 1
            if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
                raise ValueError(f"{name} must be a whole number from {least} to {most:,}, not {value!r}")
        for name in ("learning_rate", "threshold"):
            if not 0 < getattr(self, name) < math.inf:
                raise ValueError(f"{name} must be a finite number above 0, not {getattr(self, name)!r}")
        if not 0 <= self.momentum < 1:
            raise ValueError(f"momentum must be at least 0 and below 1, not {self.momentum!r}")
        if not math.isfinite(self.forget_bias):
            raise ValueError(f"forget_bias must be a finite number, not {self.forget_bias!r}")
        object.__setattr__(self, "values", _series_values(self.values, self.task))
        if self.length is None:
            object.__setattr__(self, "length", self.of_task.length.default)
        options = self.of_task.settings(self.length, dict(self.options))
        object.__setattr__(self, "options", tuple(sorted(options.items())))

    @property
    def of_task(self) -> Task:
        return task_of(self.values) if self.task == SERIES else TASKS[self.task]

    @property
    def outputs(self) -> int:
        """Numbers that the network says at each step: one for each class, or the one that is asked for."""
        return self.of_task.classes or 1

    @property
    def parameters(self) -> int:
        """Numbers that are learned: the arrays of the cell, or of the convolution, and 2 of the output."""
        inputs, H = self.of_task.inputs, self.hidden_size
        output = self.outputs * (H + 1)
        if self.cell == "conv":
            return convolution.parameters(inputs, H) + output
        return BLOCKS[self.cell] * H * (inputs + H + 2) + output

    @property
    def chance(self) -> float:
        """The loss of the best answer that has not read the sequence."""
        return float(self.of_task.chance(self.length, **dict(self.options)))

    @cached_property
    def key(self) -> str:
        """A name for the plan's results: equal for equal plans, also where a setting without effect differs."""
        counts = {one.name: getattr(self, one.name) for one in fields(self)}
        if self.optimiser != "sgd":
            del counts["momentum"]
        if self.clip == "off":
            del counts["threshold"]
        if self.cell != "lstm":
            del counts["forget_bias"]
        if self.task != SERIES:
            del counts["values"]
        return sha256(dumps(counts, sort_keys=True).encode()).hexdigest()[:16]

    def with_parameters_of(self, other: Plan) -> Plan:
        """This plan with the hidden size whose number of parameters comes nearest to the other's."""
        sizes = range(1, MOST["hidden_size"] + 1)
        return replace(
            self,
            hidden_size=min(sizes, key=lambda H: abs(replace(self, hidden_size=H).parameters - other.parameters)),
        )

    @classmethod
    def of(cls, settings: dict[str, Any]) -> Plan:
        """A plan from settings by name; a name that is none of its own is taken for an option of the task."""
        own = {one.name for one in fields(cls)}
        options = {name: value for name, value in settings.items() if name not in own}
        return cls(**{name: value for name, value in settings.items() if name in own}, options=tuple(options.items()))


def _series_values(values: Any, task: str) -> tuple[float, ...]:
    if task != SERIES:
        if values:
            raise ValueError(f"values are for the task {SERIES!r} alone; {task!r} draws its own")
        return ()
    least, most = VALUES
    if not least <= len(values) <= most:
        raise ValueError(f"values must be {least} to {most:,} numbers, not {len(values):,}")
    numbers = tuple(float(value) for value in values)
    if not all(map(math.isfinite, numbers)):
        raise ValueError(f"values must be finite, not {next(one for one in numbers if not math.isfinite(one))}")
    return numbers
