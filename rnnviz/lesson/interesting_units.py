"""What single units follow in the text: the shipped search's evidence, and one unit of it looked at closely."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd
import streamlit as st

from rnnviz import figures, stage
from rnnviz.figures.states import RARE
from rnnviz.stage.chart import Figure
from rnnviz.tasks.text import shakespeare
from rnnviz.tasks.text_features import FEATURES, feature
from rnnviz.training import interesting_units as search
from rnnviz.training.character_model import character_model

from .lesson import Lesson
from .remember import remember
from .words import verbatim

LOOKED_AT = 20_000
"""Characters of the held-out text that a picked unit is drawn over: reading them takes a fraction of a second."""
BINS = 40
CLEAR, SOME = 0.3, 0.1
"""How far above its controls a unit must stand, where 0 is chance and 1 perfect, to be called learned; or partly so."""
KEY = "follows"
"""The picked feature's key in the URL."""


class Picked(NamedTuple):
    """A unit by its quantity, "h" or "c", and its number."""

    quantity: str
    unit: int


class Evidence(Protocol):
    """A row of `evidence`, as `itertuples` hands it out. The columns are those of `search.search`."""

    feature: str
    share: float
    quantity: str
    unit: int
    sign: int
    threshold: float
    score: float
    order: float
    untrained: float
    shifted: float
    character: float
    margin: float
    label: str


@remember
def evidence(cell: str) -> pd.DataFrame:
    """The shipped rows of one cell, those first that stand out most from an untrained network and a character alone.

    A column margin says by how much; a column label names the unit.
    """
    rows = search.shipped()
    rows = rows[rows["cell"] == cell]
    chance = np.where(rows["count"], 0.0, 0.5)
    # On one scale: 0 is chance and 1 is perfect, for accuracies and for correlations.
    above = {name: (rows[name] - chance) / (1 - chance) for name in ("score", "untrained", "character")}
    rows = rows.assign(
        margin=above["score"] - np.maximum(above["untrained"], above["character"]),
        label=[f"{row.quantity} {row.unit}" for row in rows.itertuples()],
    )
    return rows.sort_values("margin", ascending=False, kind="stable").reset_index(drop=True)


@remember
def held_out(cell: str) -> search.States:
    """What the shipped model made of the beginning of the held-out text."""
    return search.States.of(character_model(cell), search.texts()[1][:LOOKED_AT])


@remember
def split_by(cell: str, name: str, picked: Picked) -> pd.DataFrame:
    """value, width, true, false: the shares of the true and of the false in each of `BINS` bins of the unit's value."""
    states = held_out(cell)
    values, follows = feature(name).values(states.text), states.values[picked.quantity][:, picked.unit]
    edges = np.histogram_bin_edges(follows, BINS)
    shares = {side: np.histogram(follows[values == is_true], edges)[0] / max(1, np.sum(values == is_true))
              for side, is_true in (("true", 1), ("false", 0))}  # fmt: skip
    return pd.DataFrame({"value": (edges[1:] + edges[:-1]) / 2, "width": np.diff(edges), **shares})


@remember
def means_by(cell: str, name: str, picked: Picked) -> pd.DataFrame:
    """count, mean, deviation, times: the unit at each count of the feature that was reached `RARE` times or more."""
    states = held_out(cell)
    table = pd.DataFrame(
        {"count": feature(name).values(states.text), "value": states.values[picked.quantity][:, picked.unit]}
    )
    by_count = table.dropna().groupby("count")["value"]
    means = pd.DataFrame({"mean": by_count.mean(), "deviation": by_count.std(ddof=0), "times": by_count.size()})
    return means[means["times"] >= RARE].reset_index().astype({"count": int})


def look_asked_for(lesson: Lesson) -> stage.Look | None:
    """What the button below last asked the player to show, for the call of the player above; None before it was."""
    return st.session_state.get(f"{lesson.key} look")


def ask(lesson: Lesson, unit: Picked) -> None:
    """Have the player colour the learner's text by a unit. Each press is another look, so that it can be repeated."""
    pressed = st.session_state[f"{lesson.key} looks"] = st.session_state.get(f"{lesson.key} looks", 0) + 1
    st.session_state[f"{lesson.key} look"] = stage.Look(f"{lesson.key} {pressed}", unit.unit, unit.quantity, "letters")


def interesting_units(lesson: Lesson, cell: str) -> None:
    """The section "What single units follow", about the shipped model of this cell."""
    rows = evidence(cell)
    check_link(lesson, list(rows["feature"]))
    states = "$h$ or $c$" if cell == "LSTM" else "$h$"
    many = len(held_out(cell).names)
    quotes = shakespeare().count('"')
    lesson.section(
        "What single units follow",
        f"Does a single number of {states} keep track of something that you could name? We made a list of "
        f"{len(FEATURES)} features of a text: the line's length, vowels, the ends of words, who speaks. "
        f"For each, all {many} numbers of the trained {cell}'s state were tried on {search.SEARCHED:,} characters "
        "of the text that it was trained on, and the best was kept. What you see is how well this one unit does on "
        f"**{search.HELD_OUT:,} other characters**, which took no part in training or choosing.\n\n"
        "Search long enough, and you find something even in noise. So each search was repeated in "
        f"{len(search.SEEDS)} networks with *random* weights (○, the best of them), and compared with a guess from the "
        "character just read, without any memory (│). Only a unit that lies well to the right of both has *learned* "
        "to *remember* something. In the lists, such units come first.",
    )
    flags, counts = lesson.columns(3, 2)
    for column, count in ((flags, False), (counts, True)):
        with column:
            lesson.chart(
                pictured(cell, count),
                "counts-followed" if count else "features-followed",
                caption="Counts: Pearson's correlation, 0 for no relation, 1 for a straight line"
                if count
                else "True or false: balanced accuracy, 0.5 for guessing, 1 for never wrong",
                alt=told(cell, count),
            )
    with counts:
        lesson.say(
            "**Balanced accuracy** is the mean of two shares: how often the unit says yes where it is true, and no "
            "where it is false. So a rare feature counts as much as a common one, and saying always no gives 0.5.\n\n"
            "Not in the list: passages in quotes. The text has "
            + (f"only {quotes} double quotes" if quotes else "not one double quote")
            + ", and its single quotes are mostly apostrophes."
        )
        lesson.download(
            lambda: rows.drop(columns=["margin", "label"]), f"units-{cell}", label="All scores and controls (CSV)"
        )
    look_closer(lesson, cell, list(rows["feature"]))


@remember
def pictured(cell: str, count: bool) -> Figure:
    """The evidence of all features that are counts, or of all others."""
    own = evidence(cell)[evidence(cell)["count"] == count]
    own = own.assign(unit=own["label"])
    return figures.unit_evidence(own, cell=cell, count=count, networks=len(search.SEEDS))


@remember
def told(cell: str, count: bool) -> str:
    """The same in words: its first rows and its last."""
    own = evidence(cell)[evidence(cell)["count"] == count]
    return (
        f"Dots, one row a feature. First: {', '.join(map(in_words, own.head(3).itertuples()))}. "
        f"Last: {in_words(next(own.tail(1).itertuples()))}."
    )


def check_link(lesson: Lesson, names: list[str]) -> None:
    """On the first run, say if the link's feature is none."""
    if st.session_state.get(f"{lesson.key} {KEY} checked"):
        return
    st.session_state[f"{lesson.key} {KEY} checked"] = True
    asked = st.query_params.get(KEY)
    if asked is not None and asked not in names:
        lesson.note(
            f"The link's {KEY} cannot be {verbatim(asked)}: it is one of the features in the list. You see the first."
        )


def look_closer(lesson: Lesson, cell: str, names: list[str]) -> None:
    """One feature, its definition, its numbers, and the values of the unit that follows it best."""
    name = st.selectbox(
        "Look closer at the unit that follows",
        names,
        key=KEY,
        bind="query-params",
        width=430,
    )
    seen = closely(cell, name)
    symbol = f"{seen.unit.quantity} of unit {seen.unit.unit}"
    words, picture = lesson.columns(2, 3)
    with words:
        lesson.say(
            f"{seen.statement}\n\nYour text starts from an empty state; there, the unit had been running for "
            "thousands of characters. Type ↵ for the end of a line, as in `KING:↵Now is the winter`."
        )
        st.button(
            f"Colour your text by {symbol}, in the player",
            key=f"{lesson.key} ask",
            on_click=ask,
            args=(lesson, seen.unit),
            icon=":material/format_color_text:",
        )
    with picture:
        lesson.chart(seen.figure, "unit-closely", caption=seen.caption, alt=seen.alt)


class Closely(NamedTuple):
    """One feature and the unit that follows it best: what is said (markdown), and what is drawn."""

    unit: Picked
    statement: str
    figure: Figure
    caption: str
    alt: str


@remember
def closely(cell: str, name: str) -> Closely:
    rows = evidence(cell)
    row = next(rows[rows["feature"] == name].itertuples())
    one, unit = feature(name), Picked(row.quantity, int(row.unit))
    symbol = f"{unit.quantity} of unit {unit.unit}"
    if one.count:
        means = means_by(cell, name, unit)
        return Closely(
            unit,
            statement(cell, row),
            figures.unit_by_count(means, symbol=symbol, cell=cell, counts=f"{one.name}, counted"),
            caption=f"Mean of {symbol} at each count, over {LOOKED_AT:,} characters it never saw",
            alt=f"A line with whiskers of one standard deviation, from {means['mean'].iloc[0]:.4f} at "
            f"{means['count'].iloc[0]} to {means['mean'].iloc[-1]:.4f} at {means['count'].iloc[-1]}. "
            f"Counts reached fewer than {RARE} times are left out.",
        )
    return Closely(
        unit,
        statement(cell, row),
        figures.unit_split(split_by(cell, name, unit), symbol=symbol, cell=cell, threshold=float(row.threshold)),
        caption=f"Values of {symbol} where the feature is true and where it is false, over {LOOKED_AT:,} "
        "characters it never saw",
        alt=f"Two histograms, back to back. The unit says yes {yes(row)}, the dashed line.",
    )


def statement(cell: str, row: Evidence) -> str:
    """A row of the evidence in sentences (markdown)."""
    one = feature(row.feature)
    kind = "Counted" if one.count else "True when"
    moment = "What it says lies ahead, so following it is a prediction. " if one.ahead else ""
    if one.count:
        measured = (
            f"Its correlation with **{row.quantity} of unit {row.unit}** is **{row.sign * row.score:+.3f}** "
            f"(by ranks, Spearman's ρ: {row.sign * row.order:+.3f}).".replace("-", "−")
        )
        frequency = f"Its mean is {row.share:.1f}. "
        of_chance = "0"
    else:
        measured = (
            f"**{row.quantity} of unit {row.unit}**, read as yes {yes(row)}, has a balanced accuracy of "
            f"**{row.score:.3f}** (area under the ROC curve: {row.order:.3f})."
        )
        frequency = f"That is so at {row.share:.1%} of the characters that it is asked of. "
        of_chance = "0.5"
    return (
        f"**{one.name[0].upper()}{one.name[1:]}.** {kind}: {one.says}. {moment}{frequency}\n\n{measured}\n\n"
        f"| the same search, with … | |\n|---|--:|\n"
        f"| the trained {cell} | {row.score:.3f} |\n"
        f"| {len(search.SEEDS)} untrained networks, the best | {row.untrained:.3f} |\n"
        f"| no network, the last character alone | {row.character:.3f} |\n"
        f"| the feature moved to other places of the text | {row.shifted:.3f} |\n"
        f"| guessing | {of_chance} |\n\n{verdict(row)}"
    )


def verdict(row: Evidence) -> str:
    """What the numbers allow one to say, and no more."""
    if row.margin >= CLEAR:
        return (
            "Neither an untrained network nor the last character comes near: this unit follows something that has to "
            "be remembered. It is a correlation all the same: it does not say what the network uses the unit for."
        )
    if row.margin >= SOME:
        return (
            "Better than both controls, which do not do badly either: part of it can be had without training or "
            "without memory, and part has been learned."
        )
    if row.character >= max(row.score, row.untrained):
        return "The character just read tells as much or more: nothing here has to be remembered."
    if row.untrained >= row.score:
        return "An untrained network does as well: chance wiring and a choice among many units are enough for this."
    return "A little better than the controls, and no more: not a unit to put a name on."


def yes(row: Evidence) -> str:
    """For which values the unit is taken to say yes."""
    return f"{'above' if row.sign > 0 else 'at or below'} {row.threshold:.4g}".replace("-", "−")


def in_words(row: Evidence) -> str:
    return f"{row.feature} {row.score:.3f} by {row.label}"
