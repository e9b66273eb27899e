"""The line of arithmetic under the cell: it computes what it says, for the unit, step and trace that are shown."""

import re

import pytest

from rnnviz.engine.wiring import operations
from rnnviz.training.character_model import character_model
from tests.browser.cell_view import (
    LINKS,
    SENTENCE,
    CellView,
    each_cell,
    evaluated,
    half_a_digit,
    model_of,
    rounding,
    same,
    shown_number,
    values_of,
)


@each_cell
def test_the_line_of_arithmetic_reads_as_it_computes(open_page, cell):
    lesson = open_page(f"{LINKS[cell]}&pin=12.5", height=1000)
    view = CellView(lesson)
    trace = model_of(cell).read(SENTENCE).trace
    values = values_of(trace)
    at_rest = view.lines()
    assert list(at_rest) == {"LSTM": ["c", "h"], "Elman": ["h"]}.get(cell, ["n", "h"])
    negative = 0
    for time in (11, 0, 40):
        lesson.look(f"(p.jump({time + 1}), 0)")
        for operation in operations(model_of(cell).cell):
            lesson.look(f"(p.current.over({{ node: {operation.key!r} }}), p.request(), 0)")
            [(key, text)] = view.lines().items()
            assert key == operation.key
            *_, numbers, result = text.split(" = ")
            assert same(result, values[key][time, 5]), text
            if operation.operator != "W":
                assert abs(evaluated(numbers) - shown_number(result)) <= rounding(numbers) + half_a_digit(result), text
                assert not re.search("[·+−] −", text), text
                negative += len(re.findall(r"[·+−] \(−[0-9.e−]+\)", text))
    assert negative > 0


def test_the_arithmetic_names_what_it_computes(open_page):
    lesson = open_page("?cell=LSTM&view=cell&pin=12.5&t=12")
    view = CellView(lesson)
    shown = view.lines()
    assert shown["c"].startswith("ct = ft · ct−1 + it · gt = ")
    assert shown["h"].startswith("ht = ot · tanh(ct) = ")
    assert view.arithmetic.locator("sub", has_text="t−1").count() == 1
    assert view.arithmetic.get_attribute("aria-live") == "polite"


@pytest.mark.parametrize(("link", "key", "says"), [
    ("gru?reset=after", "rhn", "rt · (Whn ht−1 + bhn) = "),
    ("gru", "zn", "(1 − zt) · nt = "),
    ("lstm", "fc", "ft · ct−1 = "),
])  # fmt: skip
def test_a_sum_that_is_multiplied_stands_in_brackets(open_page, link, key, says):
    lesson = open_page(f"{link}{'&' if '?' in link else '?'}view=cell")
    lesson.look(f"(p.choose({key!r}), 0)")
    assert CellView(lesson).lines()[key].startswith(says)


def test_the_line_follows_the_unit_and_the_trace_at_the_same_step(open_page):
    lesson = open_page("lstm?pin=12.5&t=12")
    view, model = CellView(lesson), character_model("LSTM")

    def reads(trace, unit):
        shown = view.lines()
        return all(same(shown[key].rsplit(" = ", 1)[1], trace[key][11, unit]) for key in "ch")

    free, held = model.read(SENTENCE).trace, model.read(SENTENCE, clamp={"f": 0.0}).trace
    assert abs(free["c"][11, 5] - free["c"][11, 6]) > 0.01 and abs(free["c"][11, 6] - held["c"][11, 6]) > 0.01
    assert reads(free, 5)
    lesson.player.get_by_role("button", name="The next unit").click()
    lesson.page.wait_for_function("location.search.includes('pin=12.6')")
    assert reads(free, 6)
    lesson.wait_until_idle()
    shut = lesson.page.locator(".st-key-f").get_by_role("radio", name="shut", exact=True)
    lesson.change(lambda: shut.click())
    assert reads(held, 6)


def test_a_chosen_node_keeps_its_arithmetic(open_page):
    lesson = open_page("?cell=LSTM&view=cell")
    view = CellView(lesson)
    lesson.page.mouse.click(*view.place("tanh_c"))
    lesson.page.mouse.move(5, 5)
    assert list(view.lines()) == ["tanh_c"]
    lesson.page.mouse.click(*view.place("tanh_c"))
    lesson.page.mouse.move(5, 5)
    assert list(view.lines()) == ["c", "h"]


@each_cell
def test_every_operation_can_be_chosen_by_keyboard(open_page, cell):
    lesson = open_page(f"{LINKS[cell]}&t=9")
    view, choice = CellView(lesson), lesson.player.get_by_role("combobox", name="Operation whose arithmetic is shown")
    at_rest = list(view.lines())
    keys = [operation.key for operation in operations(model_of(cell).cell)]
    assert choice.locator("option").evaluate_all("all => all.map((one) => one.value)") == ["", *keys]
    choice.focus()
    for key in keys:
        lesson.page.keyboard.press("ArrowDown")
        assert list(view.lines()) == [key]
    lesson.page.keyboard.press("Home")
    assert list(view.lines()) == at_rest
    assert lesson.look("p.timeline.position") == 9


def test_the_choice_says_what_was_clicked_and_stands_in_the_cell_alone(open_page):
    lesson = open_page("?cell=LSTM&view=cell")
    view, choice = CellView(lesson), lesson.player.locator("select.operation")
    lesson.page.mouse.click(*view.place("f"))
    view.settle()
    assert choice.input_value() == "f"
    assert choice.locator("option:checked").inner_text() == "f_t, forget gate"
    lesson.player.get_by_role("button", name="Unrolled").click()
    choice.wait_for(state="hidden")


def test_nothing_is_spoken_of_what_the_pointer_passes(open_page):
    lesson = open_page("?cell=LSTM&view=cell&t=7")
    view, unit = CellView(lesson), lesson.player.locator(".unit output")
    assert view.arithmetic.get_attribute("aria-live") == "polite"
    view.point_to("c", 33)
    view.settle()
    assert unit.inner_text() == "33" and unit.get_attribute("aria-live") == "off"
    assert view.arithmetic.get_attribute("aria-live") == "off"
    view.point_to("tanh_c")
    view.settle()
    assert view.arithmetic.get_attribute("aria-live") == "off"
    lesson.page.mouse.move(5, 5)
    view.settle()
    assert view.arithmetic.get_attribute("aria-live") == "polite"
