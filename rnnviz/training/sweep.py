"""Many runs from a terminal, with the same jobs as the lesson's: as many at once as there are workers. No torch."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from time import sleep

from .job import View
from .jobs import WORKER_DIED, Jobs
from .plan import Plan
from .results import ENDED, Record

AT_ONCE = 100
"""So many runs are handed in before the first of them ends: more than there are workers."""
TRIES = 3
"""So often a run is started whose worker ends before it does."""
EVERY = 0.2


class SweepError(RuntimeError):
    """A run that could not be trained: a sentence."""


def sweep(
    plans: Sequence[Plan],
    report: Callable[[list[View]], None] = lambda views: None,
    *,
    found: dict[str, Record] | None = None,
) -> list[Record]:
    """Train all plans and return what they left, in their order: the numbers of `train`, bit for bit.

    report: called a few times a second with those that train and those that have just ended
    found: filled with what each left, by its plan's key, as it ends: so that it is not lost where others fail
    Nothing is read from the results that are kept, nor kept. Raises SweepError with a sentence, and stops all that
    still train, where one cannot be trained or the caller is interrupted.
    """
    jobs = Jobs(lease=math.inf, keeps=False)
    every = {plan.key: plan for plan in plans}
    left, under_way = list(every), dict[str, int]()
    found = {} if found is None else found
    try:
        while left or under_way:
            while left and len(under_way) < AT_ONCE:
                key = left.pop(0)
                jobs.start(every[key], owner=key)
                under_way[key] = 1
            sleep(EVERY)
            views = []
            for key in tuple(under_way):
                view = jobs.look(every[key], owner=key)
                assert view is not None, "a run that was started is known"
                views.append(view)
                if view.state in ENDED:
                    found[key] = view.record
                    del under_way[key]
                elif not view.active:
                    if under_way[key] == TRIES or view.reason != WORKER_DIED:
                        raise SweepError(view.reason)
                    under_way[key] += 1
                    jobs.start(view.plan, owner=key)
            report([view for view in views if view.state != "waiting"])
    finally:
        jobs.close()
    return [found[plan.key] for plan in plans]
