"""Inside the cell: the wiring of the network's own cell, its numbers and arithmetic, and how one gets in and out."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from rnnviz.engine.wiring import lines, operations, ranks
from rnnviz.training.character_model import character_model
from tests.browser.cell_view import LINKS, SENTENCE, CellView, each_cell, model_of, same, values_of
from tests.browser.lesson_page import number


@each_cell
def test_the_wiring_is_that_of_the_cell(open_page, cell):
    lesson = open_page(LINKS[cell])
    drawn = lesson.look("p.current.wiring.layout.edges.map(({from, to}) => [from, to])")
    inside = sorted(tuple(edge) for edge in drawn if edge[1] not in ("", "output"))
    assert inside == sorted(
        (line, operation.key) for operation in operations(model_of(cell).cell) for line in operation.inputs
    )
    leaves = {edge[0] for edge in drawn if edge[1] == ""}
    assert leaves == ({"h", "c"} if model_of(cell).cell.has_cell_state else {"h"})


@each_cell
def test_every_node_shows_the_chosen_units_number_as_the_engine_computed_it(open_page, cell):
    lesson = open_page(f"{LINKS[cell]}&pin=12.37&t=12")
    view = CellView(lesson)
    trace = model_of(cell).read(SENTENCE).trace
    values = values_of(trace)
    for time in (11, 12, 0):
        lesson.look(f"(p.jump({time + 1}), 0)")
        labels = view.labels()
        assert set(labels) == set(values)
        for key, text in labels.items():
            assert same(text, values[key][time, 37]), (key, time, text)


@each_cell
def test_every_strip_says_the_engines_numbers(open_page, cell):
    lesson = open_page(f"{LINKS[cell]}&t=20", height=1000)
    view = CellView(lesson)
    for key, values in values_of(model_of(cell).read(SENTENCE).trace).items():
        for unit in (0, 29, 63):
            said = view.point_to(key, unit).split("\n")[0]
            assert f"of unit {unit} at t = 20" in said
            assert same(said.rsplit(": ", 1)[1], values[19, unit]), (key, unit, said)


@each_cell
def test_the_colours_of_a_strip_are_those_of_its_numbers(open_page, cell):
    lesson = open_page(f"{LINKS[cell]}&t=9", color_scheme="light")
    view = CellView(lesson)
    view.settle()
    for key in ("h", "h'"):
        places = lesson.look(f"Array.from({{length: 64}}, (_, unit) => p.current.place({key!r}, unit))")
        colours = view.pixels(places)[:, :3]
        said = lesson.look(
            f"Array.from({{length: 64}}, (_, unit) => p.data.colour(p.data.line({key!r}, 8, unit), 'signed', 1)"
            ".match(/[0-9]+/g).map(Number))"
        )
        close = np.abs(colours - np.array(said)).max(axis=1) <= 2
        assert close[1:].all(), np.flatnonzero(~close)  # unit 0 is the chosen one, and framed


@each_cell
def test_playing_lights_the_operations_in_the_order_of_computation(open_page, cell):
    lesson = open_page(LINKS[cell], color_scheme="light")
    view = CellView(lesson)
    wiring = operations(model_of(cell).cell)
    rank = ranks(wiring)
    last = 1 + max(rank.values())
    assert lesson.look("p.data.wiring.last") == last
    outlines = lesson.look(
        "(({ nodes, scale, left, top }) => [...nodes.grids].map(([key, { x, y, down, size }]) => "
        "[key, [left + (x - 0.4) * scale, top + (y + down * size * 0.6) * scale]]))(p.current.wiring)"
    )
    ink = []
    for phase in range(last + 1):
        share = (phase + 0.5) / (last + 1)
        assert set(lesson.look(f"p.current.wiring.lit({share})")) == {
            operation.key for operation in wiring if rank[operation.key] == phase
        }
        # Ink of each strip's outline: how far it is from the page's white. What is not computed yet is faint.
        places = [[x + dx, y] for _, (x, y) in outlines for dx in (-1, 0, 1)]
        pixels = view.pixels(places, {"step": 9, "share": share, "playing": True})
        inks = (255 - pixels[:, :3]).max(axis=1).reshape(-1, 3).max(axis=1)
        ink.append({key: int(one) for (key, _), one in zip(outlines, inks, strict=True)})
    for key in ink[0]:
        lit = [shown[key] for shown in ink]
        computed = rank.get(key, 0)
        assert all(before < 0.6 * lit[-1] for before in lit[:computed]), (key, lit)
        assert all(after > 0.8 * lit[-1] for after in lit[computed:]), (key, lit)


def test_while_it_plays_the_arithmetic_is_that_of_what_is_lit_and_is_not_spoken(open_page):
    lesson = open_page("?cell=LSTM&view=cell&t=4")
    view = CellView(lesson)
    lesson.stand_at(0)
    lesson.player.get_by_role("button", name="Play").click()
    seen = set()
    for rank in range(1, 8):
        share = (rank + 0.2) / 9
        lesson.look(f"(p.timeline.position = 5 + {share}, 0)")
        view.settle()
        assert view.arithmetic.get_attribute("aria-live") == "off"
        seen.add(tuple(view.lines()))
    lesson.look("(p.timeline.pause(), 0)")
    assert seen == {
        tuple(f"{gate}_{part}" for gate in "ifgo" for part in "xh"), tuple(f"{gate}_pre" for gate in "ifgo"),
        tuple("ifgo"), ("fc", "ig"), ("c",), ("tanh_c",), ("h",),
    }  # fmt: skip


@pytest.mark.parametrize("width", [1366, 390])
@pytest.mark.parametrize("pin", ["null", "{ time: 9, unit: 5 }"])
def test_what_a_frame_leaves_as_it_was_is_what_it_would_draw(open_page, width, pin):
    lesson = open_page("?cell=GRU&view=cell&t=20", width=width)

    def drawn(share, anew=""):
        state = f"{{ step: 9, share: {share}, playing: true, hover: null, pin: {pin} }}"
        return lesson.look(f"({anew} p.current.draw(p.canvas.getContext('2d'), {state}), p.canvas.toDataURL())")

    # The share within one operation; on to another; at rest; and back.
    for share in (0.31, 0.33, 0.5, 0.52, 1, 0.31):
        frame = drawn(share)
        assert frame == drawn(share, anew="p.current.paint(p.ratio, p.colours),"), share


def test_playing_draws_frame_after_frame(open_page):
    lesson = open_page("?cell=GRU&view=cell&t=3")
    before = lesson.look("p.frames")
    lesson.player.get_by_role("button", name="Play").click()
    lesson.page.wait_for_function(f"window.rnnvizPlayer.frames > {before} + 20")
    assert 3 < lesson.look("p.timeline.position") < 41


@each_cell
def test_the_lanes_show_every_gate_and_state_over_the_text(open_page, cell):
    lesson = open_page(LINKS[cell], height=1000)
    trace = model_of(cell).read(SENTENCE).trace
    expected = {"LSTM": "figoch", "Elman": "h"}.get(cell, "rznh")
    assert "".join(lesson.look("p.current.lanes.rows.map(({key}) => key)")) == expected
    box = lesson.canvas.bounding_box()
    for key in expected:
        for time, unit in ((0, 0), (23, 40), (40, 63)):
            x, y = lesson.look(f"p.current.lanes.place({key!r}, {time}, {unit})")
            lesson.page.mouse.move(box["x"] + x, box["y"] + y)
            said = lesson.tip.inner_text().split("\n")[0]
            assert f"{key} of unit {unit} at t = {time + 1}" in said
            assert number(said) == pytest.approx(trace[key][time, unit], abs=5e-4 if key == "c" else 6e-5)


def test_a_click_in_a_lane_pins_the_unit_and_goes_to_its_step(open_page):
    lesson = open_page("?cell=GRU&view=cell")
    view = CellView(lesson)
    box = lesson.canvas.bounding_box()
    x, y = lesson.look("p.current.lanes.place('z', 14, 22)")
    lesson.page.mouse.move(box["x"] + x, box["y"] + y)
    # A row is less than a pixel high here: the one that the tip names is the one that a click takes.
    unit = int(re.match(r"z of unit (\d+) at t = 15\b", lesson.tip.inner_text())[1])
    assert abs(unit - 22) <= 1
    lesson.page.mouse.click(box["x"] + x, box["y"] + y)
    lesson.page.wait_for_function(f"location.search.includes('pin=15.{unit}') && location.search.includes('t=15')")
    lesson.wait_until_idle()
    trace = character_model("GRU").read(SENTENCE).trace
    assert same(view.labels()["n"], trace["n"][14, unit])
    # On the tokens it only goes there.
    y = lesson.look("p.current.lanes.tokens.y + 8")
    x = lesson.look("p.current.lanes.x0 + p.current.lanes.x(4) + 3")
    lesson.page.mouse.click(box["x"] + x, box["y"] + y)
    lesson.page.wait_for_function("window.rnnvizPlayer.timeline.position === 5")
    assert lesson.look("[p.view, p.pinned.time, p.pinned.unit]") == ["cell", 14, unit]


def test_a_click_on_a_strip_pins_the_unit_at_this_step(open_page):
    lesson = open_page("?cell=LSTM&view=cell&t=7")
    view = CellView(lesson)
    lesson.page.mouse.click(*view.place("fc", 33))
    lesson.page.wait_for_function("location.search.includes('pin=7.33')")
    lesson.wait_until_idle()
    assert same(view.labels()["fc"], lines(character_model("LSTM").read(SENTENCE).trace)["fc"][6, 33])


def test_a_step_opens_the_cell_and_escape_goes_back(open_page):
    lesson = open_page("?cell=LSTM")
    x, y = lesson.place(12, 0, row="input")
    lesson.page.mouse.click(x, y)
    lesson.page.wait_for_function("location.search.includes('view=cell') && location.search.includes('t=13')")
    assert lesson.player.get_by_role("button", name="Inside the cell").get_attribute("aria-pressed") == "true"
    lesson.player.focus()
    lesson.page.keyboard.press("Escape")
    lesson.page.wait_for_function("!location.search.includes('view=')")
    assert lesson.look("[p.view, p.timeline.position]") == ["unrolled", 13]
    lesson.player.get_by_role("button", name="Folded").click()
    lesson.player.focus()
    lesson.page.keyboard.press("Enter")
    assert lesson.look("p.view") == "cell"
    lesson.player.get_by_role("button", name="Inside the cell").click()
    assert lesson.look("p.view") == "folded"


def test_escape_leaves_the_cell_before_it_lets_go_of_the_unit(open_page):
    lesson = open_page("?cell=LSTM&view=cell&pin=3.3")
    lesson.player.focus()
    lesson.page.keyboard.press("Escape")
    assert lesson.look("[p.view, p.pinned.unit]") == ["unrolled", 3]
    lesson.page.keyboard.press("Escape")
    lesson.page.wait_for_function("!location.search.includes('pin=')")


def test_the_unit_control_goes_through_the_units(open_page):
    lesson = open_page("?cell=Elman&view=cell&t=5")
    view = CellView(lesson)
    h = character_model("Elman").read(SENTENCE).trace.h
    for unit, button in ((1, "The next unit"), (0, "The unit before"), (63, "The unit before")):
        lesson.player.get_by_role("button", name=button).click()
        lesson.page.wait_for_function(f"location.search.includes('pin=5.{unit}')")
        expect(lesson.player.locator(".unit output")).to_have_text(str(unit))
        assert same(view.labels()["h"], h[4, unit])
        lesson.wait_until_idle()


def test_a_link_brings_the_same_cell_step_and_unit(open_page):
    lesson = open_page("?cell=GRU")
    lesson.player.focus()
    lesson.page.keyboard.press("Enter")
    lesson.look("(p.jump(17), 0)")
    lesson.page.keyboard.press("ArrowDown")
    lesson.page.wait_for_function("['view=cell', 't=17', 'pin=17.1'].every((one) => location.search.includes(one))")
    lesson.wait_until_idle()
    other = open_page(lesson.page.url)
    assert other.look("[p.view, p.timeline.position, p.current.unit]") == ["cell", 17, 1]
    assert CellView(other).labels() == CellView(lesson).labels()


def test_the_lesson_on_the_lstm_opens_inside_the_cell(open_page):
    lesson = open_page("lstm")
    assert lesson.look("p.view") == "cell"
    assert "view=" not in lesson.page.url
    box = lesson.canvas.bounding_box()
    assert box["y"] + box["height"] <= 768
    lesson.player.get_by_role("button", name="Unrolled").click()
    lesson.page.wait_for_function("location.search.includes('view=unrolled')")


def test_held_gates_and_the_ghost_stand_beside_the_numbers(open_page):
    lesson = open_page("lstm?f=open&i=at&i_at=0.25&start=5&pin=12.9&t=12")
    view = CellView(lesson)
    model = character_model("LSTM")
    free = model.read(SENTENCE)
    held = model.read(SENTENCE, clamp={"f": 1.0, "i": 0.25}, hold_from=4)
    labels = view.labels()
    for key, values in values_of(held.trace).items():
        assert same(labels[key], values[11, 9]), key
    assert lesson.look("[p.current.wiring.nodes.heldHere('f'), p.current.wiring.nodes.heldHere('o')]") == ["this", None]
    for key in "fcgh":
        assert lesson.look(f"p.current.wiring.nodes.ghostValue({key!r})") == pytest.approx(
            free.trace[key][11, 9], abs=1e-5
        )
        assert f"was {lesson.look(f'(p.current.wiring.nodes.ghostValue({key!r})).toFixed(4)')}".replace(
            "-", "−"
        ) in view.point_to(key, 9)
    lesson.look("(p.current.over({ node: 'f' }), p.request(), 0)")
    assert view.lines() == {"f": "ft = 1.0000 (held)"}
    lesson.look("(p.jump(3), 0)")
    lesson.look("(p.current.over({ node: 'f' }), p.request(), 0)")
    assert "held" not in view.lines()["f"]


@pytest.mark.parametrize("size", [(390, 844), (768, 1024), (1280, 768), (1366, 768)])
@each_cell
def test_everything_lies_within_the_picture_and_nothing_overlaps(open_page, cell, size):
    lesson = open_page(f"{LINKS[cell]}&pin=4.4", width=size[0], height=size[1])
    assert lesson.look("p.element.scrollWidth <= p.element.clientWidth")
    wide, tall = lesson.look("[p.current.wiring.layout.width, p.current.wiring.layout.height]")
    places = lesson.look("Object.entries(p.current.wiring.layout.places)")
    boxes = {}
    for key, place in places:
        if place.get("w"):
            boxes[key] = (place["x"], place["y"], place["w"], place["h"])
        if place["kind"] not in ("card", "linear", "token"):
            plate = place["plate"]
            boxes[f"{key} strip"] = (plate["x"], plate["y"], plate["w"], plate["h"])
    for key, (x, y, w, h) in boxes.items():
        assert x - w / 2 >= 0 and x + w / 2 <= wide, key
        assert y - h / 2 >= 0 and y + h / 2 <= tall + 4, key
    keys = list(boxes)
    for k, one in enumerate(keys):
        for other in keys[k + 1 :]:
            (x, y, w, h), (u, v, a, b) = boxes[one], boxes[other]
            assert abs(x - u) >= (w + a) / 2 or abs(y - v) >= (h + b) / 2, (one, other)


def test_the_legend_says_where_the_scales_of_this_text_end(open_page):
    lesson = open_page("?cell=GRU&view=cell")  # its other scales are the same for every text
    ends = []
    for text in (None, "a", "to be"):
        if text:
            lesson.change(lambda text=text: lesson.type_text(text))
        limit = lesson.look("p.current.scales().at(-1).limit")
        said = lesson.player.locator(".scale", has_text="sums").inner_text()
        assert said.split("\n")[0] == f"−{limit:g}"
        ends.append(limit)
    assert len(set(ends)) > 1


def test_a_long_text_has_its_window_and_its_map_in_the_lanes(open_page):
    lesson = open_page(f"?view=cell&text={'now is the winter of our discontent '.replace(' ', '+') * 5}&span=40&t=100")
    assert lesson.look("p.current.lanes.count") == 40
    assert lesson.look("p.current.lanes.inView(p.timeline.step)")
    box = lesson.canvas.bounding_box()
    x, y = lesson.look("[p.width - 14, p.current.lanes.map.y + 8]")
    lesson.page.mouse.click(box["x"] + x, box["y"] + y)
    assert lesson.look("p.first") == 140


def test_reduced_motion_shows_whole_steps_inside_the_cell_too(open_page):
    lesson = open_page("?view=cell&t=3", reduced_motion="reduce")
    lesson.player.get_by_label("Speed").select_option("8")
    lesson.player.get_by_role("button", name="Play").click()
    lesson.page.wait_for_function("window.rnnvizPlayer.timeline.position > 4.2")
    assert list(CellView(lesson).lines()) == ["c", "h"]
