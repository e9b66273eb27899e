"""The runs that come with the app, so that the lesson opens full: `python -m rnnviz.training.standard_runs`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from rnnviz.tasks.forecasting import SERIES, Prepared, prepare

from . import results
from .plan import Plan
from .probe import reach
from .results import Record
from .run import Run, Snapshot, train

SEEDS = (0, 1, 2)
NETWORKS = 9
"""How many moments' weights are shipped of the first seed; of the others, none."""
COMPARED = ("elman", "gru", "lstm")
PRESETS: dict[str, Plan] = {
    "adding": Plan(task="adding", length=50, updates=1000),
    "order": Plan(task="order", length=50, updates=1000),
    "parity": Plan(task="parity", length=20, updates=1500),
    "short": Plan(task="adding", length=10),
}
"""What each preset of the lesson trains, with each of the cells that are compared."""
EXPLODING = Plan(task="adding", length=50, updates=20, optimiser="sgd", learning_rate=100.0, clip="off")
"""What the last preset trains, with the first seed alone: the run of a few updates whose numbers end."""
CLIPPING = Plan(task="recall", cell="elman", length=12, hidden_size=32, optimiser="sgd", momentum=0.9, batch_size=16)
"""What the lesson on clipping trains twice, with and without."""
CLIPPED = ((0.3, 0.3), (0.3, 0.02), (0.03, 1.0), (1.0, 1.0))
"""Learning rate and θ of each of its presets."""
SWEEP = results.SHIPPED / "longest.csv"
LENGTHS = (10, 20, 50, 100, 200)
WINDOW, SOLVED = 20, 0.1
"""A task counts as solved where the mean loss of so many updates is below this share of the loss of pure guessing."""
FORECASTERS = ("elman", "gru", "lstm", "conv")
READING = 60
"""How many values a forecast reads."""
READ_AS = (("sunspots", False), ("co2", False), ("co2", True), ("sine", False))
"""Which series are shipped, as values or as changes."""
BY_HEART = 1000
"""Updates after which a network knows the training part of the sunspots better than what comes next."""


def series_plan(
    prepared: Prepared,
    cell: str,
    window: int,
    hidden_size: int = 16,
    updates: int = 200,
    seed: int = 0,
    learning_rate: float = 0.003,
    batch_size: int = 32,
) -> Plan:
    """What learns to forecast a series by one step, from its training part alone.

    The defaults did well by the validation parts of sunspots, the sine and CO₂ as changes: with a step of 0.01, or
    twice as many updates, networks learn the training part better and those parts worse.

    Raises ValueError where the training part is not longer than the window.
    """
    return Plan(
        task="series",
        cell=cell,
        length=window,
        hidden_size=hidden_size,
        learning_rate=learning_rate,
        batch_size=batch_size,
        updates=updates,
        seed=seed,
        # rounded, so that another machine's last digit is no other plan
        values=tuple(np.round(prepared.training, 5).tolist()),
    )


def solved_at(loss: np.ndarray, chance: float) -> int | None:
    """The update (from 1) at which a run has solved its task; None where it has not. loss: (updates,)"""
    if len(loss) < WINDOW:
        return None
    mean = np.convolve(loss, np.full(WINDOW, 1 / WINDOW), mode="valid")
    there = np.flatnonzero(mean < SOLVED * chance)
    return int(there[0]) + WINDOW if len(there) else None


def until_solved(chance: float) -> Callable[[Snapshot], bool]:
    """What `train` may report to: the run stops where it has solved its task."""
    losses: list[float] = []

    def go_on(snapshot: Snapshot) -> bool:
        losses.append(snapshot.loss)
        return len(losses) < WINDOW or sum(losses[-WINDOW:]) >= WINDOW * SOLVED * chance

    return go_on


def record_of(run: Run) -> Record:
    """A finished run as it is kept."""
    rows = np.column_stack([getattr(run, name) for name in results.COLUMNS])
    return Record(
        run.plan,
        rows,
        np.array([moment.update for moment in run.moments]),
        np.array([reach(run.plan, moment) for moment in run.moments]),
        run.moments,
        run.seconds,
        "done" if run.died is None else "died",
    )


def standard() -> list[Plan]:
    """All that are shipped."""
    compared = [replace(plan, cell=cell, seed=seed) for plan in PRESETS.values() for cell in COMPARED for seed in SEEDS]
    return compared + [replace(EXPLODING, cell=cell) for cell in COMPARED] + clipping() + forecasters()


def clipping() -> list[Plan]:
    """Those of the lesson on clipping: the clipped run of each preset, and for each of their rates one without."""
    clipped = [replace(CLIPPING, learning_rate=rate, threshold=threshold) for rate, threshold in CLIPPED]
    return clipped + [replace(CLIPPING, learning_rate=rate, clip="off") for rate in sorted(dict(CLIPPED))]


def forecasters() -> list[Plan]:
    """Those of the lesson on time series."""
    prepared = [prepare(SERIES[key](), difference) for key, difference in READ_AS]
    plans = [series_plan(one, cell, READING) for one in prepared for cell in FORECASTERS]
    return plans + [series_plan(prepared[0], cell, READING, updates=BY_HEART) for cell in FORECASTERS]


def shipped(record: Record) -> Record:
    """A record as it is shipped: of a forecaster, the last network alone and what that reaches; of the lesson on
    clipping, all, as it looks for the steepest moment of a clipped run; without clipping, all but networks between."""
    if record.plan in clipping():
        ends = (record.moments[0], record.moments[-1])
        return record if record.plan.clip == "norm" else replace(record, moments=ends)
    if record.plan.task != "series":
        return results.shorter(record, NETWORKS if record.plan.seed == SEEDS[0] else 0)
    short = results.shorter(record, 2)
    return replace(short, moments=short.moments[-1:], reach_at=short.reach_at[-1:], reach=short.reach[-1:])


def sweep() -> pd.DataFrame:
    """Which length each cell solves of the adding problem: a row a run, columns cell, length, seed, loss, solved_at.

    loss: the mean of the last `WINDOW` updates   solved_at: missing where it was not solved within the plan's updates
    """
    rows = []
    for cell in COMPARED:
        for length in LENGTHS:
            for seed in SEEDS:
                plan = Plan(task="adding", cell=cell, length=length, seed=seed, updates=1000)
                run = train(plan, until_solved(plan.chance))
                at = solved_at(run.loss, plan.chance)
                rows.append((cell, length, seed, float(run.loss[-WINDOW:].mean()), at))
                print(*rows[-1], file=sys.stderr, flush=True)
    table = pd.DataFrame(rows, columns=["cell", "length", "seed", "loss", "solved_at"])
    return table.round({"loss": 5}).astype({"solved_at": "Int64"})


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m rnnviz.training.standard_runs", description=__doc__)
    parser.add_argument("--out", type=Path, default=results.SHIPPED)
    parser.add_argument("--only", choices=("runs", "series", "clipping", "sweep"))
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    if options.only != "sweep":
        for old in options.out.glob("*.safetensors"):
            if old.stem not in {plan.key for plan in standard()}:
                old.unlink()
        for plan in {"series": forecasters, "clipping": clipping}.get(options.only, standard)():
            record = shipped(record_of(train(plan)))
            results.keep(record, options.out)
            metric = record.column("metric")
            print(
                plan.task,
                plan.cell,
                plan.length,
                plan.seed,
                f"{metric[-WINDOW:].mean():.3f}",
                file=sys.stderr,
                flush=True,
            )
    if options.only in (None, "sweep"):
        sweep().to_csv(options.out / SWEEP.name, index=False)


if __name__ == "__main__":
    main()
