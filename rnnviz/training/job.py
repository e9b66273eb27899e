"""One run in the registry of jobs: what has arrived of it, and what a page sees of that. No torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic
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
    resumes: the update after which it goes on if it is started again; 0: from the start
    ending: whether a run that was stopped is still to say how far it came
    """

    plan: Plan
    state: str
    record: Record
    position: int = 0
    queue: int = 0
    reason: str = ""
    resumes: int = 0
    ending: bool = False

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
    """What is known of one run; all changes are made under the registry's lock.

    earlier: the start of the same plan before this one, until this one is sent off   had: what that one had got to
    checkpoint: what the next start goes on from, with so many updates and seconds done   base: the seconds done before
    left: who pressed stop and does not wait for it any longer   since: when this start was asked for (monotonic)
    ending: until when (monotonic) the last message of a run that was stopped is waited for; None if it is not
    urgent: whether a page cannot go on without it, so that it goes before others that wait
    """

    plan: Plan
    owner: str
    number: int
    earlier: Job | None = None
    name: str = field(default_factory=lambda: uuid4().hex)
    state: str = "waiting"
    reason: str = ""
    seconds: float = 0.0
    worker: str | None = None
    future: Any = None
    looked: dict[str, float] = field(default_factory=dict)
    rows: list[np.ndarray] = field(default_factory=list)
    moments: list[tuple[Moment, np.ndarray]] = field(default_factory=list)
    had: Record | None = None
    checkpoint: tuple[bytes, int, float] | None = None
    base: float = 0.0
    ending: float | None = None
    urgent: bool = False
    left: set[str] = field(default_factory=set)
    since: float = field(default_factory=monotonic)

    @property
    def resumes(self) -> int:
        if self.earlier is not None:
            return self.earlier.resumes
        return 0 if self.checkpoint is None else self.checkpoint[1]

    def record(self) -> Record:
        """What has arrived; what an earlier start of the same plan had got to, until this one overtakes it."""
        if self.earlier is not None:
            return self.earlier.record()
        rows = self._rows()
        if self.had is not None and self.had.updates > len(rows) and self.state != "done":
            return self.had
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

    def take_over(self) -> bytes | None:
        """Go on where the earlier start ended: the checkpoint to send along, None where there is none."""
        before, self.earlier = self.earlier, None
        if before is None:
            return None
        self.had = before.record()
        if before.checkpoint is None:
            return None
        self.checkpoint = checkpoint, update, self.seconds = before.checkpoint
        self.base = self.seconds
        self.rows = [before._rows()[:update]]
        self.moments = [one for one in before.moments if one[0].update < update]
        return checkpoint

    def take(self, message: dict[str, Any]) -> None:
        from safetensors.numpy import load

        if message["rows"]:
            self.rows.append(np.frombuffer(message["rows"]).reshape(-1, len(results.COLUMNS)))
        for one in message["moments"]:
            self.moments.append((Moment(one["update"], load(one["tensors"])), np.frombuffer(one["reach"])))
        self.seconds = self.base + message["seconds"]
        if "checkpoint" in message:
            self.checkpoint = message["checkpoint"], message["update"], self.seconds

    def _rows(self) -> np.ndarray:
        if len(self.rows) > 1:
            self.rows = [np.concatenate(self.rows)]
        return self.rows[0] if self.rows else np.empty((0, len(results.COLUMNS)))
