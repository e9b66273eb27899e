"""The pages of the course as Streamlit's navigation takes them."""

from __future__ import annotations

from copy import copy
from functools import cache

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from .outline import COURSE, HOME, PAGES


@cache
def made() -> list[StreamlitPage]:
    """Home and the lessons in the order of learning. Each looks for its file when it is made, so they are made once,
    in a run: outside of one, Streamlit makes pages that cannot be shown."""
    home = st.Page(PAGES / f"{HOME}.py", title="Home", icon=":material/home:", default=True)
    lessons = (st.Page(row.file, title=row.title, icon=f":material/{row.icon}:", url_path=row.name) for row in COURSE)
    return [home, *lessons]


def pages() -> list[StreamlitPage]:
    """Those of one run, which Streamlit writes into: whether they may be run."""
    return [copy(page) for page in made()]
