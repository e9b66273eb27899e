"""The script that the server runs: the home page and the lessons in the order of learning."""

import streamlit as st

from rnnviz.lesson.outline import COURSE, HOME, PAGES
from rnnviz.lesson.turns import turn

with turn():
    st.set_page_config(page_title="rnnviz", page_icon=str(PAGES.parent / "assets" / "icon.svg"), layout="wide")
    st.navigation(
        [
            st.Page(PAGES / f"{HOME}.py", title="Home", icon=":material/home:", default=True),
            *(st.Page(row.file, title=row.title, icon=f":material/{row.icon}:", url_path=row.name) for row in COURSE),
        ],
        position="top",
    ).run()
