"""GRU against LSTM: what was merged and dropped, the conventions that books differ in, and what each cell costs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from rnnviz import figures
from rnnviz.engine import GRU, VERSIONS, Cell, Sizes
from rnnviz.stage.chart import Figure
from rnnviz.training.character_model import CharacterModel, character_model

from .lesson import Lesson
from .remember import remember
from .sectional import in_sight
from .side_by_side import (
    HELD_OUT,
    THRESHOLD,
    Outcome,
    Run,
    bits,
    bits_held_out,
    distance,
    fingerprint,
    first_apart,
    outcome,
    small,
)
from .words import counted

LARGEST = 256
"""Hidden units up to which the parameters are drawn."""
COUNTED = ("Elman", "GRU", "LSTM")
TIED = 0.1


class Convention(NamedTuple):
    """One way to read a GRU's weights. keeps: whether z = 1 keeps the old state   reset: where r acts"""

    keeps: bool
    reset: str

    @property
    def name(self) -> str:
        return f"$z = 1$ {'keeps' if self.keeps else 'renews'}, $r$ {self.reset} the product"


CONVENTIONS = {
    Convention(True, "after"): "torch, cuDNN, Keras (`reset_after=True`); Cho et al. 2014 in its first version",
    Convention(True, "before"): "Cho et al. 2014 as printed (EMNLP); Keras with `reset_after=False`",
    Convention(False, "after"): "–",
    Convention(False, "before"): "Chung et al. 2014",
}
"""Each with where it is found."""


def gru_against_lstm(lesson: Lesson, model: CharacterModel, text: str) -> None:
    """Three sections. model: a GRU's   text: what the learner typed"""
    merged_and_dropped(lesson, model, text)
    conventions(lesson, model, text)
    what_each_cell_costs(lesson, model)


def merged_and_dropped(lesson: Lesson, model: CharacterModel, text: str) -> None:
    """The section: the equations of both beside one another, and what became of each."""
    lesson.section("GRU against LSTM")
    lstm, gru = character_model("LSTM").cell.formulas, model.cell.formulas
    rows = [
        ("keep the old", lstm["f"], gru["z"], "merged: one gate $z$ in place of two"),
        ("write the new", lstm["i"], r"1 - z_t", "merged: what is not kept is renewed"),
        ("look back", "", gru["r"], "new: how much of the past the candidate sees"),
        ("candidate", lstm["g"], gru["n"], "kept: but it sees the past through $r$"),
        ("memory", lstm["c"], "", "dropped: $h$ is the memory"),
        ("how much is shown", lstm["o"], "", "dropped: all of it is shown"),
        ("state", lstm["h"], gru["h"], "merged: $c$ and $h$"),
    ]
    table = "\n".join(
        f"| {what} | {f'${one}$' if one else '–'} | {f'${other}$' if other else '–'} | {change} |"
        for what, one, other, change in rows
    )
    lesson.say(f"| | LSTM | GRU | what became of it |\n|---|---|---|---|\n{table}")
    sums, close, opening = tied(text)
    lesson.say(
        "The GRU ties keeping and writing together: $z_t$ and $1 - z_t$ always make 1. Did the LSTM need the freedom "
        f"to set them apart? In the trained LSTM on your text, $f_t + i_t$ has a mean of **{sums:.2f}**, and lies "
        f"within {TIED} of 1 for **{close:.0%}** of all units and steps. Its output gate, which the GRU does without, "
        f"stands at a mean of **{opening:.2f}**.\n\n"
        "So this is what the GRU loses: it cannot keep all *and* write, it cannot keep to itself what it does not "
        "show, and as a weighted mean its state stays between −1 and 1, where an LSTM's $c$ can count beyond."
    )


def conventions(lesson: Lesson, model: CharacterModel, text: str) -> None:
    """The section: what z = 1 means and where r acts, in torch and in the papers, with the same weights under each."""
    lesson.section("Two conventions for z, two places for r")
    after, before = (GRU.from_state_dict(model.cell.state_dict(), reset=reset) for reset in ("after", "before"))
    weights = fingerprint(model)
    lesson.say(
        f"**What $z = 1$ means.** In torch it *keeps* the old state: ${after.formulas['h']}$, as in Cho et al. (2014). "
        "In Chung et al. (2014) it *renews* it: $z_t$ and $1 - z_t$ stand exchanged. That is a matter of taste: "
        "turn the sign of $W_{iz}$, $W_{hz}$ and both biases, and since $\\sigma(-a) = 1 - \\sigma(a)$ the one becomes "
        "the other. Done so on your text, the largest difference of $h$ from torch's is "
        f"{small(turned_back(weights, text, model))}.\n\n"
        "**Where $r$ acts.** *After* the product, as torch has it,\n\n"
        f"$$ {after.formulas['n']} $$\n\nor *before* it, on the state that goes in,\n\n$$ {before.formulas['n']} $$\n\n"
        "These are two different cells. No change of sign makes one of the other: a gate *before* the matrix scales "
        "what each unit sends, a gate *after* it what each unit receives."
    )
    known = conventions_held_out.knows(weights, model)
    if weights == trained() or in_sight(lesson, "conventions", "from then on", known=known):
        lesson.say(under_all_four(weights, text, model))


def under_all_four(weights: str, text: str, model: CharacterModel) -> str:
    """What the same weights make of the text, and of text that no training saw, under each convention (markdown)."""
    steps = len(text)
    read, unseen = convention_outcomes(weights, text, model), conventions_held_out(weights, model)
    torch = read[Convention(True, "after")]
    rows = []
    for convention, found in CONVENTIONS.items():
        own = read[convention]
        apart = distance(torch, own)
        first = first_apart(apart)
        others = int((own.likeliest != torch.likeliest).sum())
        rows.append(
            f"| {convention.name} | {found} | {small(float(apart.max()))} | "
            f"{'–' if first is None else f't = {first + 1}'} | "
            f"{others} of {steps} | {bits(own.bits)} | {bits(unseen[convention])} |"
        )
    return (
        "Neither is wrong. But weights belong to the convention that they were trained under. These are the "
        "weights of this page, read under all four:\n\n"
        "| convention | found in | largest difference of $h$ | "
        f"first above {THRESHOLD} | other likeliest character | bits, your text | bits, {HELD_OUT:,} held-out |\n"
        "|---|---|---:|---:|---:|---:|---:|\n" + "\n".join(rows)
    )


def what_each_cell_costs(lesson: Lesson, model: CharacterModel) -> None:
    """The section: parameters, products and states as formulas and as numbers. model: an LSTM's or a GRU's"""
    D, H, own = model.cell.input_size, model.cell.hidden_size, model.cell.name
    lesson.section("What each cell costs", size_table(D, H))
    other = "LSTM" if own == "GRU" else "GRU"
    fair = largest_within(other, D, model.cell.parameters)
    curves, words = lesson.columns(3, 2)
    with curves:
        lesson.chart(
            counts_pictured(D, H, own),
            "parameter-counts",
            caption=f"Parameters against hidden units H, with D = {D} inputs; points at H = {H}",
            alt="Three rising curves. "
            + ", ".join(f"{cell} {Sizes(cell, D, H).parameters:,}" for cell in COUNTED)
            + f" parameters at {counted(H, 'hidden unit')}.",
        )
    with words:
        lesson.say(
            "Three blocks of weights in place of four: the GRU has three quarters of an LSTM's parameters and of its "
            "multiply-adds in $W x$ and $W h$. It hands on one vector in place of two.\n\n"
            "So a fair race gives both the same number of parameters, not of units: with the "
            f"{model.cell.parameters:,} of this {own}, {'an' if other == 'LSTM' else 'a'} {other} could have "
            f"**{counted(fair, 'unit')}**, against {H}.\n\n"
            "Biases added and curves ($\\sigma$, $\\tanh$) are not counted. A one-hot input picks a column of $W$, so "
            "a program may skip most of $W x$; the count is for any input."
        )


@remember
def counts_pictured(input_size: int, hidden_size: int, own: str) -> Figure:
    return figures.parameter_counts(parameter_counts(input_size), hidden_size=hidden_size, current=own)


def size_table(input_size: int, hidden_size: int) -> str:
    """Parameters, products and states of the three cells at these sizes, as formulas and as numbers (markdown)."""
    sizes = [Sizes(cell, input_size, hidden_size) for cell in COUNTED]

    def row(what: str, quantity: str) -> str:
        pairs = [(one.formulas[quantity], f"{getattr(one, quantity):,}") for one in sizes]
        cells = (f"**{number}**" if formula == number else f"${formula}$ = **{number}**" for formula, number in pairs)
        return f"| {what} | {' | '.join(cells)} |"

    return f"| D = {input_size}, H = {hidden_size} | {' | '.join(COUNTED)} |\n|---|---|---|---|\n" + "\n".join(
        (
            row("parameters", "parameters"),
            row("multiply-adds a step, in $W x$ and $W h$", "matrix_products"),
            row("multiplications a step, in $\\odot$", "elementwise_products"),
            "| states a step hands on | "
            + " | ".join(f"{one.states}: ${'h, c' if one.states == 2 else 'h'}$" for one in sizes)
            + " |",
            row("numbers a step hands on", "carried"),
        )
    )


@remember
def tied(text: str) -> tuple[float, float, float]:
    """The trained LSTM on this text: mean of f + i, share of it within `TIED` of 1, mean of o."""
    trace = character_model("LSTM").read(text).trace
    sums = trace["f"] + trace["i"]
    return float(sums.mean()), float((np.abs(sums - 1) <= TIED).mean()), float(trace["o"].mean())


def under(convention: Convention, cell: Cell) -> GRU:
    r"""The cell that reads these weights as a convention has it.

    Where z = 1 renews, :math:`h_t = (1 - z_t) \odot h_{t-1} + z_t \odot n_t`: torch's cell with :math:`1 - z_t` for
    :math:`z_t`, which is torch's cell with the sign of z's weights turned.
    """
    weights = cell.state_dict()
    if not convention.keeps:
        for value in weights.values():
            value[cell.rows("z")] *= -1
    return GRU.from_state_dict(weights, reset=convention.reset)


@remember(most=32)
def convention_outcomes(weights: str, text: str, _model: CharacterModel) -> dict[Convention, Outcome]:
    """What each convention makes of the text. weights: the `fingerprint` of the model, by which it is remembered."""
    return {one: outcome(_model, text, _run(one, _model)) for one in CONVENTIONS}


@remember
def turned_back(weights: str, text: str, _model: CharacterModel) -> float:
    """The largest |h − h′| from torch's GRU of the equation where z = 1 renews, with the sign of z's weights turned."""
    (renews,) = [version for version in VERSIONS["GRU"] if version.key == "update-swapped"]
    turned = under(Convention(False, "after"), _model.cell)
    torch = outcome(_model, text, _run(Convention(True, "after"), _model))
    return float(distance(torch, outcome(_model, text, lambda x: renews.run(turned, x))).max())


@remember
def trained() -> str:
    """The fingerprint of the trained GRU."""
    return fingerprint(character_model("GRU"))


@remember
def conventions_held_out(weights: str, _model: CharacterModel) -> dict[Convention, float]:
    """Bits per held-out character under each convention."""
    return {one: bits_held_out(_model, _run(one, _model)) for one in CONVENTIONS}


def _run(convention: Convention, model: CharacterModel) -> Run:
    cell = under(convention, model.cell)
    return lambda x: cell.run(x).values


@remember
def parameter_counts(input_size: int) -> pd.DataFrame:
    """cell, hidden_size (from 1), parameters."""
    rows = [(cell, H, Sizes(cell, input_size, H).parameters) for cell in COUNTED for H in range(1, LARGEST + 1)]
    return pd.DataFrame(rows, columns=["cell", "hidden_size", "parameters"])


def largest_within(cell: str, input_size: int, parameters: int) -> int:
    """The most hidden units that a cell can have with no more than this many parameters; 0 if not one."""
    hidden = 0
    while Sizes(cell, input_size, hidden + 1).parameters <= parameters:
        hidden += 1
    return hidden
