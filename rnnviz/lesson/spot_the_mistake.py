"""Spot the mistake: six ways to write a cell down, judged by the learner, then run on the same text and weights."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from rnnviz import figures
from rnnviz.engine import VERSIONS, Version
from rnnviz.engine.versions import AGREEMENT
from rnnviz.training.character_model import CELLS, CharacterModel

from .lesson import Lesson
from .remember import remember
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
from .words import token_label

VERDICTS = ("Right", "Wrong")
COLUMNS = {"LSTM": 3, "GRU": 2}
"""How many versions stand side by side: the GRU's lines are longer."""
REASONS = {
    ("LSTM", "joined"): "Two matrices side by side, times two vectors on top of one another, is the sum of the two "
    "products. And of two biases only the sum ever counts.",
    ("LSTM", "hidden-for-cell"): "$h_{t-1}$ stands where $f_t \\odot c_{t-1}$ belongs. No $c$ reaches the next $c$, "
    "and the forget gate is computed and never used: the long memory is gone.",
    ("LSTM", "linear-candidate"): "The candidate has lost its $\\tanh$. With it, a step adds at most 1 to a cell "
    "state; now it can add any amount, and $c$ grows.",
    ("LSTM", "exchanged"): "It looks upside down, but $\\tanh$ and $\\sigma$ are one curve at two scales: "
    "$\\sigma(a) = \\tfrac{1}{2}(1 + \\tanh \\tfrac{a}{2})$, and so $\\tanh(a) = 2\\sigma(2a) - 1$.",
    ("LSTM", "input-gate-twice"): "The input gate does the forget gate's work as well, so the cell keeps its memory "
    "only while it writes. To keep and not write ($f = 1$, $i = 0$) has become impossible.",
    ("LSTM", "sigmoid-candidate"): "$g_t$ now lies between 0 and 1: what is written is never negative, so from "
    "$c_0 = 0$ no cell state can ever fall below 0. "
    "Goodfellow et al. (2016, equation 10.41) print a $\\sigma$ here, and a network can be trained so; this one was "
    "trained with $\\tanh$.",
    ("GRU", "update-swapped"): "Be fair to this one: Chung et al. (2014) print just that, and there $z = 1$ means "
    "*renew*. These weights have learned that $z = 1$ means *keep*. Turn the sign of $z$'s weights as well, and it is "
    "right again, since $\\sigma(-a) = 1 - \\sigma(a)$.",
    ("GRU", "correction"): "Multiply it out: $h_{t-1} - (1 - z_t) \\odot h_{t-1}$ is $z_t \\odot h_{t-1}$. Read so, "
    "the state takes a step of size $1 - z_t$ towards the candidate.",
    ("GRU", "turned"): "The minus makes this $z_t$ what $1 - z_t$ is in torch, $\\sigma(-a) = 1 - \\sigma(a)$, and the "
    "last line has them exchanged too. Two changes that undo one another: the other convention, done properly.",
    ("GRU", "no-reset"): "The reset gate is computed and never used: the candidate always sees the whole past. Cells "
    "with an update gate alone exist and can be trained (Collins et al. 2017), but these weights count on $r$.",
    ("GRU", "sigmoid-candidate"): "The candidate now lies between 0 and 1, and so does every mean of candidates: from "
    "$h_0 = 0$ no state can ever fall below 0. Goodfellow et al. (2016, equation 10.45) print a $\\sigma$ here; these "
    "weights were trained with $\\tanh$.",
    ("GRU", "multiplied-out"): "The bracket is multiplied out, nothing more: $r_t$ scales the product and its bias, "
    "wherever you write it.",
}
"""Why each is right or wrong (markdown). Which of the two it is, is measured: `Version.is_right`."""


def spot_the_mistake(lesson: Lesson, model: CharacterModel, text: str) -> None:
    """The section: six versions of the model's cell, a judgement on each, and what came of those that were judged.

    The versions run from a state of zeros with the model's weights, which torch's equations are right for.
    """
    cell = model.cell.name
    versions = VERSIONS[cell]
    short, sum_of_all = model.cell.formulas[f"{model.cell.blocks[0]}_pre"].split(" = ")
    lesson.section(
        "Spot the mistake",
        f"Six ways to write the {cell} down, as notes and books do. Some are the {cell} of this page in other words, "
        "some are not. Judge each; then see it run with these weights on your text. "
        f"${short}$ is short for ${sum_of_all}$, and so for {'$f$, $g$ and $o$' if cell == 'LSTM' else '$z$'}.",
    )
    width = COLUMNS[cell]
    for row in range(0, len(versions), width):
        for column, version in zip(lesson.columns(*[1] * width), versions[row : row + width], strict=True):
            with column:
                _card(lesson, version)
    verdicts = _verdicts(lesson)
    judged = [version for version in versions if (cell, version.key) in verdicts]
    right = sum(verdicts[cell, version.key] == _truth(version) for version in judged)
    if not judged:
        lesson.say(f"*0 of {len(versions)} judged.* What you judge is run here, beside torch's equations.")
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.markdown(
            f"**{right} of {len(judged)}** judged rightly"
            + (f", {len(versions) - len(judged)} to go." if len(judged) < len(versions) else "."),
            width="content",
        )
        st.button("Judge afresh", key=f"{lesson.key} afresh", on_click=verdicts.clear, type="tertiary")
    _show_run(lesson, model, text, judged)


def letter(version: Version) -> str:
    """A to F, by its place."""
    return "ABCDEF"[VERSIONS[version.cell].index(version)]


def _card(lesson: Lesson, version: Version) -> None:
    """One version: its equations, the two buttons, and after the choice the reason in their place."""
    name, verdict = letter(version), _verdicts(lesson).get((version.cell, version.key))
    with st.container(border=True, gap="xsmall"):
        lines = [line.replace(" = ", " &= ", 1) for line in version.formulas.values()]
        st.latex(r"\begin{aligned}" + r" \\ ".join(lines) + r"\end{aligned}")
        if version.where:
            st.markdown(f"with ${version.where}$")
        if verdict is None:
            st.segmented_control(
                f"Version {name}", VERDICTS, key=_key(lesson, version), on_change=_judge,
                args=(lesson, version),
            )  # fmt: skip
            return
        truth = _truth(version)
        st.markdown(
            f"{':material/check:' if verdict == truth else ':material/close:'} "
            f"**Version {name} is {truth.lower()}**{', as you said' if verdict == truth else ''}. "
            f"{REASONS[version.cell, version.key]}"
        )


def _truth(version: Version) -> str:
    return VERDICTS[not version.is_right]


def _verdicts(lesson: Lesson) -> dict[tuple[str, str], str]:
    """Cell and version's key -> what the learner said of it. Said once: the answer stands beside it from then on."""
    return st.session_state.setdefault(f"{lesson.key} verdicts", {})


def _key(lesson: Lesson, version: Version) -> str:
    return f"{lesson.key} version {version.cell} {version.key}"


def _judge(lesson: Lesson, version: Version) -> None:
    """Note the verdict; what was judged last is what runs."""
    _verdicts(lesson)[version.cell, version.key] = st.session_state[_key(lesson, version)]
    st.session_state[f"{lesson.key} running"] = letter(version)


def _show_run(lesson: Lesson, model: CharacterModel, text: str, judged: list[Version]) -> None:
    """The picture and the numbers of one judged version, beside torch's."""
    letters = {letter(version): version for version in judged}
    name = st.segmented_control(
        "See it run", list(letters), key=f"{lesson.key} running", required=True, default=next(iter(letters))
    )
    version, weights = letters[name], fingerprint(model)
    right = torch_outcome(weights, model.cell.name, text, model)
    written = version_outcome(weights, version.cell, version.key, text, model)
    tokens = [token_label(model.vocabulary.tokens[i]) for i in model.vocabulary.encode(text)]
    apart = distance(right, written)
    gaps = np.abs(right.memory - written.memory).max(axis=0)
    unit, gap = int(gaps.argmax()), small(float(gaps.max()))
    states, distances = lesson.columns(1, 1)
    with states:
        lesson.chart(
            figures.as_written(
                pd.DataFrame({"right": right.memory[:, unit], "written": written.memory[:, unit]}),
                tokens,
                symbol=right.symbol,
                version=name,
                cell=version.cell,
            ),
            "version-state",
            caption=f"{right.symbol} of unit {unit}, where version {name} differs most: by {gap}",
            alt=f"Two lines over {len(tokens)} steps, torch's {version.cell} and version {name}, at most {gap} apart.",
        )
    with distances:
        table = pd.concat(
            pd.DataFrame(
                {
                    "version": letter(one),
                    "time": np.arange(len(tokens)),
                    "distance": distance(right, version_outcome(weights, one.cell, one.key, text, model)),
                }
            )
            for one in judged
        )
        lesson.chart(
            figures.version_distances(table, tokens, current=name, threshold=THRESHOLD, cell=version.cell),
            "version-distance",
            caption="Largest difference of any unit of h, each version judged",
            alt=f"One line a version on a log axis. Version {name} lies at most {small(float(apart.max()))} away.",
        )
    unseen = (
        torch_held_out(weights, version.cell, model),
        version_held_out(weights, version.cell, version.key, model),
    )
    lesson.say(_measured(version, name, right, written, unseen))


def _measured(version: Version, name: str, right: Outcome, written: Outcome, unseen: tuple[float, float]) -> str:
    """The numbers of a run as a table (markdown). unseen: bits per held-out character, right and as written"""
    apart = distance(right, written)
    first = first_apart(apart)
    rows = [
        ("largest difference of $h$ from torch's", "", small(float(apart.max()))),
        (f"first step at which it is above {THRESHOLD}", "", "none" if first is None else f"t = {first + 1}"),
        (f"range of ${right.symbol}$ over all units and steps", _range(right.memory), _range(written.memory)),
        ("bits per character of your text", bits(right.bits), bits(written.bits)),
        (f"bits per character of {HELD_OUT:,} held-out characters", bits(unseen[0]), bits(unseen[1])),
    ]
    table = "\n".join(f"| {what} | {one} | {other} |" for what, one, other in rows)
    hidden = not version.is_right and apart.max() <= AGREEMENT
    return (
        f"| the same weights | torch's {version.cell} | version {name} |\n|---|---:|---:|\n{table}\n\n"
        "Bits per character say how much the network was surprised by each next character: fewer is better."
        + (" With these weights the mistake does not show. With almost any others it does." if hidden else "")
    )


def _range(values: np.ndarray) -> str:
    return f"{values.min():.2f} to {values.max():.2f}".replace("-", "−")


@remember(most=64)
def torch_outcome(weights: str, cell: str, text: str, _model: CharacterModel) -> Outcome:
    """What torch's equations make of the text. weights: the `fingerprint` of the model, by which it is remembered."""
    return outcome(_model, text, _torch(_model))


@remember(most=64)
def version_outcome(weights: str, cell: str, key: str, text: str, _model: CharacterModel) -> Outcome:
    """The same of a version's equations."""
    return outcome(_model, text, _written(cell, key, _model))


@remember
def torch_held_out(weights: str, cell: str, _model: CharacterModel) -> float:
    """Bits per held-out character with torch's equations."""
    return bits_held_out(_model, _torch(_model))


@remember
def version_held_out(weights: str, cell: str, key: str, _model: CharacterModel) -> float:
    """The same with a version's."""
    return bits_held_out(_model, _written(cell, key, _model))


def _torch(model: CharacterModel) -> Run:
    """torch's equations with the model's weights, whatever options its own cell has."""
    cell = CELLS[model.cell.name].from_state_dict(model.cell.state_dict())
    return lambda x: cell.run(x).values


def _written(cell: str, key: str, model: CharacterModel) -> Run:
    (version,) = [version for version in VERSIONS[cell] if version.key == key]
    return lambda x: version.run(model.cell, x)
