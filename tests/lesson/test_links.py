"""What a teacher's link hides or locks stands as the link has it, whatever is pressed; what it cannot have is said."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnnviz.lesson import fixed
from rnnviz.lesson.outline import COURSE
from tests.pages.page import ROOT, LessonApp
from tests.stage.decoder import decode

PAGES = {row.name: f"pages/{row.name}.py" for row in COURSE if (ROOT / "pages" / f"{row.name}.py").exists()}
STAGE = {"t", "pin", "view", "show", "span", "speed", "repeat", "operation", "mask"}
BY_HAND = {"factor"}
"""Kept in the link by the lesson itself, since its labels are formulas: tests of that lesson hold it to that."""


class Page(LessonApp):
    def __init__(self, name: str, **link):
        super().__init__(PAGES[name], name, **link)

    @property
    def shared(self) -> dict[str, dict]:
        """Name -> what the popover offers to hide or lock."""
        return {one["name"]: one for one in decode(self.stage("share"))[0]["shared"]}

    @property
    def state(self) -> dict:
        """What the file holds."""
        return decode(self.stage("share"))[0]["state"]

    @property
    def widgets(self) -> dict[str, object]:
        """Key -> widget, of those that have one."""
        kinds = ("button_group", "text_input", "number_input", "selectbox", "slider", "radio")
        return {one.key: one for kind in kinds for one in self.app.get(kind) if one.key}


@pytest.mark.parametrize("name", PAGES)
def test_every_control_of_every_lesson_is_in_the_link(name):
    page = Page(name)
    named = {**page.state["controls"], **page.state["sliders"]}
    assert named and not STAGE & set(named) and not set(fixed.PARTS) & set(named)
    for key in page.widgets:
        # Answers are the learner's own, and a preset is a way to set controls: neither is a setting.
        own = key in {*named, *BY_HAND} or any(
            word in key for word in ("predict", "check", "preset", "version", "running")
        )
        assert own or key in page.app.query_params or bound(page.widgets[key]), f"{key} is not in the link"
    assert set(page.state["versions"]) == {"rnnviz", "numpy", "plotly", "streamlit"}
    json.dumps(page.state, allow_nan=False)


def bound(widget) -> bool:
    return bool(widget.proto.query_param_key)


@pytest.mark.parametrize("name", PAGES)
def test_all_controls_can_be_hidden_or_locked_at_once(name):
    plain = Page(name)
    named = set(plain.state["controls"])
    hidden = Page(name, hide="all")
    assert not named & set(hidden.widgets) and hidden.state == plain.state and hidden.notices == plain.notices
    locked = Page(name, lock="all", hide="presets")
    assert not named & set(locked.widgets)
    assert all(one.disabled for key, one in locked.widgets.items() if key.startswith("locked"))


def test_a_hidden_control_keeps_the_links_value_against_presets_and_pages_go_on():
    page = Page("lstm", hide="f", f="shut")
    assert "f" not in page.widgets and page.state["controls"]["f"] == "shut"
    page.choose("Perfect memory", 0)
    assert page.state["controls"]["f"] == "shut" and page.state["controls"]["i"] == "shut"
    assert "The link fixes *Forget gate f*, which this preset would set" in page.said("this preset would set")
    assert page.app.query_params["f"] == "shut"


def test_a_locked_control_is_seen_and_cannot_be_changed():
    page = Page("unrolling", lock="cell,seed", cell="GRU")
    (cell,) = [one for key, one in page.widgets.items() if key.startswith("locked cell")]
    assert cell.disabled and cell.value == "GRU" and ":material/lock:" in cell.label
    assert page.state["controls"]["cell"] == "GRU" and page.state["controls"]["seed"] == 0
    page.choose("All weights zero", 1)
    assert page.state["controls"] | {"weights": "zero", "cell": "GRU"} == page.state["controls"]
    page.choose("All weights zero", 4)  # back to the start: an LSTM, but for the lock
    assert page.state["controls"]["cell"] == "GRU"
    assert page.shared["cell"]["how"] == "lock" and page.shared["text"]["how"] == ""


def test_only_what_the_page_shows_can_be_hidden_or_locked_and_sliders_are_called_so():
    page = Page("vanishing", units=2, length=4)
    assert not {"passage", "fixed_radius"} & set(page.shared)
    assert page.shared["radius"]["label"] == "Spectral radius ρ (slider)"
    page = Page("vanishing", units=2, length=4, scrub="forget bias")
    assert page.shared["fixed_radius"]["label"] == "Radius ρ" and "forget" not in page.shared
    assert page.shared["bias"]["label"] == "Forget bias (slider)"
    assert Page("vanishing", weights="trained").shared["passage"]["label"] == "Text to read"
    assert Page("vanishing", units=2, length=4, lock="passage").shared["passage"]["how"] == "lock"


def test_a_control_that_waits_for_a_fixed_one_follows_it():
    page = Page("lstm", lock="f", f="at", f_at="0.25")
    assert page.state["controls"]["f_at"] == 0.25 and "f_at" in page.widgets
    assert "f_at" not in Page("lstm", hide="f").widgets


def test_nonsense_for_a_locked_control_falls_back_and_is_said():
    page = Page("unrolling", lock="cell", cell="Transformer")
    assert page.state["controls"]["cell"] == "LSTM"
    assert any("Cell cannot be" in notice for notice in page.notices)


@pytest.mark.parametrize(
    ("part", "words"), [("predict", "It doubles"), ("presets", "Before training"), ("check", "twice as long")]
)
def test_a_part_that_is_hidden_is_not_on_the_page(part, words):
    def there(page):
        lists = [option for one in (*page.app.button_group, *page.app.radio) for option in one.options]
        return words in " ".join([*lists, *(one.label for one in page.app.number_input)])

    assert there(Page("unrolling")) and not there(Page("unrolling", hide=part))
    assert ("Check yourself" in " ".join(Page("unrolling", hide=part).prose)) == (part != "check")


def test_the_script_can_be_hidden_and_is_a_file_otherwise():
    page = Page("unrolling")
    assert any(one.proto.label == "This script (.py)" for one in page.app.get("download_button"))
    page = Page("unrolling", hide="code")
    assert page.script is None and not any("script" in one.proto.label for one in page.app.get("download_button"))


def test_a_slider_can_be_locked_and_hidden():
    for how in ("lock", "hide"):
        page = Page("unrolling", **{how: "loop"}, loop="0.5")
        assert decode(page.stage("loop"))[0]["sweep"]["fixed"] == how
    assert decode(Page("unrolling").stage("loop"))[0]["sweep"]["fixed"] == ""


def test_names_that_the_lesson_does_not_have_are_said_and_nothing_else_happens():
    page = Page("unrolling", hide="cel,predict", lock="predict,weights")
    said = [notice for notice in page.notices if "does not have" in notice]
    assert len(said) == 2 and "hides ` cel `" in said[0] and "locks ` predict `" in said[1] and "cell, text" in said[0]
    assert "cell" in page.widgets and "weights" not in page.widgets


def test_a_parameter_of_no_one_is_said_until_something_is_set():
    page = Page("unrolling", cel="GRU", utm_source="mail", cell="GRU", speed="2", embed="true")
    (said,) = page.notices
    assert "` cel `" in said and "utm_source" not in said and "speed" not in said
    page.choose("LSTM", "Elman")
    assert page.notices == []


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ({"speed": "9"}, "The link's speed cannot be"),
        ({"repeat": "yes"}, "The link's repeat cannot be"),
        ({"operation": "minus"}, "The link's operation cannot be"),
        ({"present": "loudly"}, "The link's present cannot be"),
    ],
)
def test_what_the_stage_cannot_follow_is_said(link, said):
    page = Page("lstm", **link)
    assert len(page.notices) == 1 and said in page.notices[0]
    assert not Page("lstm", speed="4", repeat="1", operation="fc", present="1", t="3", view="letters").notices


def test_the_answer_can_be_revealed_without_a_choice():
    page = Page("unrolling")
    assert not any("The state moved by" in text for text in page.prose)
    (button,) = [one for one in page.app.button if one.label == "Reveal"]
    button.click()
    page.run()
    assert page.said("The state moved by").startswith("**It differs the second time.** ")
    assert not [one for one in page.app.button if one.label == "Reveal"]


@settings(max_examples=200)
@given(st.text())
def test_any_list_of_names_is_read(text):
    names = fixed.names(text)
    assert len(names) == len(set(names)) <= fixed.MOST and all("," not in name for name in names)


@settings(max_examples=6)
@given(st.text(max_size=60), st.text(max_size=60))
def test_whatever_a_link_hides_and_locks_the_page_stands(hide, lock):
    assert Page("unrolling", hide=hide, lock=lock).state["controls"]["text"]
