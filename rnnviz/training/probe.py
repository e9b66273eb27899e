r"""How far back a network's loss reaches, on one fixed sequence: ‖∂L/∂h_t‖₂ at every step t of the task's probe."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from rnnviz.engine import Trace
from rnnviz.engine.flow import flow
from rnnviz.tasks.task import Batch

from .plan import Plan
from .run import Moment

SEED = (20, 26)
"""The probe is the same for every cell, seed and moment of a task at one length, and training does not see it."""


@lru_cache(maxsize=64)
def _example(task: str, length: int, options: tuple[tuple[str, int], ...]) -> Batch:
    return Plan(task=task, length=length, options=options).of_task.examples(
        SEED, batch=1, length=length, **dict(options)
    )


def probe(plan: Plan) -> Batch:
    """The one sequence, as a batch of 1."""
    return _example(plan.task, plan.length, plan.options)


def reading(plan: Plan, moment: Moment) -> tuple[Trace, np.ndarray]:
    r"""What the network computes on the probe, and dh: (time, hidden), ∂L/∂h_t by way of the output at t alone.

    .. math::
        L &= \tfrac1n \sum_{t\ \text{asked}} (\hat y_t - y_t)^2 \quad\text{or}\quad
             \tfrac1n \sum_{t\ \text{asked}} -\ln p_t(y_t) \\
        \partial L / \partial \hat y_t &= \tfrac2n (\hat y_t - y_t) \quad\text{or}\quad \tfrac1n (p_t - 1_{y_t})
    """
    batch = probe(plan)
    readout = moment.readout()
    with np.errstate(all="ignore"):
        trace = moment.cell(plan).run(batch.x[0])
        said = trace.h @ readout.weight.T + readout.bias
        y, asked = batch.y[0], batch.asked[0]
        if plan.of_task.classes is None:
            gradient = 2 * (said - y[:, None])
        else:
            p = np.exp(said - said.max(axis=1, keepdims=True))
            p /= p.sum(axis=1, keepdims=True)
            gradient = p - np.eye(plan.outputs)[y]
        gradient = np.where(asked[:, None], gradient, 0.0) / asked.sum()
        return trace, gradient @ readout.weight


def reach(plan: Plan, moment: Moment) -> np.ndarray:
    """(time,) log10 ‖∂L/∂h_t‖₂ through all later steps, -inf for exactly 0; all NaN where numbers have ended."""
    try:
        trace, dh = reading(plan, moment)
        if np.isfinite(trace.h).all() and np.isfinite(dh).all():
            return flow(trace, dh).total
    except ValueError:  # the engine takes no weight that is not a number
        pass
    return np.full(probe(plan).x.shape[1], np.nan)
