"""What stands around the lessons: the map of the course, a lesson's progress, the glossary.

The learner's progress is kept by the browser alone (assets/stage/remembered.js); Python is told nothing of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from .assets import component
from .payload import encode

_map = component("map")
_progress = component("progress")
_glossary = component("glossary")
_sight = component("sight")


class Card(NamedTuple):
    """A lesson on the map. picture: theme -> SVG, None for none   shows: what is to be seen in it, in words"""

    name: str
    number: int
    title: str
    asks: str
    minutes: int
    picture: Mapping[str, str] | None
    shows: str


class Asked(NamedTuple):
    """A question of a lesson. id: its own in the lesson   kind: "prediction" or "check"

    result: "right", for a prediction else "otherwise" and for a check "not yet"; None while it is not answered
    """

    id: str
    kind: str
    question: str
    result: str | None


def course_map(chapters: Mapping[str, Sequence[Card]], *, key: str) -> tuple[str, str] | None:
    """Show the map, with the marks of what this browser remembers.

    Returns the lesson that was clicked and the query of its link, in the run that follows the click; else None.
    """
    cards = [{"title": title, "lessons": [card._asdict() for card in lessons]} for title, lessons in chapters.items()]
    return chosen(_map(key=key, data={"chapters": cards}, on_go_change=lambda: None).go)


def chosen(go: Any) -> tuple[str, str] | None:
    """What a component sent: a name and a query; None for what is none."""
    if not isinstance(go, Mapping):
        return None
    name, query = go.get("name"), go.get("query")
    return (name, query) if isinstance(name, str) and isinstance(query, str) else None


def progress(lesson: str, questions: Sequence[Asked], *, key: str) -> None:
    """How many of a lesson's questions are answered. The browser remembers it, and that this lesson was last."""
    _progress(key=key, data=encode({"lesson": lesson, "questions": [one._asdict() for one in questions]}, {}))


def seen(about: str, *, key: str) -> bool:
    """Whether this place of the page is or was in sight since it is about this. The run that follows may say so.

    about: what is to be computed here, as a few letters
    """
    return (
        _sight(key=key, data=encode({"about": about}, {}), default={"seen": None}, on_seen_change=lambda: None).seen
        == about
    )


def glossary(terms: Mapping[str, str], *, key: str) -> None:
    """Terms and their explanations, which can be searched without asking the server."""
    _glossary(key=key, data=encode({"terms": [[term, explanation] for term, explanation in terms.items()]}, {}))
