"""The player's backward phase: on the same timeline, with the numbers of the engine's own backward pass."""

import os
from functools import cache

import numpy as np
import pytest

from rnnviz.engine import backward
from rnnviz.figures.palette import NORM
from rnnviz.training.character_model import character_model
from tests.browser.conftest import ROOT, serve
from tests.browser.lesson_page import PATIENCE, STAGE, number

TEXT = "To be, or not to be"
T = len(TEXT)
LONG = "now is the winter of our discontent made glorious summer by this sun of york " * 3


@pytest.fixture(scope="module")
def address():
    os.environ["RNNVIZ_PAGE"] = "backwards_page.py"
    process, url = serve(ROOT / "tests" / "browser" / "bare.py")
    yield url
    process.terminate()
    process.wait(PATIENCE / 1000)


@cache
def norms(cell: str, only_last: bool = False) -> dict[str, np.ndarray]:
    """‖·‖₂ by name, from plain gradients: not the way in which the page gets them."""
    model = character_model(cell)
    read = model.read(TEXT)
    loss = model.readout.cross_entropy(read.trace.h, read.ids[1:], only_last=only_last)
    gradients = backward(read.trace, loss.dh)
    into = np.concatenate([[gradients.h0], (gradients.h - loss.dh)[:-1]])
    parts = {"total": gradients.h, "own": loss.dh, "carried": into, "cell": gradients.c}
    return {name: np.linalg.norm(values, axis=1) for name, values in parts.items() if values is not None} | {
        "loss": loss.values
    }


def over(lesson, name: str, time: int) -> str:
    """What the tip says of a step (from 0) in one of the rows of the backward pass."""
    lesson.canvas.scroll_into_view_if_needed()
    box = lesson.canvas.bounding_box()
    x, y = lesson.look(
        f"[('{name}' === 'carried' ? (p.current.flow.middle({time}) + p.current.flow.middle({time - 1})) / 2"
        f" : p.current.flow.middle({time})), p.current.row['{name}'].y + p.current.row['{name}'].height / 2]"
    )
    lesson.page.mouse.move(box["x"] + x - 1, box["y"] + y)
    lesson.page.mouse.move(box["x"] + x, box["y"] + y)
    lesson.tip.wait_for()
    return lesson.tip.inner_text()


def drawn(lesson, row: str) -> np.ndarray:
    """(height, width, 4) the pixels of one row; those of the whole picture would take long to fetch."""
    flat = lesson.look(
        "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))).then(() => "
        f"(({{ y, height }}) => Array.from(p.canvas.getContext('2d').getImageData(0, y, p.width, height).data))"
        f"(p.current.row['{row}']))"
    )
    return np.array(flat).reshape(-1, lesson.look("Math.floor(p.width)"), 4)


def rests_at(lesson, expected: int) -> None:
    lesson.page.wait_for_function(f"window.rnnvizPlayer.timeline.position === {expected}")


def test_the_page_opens_at_the_end_of_the_backward_phase_and_keys_walk_the_one_timeline(open_page):
    lesson = open_page()
    assert lesson.look("[p.timeline.position, p.timeline.playing, p.scrub.max]") == [2 * T, False, str(2 * T)]
    text = lesson.readout.inner_text()
    assert text.startswith("Backward: the gradient has reached the state before the first step")
    assert number(text.rstrip(".")) == pytest.approx(norms("LSTM")["carried"][0], rel=1e-3)
    assert lesson.player.locator(".ways").inner_text().split("\n") == ["forward →", "← backward"]
    keyboard = lesson.page.keyboard
    lesson.player.focus()
    for _ in range(9):
        keyboard.press("ArrowLeft")
    rests_at(lesson, 2 * T - 9)
    text = lesson.readout.inner_text()
    assert text.startswith("Backward: the gradient has reached t = 9, r: ‖∂L/∂h₉‖₂ = ")
    for name, before in (("total", "‖∂L/∂h₉‖₂ = "), ("own", "‖∂L₉/∂h₉‖₂ = "), ("cell", "‖∂L/∂c₉‖₂ = ")):
        said = text.split(before)[1].split(" and")[0].split(",")[0].rstrip(".")
        assert number(said) == pytest.approx(norms("LSTM")[name][8], rel=1e-3)
    scrub = lesson.player.get_by_label("Time step")
    assert scrub.get_attribute("aria-valuetext") == f"backward, the gradient has reached step 9 of {T}"
    lesson.page.wait_for_function(f"location.search.includes('t={2 * T - 9}')")
    spoken = lesson.player.locator("[aria-live=polite]")
    assert spoken.text_content() == lesson.readout.text_content()
    assert open_page(lesson.page.url).look("p.timeline.position") == 2 * T - 9
    keyboard.press("Home")
    rests_at(lesson, 0)
    keyboard.press("ArrowRight")
    rests_at(lesson, 1)
    text = lesson.readout.inner_text()
    assert text.startswith(f"Forward, step 1 of {T}: reads T; likeliest next")
    assert number(text.removesuffix(" nats.")) == pytest.approx(norms("LSTM")["loss"][0], abs=1e-4)
    keyboard.press("End")
    rests_at(lesson, 2 * T)


@pytest.mark.parametrize("cell", ["Elman", "GRU", "LSTM"])
def test_the_number_under_the_pointer_is_the_engines(open_page, cell):
    lesson = open_page(f"?cell={cell}")
    wanted = norms(cell)
    for name in wanted:
        for time in (0, 8, T - 2):
            said = over(lesson, name, time).split("\n")[0]
            assert number(said.removesuffix(" nats")) == pytest.approx(wanted[name][time], rel=1e-3), (name, time)
    assert over(lesson, "carried", 9).startswith("from t = 10 to t = 9: ‖…‖₂ = ")
    assert lesson.page.evaluate(f"import('{STAGE}').then(({{ moment }}) => moment.now().hover)") == {
        "time": 9,
        "unit": None,
        "other": 8,
    }
    assert over(lesson, "carried", 0).startswith("from t = 1 to the state before the first step")
    assert over(lesson, "loss", T - 1).startswith(f"no loss at t = {T}")


def test_colour_and_width_follow_the_logarithm(open_page):
    lesson = open_page("?last=1&scale=-5,2", color_scheme="light")
    logs = np.log10(norms("LSTM", True)["total"][: T - 1])
    stops = np.array([[int(stop[k : k + 2], 16) for k in (1, 3, 5)] for stop in NORM["light"]])
    place = np.clip((logs + 5) / 7, 0, 1) * (len(stops) - 1)
    low = np.minimum(place.astype(int), len(stops) - 2)
    expected = stops[low] + (place - low)[:, None] * (stops[low + 1] - stops[low])
    marks, arrows = drawn(lesson, "total"), drawn(lesson, "carried")
    columns = [round(lesson.look(f"p.current.flow.middle({time})")) for time in range(T - 1)]
    np.testing.assert_allclose(marks[len(marks) // 2, columns, :3], expected, atol=6)
    thick = []
    for time in range(1, T - 1):
        x = round(lesson.look(f"(p.current.flow.middle({time}) * 2 + p.current.flow.middle({time - 1})) / 3"))
        thick.append((arrows[:, x, 3] > 128).sum())
    logs = np.log10(norms("LSTM", True)["carried"][1 : T - 1])
    assert np.corrcoef(thick, logs)[0, 1] > 0.95 and max(thick) > min(thick) + 3
    assert over(lesson, "own", 4).startswith("no loss at t = 5")
    assert over(lesson, "carried", T - 1).startswith(f"from t = {T} to t = {T - 1}: ‖…‖₂ = exactly 0")


def test_it_plays_forward_and_then_backward_and_draws_only_what_is_reached(open_page):
    lesson = open_page(f"?t={T - 1}")
    lesson.stand_at(T + 2.5)
    seen = lesson.page.evaluate(
        """() => new Promise((done) => { const p = window.rnnvizPlayer, seen = [];
        const draw = p.current.draw.bind(p.current);
        p.current.draw = (context, state) => { seen.push(state.back); draw(context, state); };
        p.timeline.play();
        const look = () => {
          if (p.timeline.position < p.data.steps + 2.5) return setTimeout(look, 20);
          p.timeline.pause();
          done(seen);
        };
        look(); })"""
    )
    assert seen[0] is None and max(back for back in seen if back is not None) > 2.5
    back = [one for one in seen if one is not None]
    assert back == sorted(back) and any(one % 1 for one in back)
    rests_at(lesson, T + 3)
    assert lesson.readout.inner_text().startswith(f"Backward: the gradient has reached t = {T - 3}")
    lesson.page.wait_for_function("!window.rnnvizPlayer.waiting")
    columns = [round(lesson.look(f"p.current.flow.middle({time})")) for time in range(T - 1)]
    row = drawn(lesson, "total")[5, columns, 3]
    assert (row[: T - 4] < 60).all() and (row[T - 4 :] > 250).all()


def test_play_at_the_end_begins_where_the_way_back_does_and_a_step_takes_the_same_time_both_ways(open_page):
    lesson = open_page()
    first = lesson.look("(p.timeline.play(), p.timeline.pause(), p.timeline.position)")
    assert first == T
    forward, back = (
        lesson.look(f"((t) => {{ t.seek({start}); t.advance(90); return t.position - {start}; }})(p.timeline)")
        for start in (2, T + 2)
    )
    assert forward == pytest.approx(back) == pytest.approx(0.2)


def test_the_inputs_stand_below_the_marks_too_and_one_loss_that_counts_is_named(open_page):
    lesson = open_page("?last=1")
    rows = lesson.look("p.current.rows.map(({ name, label }) => [name, label])")
    assert [name for name, _ in rows].index("read") == [name for name, _ in rows].index("cell") + 1
    assert ["loss", f"only L{str(T - 1).translate(str.maketrans('0123456789', '₀₁₂₃₄₅₆₇₈₉'))}"] in rows
    assert (drawn(lesson, "read")[..., 3] > 128).sum() > 100
    assert over(lesson, "loss", 4).startswith("no loss at t = 5 is part of L")
    assert ["loss", "loss Lₜ"] in open_page().look("p.current.rows.map(({ name, label }) => [name, label])")


def test_reduced_motion_goes_back_in_whole_steps(open_page):
    lesson = open_page(f"?t={T}", reduced_motion="reduce")
    seen = lesson.page.evaluate(
        """() => new Promise((done) => { const p = window.rnnvizPlayer, seen = [];
        const draw = p.current.draw.bind(p.current);
        p.current.draw = (context, state) => { seen.push(state.back); draw(context, state); };
        p.timeline.play();
        const look = () => {
          if (seen.length <= 20 || p.timeline.back <= 1) return requestAnimationFrame(look);
          p.timeline.pause();
          done(seen);
        };
        look(); })"""
    )
    assert max(seen) > 1 and all(one == int(one) for one in seen)


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)])
def test_long_texts_show_a_band_and_every_view_can_play_back(open_page, size):
    lesson = open_page(f"?text={LONG[:200].replace(' ', '+')}", width=size[0], height=size[1])
    assert lesson.look("p.data.steps") == 200
    assert lesson.page.evaluate(
        "(() => { const m = document.querySelector('[data-testid=stMain]'); return m.scrollWidth <= m.clientWidth; })()"
    )
    for time in (199, 60, 1):
        assert over(lesson, "total", time).startswith("‖∂L/∂h")
    lesson.player.focus()
    for name in ("Folded", "Inside", "Letters", "Unrolled"):
        lesson.player.get_by_role("button", name=name).click()
        for position in (400, 399, 250):
            lesson.look(f"(p.jump({position}), 0)")
            lesson.page.wait_for_function("!window.rnnvizPlayer.waiting")
            text = lesson.readout.inner_text()
            assert text.startswith("Backward") and ("in Unrolled" in text) == (name != "Unrolled")
    lesson.player.get_by_label("Steps in view").select_option("40")
    lesson.player.focus()
    for _ in range(3):
        lesson.page.keyboard.press("ArrowRight")
    rests_at(lesson, 253)
    assert lesson.look("p.current.inView(p.timeline.step)")
