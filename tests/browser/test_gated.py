"""The lessons on gated cells in a browser: hold a gate, judge an equation, follow a unit, and share a link."""

import numpy as np
import pytest
from playwright.sync_api import expect

from rnnviz.lesson import interesting_units as follows
from rnnviz.training.character_model import character_model
from tests.browser.cell_view import CellView
from tests.browser.lesson_page import STAGE

SENTENCE = "To be, or not to be, that is the question"


def array(lesson, key):
    """(time, unit) what the player holds of a quantity."""
    flat, shape = lesson.look(f"[Array.from(p.data.arrays['{key}'].values), p.data.arrays['{key}'].shape]")
    return np.array(flat).reshape(shape)


def hold(lesson, gate, setting):
    lesson.change(lambda: lesson.page.locator(f".st-key-{gate}").get_by_role("radio", name=setting, exact=True).click())


def test_holding_a_gate_changes_the_cell_the_lanes_and_the_ghost(open_page):
    lesson = open_page("lstm?pin=9.4&t=9")
    model = character_model("LSTM")
    hold(lesson, "f", "shut")
    held, free = model.read(SENTENCE, clamp={"f": 0.0}).trace, model.read(SENTENCE).trace
    assert lesson.look("p.views.name") == "cell"
    np.testing.assert_allclose(array(lesson, "h"), held.h, atol=1e-6)
    np.testing.assert_allclose(array(lesson, "ghost h"), free.h, atol=1e-6)
    view = CellView(lesson)
    lesson.page.mouse.click(*view.place("f"))
    assert view.lines() == {"f": "ft = 0.0000 (held)"}
    assert float(view.labels()["c"].replace("−", "-")) == pytest.approx(held["c"][8, 4], abs=6e-4)
    hold(lesson, "f", "free")
    assert lesson.look("p.data.ghost") is None


def test_a_value_for_one_unit_from_a_step_on_is_a_link(open_page):
    lesson = open_page("lstm?o=at&o_at=0.25&units=one+unit&unit=9&start=8")
    trace = character_model("LSTM").read(SENTENCE, clamp={"o": {9: 0.25}}, hold_from=7).trace
    np.testing.assert_allclose(array(lesson, "o"), trace["o"], atol=1e-6)
    np.testing.assert_allclose(array(lesson, "h"), trace.h, atol=1e-6)


def test_perfect_memory_is_one_click(open_page):
    lesson = open_page("lstm")
    lesson.change(lambda: lesson.page.get_by_role("radio", name="Perfect memory").click())
    c, start = array(lesson, "c"), lesson.look("p.data.held_from")
    assert c[start - 1].any() and (c[start:] == c[start - 1]).all()
    lesson.page.wait_for_function("location.search.includes('f=open') && location.search.includes('i=shut')")
    other = open_page(lesson.page.url)
    assert other.fingerprint == lesson.fingerprint


def test_a_judged_equation_is_run(open_page):
    lesson = open_page("gru")
    page = lesson.page
    card = page.get_by_role("radiogroup", name="Version A")
    card.get_by_role("radio", name="Wrong").click()
    page.get_by_text("Version A is wrong, as you said").wait_for()
    page.get_by_text("1 of 1", exact=True).wait_for()
    page.locator(".st-key-gru-version-state .plot[data-painted]").wait_for(state="attached")
    page.locator(".st-key-gru-version-state").scroll_into_view_if_needed()
    page.get_by_text("largest difference of").first.wait_for()


def test_a_unit_of_the_search_colours_the_learners_own_text(open_page):
    lesson = open_page("gru?follows=length+of+the+line")
    row = follows.evidence("GRU").set_index("feature").loc["length of the line"]
    lesson.page.get_by_role("button", name="Colour your text by").click()
    lesson.page.wait_for_function("window.rnnvizPlayer.views.name === 'letters'")
    lesson.wait_until_idle()
    assert lesson.look("p.pinned.unit") == row["unit"] and lesson.look("p.quantity") == row["quantity"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["lstm", "gru"])
def test_a_phone_shows_the_whole_lesson_without_sideways_scroll(open_page, name, scheme):
    lesson = open_page(name, width=390, height=844, color_scheme=scheme)
    main = "document.querySelector('[data-testid=stMain]')"
    assert lesson.page.evaluate(f"{main}.scrollWidth <= {main}.clientWidth")
    assert lesson.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert lesson.canvas.bounding_box()["width"] <= 390


def test_the_text_goes_along_to_the_next_lesson(open_page):
    lesson = open_page("lstm?text=KING%3A%0ANow")
    lesson.page.get_by_role("link", name="GRU").first.click()
    lesson.page.wait_for_function("window.rnnvizPlayer?.data?.title.includes('GRU')")
    lesson.wait_until_idle()
    assert lesson.look("p.data.tokens.join('')") == "KING:↵Now"
    expect(lesson.page.get_by_label("Text to read (press Enter)")).to_have_value("KING:↵Now")
    lesson.page.wait_for_function("location.pathname.endsWith('gru') && location.search.includes('text=KING')")


def test_the_stages_code_is_asked_for_once_and_before_the_first_component_is_there(open_page):
    lesson = open_page("lstm")
    loaded = lesson.page.evaluate("performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)")
    assert [path for path in loaded if path.startswith("/assets/") and path.endswith(".js")].count(STAGE) == 1
    assert not [path for path in loaded if "/stage/" in path]
    asked = lesson.page.evaluate("fetch(location.href).then((page) => page.text())")
    assert f'<script type="module" crossorigin src="{STAGE}"></script>' in asked
