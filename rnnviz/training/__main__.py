"""Train on the toy tasks and write a tidy table. Several values after one option make a sweep of all combinations: its
runs train two at once on this machine, or as many as the Dask cluster at RNNVIZ_DASK takes."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from dataclasses import fields
from itertools import product
from pathlib import Path

import pandas as pd

from rnnviz.tasks.catalogue import TASKS

from .job import View
from .plan import CELLS, CLIPS, OPTIMISERS, Plan
from .results import Record
from .run import Snapshot, train
from .sweep import SweepError, sweep

CHOICES = {"task": tuple(TASKS), "cell": tuple(CELLS), "optimiser": OPTIMISERS, "clip": CLIPS}
NUMBERS = {"length": int} | {
    field.name: type(field.default) for field in fields(Plan) if isinstance(field.default, (int, float))
}
WIDTH = 24


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m rnnviz.training", description=__doc__)
    for name, choices in CHOICES.items():
        made.add_argument(f"--{name}", nargs="+", choices=choices, help=f"default: {getattr(Plan(), name)}")
    for name, kind in NUMBERS.items():
        default = "the task's own" if name == "length" else getattr(Plan(), name)
        made.add_argument(f"--{name.replace('_', '-')}", nargs="+", type=kind, help=f"default: {default}")
    options = {name: option for task in TASKS.values() for name, option in task.options.items()}
    for name, option in options.items():
        words = f"{option.label}, for the task that has it; default: {option.default}"
        made.add_argument(f"--{name}", nargs="+", type=int, help=words)
    made.add_argument("--out", type=Path, help="the table, as CSV; without it, to the terminal")
    return made


def plans(arguments: Sequence[str]) -> tuple[list[Plan], Path | None]:
    """All combinations, and where the table goes. Ends the program with a sentence on what cannot be."""
    made = parser()
    given = {name: value for name, value in vars(made.parse_args(arguments)).items() if value is not None}
    out = given.pop("out", None)
    try:
        return [Plan.of(dict(zip(given, values, strict=True))) for values in product(*given.values())], out
    except ValueError as refusal:
        made.error(str(refusal))


def told(plan: Plan, update: int, loss: float) -> str:
    """How far a run is: a bar, the update, the loss beside chance."""
    done = round(WIDTH * update / plan.updates)
    return (
        f"{plan.task} {plan.cell} T={plan.length} seed {plan.seed} [{'█' * done:·<{WIDTH}}] "
        f"{update}/{plan.updates} loss {loss:.4g} (chance {plan.chance:.4g})"
    )


def write_over(text: str) -> None:
    """One line that is written over, no longer than the terminal is wide."""
    width = shutil.get_terminal_size((120, 24)).columns - 1
    print(f"\r{text[:width]:<{width}}", end="", file=sys.stderr, flush=True)


def one(plan: Plan) -> pd.DataFrame:
    """A single run, in this process."""

    def report(snapshot: Snapshot) -> None:
        if snapshot.update % max(1, plan.updates // 100) == 0 or snapshot.update == plan.updates or snapshot.died:
            write_over(told(plan, snapshot.update, snapshot.loss))

    run = train(plan, report)
    print("" if run.died is None else f"\nno longer a number at update {run.died}", file=sys.stderr)
    return run.frame()


def several(plans: list[Plan], found: dict[str, Record]) -> None:
    """A sweep, with a line for each run that has ended and one for those that train. found: see `sweep`"""
    numbers = {plan.key: number for number, plan in enumerate(plans, 1)}
    write_over("the processes start")

    def report(views: list[View]) -> None:
        running = []
        for view in views:
            plan, record = view.plan, view.record
            if not record.updates:
                continue
            if view.active:
                running.append(f"{plan.task} {plan.cell} T={plan.length} seed {plan.seed} "
                               f"{record.updates / plan.updates:.0%}")  # fmt: skip
                continue
            text = f"{numbers[plan.key]}/{len(plans)} {told(plan, record.updates, record.column('loss')[-1])}"
            write_over("")
            print(f"\r{text}", end="\n" if view.state != "died" else ", no longer a number\n", file=sys.stderr)
        if running:
            write_over("  ".join(running))

    sweep(plans, report, found=found)
    write_over("")
    print("\r", end="", file=sys.stderr)


def main(arguments: Sequence[str] | None = None) -> None:
    wanted, out = plans(sys.argv[1:] if arguments is None else arguments)
    found: dict[str, Record] = {}
    tables: list[pd.DataFrame] = []
    failed = interrupted = ""
    try:
        if len(wanted) == 1:
            tables = [one(wanted[0])]
        else:
            several(wanted, found)
    except SweepError as error:
        failed = str(error)
    except KeyboardInterrupt:
        interrupted = "Stopped."
    tables += [found[plan.key].frame() for plan in wanted if plan.key in found]
    if tables:
        pd.concat(tables, ignore_index=True).to_csv(sys.stdout if out is None else out, index=False)
    if failed or interrupted:
        written = f"The table holds {len(tables)} of {len(wanted)} runs." if tables else "Nothing was written."
        print(f"\n{failed}{interrupted} {written}", file=sys.stderr)
        sys.exit(1 if failed else 130)


if __name__ == "__main__":
    main()
