"""The ghost: what the network did before a gate was held, beside what it does now."""

import numpy as np
import pytest

from rnnviz.lesson.words import token_label
from rnnviz.training.character_model import character_model
from tests.browser.lesson_page import number
from tests.browser.test_letters import backgrounds, colours, wait_until_letters

SENTENCE = "To be, or not to be, that is the question"
HELD = "lstm?f=open&view=unrolled"


@pytest.fixture(scope="module")
def model():
    return character_model("LSTM")


@pytest.fixture(scope="module")
def free(model):
    return model.read(SENTENCE)


@pytest.fixture(scope="module")
def held(model):
    return model.read(SENTENCE, clamp={"f": 1.0})


def row(lesson, name: str) -> tuple[float, float]:
    """Top and height of a row of the unrolled picture."""
    return lesson.look(f"[p.current.row['{name}'].y, p.current.row['{name}'].height]")


def columns(lesson) -> list[tuple[float, float]]:
    """Left edge and width of each step's column."""
    return lesson.look(
        "p.data.tokens.map((_, t) => [p.current.x(t) + p.current.gap, p.current.column - p.current.gap])"
    )


def test_without_a_ghost_there_is_nothing_of_it(open_page):
    lesson = open_page("lstm?view=unrolled")
    assert lesson.look("p.data.ghost") is None
    assert lesson.look("p.current.rows.map(({name}) => name)") == [
        "output", "main", "lane", "gate i", "gate f", "gate o", "input", "steps",
    ]  # fmt: skip


@pytest.mark.parametrize(("quantity", "scale"), [("h", "signed"), ("c", "signed"), ("i", "gate")])
def test_each_column_is_what_it_is_and_what_it_was(open_page, free, held, quantity, scale):
    lesson = open_page(f"{HELD}&show={quantity}")
    limit = lesson.look(f"p.data.byKey.get('{quantity}').limit")
    pixels = lesson.pixels()
    y, height = row(lesson, "main")
    rows = [round(y + (unit + 0.5) * height / 64 - 0.5) for unit in range(64)]
    for time, (x, wide) in enumerate(columns(lesson)):
        for read, at in ((held, 0.3), (free, 0.87)):
            seen = pixels[rows, round(x + at * wide - 0.5), :3]
            np.testing.assert_allclose(seen, colours(read.trace[quantity][time], scale, limit), atol=4)


def test_the_next_characters_that_were_are_those_of_the_free_network_and_others_are_boxed(open_page, model, free, held):
    lesson = open_page(HELD)
    was, now = free.p.argmax(axis=1), held.p.argmax(axis=1)
    assert lesson.look("p.data.ghost.outputs.map(tokens => tokens[0])") == [
        token_label(model.vocabulary.tokens[i]) for i in was
    ]
    pixels = lesson.pixels().astype(int)
    y, _ = row(lesson, "was")
    ink = np.array(
        [(255 - pixels[round(y), round(x + wide * 0.2), :3].mean()) * pixels[round(y), round(x + wide * 0.2), 3] / 255
         for x, wide in columns(lesson)]
    )  # fmt: skip
    assert 0 < (was != now).sum() < len(was)
    np.testing.assert_array_equal(ink > 60, was != now)


def test_the_tips_tell_both(open_page, free, held):
    lesson = open_page(HELD)
    label = lesson.look("p.data.ghost.label")
    first, second = lesson.point_to(20, 31).split("\n")
    assert number(first) == pytest.approx(held.trace.h[20, 31], abs=5e-5)
    was, rest = second.removeprefix("was ").split(f" {label}; ")
    assert number(was) == pytest.approx(free.trace.h[20, 31], abs=5e-5)
    assert rest == f"hidden state; t = 21, reads {token_label(SENTENCE[20])}"
    first, second = lesson.point_to(12, 0, row="was").split("\n")
    for read, said in ((free, first), (held, second)):
        for p in np.sort(read.p[12])[::-1][:3]:
            assert f"{100 * p:.1f} %" in said
    assert label in first


def test_the_change_is_the_distance_of_the_states_and_the_bars_are_in_proportion(open_page, free, held):
    lesson = open_page(HELD)
    expected = np.linalg.norm(held.trace.h - free.trace.h, axis=1)
    x, y = lesson.place(17, 0, row="change")
    lesson.page.mouse.move(x, y + 8)
    lesson.tip.wait_for()
    first, second = lesson.tip.inner_text().split("\n")
    assert first.startswith(f"‖h − h {lesson.look('p.data.ghost.label')}‖₂ at t = 18: ")
    assert number(first) == pytest.approx(expected[17], abs=5e-5)
    assert f"{expected.max():.4f}" in second
    lesson.page.mouse.move(0, 0)
    lesson.tip.wait_for(state="hidden")
    pixels = lesson.pixels()
    top, height = row(lesson, "change")
    for time, (left, wide) in enumerate(columns(lesson)):
        filled = (pixels[round(top) : round(top + height), round(left + wide / 2), 3] > 128).sum()
        assert abs(filled - max(1, expected[time] / expected.max() * height)) <= 1.5


def test_narrow_columns_show_the_state_alone(open_page, model):
    text = ("now is the winter of our discontent " * 5)[:180]
    lesson = open_page(f"{HELD}&text={text.replace(' ', '+')}")
    h = model.read(text, clamp={"f": 1.0}).trace.h
    pixels = lesson.pixels()
    y, height = row(lesson, "main")
    rows = [round(y + (unit + 0.5) * height / 64 - 0.5) for unit in range(64)]
    for time, (x, wide) in enumerate(columns(lesson)):
        for at in (0.3, 0.8):
            seen = pixels[rows, int(x + at * wide), :3]
            np.testing.assert_allclose(seen, colours(h[time], "signed"), atol=4)
    assert lesson.look("p.current.noteOf('main')") is None


def test_nothing_changed_is_said_as_such(open_page):
    lesson = open_page("lstm?f=open&start=200&view=unrolled")  # held only from a step beyond the text
    assert lesson.look("p.current.noteOf('change')") == "0 at each step"


def test_letters_are_underlined_in_the_ghosts_colour(open_page, free, held):
    lesson = open_page("lstm?f=open&view=letters&pin=2.30")
    wait_until_letters(lesson)
    np.testing.assert_allclose(backgrounds(lesson)[5:40], colours(held.trace.h[5:40, 30], "signed"), atol=4)
    pixels = lesson.pixels()
    places, box = lesson.look("[p.current.places.map(({x, y}) => [x, y]), p.current.letter.box]")
    under = np.array([pixels[round(y + box + 3), round(x + 5), :3] for x, y in places])
    np.testing.assert_allclose(under[5:40], colours(free.trace.h[5:40, 30], "signed"), atol=4)


@pytest.mark.parametrize("view", ["unrolled", "letters"])
def test_with_a_ghost_nothing_scrolls_sideways_on_a_phone(open_page, view):
    lesson = open_page(f"lstm?f=open&view={view}", width=390, height=844)
    assert lesson.page.evaluate(
        "(() => { const m = document.querySelector('[data-testid=stMain]'); return m.scrollWidth <= m.clientWidth; })()"
    )
