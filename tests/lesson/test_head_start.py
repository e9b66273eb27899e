"""The rest of a page waits for the pictures of its stage where they show something new, and else for nothing."""

import pytest
from streamlit.testing.v1 import AppTest

from rnnviz.lesson import lesson

PAGE = """
import plotly.graph_objects as go
from rnnviz.lesson import Controls, Lesson, Number

lesson = Lesson("Example", question="What is new?")
config = lesson.controls(Controls(*[Number(name, 0, 9, default=1, label=name) for name in ("shown", "other")]))
for name, number in (("above", config.shown), ("below", config.other)):
    figure = go.Figure(go.Scatter(y=[0, number]), {"height": 100})
    lesson.chart(figure, name, caption=name, alt=name, beside_player=name == "above")
"""


@pytest.fixture
def pauses(monkeypatch):
    found = []
    monkeypatch.setattr(lesson, "pause", found.append)
    return found


@pytest.fixture
def page(pauses):
    page = AppTest.from_string(PAGE, default_timeout=30).run()
    assert pauses == [lesson.FIRST_HEAD_START]
    pauses.clear()
    return page


@pytest.mark.parametrize(("control", "waits"), [("shown", [lesson.HEAD_START]), ("other", [])])
def test_the_rest_waits_for_a_stage_that_shows_something_new(page, pauses, control, waits):
    page.number_input(control).set_value(2)
    assert not page.run().exception
    assert pauses == waits


def test_a_run_that_changes_nothing_waits_for_nothing(page, pauses):
    page.run()
    assert pauses == []
