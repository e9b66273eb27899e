"""The head and the foot of a lesson: its place in the course, the glossary, what was answered, and the way on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import streamlit as st
from streamlit.errors import StreamlitAPIException

from rnnviz.stage import surroundings

from . import fixed, worksheet
from .glossary import TERMS
from .outline import HOME, PAGES, Place, Row, place

if TYPE_CHECKING:
    from .lesson import Lesson


def beside_question(name: str) -> str:
    """What stands behind a lesson's question: its place and how long it takes (markdown); empty for no lesson."""
    found = place(name)
    return "" if found is None else f" :small[:gray[{found.words.replace(' ', chr(0xA0))}]]"


def show_glossary(name: str) -> None:
    """A button that opens the glossary over the page."""
    with st.popover("Glossary", type="tertiary", icon=":material/dictionary:", key=f"{name} glossary"):
        surroundings.glossary(TERMS, key=f"{name}-glossary")


def foot(lesson: Lesson) -> None:
    """Progress, worksheet and neighbours of a lesson that has asked all its questions."""
    found = place(lesson.key)
    if found is None:
        return
    st.divider()
    surroundings.progress(lesson.key, asked(lesson.questions), key=f"{lesson.key}-progress")
    if lesson.questions:
        hand_out(lesson)
    neighbours(found)


def hand_out(lesson: Lesson) -> None:
    """The worksheet and its key, to print."""
    sheet = worksheet.Worksheet(
        lesson.name, lesson.question, worksheet.address(), lesson.settings(), tuple(lesson.questions)
    )
    with st.container(horizontal=True, gap="small"):
        for label, key in (("Worksheet to print", False), ("Its key", True)):
            if key and fixed.hidden("key"):
                continue
            st.download_button(
                label,
                sheet.key if key else sheet.sheet,
                file_name=f"rnnviz-{lesson.key}-{'key' if key else 'worksheet'}.html",
                mime="text/html",
                key=f"{lesson.key} {'key' if key else 'worksheet'}",
                on_click="ignore",
                icon=":material/key:" if key else ":material/print:",
            )


def asked(questions: Sequence[worksheet.Question]) -> list[surroundings.Asked]:
    """The questions as the browser remembers them: by their names, and those without one numbered by kind."""
    numbers: dict[str, int] = {}
    found = []
    for one in questions:
        numbers[one.kind] = numbers.get(one.kind, 0) + (not one.name)
        result = None if one.right is None else "right" if one.right else worksheet.WRONG[one.kind]
        found.append(surroundings.Asked(f"{one.kind} {one.name or numbers[one.kind]}", one.kind, one.question, result))
    return found


def neighbours(found: Place) -> None:
    """Links to the lesson before, home, and the lesson after."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        if found.before is not None:
            link(found.before, f"Before: {found.before.title}", ":material/arrow_back:", "left")
        link(None, "The whole course", ":material/map:", "left")
        if found.after is not None:
            after = f"Next: {found.after.title} ({found.after.minutes} minutes)"
            link(found.after, after, ":material/arrow_forward:", "right")


def link(row: Row | None, label: str, icon: str, side: Literal["left", "right"]) -> None:
    """A link to a lesson, None for home; a plain one where the page runs by itself and no other is known."""
    try:
        st.page_link(str(PAGES / f"{HOME}.py" if row is None else row.file), label=label, icon=icon, icon_position=side)
    except StreamlitAPIException:
        st.markdown(f"[{label}](/{'' if row is None else row.name})")
