"""A series of the learner's own in the lesson "Time series": uploaded, named, removed. It stays in the visit."""

from __future__ import annotations

import streamlit as st

from rnnviz.tasks.forecasting import Series
from rnnviz.tasks.own_series import own

from .lesson import Lesson
from .time_series import OWN
from .words import counted, escaped, verbatim

KEPT, REFUSED, TAKEN = "series of one's own", "file refused", "files taken"


def own_series(lesson: Lesson, data: str) -> Series | None:
    """What was uploaded in this visit, and where own data is wanted, the place to upload it. Kept in the session alone.

    What is no series is said in a sentence, and the last good one stays.
    """
    if data == OWN:
        lesson.settle()
        with lesson.before_stage:
            key = f"series upload {st.session_state.get(TAKEN, 0)}"
            st.file_uploader(
                "A CSV file: one column of numbers, and before it, if you like, one of dates or of numbers for the "
                "time. At most 5,000 values and 1 MB. No link and no disk holds them; the server keeps what a network "
                "learned from them.",
                type=["csv", "txt", "tsv"],
                key=key,
                max_upload_size=1,
                on_change=take,
                args=(key,),
            )
            if sentence := st.session_state.get(REFUSED):
                st.warning(sentence, icon=":material/error:")
            if KEPT in st.session_state:
                in_use(st.session_state[KEPT])
    return st.session_state.get(KEPT)


def take(key: str) -> None:
    """Read what was uploaded. The place for files is emptied, so that what it said of an earlier one goes, too."""
    file = st.session_state.get(key)
    if file is None:
        return
    st.session_state.pop(REFUSED, None)
    try:
        st.session_state[KEPT] = own(file.getvalue(), name=file.name)
    except ValueError as refusal:
        st.session_state[REFUSED] = f"{verbatim(file.name)} cannot be used. {escaped(str(refusal))}"
    st.session_state[TAKEN] = st.session_state.get(TAKEN, 0) + 1


def in_use(series: Series) -> None:
    """Which file is read, and a button to forget it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.markdown(
            f"In use: {verbatim(series.name)}, {counted(len(series.values), 'value')}. It goes into no link: whoever "
            "opens yours is asked for a file.",
            width="content",
        )
        st.button("Remove it", icon=":material/delete:", key="series remove", type="tertiary", on_click=forget)


def forget() -> None:
    for name in (KEPT, REFUSED):
        st.session_state.pop(name, None)
