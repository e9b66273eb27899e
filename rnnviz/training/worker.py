"""What runs in a worker's process: one plan, whose snapshots go to the channel a few times a second."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from time import perf_counter
from typing import Any

import numpy as np

EVERY, CHECKPOINT_EVERY = 0.2, 2.0
"""Seconds between two messages, and between two checkpoints, for the day that this process ends before the run."""


class Post:
    """Sends what has come together. The training does not wait for a message to arrive: while one is under way, what
    follows is gathered for the next."""

    def __init__(self, channel: str, job: str) -> None:
        from distributed import Queue, get_client

        self.client = get_client()
        self.loop: Any = self.client.loop
        self.queue = Queue(channel, client=self.client)
        self.job = job
        self.rows: list[tuple[float, ...]] = []
        self.moments: list[dict[str, Any]] = []
        self.under_way: Future[Any] | None = None
        self.last = 0.0

    def due(self) -> bool:
        arrived = self.under_way is None or self.under_way.done()
        return arrived and perf_counter() - self.last >= EVERY

    def send(self, seconds: float, **more: Any) -> None:
        if self.under_way is not None:
            self.under_way.result()
        message = {"job": self.job, "rows": np.array(self.rows, dtype=np.float64).tobytes(), "seconds": seconds}
        message |= {"moments": self.moments, **more}
        self.rows, self.moments, self.last = [], [], perf_counter()
        self.under_way = asyncio.run_coroutine_threadsafe(self.queue._put(message), self.loop.asyncio_loop)

    def close(self, seconds: float, **last: Any) -> None:
        self.send(seconds, **last)
        assert self.under_way is not None
        self.under_way.result()
        self.queue.close()


def work(settings: dict[str, Any], channel: str, job: str, begun: bytes | None = None) -> None:
    """Train a plan, as `Plan.of` takes it, until it ends or nobody wants its result any longer.

    begun: a checkpoint to go on from; the last message of a run that was told to stop holds the next one
    """
    from distributed import get_worker
    from safetensors.numpy import save

    from . import checkpoint
    from .language_model import one_thread
    from .plan import Plan
    from .probe import reach
    from .run import Learner, Moment, steps

    worker = get_worker()
    task = worker.get_current_task()

    def wanted() -> bool:
        """Read from the worker's own memory: asking costs nothing, so every update asks."""
        known = worker.state.tasks.get(task)
        return known is not None and known.state != "cancelled"

    def reached() -> dict[str, Any]:
        return {"checkpoint": checkpoint.save(learner), "update": learner.update}

    plan = Plan.of(settings)
    post = Post(channel, job)
    post.send(0.0, worker=worker.address)
    seconds, state, saved = 0.0, "done", perf_counter()
    with one_thread():
        learner = Learner.of(plan, begun)
        run = steps(plan, learner)
        while True:
            start = perf_counter()
            made = next(run, None)
            seconds += perf_counter() - start
            if made is None:
                break
            if isinstance(made, Moment):
                found = reach(plan, made)
                post.moments.append({"update": made.update, "tensors": save(made.tensors), "reach": found.tobytes()})
            else:
                post.rows.append(made[1:])
                state = "died" if made.died else state
            if state != "died" and not wanted():
                post.close(seconds, **reached(), stopped=True)
                return
            if post.due() or (made.update == 1 and post.rows):  # the first point as soon as there is one
                kept = {}
                if perf_counter() - saved >= CHECKPOINT_EVERY and state != "died":
                    kept, saved = reached(), perf_counter()
                post.send(seconds, **kept)
    post.close(seconds, state=state)


def warm() -> None:
    """What a process does but once, some seconds' worth: loads torch and what its optimisers load when they begin."""
    from .plan import Plan
    from .run import steps

    for _ in steps(Plan(hidden_size=1, length=4, batch_size=1, updates=2)):
        pass
