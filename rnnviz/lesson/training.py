"""What the lesson "Train and compare" trains and shows: plans from settings, curves, the table, a look inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from rnnviz.engine import Sizes, flow
from rnnviz.figures.training import Curve
from rnnviz.stage import Backward, Ghost, Output
from rnnviz.tasks.catalogue import TASKS
from rnnviz.tasks.task import Task
from rnnviz.training.plan import CLIPS, OPTIMISERS, Plan
from rnnviz.training.probe import Reading, reading
from rnnviz.training.results import Record
from rnnviz.training.run import Moment
from rnnviz.training.standard_runs import PRESETS, SEEDS, SOLVED, SWEEP, WINDOW, solved_at

from .controls import Choice, Config, Controls, Number, Real
from .remember import remember
from .training_words import output, tokens

ELMAN = {"tanh": "elman", "ReLU": "elman-relu", "ReLU, identity start": "irnn"}
CELLS = ("Elman", "GRU", "LSTM")
RATES = ("0.0001", "0.001", "0.003", "0.01", "0.03", "0.1", "1", "100")
SCALE = (-8.0, 0.0)
"""The ends of the scale of norms, log10, that the heatmaps and the player share."""
POINTS = 100
"""So many points make a curve: each is the mean of as many updates as that takes."""

CONTROLS = Controls(
    Choice("task", tuple(TASKS), default="adding", label="Task"),
    Number("length", 1, 500, default=50, label="Length T"),
    Choice("rate", RATES, default="0.01", label="Learning rate", more=True),
    Choice("clip", CLIPS, default="norm", label="Clip gradients"),
    Choice("seeds", ("1", "2", "3"), default="3", label="Seeds", more=True),
    Number("updates", 1, 3000, default=1000, label="Updates", more=True),
    Real("theta", 0.001, 1000, default=1.0, label="Clip at θ", more=True),
    Choice("elman", tuple(ELMAN), default="tanh", label="Elman's squash", more=True),
    Number("hidden", 1, 128, default=32, label="Hidden units", more=True),
    Choice("sizes", ("hidden units", "parameters"), default="hidden units", label="Cells have as many", more=True),
    Choice("optimiser", OPTIMISERS, default="adam", label="Optimiser", more=True),
    Real("momentum", 0, 0.99, default=0.9, label="Momentum", more=True, when=("optimiser", "sgd")),
    Number("batch", 1, 256, default=64, label="Sequences a batch", more=True),
    Real("bias", -20, 20, default=1.0, label="LSTM: forget bias at the start", step=1.0, more=True),
    Number("seed", 0, 9999, default=0, label="First seed", more=True),
    *(
        Number(name, one.least, one.most, default=one.default, label=one.label, more=True, when=("task", key))
        for key, task in TASKS.items()
        for name, one in task.options.items()
    ),
)

Plans = Mapping[str, tuple[Plan, ...]]
"""Cell, as the palette names it -> one plan a seed."""


def plans(config: Config) -> tuple[Plans, str | None]:
    """What these settings train, and a sentence where the length could not be had: the nearest that can is taken."""
    task = TASKS[config.task]
    length = min(max(config.length, task.length.least), task.length.most)
    said = None
    if length != config.length:
        said = (
            f"{task.name} takes a {task.length.label} from {task.length.least} to {task.length.most}, not "
            f"{config.length}; you see it at {length}."
        )
    base = Plan(
        task=config.task,
        cell="lstm",
        length=length,
        options=tuple((name, config[name]) for name in task.options),
        hidden_size=config.hidden,
        optimiser=config.optimiser,
        learning_rate=float(config.rate),
        momentum=config.momentum,
        batch_size=config.batch,
        updates=config.updates,
        clip=config.clip,
        threshold=float(config.theta),
        forget_bias=float(config.bias),
    )
    made = {}
    for cell in CELLS:
        plan = replace(base, cell=ELMAN[config.elman] if cell == "Elman" else cell.lower())
        if config.sizes == "parameters":
            plan = plan.with_parameters_of(base)
        made[cell] = tuple(replace(plan, seed=config.seed + k) for k in range(int(config.seeds)))
    return made, said


@dataclass(frozen=True, eq=False)
class Compared:
    """Runs that there are to show. records: cell -> of each seed that has begun, first to last"""

    records: Mapping[str, tuple[Record, ...]]

    @property
    def any(self) -> Record:
        return next(chain.from_iterable(self.records.values()))

    @property
    def task(self) -> Task:
        return self.any.plan.of_task

    def curves(self, column: str) -> dict[str, Curve]:
        """Cell -> the curve of one of the columns of a record."""
        return {cell: curve(records, column) for cell, records in self.records.items()}

    def reach(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Cell -> (moments,), (moments, time) of its first seed's probe, see `probe.reach`."""
        return {
            cell: (records[0].reach_at, records[0].reach)
            for cell, records in self.records.items()
            if records[0].reach.size
        }

    def frame(self) -> pd.DataFrame:
        """All updates of all runs, the columns of `Run.frame`."""
        records = chain.from_iterable(self.records.values())
        return pd.concat([record.frame() for record in records], ignore_index=True)


def curve(records: Sequence[Record], column: str) -> Curve:
    """The mean over seeds of the means of some updates in a row, with the lowest and the highest seed."""
    updates = records[0].plan.updates
    width = max(1, updates // POINTS)
    seeds = [_means(record.column(column), width) for record in records]
    points = max(map(len, seeds))
    table = np.full((len(seeds), points), np.nan)
    for row, values in zip(table, seeds, strict=True):
        row[: len(values)] = values
    known = np.ma.masked_invalid(table)
    middle, low, high = (np.ma.filled(one(axis=0), np.nan) for one in (known.mean, known.min, known.max))
    at = np.minimum((np.arange(points) + 1) * width, max(record.updates for record in records))
    died = tuple(record.updates for record in records if record.state == "died")
    return Curve(at, middle, low, high, died)


def _means(values: np.ndarray, width: int) -> np.ndarray:
    """(updates,) -> (points,): the mean of each `width` in a row, the last of as many as are left."""
    with np.errstate(invalid="ignore", over="ignore"):
        starts = np.arange(0, len(values), width)
        return np.add.reduceat(values, starts) / np.diff([*starts, len(values)])


def table(compared: Compared) -> pd.DataFrame:
    """A row a cell: what it costs and what it learned."""
    rows = []
    for cell, records in compared.records.items():
        plan = records[0].plan
        sizes = Sizes(cell, plan.of_task.inputs, plan.hidden_size)
        clip_at = plan.threshold if plan.clip == "norm" else None
        solved = [solved_at(record.column("loss"), plan.chance) for record in records]
        with np.errstate(invalid="ignore"):
            norms = np.concatenate([record.column("grad_norm") for record in records])
        rows.append(
            {
                "cell": cell,
                "hidden units": plan.hidden_size,
                "parameters": plan.parameters,
                "multiply-adds a step": sizes.matrix_products + sizes.elementwise_products,
                "ms an update": float(np.median([1e3 * record.seconds / record.updates for record in records])),
                "updates to solve": _solved(solved),
                "metric at the end": at_the_end(records),
                "updates clipped": "off" if clip_at is None else f"{(norms > clip_at).mean():.0%}",
            }
        )
    return pd.DataFrame(rows)


def _solved(updates: Sequence[int | None]) -> str:
    done = [update for update in updates if update is not None]
    if not done:
        return "not solved"
    told = f"{min(done)}" if min(done) == max(done) else f"{min(done)} to {max(done)}"
    return told if len(done) == len(updates) else f"{told} ({len(done)} of {len(updates)} seeds)"


def at_the_end(records: Sequence[Record]) -> str:
    """The mean metric of the last `WINDOW` updates, and of the seeds where numbers ended from when on there is none."""
    died = sorted(record.updates for record in records if record.state == "died")
    ends = np.array([record.column("metric")[-WINDOW:].mean() for record in records if record.state != "died"])
    if not died:
        return f"{ends.mean():.3f}" + (f" ({ends.min():.3f} to {ends.max():.3f})" if len(ends) > 1 else "")
    first = f"{died[0]:,}" if died[0] == died[-1] else f"{died[0]:,} to {died[-1]:,}"
    none = f"no number from update {first} on"
    return f"{ends.mean():.3f}; {len(died)} of {len(records)} seeds: {none}" if len(ends) else none


def markdown(frame: pd.DataFrame) -> str:
    """The table as markdown."""
    shown = frame.assign(**{"ms an update": frame["ms an update"].map("{:.1f}".format)}).astype(str)
    lines = [list(shown.columns), ["---"] * len(shown.columns), *shown.to_numpy().tolist()]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def winner(compared: Compared) -> int:
    """Which solved first on average: its place among `CELLS`; `len(CELLS)` where none did in every seed."""
    means: list[float] = []
    for cell in CELLS:
        records = compared.records.get(cell, ())
        at = [solved_at(record.column("loss"), record.plan.chance) for record in records]
        means.append(float(np.mean(np.array(at, dtype=float))) if at and None not in at else np.inf)
    return len(CELLS) if np.isinf(min(means)) else int(np.argmin(means))


@dataclass(frozen=True, eq=False)
class Inside:
    """A kept network on the probe, beside the untrained one. Output: the likeliest answers, or the number itself.

    backward: of the probe's loss, as in `probe.reading`; None where it is no number
    """

    plan: Plan
    moment: Moment
    trace: Any
    tokens: list[str]
    output: Output
    ghost: Ghost | None
    backward: Backward | None


def inside(record: Record, place: int) -> Inside:
    """What the network computed at the kept moment of this number (from 0) on the probe."""
    plan, moment, first = record.plan, record.moments[place], record.moments[0]
    read = reading(plan, moment)
    ghost = None
    if moment is not first:
        before = reading(plan, first)
        ghost = Ghost(before.trace, output(plan, before.said), "untrained")
    return Inside(plan, moment, read.trace, tokens(plan), output(plan, read.said), ghost, _backward(plan, read))


def _backward(plan: Plan, read: Reading) -> Backward | None:
    if not (np.isfinite(read.trace.h).all() and np.isfinite(read.dh).all()):
        return None
    back = flow(read.trace, read.dh)
    return Backward(
        read.losses, back.total, back.own, back.carried, SCALE, back.cell, unit="nats" if plan.of_task.classes else ""
    )


@remember
def sweep() -> pd.DataFrame:
    """The shipped sweep over lengths, with the cells named as in the palette."""
    read = pd.read_csv(SWEEP)
    names = {name.lower(): name for name in CELLS}
    return read.assign(cell=read["cell"].map(names))


def goal(compared: Compared) -> float:
    """The loss below which a task counts as solved."""
    return SOLVED * compared.any.plan.chance


def longest(table: pd.DataFrame) -> dict[str, int | None]:
    """Cell -> the longest T that all of its seeds solved; None where there is none."""
    found: dict[str, int | None] = {}
    for cell, rows in table.groupby("cell", sort=False):
        every = rows.groupby("length")["solved_at"].apply(lambda at: bool(at.notna().all()))
        found[cell] = max((int(length) for length, solved in every.items() if solved), default=None)
    return found


def standard() -> Plans:
    """What the page opens with, and shows where nothing else is there."""
    return {cell: tuple(replace(PRESETS["adding"], cell=cell.lower(), seed=seed) for seed in SEEDS) for cell in CELLS}


def verdict(compared: Compared) -> str:
    """What each cell came to, in words (markdown)."""
    rows = table(compared)
    told = [f"{row['cell']}: **{row['updates to solve']}**" for _, row in rows.iterrows()]
    return f"Updates until solved: {'; '.join(told)}."
