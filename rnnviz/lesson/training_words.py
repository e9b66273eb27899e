"""What a task of "Train and compare" reads and asks for, in letters: below the player's columns, and as an example."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from rnnviz.stage import Output
from rnnviz.tasks.catalogue import TASKS
from rnnviz.tasks.task import Task
from rnnviz.training.plan import Plan
from rnnviz.training.probe import probe
from rnnviz.training.results import Record

from .vanishing import reach
from .words import counted, token_label, verbatim

CIRCLED, LEVELS = "⓪①②③④⑤⑥⑦⑧⑨", "▁▂▃▄▅▆▇█"
FORETOLD = ("sine", "characters")
"""The tasks whose answer is what comes next."""
MOST, FIRST, LAST = 60, 12, 12
"""So many steps of an example are written out where one answer is asked for, at the end; else its first and last."""


def answers(task: Task) -> list[str]:
    """A name for each class."""
    if task is TASKS["order"]:
        return ["XX", "XY", "YX", "YY"]
    assert task.classes is not None
    names = [token_label(symbol) for symbol in (task.symbols or "")[: task.classes]]
    return [*names, *map(str, range(len(names), task.classes))]


def tokens(plan: Plan) -> list[str]:
    """(time,) what stands below each input of the probe: its symbol, its bit, the height of a wave, or the tenths of
    a number, circled where it is marked."""
    x = probe(plan).x[0]
    symbols = plan.of_task.symbols
    if symbols is not None:
        return [token_label(symbols[k]) for k in x.argmax(axis=1)]
    if plan.task == "adding":
        return [(CIRCLED if marked else "0123456789")[min(9, int(10 * value))] for value, marked in x]
    if plan.task == "sine":
        return [LEVELS[int(np.clip(4 + 3 * row[0], 0, 7))] for row in x]
    return [f"{row[0]:.0f}" for row in x]


def right(plan: Plan) -> list[str]:
    """(time,) the right answer at each step of the probe; empty where none is asked for."""
    batch = probe(plan)
    names = None if plan.of_task.classes is None else answers(plan.of_task)
    told = [_short(value) if names is None else names[value] for value in batch.y[0]]
    return [label if asked else "" for label, asked in zip(told, batch.asked[0], strict=True)]


def output(plan: Plan, said: np.ndarray) -> Output:
    """What the network says at each step of the probe, and what is right. said: (time, outputs)"""
    says = "next" if plan.task in FORETOLD else "answer"
    if plan.of_task.classes is None:
        asked = probe(plan).asked[0]
        shown = [[_short(value)] if wanted else ["·"] for value, wanted in zip(said[:, 0], asked, strict=True)]
        return Output(shown, np.full((len(said), 1), np.nan), says, right(plan))
    p = np.exp(said - said.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    ranks = np.argsort(-p, axis=1, kind="stable")[:, :3]
    names = answers(plan.of_task)
    return Output([[names[k] for k in row] for row in ranks], np.take_along_axis(p, ranks, axis=1), says, right(plan))


def example(plan: Plan) -> str:
    """The probe and its right answers (markdown)."""
    told = [label for label in right(plan) if label]
    if len(told) > 1:
        most = FIRST + LAST + 1
        return f"One sequence: {_written(tokens(plan), most)}. The right answers: {_written(told, most)}."
    return f"One sequence: {_written(tokens(plan), MOST)}. The right answer, after the last step: {_written(told, 1)}."


def how_far(records: Mapping[str, Sequence[Record]]) -> str:
    """How far back the loss reached on the probe, untrained and later on (markdown); empty where more is asked for than
    one answer at the end.

    records: cell -> one a seed; told is of the first
    """
    told = []
    for cell, (record, *_) in records.items():
        if not record.reach.size or probe(record.plan).asked[0, :-1].any():
            continue
        ended = np.isfinite(record.reach[:, -1])
        far, after = reach(record.reach[ended]), np.asarray(record.reach_at)[ended]
        if not far.size:
            continue
        start = "to the first step" if np.isnan(far[0]) else counted(int(far[0]), "step")
        later = (
            f"to the first step after {counted(int(after[np.isnan(far)][0]), 'update')}"
            if np.isnan(far).any()
            else f"never further than {counted(int(far.max()), 'step')}"
        )
        told.append(f"{cell} {start} untrained, {later}")
    if not told:
        return ""
    return (
        "How far back did the loss reach, until less than a thousandth of the norm at the last step was left? On this "
        f"sequence: **{'; '.join(told)}**. What an untrained cell reaches is where training begins, not where it ends: "
        "a gate can learn to keep."
    )


def _written(labels: Sequence[str], most: int) -> str:
    shown = labels if len(labels) <= most else [*labels[:FIRST], "…", *labels[-LAST:]]
    return verbatim(" ".join(shown), 12 * MOST)


def _short(value: float) -> str:
    return f"{value:.2f}".replace("-", "−") if abs(value) < 1e4 else f"{value:.0e}"
