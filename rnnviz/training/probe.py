r"""How far back a network's loss reaches, on one fixed sequence: ‖∂L/∂h_t‖₂ at every step t of the task's probe."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from rnnviz.engine import Trace
from rnnviz.engine.flow import log_totals
from rnnviz.tasks.task import Batch

from .plan import Plan
from .run import Moment

SEED = (20, 26)
"""The probe is the same for every cell, seed and moment of a task at one length, and training does not see it; of a
series, which has no more values than are learned from, it is one of their windows."""


@lru_cache(maxsize=64)
def _example(task: str, length: int, options: tuple[tuple[str, int], ...], values: tuple[float, ...]) -> Batch:
    plan = Plan(task=task, length=length, options=options, values=values)
    return plan.of_task.examples(SEED, batch=1, length=length, **dict(options))


def probe(plan: Plan) -> Batch:
    """The one sequence, as a batch of 1."""
    return _example(plan.task, plan.length, plan.options, plan.values)


class Reading(NamedTuple):
    """The probe, read. said: (time, outputs) what the output layer says at each step

    losses: (time,) L_t, the step's share of L, NaN where nothing is asked
    dh: (time, hidden) ∂L/∂h_t by way of the output at t alone
    """

    trace: Trace
    said: np.ndarray
    losses: np.ndarray
    dh: np.ndarray


def reading(plan: Plan, moment: Moment) -> Reading:
    r"""What the network computes on the probe, and its loss there.

    .. math::
        L &= \sum_t L_t, \quad L_t = \tfrac1n (\hat y_t - y_t)^2 \quad\text{or}\quad
             L_t = -\tfrac1n \ln p_t(y_t) \quad \text{for the $n$ steps that are asked} \\
        \partial L / \partial \hat y_t &= \tfrac2n (\hat y_t - y_t) \quad\text{or}\quad \tfrac1n (p_t - 1_{y_t})
    """
    batch = probe(plan)
    readout = moment.readout()
    with np.errstate(all="ignore"):
        trace = moment.cell(plan).run(batch.x[0])
        said = trace.h @ readout.weight.T + readout.bias
        y, asked = batch.y[0], batch.asked[0]
        if plan.of_task.classes is None:
            losses = (said[:, 0] - y) ** 2
            gradient = 2 * (said - y[:, None])
        else:
            above = said - said.max(axis=1, keepdims=True)
            p = np.exp(above)
            total = p.sum(axis=1, keepdims=True)
            losses = np.log(total[:, 0]) - above[np.arange(len(y)), y]
            gradient = p / total - np.eye(plan.outputs)[y]
        gradient = np.where(asked[:, None], gradient, 0.0) / asked.sum()
        losses = np.where(asked, losses, np.nan) / asked.sum()
        return Reading(trace, said, losses, gradient @ readout.weight)


def reach(plan: Plan, moment: Moment) -> np.ndarray:
    """(time,) log10 ‖∂L/∂h_t‖₂ through all later steps, -inf for exactly 0; all NaN where numbers have ended.

    (0,) for a convolution, which has no h_t that a later step reads.
    """
    if plan.cell == "conv":
        return np.empty(0)
    try:
        read = reading(plan, moment)
        if np.isfinite(read.trace.h).all() and np.isfinite(read.dh).all():
            return log_totals(read.trace, read.dh)
    except ValueError:  # the engine takes no weight that is not a number
        pass
    return np.full(probe(plan).x.shape[1], np.nan)
