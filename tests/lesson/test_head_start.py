"""The rest of a page waits for the pictures of its stage where they show something new, and else for nothing."""

from threading import Timer
from time import monotonic

import pytest
from streamlit.testing.v1 import AppTest

from rnnviz.lesson import lesson
from rnnviz.stage import opening
from tests.stage.decoder import decode

PAGE = """
import plotly.graph_objects as go
from rnnviz.lesson import Controls, Lesson, Number

lesson = Lesson("Example", question="What is new?")
config = lesson.controls(Controls(*[Number(name, 0, 9, default=1, label=name) for name in ("shown", "other")]))
for name, number in (("above", config.shown), ("below", config.other)):
    figure = go.Figure(go.Scatter(y=[0, number]), {"height": 100})
    lesson.chart(figure, name, caption=name, alt=name, beside_player=name == "above")
"""

PATIENCE = 60
START, FIRST = 3, 5
"""Seconds, which nobody waits where pauses are only counted."""


@pytest.fixture
def pauses(monkeypatch):
    found = []
    monkeypatch.setattr(lesson, "HEAD_START", START)
    monkeypatch.setattr(lesson, "FIRST_HEAD_START", FIRST)
    monkeypatch.setattr(lesson, "pause", lambda seconds, until=None: found.append(seconds))
    return found


@pytest.fixture
def page(pauses):
    page = AppTest.from_string(PAGE, default_timeout=30).run()
    assert pauses == [FIRST]
    pauses.clear()
    return page


@pytest.mark.parametrize(("control", "waits"), [("shown", [START]), ("other", [])])
def test_the_rest_waits_for_a_stage_that_shows_something_new(page, pauses, control, waits):
    page.number_input(control).set_value(2)
    assert not page.run().exception
    assert pauses == waits


def test_a_run_that_changes_nothing_waits_for_nothing(page, pauses):
    page.run()
    assert pauses == []


@pytest.mark.parametrize(("control", "times"), [("shown", 0), ("other", 1)])
def test_below_the_stage_the_rest_follows_a_picture_that_has_changed(pauses, monkeypatch, control, times):
    found = []
    monkeypatch.setattr(lesson, "rest_follows", lambda: found.append(1))
    page = AppTest.from_string(PAGE, default_timeout=PATIENCE).run()
    assert found == [1]  # the picture below the stage; that on it is awaited
    found.clear()
    page.number_input(control).set_value(2)
    assert not page.run().exception
    assert len(found) == times  # else the pause after the stage begins it
    page.run()
    assert len(found) == times


def test_each_part_below_the_stage_gives_way(page, monkeypatch):
    parts = []
    monkeypatch.setattr(lesson, "give_way", lambda: parts.append(1))
    page.run()
    assert not parts  # the picture below the stage is the first part, and has waited for the stage
    page = AppTest.from_string(f"{PAGE}\nlesson.say('One.')\nlesson.section('Two')", default_timeout=PATIENCE).run()
    assert not page.exception and len(parts) == 3


def told(page):
    """What the page's first picture is called, as the browser hears it."""
    (found,) = [one.proto.bytes for one in page.get("bidi_component") if one.proto.id.endswith("-presenter")]
    return decode(found)[0]["awaits"]


def test_the_rest_of_a_page_that_opens_follows_as_soon_as_the_browser_has_drawn(monkeypatch):
    awaited, names = opening.awaited, []

    def drawn_soon():
        picture = awaited()
        names.append(picture.name)
        Timer(0.1, opening.told, [picture.name]).start()
        return picture

    monkeypatch.setattr(opening, "awaited", drawn_soon)
    monkeypatch.setattr(lesson, "FIRST_HEAD_START", 2 * PATIENCE)
    begun = monotonic()
    page = AppTest.from_string(PAGE, default_timeout=PATIENCE).run()
    assert monotonic() - begun < PATIENCE and not page.exception
    assert [told(page)] == names
    assert told(page.run()) is None and len(names) == 1


def test_the_rest_follows_a_browser_that_never_says_anything(monkeypatch):
    monkeypatch.setattr(lesson, "FIRST_HEAD_START", 0.1)
    page = AppTest.from_string(PAGE, default_timeout=PATIENCE).run()
    assert not page.exception
    assert any(one.proto.id.endswith("-below") for one in page.get("bidi_component"))
