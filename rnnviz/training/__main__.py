"""Train on the toy tasks and write a tidy table. Several values after one option make a sweep of all combinations."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import fields
from itertools import product
from pathlib import Path

import pandas as pd

from rnnviz.tasks.catalogue import TASKS

from .plan import CELLS, CLIPS, OPTIMISERS, Plan
from .run import Run, Snapshot, train

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


def progress(plan: Plan, number: int, of: int, snapshot: Snapshot) -> None:
    """One line that is written over: a bar, the update, the loss beside chance."""
    if snapshot.update % max(1, plan.updates // 100) and snapshot.update != plan.updates and not snapshot.died:
        return
    done = round(WIDTH * snapshot.update / plan.updates)
    text = f"\r{number}/{of} {plan.task} {plan.cell} T={plan.length} seed {plan.seed} [{'█' * done:·<{WIDTH}}] "
    text += f"{snapshot.update}/{plan.updates} loss {snapshot.loss:.4g} (chance {plan.chance:.4g})"
    print(text, end="", file=sys.stderr, flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    wanted, out = plans(sys.argv[1:] if arguments is None else arguments)
    runs: list[Run] = []
    for number, plan in enumerate(wanted, 1):
        runs.append(train(plan, lambda snapshot, n=number, p=plan: progress(p, n, len(wanted), snapshot)))
        died = runs[-1].died
        print("" if died is None else f"\nno longer a number at update {died}", file=sys.stderr)
    table = pd.concat([run.frame() for run in runs], ignore_index=True)
    table.to_csv(sys.stdout if out is None else out, index=False)


if __name__ == "__main__":
    main()
