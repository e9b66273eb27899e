"""One run in the registry of jobs: what has arrived of it, and what a page sees of that. No torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import numpy as np

from . import results
from .plan import Plan
from .results import Record
from .run import Moment

ACTIVE = ("waiting", "running")


@dataclass(frozen=True, eq=False)
class View:
    """A run as it stands.

    state: "waiting", "running", "done" (all updates), "died" (a loss or a gradient was no number), "stopped" (told to,
    or nobody looked) or "failed"   reason: a sentence on why, for the last two
    position: of the `queue` that wait, from 1; 0 where its process is just starting
    """

    plan: Plan
    state: str
    record: Record
    position: int = 0
    queue: int = 0
    reason: str = ""

    @property
    def active(self) -> bool:
        return self.state in ACTIVE

    @property
    def left(self) -> float | None:
        """Seconds until the end at the pace so far; None where no pace is known."""
        if not self.record.updates or not self.record.seconds:
            return None
        return self.record.seconds / self.record.updates * (self.plan.updates - self.record.updates)


@dataclass(eq=False)
class Job:
    """What is known of one run; all changes are made under the registry's lock."""

    plan: Plan
    owner: str
    number: int
    earlier: Record | None
    name: str = field(default_factory=lambda: uuid4().hex)
    state: str = "waiting"
    reason: str = ""
    seconds: float = 0.0
    worker: str | None = None
    future: Any = None
    looked: dict[str, float] = field(default_factory=dict)
    rows: list[np.ndarray] = field(default_factory=list)
    moments: list[tuple[Moment, np.ndarray]] = field(default_factory=list)

    def record(self) -> Record:
        """What has arrived; what an earlier start of the same plan had got to, until this one overtakes it."""
        if len(self.rows) > 1:
            self.rows = [np.concatenate(self.rows)]
        rows = self.rows[0] if self.rows else np.empty((0, len(results.COLUMNS)))
        if self.earlier is not None and self.earlier.updates > len(rows) and self.state != "done":
            return self.earlier
        reach = np.array([found for _, found in self.moments])
        return Record(
            self.plan,
            rows,
            np.array([moment.update for moment, _ in self.moments], dtype=int),
            reach if len(reach) else np.empty((0, 0)),
            tuple(moment for moment, _ in self.moments),
            self.seconds,
            self.state,
        )

    def take(self, message: dict[str, Any]) -> None:
        from safetensors.numpy import load

        if message["rows"]:
            self.rows.append(np.frombuffer(message["rows"]).reshape(-1, len(results.COLUMNS)))
        for one in message["moments"]:
            self.moments.append((Moment(one["update"], load(one["tensors"])), np.frombuffer(one["reach"])))
        self.seconds = message["seconds"]
