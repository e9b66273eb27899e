"""A lesson shared and presented: the popover that makes links, and what presentation mode needs of the page.

The mode itself is the browser's own (assets/stage/presenter.js and its style): no script runs when it is switched.
"""

from __future__ import annotations

import tomllib
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from rnnviz import stage
from rnnviz.stage import Shared

from . import fixed

if TYPE_CHECKING:
    from .lesson import Lesson

PROJECT = Path(__file__).parent.parent.parent / "pyproject.toml"
PART_OF = {"Check yourself": "check", "The same in PyTorch": "code"}
"""Heading of a section -> the part of the lesson that it is, as links call it."""
AFTER_CLASS = (*PART_OF, "Further reading")
"""The sections with which the part of a lesson begins that is not presented."""


def head(lesson: Lesson) -> None:
    """The popover and the switch, to the right of the title. The popover is filled at the end, by `fill`."""
    lesson.sharing = st.popover("Share", type="tertiary", icon=":material/share:", key=f"{lesson.key} share")
    stage.presenter(key=f"{lesson.key}-presenter", awaits=lesson.awaited and lesson.awaited.name)


def fill(lesson: Lesson) -> None:
    """Put into the popover what can be shared, once all of the lesson is known: of controls those that it shows, and
    those that the link fixes."""
    shared = [Shared(name, label, fixed.how(name), part=True) for name, label in fixed.PARTS.items()]
    waiting = lesson.waiting()
    for one in lesson.entries.values():
        if fixed.fixed(one.name) or one.name not in waiting:
            label = f"{one.label} (slider)" if one.slider else one.label
            shared.append(Shared(one.name, label, fixed.how(one.name)))
    with lesson.sharing:
        stage.share(shared, state(lesson), name=f"rnnviz-{lesson.key}", key=f"{lesson.key}-share")


def state(lesson: Lesson) -> dict[str, Any]:
    """All that is set, the defaults too. What the player is at, and the link, the browser adds."""
    parts: dict[bool, dict[str, Any]] = {True: {}, False: {}}
    for one in lesson.entries.values():
        parts[one.slider][one.name] = one.value
    return {
        "lesson": lesson.key,
        "title": lesson.name,
        "versions": versions(),
        "controls": parts[False],
        "sliders": parts[True],
    }


@cache
def versions() -> dict[str, str]:
    ours = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["version"]
    return {"rnnviz": ours, **{name: version(name) for name in ("numpy", "plotly", "streamlit")}}


def hides(title: str) -> bool:
    """Whether the link hides the section of this heading."""
    return title in PART_OF and fixed.hidden(PART_OF[title])


def place(lesson: Lesson, title: str) -> AbstractContextManager:
    """Where the heading of a section stands: the first of `AFTER_CLASS` in a container that presentation mode knows.

    It shows nothing from there on.
    """
    if title not in AFTER_CLASS or lesson.after_class:
        return nullcontext()
    lesson.after_class = True
    return st.container(key=f"{lesson.key}-lesson-after")


def revealed(lesson: Lesson, question: str, about: Any) -> bool:
    """A button that shows the measured answer before anyone has chosen, and whether it was pressed.

    Only presentation mode shows it: a class has answered with raised hands.
    """
    asked = f"{lesson.key} revealed"
    key = (question, repr(about))

    def reveal() -> None:
        st.session_state[asked] = key

    if st.session_state.get(asked) == key:
        return True
    with st.container(key=f"{lesson.key}-lesson-reveal-{lesson.asked}", width="content"):
        st.button("Reveal", key=f"{lesson.key} reveal {lesson.asked}", on_click=reveal, icon=":material/visibility:")
    return False
