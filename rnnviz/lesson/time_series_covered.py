"""What the lesson "Time series" keeps covered: the numbers until they are predicted, the test part until the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import streamlit as st

from . import fixed, links
from .lesson import Lesson
from .time_series import Task

LOOKED = "series looked"


def held(chosen: bool, asked: bool, presets: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the numbers wait for the learner's prediction: those of a preset do.

    chosen: whether it was made   asked: whether it can be   presets: the settings of each
    """
    pressed = any(all(links.in_force(name, value) for name, value in one.items()) for one in presets)
    return pressed and asked and not (chosen or fixed.hidden("predict") or st.session_state.get(LOOKED))


def hold(lesson: Lesson) -> None:
    """In the place of the numbers: that they wait for a choice, and the way past it."""
    lesson.settle()

    def look_at_once() -> None:
        st.session_state[LOOKED] = True

    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.markdown("**Predict first**, above: the table appears here with your answer.", width="content")
        st.button("Show it without one", key="series show", on_click=look_at_once, type="tertiary")


def uncover(lesson: Lesson, task: Task) -> None:
    """The switch to the test part, and why it is off."""
    lesson.settle()

    def switch() -> None:
        st.session_state["part"] = "validation" if task.part == "test" else "test"

    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        uncovered = task.part == "test"
        st.button(
            "Cover the test part" if uncovered else "Uncover the test part",
            icon=":material/visibility_off:" if uncovered else ":material/visibility:",
            key="series uncover",
            on_click=switch,
            disabled=fixed.fixed("part"),
            help="The link that you opened fixes the part." if fixed.fixed("part") else None,
        )
        st.markdown(
            "This is the test part. Whatever you change from now on because of it is chosen **by** it, and its errors "
            "no longer say how you would do on a future that nobody has seen. Its origins are others than those of the "
            "validation part, so the slider began anew."
            if uncovered
            else "Look at it once, when everything is decided. Whoever tries settings until the *test* error is small "
            "has fitted the test part, too: that is cheating, also where nobody means to."
        )
