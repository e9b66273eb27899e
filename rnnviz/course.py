"""The script that the server runs: the home page and the lessons in the order of learning."""

import streamlit as st

from rnnviz.lesson.navigation import pages
from rnnviz.lesson.outline import PAGES
from rnnviz.lesson.turns import turn

with turn():
    st.set_page_config(page_title="rnnviz", page_icon=str(PAGES.parent / "assets" / "icon.svg"), layout="wide")
    st.navigation(pages(), position="top").run()
