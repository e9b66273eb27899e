"""The pages of the navigation: made once, and each run has its own."""

from streamlit.testing.v1 import AppTest

from rnnviz.lesson.outline import COURSE

TWO_RUNS = """
import streamlit as st
from rnnviz.lesson.navigation import pages

one, other = pages(), pages()
st.navigation(one, position="hidden")  # Streamlit notes in a page that it may be run now
st.session_state["listed"] = [(page.url_path, page.title) for page in other]
st.session_state["may run"] = [[page._can_be_called for page in run] for run in (one, other)]
"""


def test_what_one_run_may_show_is_no_matter_of_another_run():
    app = AppTest.from_string(TWO_RUNS).run()
    assert not app.exception
    own, others = app.session_state["may run"]
    assert own == [True] + [False] * len(COURSE) and others == [False] * (1 + len(COURSE))


def test_the_pages_are_home_and_the_course_in_its_order():
    app = AppTest.from_string(TWO_RUNS).run()
    home, *lessons = app.session_state["listed"]
    assert home == ("", "Home") and lessons == [(row.name, row.title) for row in COURSE]
