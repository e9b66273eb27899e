"""The stage as a whole: pictures change in place, and charts and player share step, unit and pin."""

import numpy as np
import pytest
from playwright.sync_api import expect

from rnnviz.training.character_model import character_model
from tests.browser.lesson_page import STAGE, STATE_CHART

SENTENCE = "To be, or not to be, that is the question"


def plot(lesson, expression: str, chart: str = STATE_CHART):
    """Something of a chart's plotly figure: `g` is the plot."""
    return lesson.page.evaluate(
        f"(() => {{ const g = document.querySelector('{chart} .plot'); return {expression}; }})()"
    )


def heatmap(lesson, chart: str = STATE_CHART) -> np.ndarray:
    """(unit, time) what a heatmap shows."""
    lesson.page.wait_for_selector(f"{chart} .plot[data-painted]", state="attached")
    return np.array(plot(lesson, "g.calcdata[0][0].z.map(row => Array.from(row))", chart))


def over_chart(lesson, time: int, unit: int) -> tuple[float, float]:
    """Where a cell of the state's heatmap is in the window."""
    lesson.page.wait_for_selector(f"{STATE_CHART} .plot[data-painted]", state="attached")
    lesson.page.locator(f"{STATE_CHART} .plot").scroll_into_view_if_needed()
    return lesson.where_it_stays(
        f"""(() => {{
          const g = document.querySelector('{STATE_CHART} .plot'), {{ left, top }} = g.getBoundingClientRect();
          const {{ xaxis, yaxis }} = g._fullLayout;
          return [left + xaxis._offset + xaxis.l2p({time + 1}), top + yaxis._offset + yaxis.l2p({unit})];
        }})()"""
    )


def test_the_heatmap_shows_the_engines_states(open_page):
    lesson = open_page("?cell=Elman")
    h = character_model("Elman").read(SENTENCE).trace.h
    np.testing.assert_allclose(heatmap(lesson), h.T, atol=1e-6)


def test_a_changed_control_repaints_in_place(open_page):
    lesson = open_page(height=1300)
    lesson.page.wait_for_selector(f"{STATE_CHART} .plot[data-painted]", state="attached")
    lesson.page.evaluate(
        "window.before = [window.rnnvizPlayer, document.querySelector('.st-key-unrolling-state .plot')]"
    )
    lesson.player.get_by_label("Steps in view").select_option("20")
    lesson.player.focus()
    lesson.page.keyboard.press("Home")
    for _ in range(6):
        lesson.page.keyboard.press("ArrowRight")
    lesson.pin(3, 40)
    lesson.page.evaluate("window.Plotly.relayout(window.before[1], {'xaxis.range': [5, 15]})")
    painted = int(plot(lesson, "g.dataset.painted"))
    lesson.choose("GRU")
    lesson.page.wait_for_function(f"Number(document.querySelector('{STATE_CHART} .plot').dataset.painted) > {painted}")
    now = f"[window.rnnvizPlayer, document.querySelector('{STATE_CHART} .plot')]"
    assert lesson.page.evaluate(f"{now}.every((one, k) => one === window.before[k])")
    assert lesson.look("[p.timeline.position, p.count, p.pinned.time, p.pinned.unit]") == [6, 20, 3, 40]
    assert plot(lesson, "g._fullLayout.xaxis.range.map(Math.round)") == [5, 15]
    h = character_model("GRU").read(SENTENCE).trace.h
    lesson.eventually(lambda: np.testing.assert_allclose(heatmap(lesson), h.T, atol=1e-6))


def test_a_unit_under_the_pointer_in_the_chart_lights_up_in_the_player_and_the_other_way_round(open_page):
    lesson = open_page(height=1300)
    lesson.page.mouse.move(*over_chart(lesson, 12, 30))
    lesson.page.mouse.move(*over_chart(lesson, 13, 31))
    seen = f"(async () => JSON.stringify((await import('{STAGE}')).moment.now().hover))()"
    lesson.page.wait_for_function(
        f"""async () => await {seen} === '{{"time":13,"unit":31}}'"""
    )  # plotly takes its time
    assert lesson.look("p.tip.hidden")
    lesson.point_to(20, 5)
    lesson.page.wait_for_function(f"""async () => await {seen} === '{{"time":20,"unit":5}}'""")
    mark = lesson.page.locator(f"{STATE_CHART} .mark.hover")
    x, y = over_chart(lesson, 20, 5)
    box = mark.bounding_box()
    assert box["x"] <= x <= box["x"] + box["width"]
    assert box["y"] <= y <= box["y"] + box["height"]


def test_a_click_in_the_chart_pins_for_player_formulas_and_link(open_page):
    lesson = open_page(height=1300)
    lesson.page.mouse.move(*over_chart(lesson, 7, 21))
    lesson.page.mouse.click(*over_chart(lesson, 8, 22))
    lesson.wait_for_formulas(8, 22)
    assert lesson.look("[p.pinned.time, p.pinned.unit]") == [8, 22]
    lesson.page.wait_for_function("location.search.includes('pin=9.22')")


def test_the_playhead_of_the_player_moves_in_the_chart(open_page):
    lesson = open_page(height=1300)
    lesson.player.focus()
    lesson.page.keyboard.press("Home")
    for _ in range(5):
        lesson.page.keyboard.press("ArrowRight")
    lesson.page.wait_for_function("window.rnnvizPlayer.timeline.position === 5")
    x, _ = over_chart(lesson, 4, 0)
    box = lesson.page.locator(f"{STATE_CHART} .mark.playhead").bounding_box()
    assert box["x"] <= x <= box["x"] + box["width"]


def test_a_sweep_is_scrubbed_without_the_server_and_rests_in_the_link(open_page):
    lesson = open_page("?cell=Elman")
    chart = ".st-key-unrolling-loop"
    lesson.page.locator(f"{chart} input[type=range]").scroll_into_view_if_needed()
    lesson.page.wait_for_selector(f"{chart} .plot[data-painted]")
    lesson.wait_until_idle()
    model = character_model("Elman")
    drawn = f"document.querySelector('{chart} .plot').calcdata[0][0].z.map((row) => Array.from(row))"
    for strength, (says, shown, sent) in zip((0.9, 0.8, 0.7), lesson.scrub(chart, 3, drawn), strict=True):
        assert says == f"{strength} ×" and sent == 0
        np.testing.assert_allclose(shown, model.with_loop(strength).read(SENTENCE).trace.h.T, atol=1e-6)
    lesson.page.wait_for_function("location.search.includes('loop=0.7')")
    other = open_page(lesson.page.url)
    other.page.locator(chart).scroll_into_view_if_needed()
    expect(other.page.locator(f"{chart} output")).to_have_text("0.7 ×")


def test_the_theme_is_followed_in_place(open_page):
    lesson = open_page(color_scheme="light", height=1300)
    light = lesson.column_colours(20)
    lesson.page.wait_for_selector(f"{STATE_CHART} .plot[data-painted]", state="attached")
    background = plot(lesson, "g._fullLayout.paper_bgcolor")
    lesson.player.focus()
    lesson.page.keyboard.press("Home")
    lesson.page.keyboard.press("ArrowRight")
    lesson.page.emulate_media(color_scheme="dark")
    lesson.page.wait_for_function(
        f"document.querySelector('{STATE_CHART} .plot')._fullLayout.paper_bgcolor !== '{background}'"
    )
    lesson.page.wait_for_function("window.rnnvizPlayer.theme === 'dark'")
    assert lesson.look("p.timeline.position") == 1
    lesson.page.keyboard.press("End")
    lesson.page.wait_for_function("window.rnnvizPlayer.timeline.position === 41")
    dark = lesson.column_colours(20)
    assert dark.mean() < light.mean() - 30


def test_two_tabs_do_not_disturb_each_other(open_page):
    one, two = open_page(), open_page("?cell=GRU&text=another")
    one.choose("Elman")
    assert two.look("[p.data.title, p.data.steps]") == ["A trained GRU with 64 units reads 7 characters", 7]


def test_clicking_while_it_plays_keeps_it_playing(open_page):
    lesson = open_page()
    lesson.player.get_by_label("Speed").select_option("0.25")
    lesson.player.get_by_role("button", name="Play").click()
    lesson.page.wait_for_function("window.rnnvizPlayer.timeline.position > 0.2")
    lesson.choose("Elman")
    lesson.choose("GRU")
    assert lesson.look("p.timeline.playing")
    assert 0.2 < lesson.look("p.timeline.position") < 20


@pytest.mark.parametrize("format", ["PNG", "SVG"])
def test_a_figure_can_be_saved(open_page, format):
    lesson = open_page(height=1300)
    with lesson.page.expect_download() as download:
        lesson.page.locator(f"{STATE_CHART} button.save", has_text=format).click()
    content = download.value.path().read_bytes()
    assert content.startswith(b"\x89PNG") if format == "PNG" else b"<svg" in content[:200]


def test_the_numbers_can_be_downloaded(open_page):
    lesson = open_page("?cell=GRU&text=abc")
    with lesson.page.expect_download() as download:
        lesson.page.get_by_role("button", name="All numbers").click()
    lines = download.value.path().read_text().splitlines()
    assert lines[0] == "time,unit,quantity,value"
    trace = character_model("GRU").read("abc").trace
    row = next(line for line in lines if line.startswith("2,5,z,"))
    assert float(row.split(",")[3]) == trace["z"][1, 5]


def test_a_pin_beyond_a_shorter_text_stands_on_its_last_step_everywhere(open_page):
    lesson = open_page("?pin=30.5")
    lesson.change(lambda: lesson.type_text("short one"))
    lesson.wait_for_formulas(8, 5)
    lesson.page.wait_for_function("location.search.includes('pin=9.5')")
    assert "Pinned: unit 5 at t = 9" in lesson.readout.inner_text()


def test_a_quantity_that_this_cell_lacks_is_shown_again_by_one_that_has_it(open_page):
    lesson = open_page("?show=f")
    lesson.choose("GRU")
    assert lesson.look("p.quantity") == "h"
    lesson.choose("LSTM")
    assert lesson.look("p.quantity") == "f"
    assert "show=f" in lesson.page.url


def test_opening_a_page_and_letting_go_of_nothing_ask_the_server_for_nothing_more(open_page):
    lesson = open_page()
    lesson.page.evaluate(
        "(() => { const send = WebSocket.prototype.send; window.sent = 0;"
        " WebSocket.prototype.send = function (...a) { window.sent += 1; return send.apply(this, a); }; })()"
    )
    lesson.page.locator(".st-key-unrolling-loop").scroll_into_view_if_needed()
    lesson.player.focus()
    lesson.page.keyboard.press("Escape")
    lesson.page.wait_for_timeout(1000)  # longer than anything of ours waits before it speaks
    assert lesson.page.evaluate("window.sent") == 0
