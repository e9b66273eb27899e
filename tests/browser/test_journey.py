"""The way of a new learner through the first lesson, with the numbers on the screen held to the engine's."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from rnnviz.training.character_model import CELLS, character_model
from tests.browser.lesson_page import number

SENTENCE = "To be, or not to be, that is the question"


def test_a_new_learner_watches_types_switches_pins_and_shares_a_link(open_page):
    lesson = open_page()
    page = lesson.page
    # A trained LSTM's state over a real sentence, within the first screen.
    assert lesson.look("p.data.title") == f"A trained LSTM with 64 units reads {len(SENTENCE)} characters"
    box = lesson.canvas.bounding_box()
    assert box["y"] + lesson.look("p.current.row.main.y + p.current.row.main.height") < 768
    # Plays.
    lesson.stand_at(1.4)
    page.get_by_role("button", name="Play").click()
    page.wait_for_function("window.rnnvizPlayer.timeline.position > 1.3 && window.rnnvizPlayer.timeline.position < 8")
    page.get_by_role("button", name="Pause").click()
    # Types.
    mine = "My own sentence, and nobody else's."
    lesson.change(lambda: lesson.type_text(mine))
    assert lesson.look("p.data.steps") == len(mine)
    # Switches.
    lesson.choose("GRU")
    # Pins, and copies the link.
    lesson.pin(9, 12)
    reading = character_model("GRU").read(mine)
    page.wait_for_function("location.search.includes('pin=10.12') && location.search.includes('t=2')")
    link = page.url
    # Another browser shows the same.
    other = open_page(link)
    assert other.fingerprint == lesson.fingerprint
    for shown in (lesson, other):
        text = shown.readout.inner_text()
        assert "Pinned: unit 12 at t = 10" in text
        assert number(text.split("h = ")[1].split(",")[0]) == pytest.approx(reading.trace.h[9, 12], abs=5e-5)
    assert other.look("p.timeline.position") == lesson.look("p.timeline.position")
    expect(other.page.get_by_label("Text to read (press Enter)")).to_have_value(mine)
    other.wait_for_formulas(9, 12)


@pytest.mark.parametrize("cell", CELLS)
def test_the_number_under_the_pointer_is_the_engines(open_page, cell):
    lesson = open_page(f"?cell={cell}")
    trace = character_model(cell).read(SENTENCE).trace
    for time, unit in ((0, 0), (3, 63), (20, 31), (40, 7)):
        assert f"unit {unit} at t = {time + 1}" in lesson.point_to(time, unit)
        assert number(lesson.tip.inner_text().split("\n")[0]) == pytest.approx(trace.h[time, unit], abs=5e-5)


@pytest.mark.parametrize(
    ("cell", "quantity"), [("LSTM", "c"), ("LSTM", "f"), ("LSTM", "g"), ("GRU", "z"), ("GRU", "n")]
)
def test_every_quantity_that_can_be_shown_is_the_engines(open_page, cell, quantity):
    lesson = open_page(f"?cell={cell}")
    lesson.player.get_by_label("Show", exact=True).select_option(quantity)
    values = character_model(cell).read(SENTENCE).trace[quantity]
    for time, unit in ((2, 5), (33, 60)):
        lesson.point_to(time, unit)
        assert number(lesson.tip.inner_text().split("\n")[0]) == pytest.approx(values[time, unit], abs=1e-4)
    lesson.page.wait_for_function(f"location.search.includes('show={quantity}')")


def test_the_cell_state_lane_the_gates_and_the_output_are_the_engines(open_page):
    lesson = open_page()
    reading = character_model("LSTM").read(SENTENCE)
    lesson.point_to(30, 3, row="lane")
    assert number(lesson.tip.inner_text().split("\n")[0]) == pytest.approx(reading.trace.c[30, 3], abs=5e-4)
    for gate in "ifo":
        x, y = lesson.place(12, 0, row=f"gate {gate}")
        lesson.page.mouse.move(x, y + 3)
        lesson.tip.wait_for()
        assert number(lesson.tip.inner_text().split("\n")[0]) == pytest.approx(reading.trace[gate][12].mean(), abs=5e-5)
    ids, p = reading.likeliest()
    said = lesson.point_to(12, 0, row="output").split("\n")[0]
    for rank in range(3):
        assert f"{100 * p[12, rank]:.1f} %" in said


def test_pinned_numbers_in_the_formulas_are_the_engines(open_page):
    lesson = open_page("?cell=LSTM&pin=5.17")
    trace = character_model("LSTM").read(SENTENCE).trace
    formulas = lesson.page.locator(".katex-mathml annotation").filter(has_text=re.compile(r"^\\begin\{aligned\}"))
    shown = formulas.first.text_content()
    for quantity in ("i", "f", "g", "o", "c", "h"):
        assert f"= {trace[quantity][4, 17]:.4f}" in shown


def test_weights_set_to_zero_change_the_picture(open_page):
    lesson = open_page()
    trained = lesson.column_colours(30)
    lesson.choose("zero")
    zero = lesson.column_colours(30)
    assert len(np.unique(trained, axis=0)) > 20
    assert len(np.unique(zero, axis=0)) == 1  # every unit 0: one colour, the middle of the scale
    assert number(lesson.point_to(30, 5).split("\n")[0]) == 0
    assert lesson.look("Array.from(p.data.arrays.h.values).every(v => v === 0)")


def test_the_colour_of_a_unit_follows_its_value(open_page):
    lesson = open_page()
    h = character_model("LSTM").read(SENTENCE).trace.h[30]
    colours = lesson.column_colours(30).astype(int)
    warmth = colours[:, 0] - colours[:, 2]  # red less blue: orange is positive, blue negative
    assert (warmth[h > 0.15] > 0).all()
    assert (warmth[h < -0.15] < 0).all()
