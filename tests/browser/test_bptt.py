"""The lesson "Backpropagation through time" in a browser: it plays backwards, lights both steps, and scrubs the cut."""

import numpy as np
import pytest
from playwright.sync_api import expect

from rnnviz.engine import log_pairwise
from rnnviz.lesson import bptt
from rnnviz.lesson.unrolling import Settings
from rnnviz.training.character_model import character_model
from tests.browser.lesson_page import STAGE

TEXT = "to be or not"
T = len(TEXT) - 1
CHARTS = {
    name: f"[class*=st-key-bptt-{name}] .plot"
    for name in ("flow", "blame", "cut", "angle", "ratio", "jacobian", "products")
}
NORMS = "Array.from(p.data.arrays['backward total'].values)"


# What the player has drawn, and whether that has changed between two places across.
PICTURE = """() => { const { canvas } = window.rnnvizPlayer;
    return canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height); }"""
CHANGED = f"""(left, width) => {{ const now = ({PICTURE})(), was = window.before;
    const ratio = now.width / window.rnnvizPlayer.canvas.clientWidth, right = Math.round((left + width) * ratio);
    for (let y = 0; y < now.height; y += 1)
        for (let k = 4 * (y * now.width + Math.round(left * ratio)); k < 4 * (y * now.width + right); k += 1)
            if (now.data[k] !== was.data[k]) return true;
    return false; }}"""


def drawn(lesson, chart, expression):
    """Something of a chart, for reading only: `g` is its figure."""
    return lesson.page.evaluate(f"(g => {expression})(document.querySelector('{CHARTS[chart]}'))")


def in_sight(lesson, chart):
    lesson.page.locator(CHARTS[chart]).scroll_into_view_if_needed()
    lesson.page.wait_for_selector(f"{CHARTS[chart]}[data-painted]")


def come_to(lesson, section, chart):
    """Stay at a section while what is above it is still growing, until what takes long stands there."""
    lesson.page.wait_for_function(f"""() => {{
        document.querySelector(".st-key-bptt-{section}-sight").scrollIntoView({{ block: "center" }});
        return document.querySelector("{CHARTS[chart]}"); }}""")


def over(lesson, chart, x, y):
    """Where a place in a chart is in the window."""
    in_sight(lesson, chart)
    lesson.page.wait_for_function(
        "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"
    )
    box = lesson.page.locator(CHARTS[chart]).bounding_box()
    across, down = drawn(
        lesson,
        chart,
        f"(({{ xaxis, yaxis }}) => [xaxis._offset + xaxis.l2p({x}), yaxis._offset + yaxis.l2p({y})])(g._fullLayout)",
    )
    return box["x"] + across, box["y"] + down


def pairs():
    model = character_model("LSTM")
    read = model.read(TEXT)
    return log_pairwise(read.trace, model.readout.cross_entropy(read.trace.h, read.ids[1:]).dh)[:T, :T]


def test_the_gradient_flows_back_on_the_players_own_timeline(open_page):
    lesson = open_page(f"bptt?text={TEXT}&t={T}")
    total = bptt.backpropagation.__wrapped__(Settings("LSTM", "trained", 0), TEXT, "last step only").flow.total
    np.testing.assert_allclose(np.array(lesson.look(NORMS), float)[:-1], total[:-1], rtol=1e-6)
    assert lesson.look("p.timeline.back") is None
    lesson.page.get_by_role("button", name="Play", exact=True).first.click()
    lesson.readout.get_by_text("Backward").first.wait_for()
    lesson.page.wait_for_function("window.rnnvizPlayer.timeline.back > 2")
    lesson.page.keyboard.press("End")
    lesson.page.wait_for_function(f"window.rnnvizPlayer.timeline.position === {2 * len(TEXT)}")


def test_a_cell_of_the_matrix_lights_both_of_its_steps_in_the_player_and_in_the_first_chart(open_page):
    lesson = open_page(f"bptt?text={TEXT}&loss=every+step", height=3000)
    for chart in ("blame", "flow"):
        in_sight(lesson, chart)
    lesson.wait_until_idle()
    shown = np.array(drawn(lesson, "blame", "Array.from(g.calcdata[1][0].z, row => Array.from(row))"), float)
    np.testing.assert_allclose(shown[np.tri(T, dtype=bool)], pairs()[np.tri(T, dtype=bool)], rtol=1e-5)
    lesson.page.evaluate(f"window.before = ({PICTURE})()")
    lesson.page.mouse.move(*over(lesson, "blame", 4, 8))
    lesson.page.mouse.move(*over(lesson, "blame", 3, 9))
    lesson.page.evaluate(f"import('{STAGE}').then(({{ moment }}) => {{ window.now = moment.now; }})")
    lesson.page.wait_for_function("""JSON.stringify(window.now?.().hover) === '{"time":2,"unit":null,"other":8}'""")
    for kind in ("step", "other"):
        lesson.page.locator(f"[class*=st-key-bptt-flow] .mark.{kind}").wait_for()
    for time in (2, 8):
        x, column = lesson.look(f"[p.current.x({time}), p.current.column]")
        lesson.page.wait_for_function(f"({CHANGED})({x - 1}, {column + 2})")
    x, column = lesson.look("[p.current.x(5), p.current.column]")
    assert not lesson.page.evaluate(f"({CHANGED})({x + column / 4}, {column / 2})")


@pytest.mark.parametrize("cut", bptt.CUTS)
def test_scrubbing_k_changes_matrix_and_marks_without_the_server(open_page, cut):
    lesson = open_page(f"bptt?text={TEXT}&loss=every+step&cut={cut}", height=2000)
    come_to(lesson, "cuts", "cut")
    for chart in ("cut", "angle", "ratio"):
        in_sight(lesson, chart)
    lesson.wait_until_idle()
    result = bptt.truncation.__wrapped__(Settings("LSTM", "trained", 0), TEXT, "every step", cut)
    slider = lesson.page.locator("[class*=st-key-bptt-cut] input[type=range]")
    slider.focus()
    for key, k in (("Home", 1), ("ArrowRight", 2), ("End", T)):
        lesson.page.keyboard.press(key)
        lesson.page.wait_for_function(f"document.querySelector('{CHARTS['angle']}').data.at(-1).x[0] === {k}")
        at = result.ks.index(k)
        for chart, values in (("angle", result.angle), ("ratio", result.ratio)):
            lesson.page.wait_for_function(f"document.querySelector('{CHARTS[chart]}').data[1].x[0] === {k}")
            marks = drawn(lesson, chart, "[g.data[1].y[0], g.data[4].y[0], g.data[2].customdata[0]]")
            np.testing.assert_allclose(marks, [values["W_hh"][at], values["W_ih"][at], values["W_hh"][at]], atol=1e-5)
            digits = f"{values['W_hh'][at]:.{1 if chart == 'angle' else 3}f}"
            lesson.page.wait_for_function(f"document.querySelector('{CHARTS[chart]}').textContent.includes('{digits}')")
        count = "g => [...g.calcdata[1][0].z].flatMap(row => [...row]).filter(Number.isFinite).length"
        lesson.page.wait_for_function(
            f"({count})(document.querySelector('{CHARTS['cut']}')) === {bptt.kept(T, k, cut).sum()}"
        )
    lesson.page.wait_for_function(f"location.search.includes('k={T}')")
    lesson.page.get_by_text(f"At k = {T},").wait_for()


def test_a_factor_is_picked_from_the_list_by_keyboard_and_by_a_click_on_a_step(open_page):
    lesson = open_page(f"bptt?text={TEXT}&cell=Elman", height=2000)
    come_to(lesson, "factors", "jacobian")
    in_sight(lesson, "jacobian")
    lesson.wait_until_idle()
    caption = lesson.page.locator("[class*=st-key-bptt-jacobian] .caption")
    expect(caption).to_contain_text(f"at t = {T},")
    lesson.page.get_by_role("radiogroup", name="Look at the factor").get_by_role("radio").first.focus()
    lesson.page.keyboard.press("ArrowRight")
    lesson.page.keyboard.press("Enter")
    lesson.page.get_by_text(f"∂hₜ/∂hₜ₋₁ at t = {T - 1},").wait_for()
    lesson.page.wait_for_function(f"location.search.includes('factor={T - 1}')")
    lesson.page.mouse.click(*lesson.place(4, 7))
    lesson.page.get_by_text("∂hₜ/∂hₜ₋₁ at t = 6,").wait_for()
    lesson.wait_until_idle()
    lesson.page.mouse.click(*over(lesson, "products", 2, -0.5))
    lesson.page.get_by_text("∂hₜ/∂hₜ₋₁ at t = 3,").wait_for()
