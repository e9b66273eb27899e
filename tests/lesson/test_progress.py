"""What a lesson tells the browser of the learner's answers: the questions in their order, and right or not yet."""

import json

import pytest

from rnnviz.lesson.foot import asked
from rnnviz.lesson.worksheet import Question
from rnnviz.stage.surroundings import Asked, chosen
from tests.pages.page import LessonApp
from tests.stage.decoder import decode

QUESTIONS = [
    Question("prediction", "Stays?", ("Yes", "No"), "Yes", "Computed.", True),
    Question("check", "How many?", (), "4", "Counted."),
    Question("check", "Which?", ("One", "Two"), "Two", "Look.", False),
    Question("prediction", "Grows?", ("Yes", "No"), "No", "Computed.", False),
    Question("check", "And now?", (), "5", "Counted.", True),
]


def test_questions_are_numbered_by_kind_in_the_order_of_the_page():
    assert asked(QUESTIONS) == [
        Asked("prediction 1", "prediction", "Stays?", "right"),
        Asked("check 1", "check", "How many?", None),
        Asked("check 2", "check", "Which?", "not yet"),
        Asked("prediction 2", "prediction", "Grows?", "otherwise"),
        Asked("check 3", "check", "And now?", "right"),
    ]


def test_a_question_with_a_name_keeps_it_whatever_is_asked_around_it():
    """A right answer to one question must not count for another, where settings decide which are asked."""
    named = Question("check", "Now and then?", (), "6", "Counted.", True, name="now and then")
    for at in range(len(QUESTIONS) + 1):
        found = asked([*QUESTIONS[:at], named, *QUESTIONS[at:]])
        assert found[at].id == "check now and then"
        assert [one.id for k, one in enumerate(found) if k != at] == [one.id for one in asked(QUESTIONS)]


def test_no_answer_travels_before_it_is_given():
    told = json.dumps([one._asdict() for one in asked(QUESTIONS)])
    assert "Computed" not in told and "Counted" not in told


@pytest.mark.parametrize(
    "sent", [None, "lstm", {"name": "lstm"}, {"name": 3, "query": ""}, {"name": "a", "query": None}]
)
def test_what_is_no_click_on_the_map_is_none(sent):
    assert chosen(sent) is None


def test_a_click_on_the_map_names_a_lesson_and_its_query():
    assert chosen({"name": "lstm", "query": "text=a"}) == ("lstm", "text=a")


class Gru(LessonApp):
    """A lesson, and what the component at its foot was sent."""

    def __init__(self):
        super().__init__("pages/gru.py", "gru")

    @property
    def told(self):
        (found,) = [one.proto for one in self.app.get("bidi_component") if one.proto.id.endswith("gru-progress")]
        return decode(found.bytes)[0]

    @property
    def results(self):
        return {one["id"]: one["result"] for one in self.told["questions"]}


def test_a_page_reports_what_is_answered():
    page = Gru()
    assert page.told["lesson"] == "gru"
    assert page.results == {"prediction 1": None, "check 1": None, "check 2": None, "check 3": None}
    page.answer("How many numbers does the cell learn", 7)
    assert page.results["check 3"] == "not yet"
    page.answer("How many numbers does the cell learn", 3 * (64 * 64 + 64 * 64 + 2 * 64))
    assert page.results["check 3"] == "right"
    assert page.results["check 1"] is None
