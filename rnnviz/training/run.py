"""One training run of a plan, update by update, with torch's own fused layers."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Lock
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from rnnviz.engine import GRU, LSTM, Cell, Elman, Readout
from rnnviz.tasks.task import Batch

from . import checkpoint as checkpoints
from . import convolution
from .language_model import one_thread
from .plan import Plan

if TYPE_CHECKING:
    from torch import nn
    from torch.optim import Optimizer

MOMENTS = 30
_drawing = Lock()
"""torch draws weights from a generator that all threads share."""
COLUMNS = ("task", "cell", "length", "seed", "update", "loss", "metric", "grad_norm", "applied_norm")


@dataclass(frozen=True, eq=False)
class Moment:
    """The network before an update (from 0). tensors: its state_dict, as float32 arrays."""

    update: int
    tensors: dict[str, np.ndarray]

    def cell(self, plan: Plan) -> Cell:
        """The engine's cell with these weights. Raises ValueError for a convolution, which is none."""
        if plan.cell == "conv":
            raise ValueError("a causal convolution is no cell: it has no state")
        if plan.cell == "gru":
            return GRU.from_state_dict(self.tensors)
        if plan.cell == "lstm":
            return LSTM.from_state_dict(self.tensors)
        return Elman.from_state_dict(self.tensors, nonlinearity="tanh" if plan.cell == "elman" else "relu")

    def readout(self) -> Readout:
        return Readout(self.tensors["output.weight"], self.tensors["output.bias"])


class Snapshot(NamedTuple):
    """One update (from 1): loss and metric on the examples it learned from, which nobody had seen before, and the
    gradient's norm over all parameters before and after clipping."""

    update: int
    loss: float
    metric: float
    grad_norm: float
    applied_norm: float

    @property
    def died(self) -> bool:
        """Whether nothing that follows would be a number."""
        return not (math.isfinite(self.loss) and math.isfinite(self.grad_norm))


@dataclass(frozen=True, eq=False)
class Run:
    """A finished run.

    loss, metric, grad_norm, applied_norm: (updates,), as in `Snapshot`; fewer where it died or was stopped
    died: the update (from 1) whose loss or gradient was no longer finite, the last one there is; None if none was
    moments: the network now and then, the first before the first update, the last after the last
    seconds: how long the updates took
    """

    plan: Plan
    loss: np.ndarray
    metric: np.ndarray
    grad_norm: np.ndarray
    applied_norm: np.ndarray
    died: int | None
    moments: tuple[Moment, ...]
    seconds: float

    def frame(self) -> pd.DataFrame:
        """A tidy table, a row an update: the columns `COLUMNS`."""
        return tidy(self.plan, np.column_stack([self.loss, self.metric, self.grad_norm, self.applied_norm]))


def tidy(plan: Plan, rows: np.ndarray) -> pd.DataFrame:
    """A row an update, the columns `COLUMNS`. rows: (updates, 4) what a `Snapshot` has beside its update"""
    table = pd.DataFrame(rows, columns=list(COLUMNS[-4:])).assign(update=np.arange(1, len(rows) + 1))
    return table.assign(task=plan.task, cell=plan.cell, length=plan.length, seed=plan.seed)[list(COLUMNS)]


def moments_at(updates: int, moments: int = MOMENTS) -> set[int]:
    """Before which updates (from 0) the network is kept: often at first, ever more rarely."""
    return {0} | {int(n) for n in np.geomspace(1, updates, moments) if n < updates}


def network(plan: Plan) -> nn.ModuleDict:
    """torch's layer "rnn" and its "output", as the plan starts them."""
    import torch
    from torch import nn

    inputs, H = plan.of_task.inputs, plan.hidden_size
    rnn: Any  # torch's modules name their parameters when they are made
    with _drawing, torch.random.fork_rng(devices=[]), torch.no_grad():
        torch.manual_seed(plan.seed)
        if plan.cell == "conv":
            rnn = convolution.layers(inputs, H)
        elif plan.cell in ("gru", "lstm"):
            rnn = {"gru": nn.GRU, "lstm": nn.LSTM}[plan.cell](inputs, H, batch_first=True)
        else:
            rnn = nn.RNN(inputs, H, batch_first=True, nonlinearity="tanh" if plan.cell == "elman" else "relu")
        model = nn.ModuleDict({"rnn": rnn, "output": nn.Linear(H, plan.outputs)})
        if plan.cell == "lstm":
            rnn.bias_ih_l0[H : 2 * H] = plan.forget_bias
            rnn.bias_hh_l0[H : 2 * H] = 0.0
        if plan.cell == "irnn":
            nn.init.eye_(rnn.weight_hh_l0)
            nn.init.normal_(rnn.weight_ih_l0, std=0.001)
            nn.init.zeros_(rnn.bias_ih_l0)
            nn.init.zeros_(rnn.bias_hh_l0)
    return model


@dataclass(eq=False)
class Learner:
    """What changes from update to update. update: how many are done"""

    model: nn.ModuleDict
    optimiser: Optimizer
    generator: np.random.Generator
    update: int = 0

    @classmethod
    def of(cls, plan: Plan, checkpoint: bytes | None = None) -> Learner:
        """As the plan starts it, or as it was when `checkpoint.save` was called. Raises ValueError as `restore`."""
        import torch

        model = network(plan)
        parameters = list(model.parameters())
        optimiser = {
            "adam": lambda: torch.optim.Adam(parameters, lr=plan.learning_rate),
            "rmsprop": lambda: torch.optim.RMSprop(parameters, lr=plan.learning_rate),
            "sgd": lambda: torch.optim.SGD(parameters, lr=plan.learning_rate, momentum=plan.momentum),
        }[plan.optimiser]()
        learner = cls(model, optimiser, np.random.default_rng((plan.seed, 1)))
        if checkpoint is not None:
            checkpoints.restore(learner, checkpoint)
        return learner


def steps(plan: Plan, learner: Learner | None = None) -> Iterator[Snapshot | Moment]:
    """The run, an update at a time, with the network now and then: before the first and after the last, too.

    learner: goes on from where this one is; without it, from the start
    After each snapshot the learner has done its update. It ends early with a snapshot that has `died`.
    """
    import torch
    from torch import nn
    from torch.nn import functional

    task, options = plan.of_task, dict(plan.options)
    learner = Learner.of(plan) if learner is None else learner
    model, optimiser, generator = learner.model, learner.optimiser, learner.generator
    parameters = list(model.parameters())
    kept = moments_at(plan.updates)
    for update in range(learner.update, plan.updates):
        if update in kept:
            yield _moment(model, update)
        batch = task.draw(generator, plan.batch_size, plan.length, **options)
        x, y, asked = (torch.from_numpy(value.copy()) for value in (batch.x, batch.y, batch.asked))
        said = model["output"](model["rnn"](x)[0])
        if task.classes is None:
            loss = functional.mse_loss(said[..., 0][asked], y[asked])
        else:
            loss = functional.cross_entropy(said[asked], y[asked])
        optimiser.zero_grad()
        loss.backward()
        norm = float(nn.utils.clip_grad_norm_(parameters, plan.threshold if plan.clip == "norm" else math.inf))
        if plan.clip == "norm":
            applied = norm * min(1.0, plan.threshold / (norm + 1e-6))  # torch's own factor
        else:
            if plan.clip == "value":
                nn.utils.clip_grad_value_(parameters, plan.threshold)
            applied = float(nn.utils.get_total_norm([one.grad for one in parameters if one.grad is not None]))
        snapshot = Snapshot(update + 1, loss.item(), _metric(plan, said.detach().numpy(), batch), norm, applied)
        if not snapshot.died:
            optimiser.step()
            learner.update = update + 1
        yield snapshot
        if snapshot.died:
            return
    yield _moment(model, plan.updates)


@one_thread()
def train(plan: Plan, report: Callable[[Snapshot], bool | None] = lambda snapshot: None) -> Run:
    """Train a plan to its end. report: called after each update; the run stops where it returns False."""
    snapshots, moments = [], []
    start = perf_counter()
    for made in steps(plan):
        if isinstance(made, Moment):
            moments.append(made)
            continue
        snapshots.append(made)
        if report(made) is False:
            break
    seconds = perf_counter() - start
    _, *columns = (np.array(column) for column in zip(*snapshots, strict=True))
    for column in columns:
        column.setflags(write=False)
    died = snapshots[-1].update if snapshots[-1].died else None
    loss, metric, grad_norm, applied_norm = columns
    return Run(plan, loss, metric, grad_norm, applied_norm, died, tuple(moments), seconds)


def _moment(model: nn.ModuleDict, update: int) -> Moment:
    tensors = {f"output.{name}": value for name, value in model["output"].state_dict().items()}
    tensors |= model["rnn"].state_dict()
    return Moment(update, {name: value.detach().numpy().copy() for name, value in tensors.items()})


def _metric(plan: Plan, said: np.ndarray, batch: Batch) -> float:
    answers = said[..., 0] if plan.of_task.classes is None else said.argmax(axis=2)
    return plan.of_task.metric(answers, batch)
