"""What each preset of "Train and compare" asks before it shows its runs: which cell, and why. Its runs answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from rnnviz.training.standard_runs import EXPLODING, PRESETS

from .training import CELLS, Compared, Plans, verdict, winner


def survivor(compared: Compared) -> int:
    """Whose loss stayed a number for the most updates: its place among `CELLS`; `len(CELLS)` where several share it."""
    lasted = [max(record.updates for record in compared.records[cell]) for cell in CELLS]
    return len(CELLS) if lasted.count(max(lasted)) > 1 else int(np.argmax(lasted))


def lasted(compared: Compared) -> str:
    """In which update each cell's numbers ended (markdown)."""
    ends = [f"{cell}: **{compared.records[cell][0].updates}**" for cell in CELLS]
    return f"The update whose loss was no number any more: {'; '.join(ends)}."


def reached(compared: Compared) -> str:
    """How much of the loss came to the first step, typically (markdown)."""
    told = [f"{cell} $10^{{{np.median(reach[:, 0]):.1f}}}$" for cell, (_, reach) in compared.reach().items()]
    return (
        f"$\\lVert \\partial L / \\partial h_1 \\rVert$, median over the kept moments: {'; '.join(told)} (through $h$ "
        "alone; the LSTM's loss comes back through $c$ as well)."
    )


def solved(compared: Compared) -> str:
    return f"{verdict(compared)} {reached(compared)}"


@dataclass(frozen=True)
class Question:
    """asks: in words   options: one a cell, with its reason, then one for none of them
    answer: which option the runs give   measured: what they came to   why: what that tells, in words"""

    asks: str
    options: tuple[str, str, str, str]
    why: str
    answer: Callable[[Compared], int] = winner
    measured: Callable[[Compared], str] = solved

    def reveal(self, compared: Compared) -> str:
        return f"{self.measured(compared)} {self.why}"


QUESTIONS: dict[str, Question] = {
    "adding": Question(
        "A number must be kept for up to 50 steps. Which cell learns that in the fewest updates, and why?",
        (
            "Elman: the fewest weights are learned first",
            "GRU: a gate keeps its state as it is",
            "LSTM: its cell state is kept beside its output",
            "None in every seed: 50 steps are too long",
        ),
        "A gate that can keep the old state (z or f at 1) lets the loss reach back. Elman's does not get there, so "
        "nothing early can be corrected.",
    ),
    "short": Question(
        "Only 10 steps. Which cell learns it in the fewest updates, and why?",
        (
            "Elman: over 10 steps no gate is needed",
            "GRU: even 10 steps are kept better by a gate",
            "LSTM: it has the most weights",
            "None in every seed: guessing is as good",
        ),
        "Over 10 steps the loss reaches the first step in every cell, so every cell can learn it: what the gates "
        "save is time.",
    ),
    "order": Question(
        "Two letters far apart, and their order. Which cell learns it in the fewest updates, and why?",
        (
            "Elman: two bits need no gates",
            "GRU: one gate decides what is kept",
            "LSTM: it has three gates for that",
            "None in every seed: it is luck",
        ),
        "Here the medians do not rank the cells: the loss starts out just as far from the first step. Learning begins "
        "with a leap, and when that comes is partly luck: look at the band of the seeds.",
    ),
    "parity": Question(
        "Every 1 flips the answer. Which cell learns that in the fewest updates, and why?",
        (
            "Elman: flipping is no keeping, so gates only hinder",
            "GRU: gates multiply, and a flip is a product",
            "LSTM: its cell state counts the 1s",
            "None in every seed: each bit changes all",
        ),
        "The loss reaches the first step in all three alike, for every step is asked for: this is no matter of fading. "
        "With gates the next state can be a product of input and state, which a flip is.",
    ),
    "explode": Question(
        "A learning rate of 100 and nothing clipped. Which cell's loss stays a number for longest, and why?",
        (
            "Elman: it has the fewest weights to explode",
            "GRU: its gates lie between 0 and 1",
            "LSTM: its forget gate shuts",
            "None: all end in the same update",
        ),
        "Every $h_t$ is squashed into ±1 whatever the cell, but the output's weights are not: they grow alike.",
        survivor,
        lasted,
    ),
}


@cache
def _keys() -> dict[frozenset[str], str]:
    made = {}
    for name, plan in {**PRESETS, "explode": EXPLODING}.items():
        made[frozenset(replace(plan, cell=cell.lower()).key for cell in CELLS)] = name
    return made


def question_of(plans: Plans) -> tuple[str, Question] | None:
    """The preset that these plans are, whatever their seeds, with its question; None where they are none."""
    name = _keys().get(frozenset(replace(of_cell[0], seed=0).key for of_cell in plans.values()))
    return None if name is None else (name, QUESTIONS[name])
