"""Controls that stand in the section that they change, and figures that the stage's chart cannot show."""

from __future__ import annotations

from collections.abc import Hashable
from zlib import crc32

import streamlit as st

from rnnviz import stage
from rnnviz.stage import surroundings
from rnnviz.stage.chart import Figure

from .controls import Config, Controls
from .lesson import Lesson
from .links import entries
from .turns import pause

PLACE = 340
"""Pixels that a section takes that is still to be computed: about what a row of figures takes."""
FIRST_PICTURES, NEXT_PICTURES = 1.0, 0.12
"""Seconds that a browser has to draw the pictures of a page before it begins with the heavy one: when the page opens,
and when a control has changed that one, too."""


def check_links(lesson: Lesson, **sections: Controls) -> None:
    """On the first run, before anything else is drawn: what the link asks of the sections' controls and cannot have.

    sections: name of a section -> its controls, as `controls_here` will draw them
    """
    for name, controls in sections.items():
        controls.forget_what_is_not_theirs()
        if not controls.known():
            controls.check_link(f"{lesson.key}-{name}")


def controls_here(lesson: Lesson, controls: Controls, name: str) -> Config:
    """What is set. The controls stand where this is called; what could not be taken from the link is said above.

    name: of the section, as `check_links` knows it
    """
    lesson.settle()
    controls.draw()
    config, notices = controls.read(f"{lesson.key}-{name}")
    lesson.entries |= entries(controls, config)
    for notice in notices:
        lesson.note(notice)
    return config


def dark_theme() -> bool:
    """Whether the visitor sees the dark theme."""
    return st.context.theme.type == "dark"


def solid(lesson: Lesson, figure: Figure, name: str, *, caption: str, about: Hashable) -> None:
    """A figure in three dimensions, which can be turned. It keeps its view while the figure stays the same.

    The browser needs seconds to make the first one and a tenth of one for each other, and does nothing else then. So a
    page hands it in last, and it waits until the other pictures are likely to stand. about: the settings on which the
    figure depends
    """
    lesson.settle()
    key = f"{lesson.key}-{name}"
    before = stage.shows(key)
    stage.remembered(key, about)
    if stage.shows(key) != before:
        pause(FIRST_PICTURES if before is None else NEXT_PICTURES)
    st.markdown(f"**{caption}**")
    saved = {"filename": key, "scale": 2}
    bar = {"displayModeBar": True, "displaylogo": False, "modeBarButtons": [["toImage"]], "toImageButtonOptions": saved}
    st.plotly_chart(figure, key=key, theme=None, width="stretch", config=bar)


def in_sight(lesson: Lesson, name: str, about: Hashable, *, known: bool) -> bool:
    """Whether a costly section is to be drawn: its results are known, or the learner has come to it.

    Until then, a sentence holds its place. about: the settings on which the results depend; a constant means that who
    was here once is here from then on
    """
    lesson.settle()
    letters = f"{crc32(repr(about).encode()):08x}"
    if surroundings.seen(letters, key=f"{lesson.key}-{name}-sight") or known:
        return True
    with st.container(height=PLACE, border=False):
        st.markdown(":small[Computed as soon as you are here.]")
    return False


def progress(words: str):
    """Says what is being computed for as long as it takes: `with progress("Training"): …`"""
    return st.spinner(words)
