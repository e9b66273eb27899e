"""The home page: the player and the map are sent whole, and links of old find their lesson."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from rnnviz.lesson import home
from rnnviz.lesson.outline import COURSE, chapters
from rnnviz.training.character_model import character_model
from tests.pages.page import ROOT
from tests.stage.decoder import as_sent, decode


def opened(**link):
    app = AppTest.from_file(str(ROOT / "pages" / "home.py"), default_timeout=60)
    for name, value in link.items():
        app.query_params[name] = value
    return app.run()


@pytest.fixture
def left(monkeypatch):
    """(page, query) of every switch to another page."""
    gone = []
    monkeypatch.setattr(
        "streamlit.switch_page", lambda page, query_params=None: gone.append((page.split("/")[-1], query_params))
    )
    return gone


def sent(app, name):
    (found,) = [one.proto for one in app.get("bidi_component") if one.proto.id.endswith(name)]
    return found


def test_home_says_what_this_is_and_shows_a_player_with_a_real_trace(left):
    app = opened()
    assert not app.exception and not left
    (words,) = [one.value for one in app.markdown if "recurrent network" in one.value]
    assert words.count(". ") == 1, "two sentences"
    header, arrays = decode(sent(app, "home-player").bytes)
    trace = character_model("LSTM").read(home.SENTENCE).trace
    assert (arrays["h"] == as_sent(trace.h)).all() and header["steps"] == len(home.SENTENCE)


def test_the_map_holds_the_course_in_order_with_pictures(left):
    found = json.loads(sent(opened(), "home-map").json)["chapters"]
    assert [one["title"] for one in found] == list(chapters())
    cards = [card for one in found for card in one["lessons"]]
    assert [card["name"] for card in cards] == [row.name for row in COURSE]
    assert [card["number"] for card in cards] == list(range(1, len(COURSE) + 1))
    for card, row in zip(cards, COURSE, strict=True):
        assert (card["asks"], card["minutes"]) == (row.asks, row.minutes)
        assert card["picture"].keys() == {"light", "dark"} and card["shows"]


OLD = [
    {"cell": "GRU"},
    {"text": "a b", "t": "3"},
    {"pin": "3.4", "cell": "Elman", "show": "h", "unheard": "of"},
    {"weights": "nonsense"},
    {"loop": "0.5"},
]


@pytest.mark.parametrize("link", OLD, ids=str)
def test_a_link_of_old_goes_on_to_the_first_lesson_with_all_it_says(left, link):
    app = opened(**link)
    assert not app.exception and left == [("unrolling.py", link)]
    app.run()
    assert len(left) == 1, "back at home, one stays there"


@pytest.mark.parametrize(
    "link", [{"utm_source": "mail"}, {"t": "2"}, {"pin": "2.5", "view": "cell", "show": "h"}], ids=str
)
def test_other_parameters_stay_at_home(left, link):
    """The player at home keeps its step in the address: a reload must not lead away."""
    opened(**link)
    assert not left


@pytest.mark.parametrize(
    ("name", "query", "gone"),
    [
        ("lstm", "text=a%20%26b&f=open&text2=", [("lstm.py", {"text": "a &b", "f": "open", "text2": ""})]),
        ("gru", "", [("gru.py", {})]),
        ("gru", "embed=true&EMBED_OPTIONS=dark_theme&text=a", [("gru.py", {"text": "a"})]),
        ("../app", "", []),
        ("nowhere", "a=1", []),
        ("home", "", []),
    ],
)
def test_a_click_on_the_map_opens_a_lesson_of_the_course_and_nothing_else(left, monkeypatch, name, query, gone):
    monkeypatch.setattr("rnnviz.stage.surroundings.course_map", lambda cards, key: (name, query))
    assert not opened().exception
    assert left == gone


@pytest.mark.parametrize(("name", "own"), [("sequences", 8), ("vanishing", 32)])
def test_what_another_lesson_calls_by_the_same_name_is_not_taken_for_ones_own(name, own):
    """LSTM has a choice "units", and its value goes along when a learner goes on to a lesson with that many units."""
    app = AppTest.from_file(str(ROOT / "pages" / f"{name}.py"), default_timeout=60)
    app.session_state["units"] = app.query_params["units"] = "one unit"
    app.run()
    assert not app.exception and "units" not in app.query_params
    assert app.number_input(key="units").value == own
