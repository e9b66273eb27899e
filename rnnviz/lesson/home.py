"""What the home page is made of: a player that shows something, the map of the course, and the way to old links."""

from __future__ import annotations

from urllib.parse import parse_qsl

import streamlit as st

from rnnviz import stage
from rnnviz.figures import palette
from rnnviz.stage import surroundings

from . import unrolling
from .foot import show_glossary
from .outline import COURSE, HOME, Row, chapters, place
from .pictures import TRAINED, picture
from .style import STYLE
from .words import counted, token_label

SENTENCE = "To be, or not to be"
FIRST = "unrolling"
"""What opened at the bare address before there was a home page: its links still say so."""
WORDS = 830
"""Pixels that the words beside the title may take: so they stand beside it."""
OLD = {"cell", "text", "weights", "seed", "loop"}
"""The controls of that lesson's links. What is the player's own (t, pin, view …), the player here writes too."""


def go_on_with_an_old_link() -> None:
    """Go to the first lesson if a visit begins with its parameters here; once, so that Back leads home."""
    seen = f"{HOME} seen"
    asked = {name: st.query_params[name] for name in st.query_params}
    if not st.session_state.get(seen):
        st.session_state[seen] = True
        if OLD & set(asked):
            open_lesson(FIRST, asked)


def open_lesson(name: str, query: dict[str, str]) -> None:
    """Leave for a lesson of the course; a name that is none changes nothing."""
    if (found := place(name)) is not None:
        asked = {name: value for name, value in query.items() if not name.lower().startswith("embed")}
        st.switch_page(str(found.row.file), query_params=asked)  # how a page is embedded is Streamlit's own to say


def welcome(title: str, words: str) -> None:
    """The title, and two sentences beside it (markdown)."""
    st.html(STYLE)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.title(title, anchor=False, width="content")
        st.markdown(words, width=WORDS)
        show_glossary(HOME)


def columns() -> list:
    """The player's and the map's; below each other on a narrow screen."""
    return st.columns([5, 6], gap="medium")


def live_player() -> None:
    """A trained LSTM that has read a sentence: the same player as in the lessons."""
    model, reading = unrolling.network(TRAINED), unrolling.reading(TRAINED, SENTENCE)
    tokens = [token_label(token) for token in model.vocabulary.tokens]
    ids, p = reading.likeliest()
    units, steps = model.cell.hidden_size, len(reading.trace)
    st.markdown(f":small[A trained LSTM has read “{SENTENCE}”, a column for each character.]")
    stage.player(
        reading.trace,
        [tokens[i] for i in reading.ids],
        stage.Output([[tokens[i] for i in row] for row in ids], p),
        key=f"{HOME}-player",
        title=f"A trained LSTM with {units} units reads {counted(steps, 'character')}",
        palette=palette.PLAYER,
        scales=unrolling.state_scale(TRAINED),
    )


def course_map() -> None:
    """Every lesson with its picture. What is done, and where the learner stopped, only their browser knows."""
    cards = {title: [card(row) for row in rows] for title, rows in chapters().items()}
    if (chosen := surroundings.course_map(cards, key=f"{HOME}-map")) is not None:
        name, query = chosen
        open_lesson(name, dict(parse_qsl(query[:4000], keep_blank_values=True)))


def card(row: Row) -> surroundings.Card:
    found = picture(row.name)
    svg, shows = (None, "") if found is None else found
    return surroundings.Card(row.name, COURSE.index(row) + 1, row.title, row.asks, row.minutes, svg, shows)
