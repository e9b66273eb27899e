"""Training runs outside the web process: started, watched, stopped, shared by all who ask for the same plan. No torch.

A page asks, and waits for `result` alone. One thread of ours speaks with the cluster. The registry is this module's
global.
"""

from __future__ import annotations

import atexit
import logging
import math
import os
import threading
from collections import OrderedDict
from dataclasses import replace
from itertools import count
from time import monotonic
from typing import Any
from uuid import uuid4

import numpy as np

from . import results
from .cluster import Cluster, UnreachableError
from .job import ACTIVE, Job, View
from .plan import Plan
from .results import Record

LEASE = 20.0
"""Seconds after which a run that nobody looked at is stopped."""
MOST_PER_OWNER = 3
TICK, WORKERS_EVERY = 0.1, 0.5
BEGINS, STARTS = 15.0, 10.0
"""Seconds that a run may wait for a process of its own, if somebody waits for the run: where there are processes, which
others' runs take up, and where they are to be started first."""
OVERDUE = 20.0
"""Seconds after which a run waits no longer behind those that a page waits for."""
LOST = 60.0
"""Seconds after a cluster was lost in which nobody is made to wait for it."""
REMEMBERED = 60
"""Ended runs that are held in memory."""
FORGOTTEN = 600.0
"""Seconds after which a run that was stopped or failed, and that nobody looked at since, cannot go on any longer."""
SETTLE = 2.0
"""Seconds that a run which was stopped has to say how far it came, once it has been told."""
WORKER_DIED = (
    "The process that trained this run has ended before the run did. It can go on from the last checkpoint that the "
    "process had sent, or from the start where there is none."
)


class TooManyError(ValueError):
    """One person's jobs are as many as are allowed: a sentence."""


class Jobs:
    """All runs of this process, one for each plan.

    lease: seconds after which a run that nobody looked at is stopped   address: of a scheduler, instead of RNNVIZ_DASK
    keeps: whether results are kept on the disk, and those that are there are not trained again
    """

    def __init__(self, *, lease: float = LEASE, address: str | None = None, keeps: bool = True) -> None:
        self.lease, self._address, self._keeps = lease, address, keeps
        self._wake = threading.Condition(threading.RLock())
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._read: OrderedDict[str, Record | None] = OrderedDict()
        self._dropped: list[tuple[Any, Job]] = []
        self._numbers = count()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._cluster: Cluster | None = None
        self._queue: Any = None
        self._workers: dict[str, int] = {}
        self._warmed: dict[str, Any] = {}
        self._asked = 0.0
        self._lost = -math.inf

    def start(self, plan: Plan, owner: str) -> View:
        """Train a plan, or join the run of an equal one that waits, runs or is kept. One that was stopped goes on.

        Raises TooManyError with a sentence where the owner has `MOST_PER_OWNER` runs that wait or run.
        """
        with self._wake:
            if plan.key in self._jobs:
                self._jobs[plan.key].left.discard(owner)
            seen = self.look(plan, owner)
            if seen is not None and seen.state not in ("stopped", "failed"):
                return seen
            mine = [job for job in self._jobs.values() if job.owner == owner and owner not in job.left]
            own = sum(job.state in ACTIVE for job in mine)
            if own >= MOST_PER_OWNER:
                raise TooManyError(
                    f"{own} of your runs wait or train already, and {MOST_PER_OWNER} are allowed at once."
                )
            earlier = self._jobs.pop(plan.key, None)
            if earlier is not None and earlier.earlier is not None:  # it was never sent off
                earlier = earlier.earlier
            job = Job(plan, owner, next(self._numbers), earlier)
            job.looked[owner] = monotonic()
            self._jobs[plan.key] = job
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="rnnviz-jobs", daemon=True)
                self._thread.start()
                atexit.register(self.close)
            self._wake.notify_all()
            return self._view(job)

    def look(self, plan: Plan, owner: str = "") -> View | None:
        """The plan's run as it stands, which renews its lease; None where there is none, nor one on the disk."""
        with self._wake:
            job = self._jobs.get(plan.key)
            if job is not None:
                if owner not in job.left:
                    job.looked[owner] = monotonic()
                return self._view(job)
            if plan.key not in self._read:
                self._read[plan.key] = results.kept(plan) if self._keeps else None
            self._read.move_to_end(plan.key)
            while len(self._read) > REMEMBERED:
                self._read.popitem(last=False)
            record = self._read[plan.key]
            return None if record is None else View(plan, record.state, record)

    def stop(self, plan: Plan, owner: str) -> bool:
        """Stop a run; what it had stays, and it can go on from there. False where someone else looks at it, for whom it
        trains on."""
        with self._wake:
            job = self._jobs.get(plan.key)
            if job is None or job.state not in ACTIVE:
                return True
            job.looked.pop(owner, None)
            job.left.add(owner)
            if any(monotonic() - seen < self.lease for seen in job.looked.values()):
                return False
            self._end(job, "stopped")
            self._wake.notify_all()
            return True

    def result(self, plan: Plan) -> Record | None:
        """The plan's run when it has ended, for who waits for it; None where it failed or was stopped, and where no
        process was free to begin it in time."""
        owner, since = uuid4().hex, monotonic()
        with self._wake:
            view = self.look(plan, owner)
            if view is None or view.state in ("stopped", "failed"):
                if since - self._lost < LOST:
                    return None
                self.start(plan, owner)
            while (job := self._jobs.get(plan.key)) is not None and job.state in ACTIVE:
                job.urgent = True
                if job.state == "waiting" and monotonic() - since > (BEGINS if self._workers else STARTS):
                    self._give_up(job, owner)
                    return None
                job.looked[owner] = monotonic()
                self._wake.wait(TICK)
            view = self.look(plan, owner)
        return view.record if view is not None and view.state in results.ENDED else None

    def _give_up(self, job: Job, owner: str) -> None:
        """Forget a run that has not begun, if nobody else wants it and it was not to go on from an earlier start."""
        job.urgent = False
        job.looked.pop(owner, None)
        if any(monotonic() - seen < self.lease for seen in job.looked.values()):
            return
        self._end(job, "stopped")
        if job.earlier is None:
            del self._jobs[job.plan.key]

    def close(self) -> None:
        """Stop everything and end the own cluster."""
        with self._wake:
            self._closed = True
            for job in self._jobs.values():
                if job.state in ACTIVE:
                    self._end(job, "stopped")
            self._wake.notify_all()
        if self._thread is not None:
            self._thread.join(timeout=10)
        if self._cluster is not None:
            self._cluster.close()
            self._cluster = None

    def _view(self, job: Job) -> View:
        line = self._line()
        position = line.index(job) + 1 if self._workers and job in line else 0
        ending = (job.earlier or job).ending is not None
        return View(job.plan, job.state, job.record(), position, len(line), job.reason, job.resumes, ending)

    def _line(self) -> list[Job]:
        """Those that wait, the next first: what a page waits for and what has waited for long, then the others. Among
        them owners take turns, as whoever has fewer runs under way or before it."""
        now = monotonic()
        ahead: dict[str, int] = {}
        for job in self._jobs.values():
            if job.future is not None:
                ahead[job.owner] = ahead.get(job.owner, 0) + 1
        ranked = []
        for job in sorted(self._jobs.values(), key=lambda job: job.number):
            if job.state == "waiting" and job.future is None:
                soon = job.urgent or now - job.since > OVERDUE
                ranked.append((not soon, ahead.get(job.owner, 0), job.number, job))
                ahead[job.owner] = ahead.get(job.owner, 0) + 1
        return [job for *_, job in sorted(ranked, key=lambda one: one[:3])]

    def _end(self, job: Job, state: str, reason: str = "") -> None:
        job.state, job.reason = state, reason
        if job.future is not None:
            self._dropped.append((job.future, job))
            job.future = None
            if state == "stopped" and job.worker is not None:
                job.ending = math.inf  # until it has been told

    def _known(self) -> list[Job]:
        """All jobs, and what those that wait go on from."""
        return [one for job in self._jobs.values() for one in (job.earlier, job) if one is not None]

    def _active(self) -> bool:
        return bool(self._dropped) or any(job.state in ACTIVE or job.ending for job in self._known())

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._active() and not self._closed:
                    self._wake.wait()
                if self._closed and not self._dropped:
                    return
            try:
                self._turn()
            except UnreachableError as error:
                self._fail_all(str(error))
            except Exception as error:  # the connection broke, in one of the many ways of a network
                logging.getLogger(__name__).warning("the cluster was lost", exc_info=True)
                self._fail_all(f"The cluster that trained was lost ({type(error).__name__}); start the run again.")
            with self._wake:
                if not self._closed:
                    self._wake.wait(TICK)

    def _turn(self) -> None:
        with self._wake:
            self._expire()
            dropped, self._dropped = self._dropped, []
        for future, job in dropped:
            future.cancel()
            if job.ending is not None:
                job.ending = monotonic() + SETTLE
        if self._closed or not self._active():
            return
        cluster = self._cluster or self._connect()
        if not cluster.reachable:
            raise OSError("not connected")
        self._take(self._queue.get(batch=True))
        with self._wake:
            for job in self._known():
                if job.ending is not None and monotonic() > job.ending:
                    job.ending = None
        if monotonic() - self._asked >= WORKERS_EVERY:
            workers, self._asked = cluster.workers(), monotonic()
            with self._wake:
                self._warmed = {one: self._warmed.get(one) or cluster.warm(one) for one in workers}
                self._workers = workers
                self._find_dead()
        self._dispatch(cluster)

    def _connect(self) -> Cluster:
        from distributed import Queue

        self._cluster = Cluster(self._address or os.environ.get("RNNVIZ_DASK") or None)
        self._queue = Queue(f"rnnviz-{uuid4().hex}", client=self._cluster.client)
        self._asked = 0.0
        return self._cluster

    def _expire(self) -> None:
        """Ends what nobody looked at, and forgets the oldest that have ended."""
        now = monotonic()
        for key, job in list(self._jobs.items()):
            looked = max(job.looked.values(), default=-np.inf)
            if now - looked > self.lease and job.state in ACTIVE:
                self._end(job, "stopped", "Nobody looked at this run for a while, so it was stopped.")
            if now - looked > self.lease and job.state in results.ENDED:
                del self._jobs[key]  # it is among those read
            elif now - max(looked, job.since) > FORGOTTEN and job.state not in ACTIVE:
                del self._jobs[key]
        ended = [key for key, job in self._jobs.items() if job.state not in ACTIVE]
        for key in ended[: max(0, len(ended) - REMEMBERED)]:
            del self._jobs[key]

    def _take(self, messages: list[dict[str, Any]]) -> None:
        finished = []
        with self._wake:
            heard = {job.name: job for job in self._known() if job.state in ACTIVE or job.ending}
            for message in messages:
                job = heard.get(message["job"])
                if job is None or not (job.state in ACTIVE or job.ending):
                    continue
                if "worker" in message:
                    if job.worker is not None:  # the cluster began it once more
                        self._end(job, "failed", WORKER_DIED)
                        continue
                    job.worker, job.state = message["worker"], "running"
                job.take(message)
                if "stopped" in message:
                    if job.state in ACTIVE:  # by somebody else's hand
                        self._end(job, "failed", WORKER_DIED)
                    job.ending = None
                if "state" in message:
                    finished.append((job, message["state"]))
        for job, state in finished:
            record = replace(job.record(), state=state)
            try:
                if self._keeps:
                    results.keep(record)
            except OSError:
                logging.getLogger(__name__).warning("a result could not be kept", exc_info=True)
            with self._wake:
                self._read[job.plan.key] = record
                job.ending = job.had = job.checkpoint = None
                known = self._jobs.get(job.plan.key)
                if known is not None and known.earlier is job:  # it had ended before it was to go on
                    job.looked |= known.looked
                    self._jobs[job.plan.key] = known = job
                if job.state in ACTIVE or known is job:  # it came before it was to stop
                    job.state, job.reason, job.future = state, "", None

    def _find_dead(self) -> None:
        for job in self._jobs.values():
            if job.state not in ACTIVE or job.future is None:
                continue
            if job.future.status == "error":
                error = job.future.exception()
                lost = "Killed" in type(error).__name__
                said = (str(error) or type(error).__name__).splitlines()[0][:200]
                job.checkpoint = job.checkpoint if lost else None  # it might be what failed
                self._end(job, "failed", WORKER_DIED if lost else f"The run could not be trained: {said}.")
            elif job.future.status in ("cancelled", "lost") or (job.worker and job.worker not in self._workers):
                self._end(job, "failed", WORKER_DIED)

    def _dispatch(self, cluster: Cluster) -> None:
        with self._wake:
            free = sum(self._workers.values())
            free -= sum(job.future is not None for job in self._jobs.values())
            line = [job for job in self._line() if job.earlier is None or not job.earlier.ending]
            for job in line[: max(0, free)]:
                plan, begun = results.settings(job.plan), job.take_over()
                job.future = cluster.submit(plan, self._queue.name, job.name, begun, key=f"rnnviz-{job.name}")

    def _fail_all(self, reason: str) -> None:
        with self._wake:
            self._lost = monotonic()
            for job in self._known():
                job.ending = None
                if job.state in ACTIVE:
                    job.state, job.reason, job.future = "failed", reason, None
            self._dropped.clear()
            cluster, self._cluster, self._queue = self._cluster, None, None
            self._workers, self._warmed = {}, {}
        if cluster is not None:
            cluster.close()


JOBS = Jobs()
start, look, stop, result = JOBS.start, JOBS.look, JOBS.stop, JOBS.result
