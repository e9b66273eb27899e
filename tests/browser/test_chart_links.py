"""Charts among themselves: two time axes, picked places, and sweeps that play and stay apart."""

import os
import re
from itertools import groupby

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ROOT, serve
from tests.browser.lesson_page import PATIENCE, STAGE

DRAWN = ".st-key-cut .plot[data-painted]"


@pytest.fixture(scope="module")
def address():
    os.environ["RNNVIZ_PAGE"] = "chart_page.py"
    process, url = serve(ROOT / "tests" / "browser" / "bare.py")
    yield url
    process.terminate()
    process.wait(PATIENCE / 1000)


def over(lesson, chart: str, x: float, y: float) -> tuple[float, float]:
    """Where a place in a chart is in the window; on a log axis x and y are logarithms."""
    lesson.page.wait_for_selector(f".st-key-{chart} .plot[data-painted]")
    box = lesson.page.locator(f".st-key-{chart} .plot").bounding_box()
    across, down = lesson.page.evaluate(
        f"(({{ xaxis, yaxis }}) => [xaxis._offset + xaxis.l2p({x}), yaxis._offset + yaxis.l2p({y})])"
        f"(document.querySelector('.st-key-{chart} .plot')._fullLayout)"
    )
    return box["x"] + across, box["y"] + down


def marked(lesson, chart: str, kind: str) -> dict | None:
    lesson.page.wait_for_selector(f".st-key-{chart} .plot[data-painted]")
    mark = lesson.page.locator(f".st-key-{chart} .mark.{kind}")
    return mark.bounding_box() if mark.is_visible() else None


def within(box: dict | None, x: float, y: float) -> bool:
    return box is not None and box["x"] <= x <= box["x"] + box["width"] and box["y"] <= y <= box["y"] + box["height"]


def drawn(lesson, chart: str, expression: str):
    return lesson.page.evaluate(f"(g => {expression})(document.querySelector('.st-key-{chart} .plot'))")


def says(lesson, text: str) -> None:
    lesson.page.get_by_text(text, exact=True).wait_for()


def test_a_cell_of_two_time_axes_lights_both_steps_in_the_other_charts_and_the_other_way_round(open_page):
    lesson = open_page(drawn=DRAWN)
    lesson.page.mouse.move(*over(lesson, "matrix", 5, 2))
    lesson.page.mouse.move(*over(lesson, "matrix", 6, 3))
    lesson.page.evaluate(f"import('{STAGE}').then(({{ moment }}) => {{ window.now = moment.now; }})")
    lesson.page.wait_for_function("""JSON.stringify(window.now?.().hover) === '{"time":5,"unit":null,"other":2}'""")
    assert within(marked(lesson, "matrix", "hover"), *over(lesson, "matrix", 6, 3))
    assert within(marked(lesson, "curve", "step"), *over(lesson, "curve", 6, 20))
    assert within(marked(lesson, "curve", "other"), *over(lesson, "curve", 3, 20))
    assert not within(marked(lesson, "curve", "other"), *over(lesson, "curve", 6, 20))
    lesson.page.evaluate(
        f"(async () => (await import('{STAGE}')).moment.set({{ hover: {{ time: 3, unit: null }} }}))()"
    )
    for row in (1, 8):
        assert within(marked(lesson, "matrix", "step"), *over(lesson, "matrix", 4, row))
    assert marked(lesson, "matrix", "other") is None and marked(lesson, "matrix", "hover") is None


def test_a_click_anywhere_in_the_axes_is_a_place_that_the_page_gets(open_page):
    lesson = open_page(drawn=DRAWN)
    says(lesson, "radius 1.0 cut 3 picked None")
    lesson.page.mouse.click(*over(lesson, "plane", 1, 0.25))  # 10 on the log axis, where nothing is drawn
    lesson.page.wait_for_function("/picked (9|10)[.][0-9]+ 0[.]2[0-9]/.test(document.body.innerText)")
    field = lesson.page.get_by_label("x", exact=True)
    expect(field).to_have_value(re.compile(r"^(9|10)[.]"))
    assert float(field.input_value()) == pytest.approx(10, rel=0.1)
    lesson.page.mouse.click(*over(lesson, "curve", 4, 30))
    lesson.page.mouse.click(*over(lesson, "plane", 0.5, -0.1))  # below the axis
    # What is told of later has come after what the two clicks would have told.
    lesson.page.locator(".st-key-cut input[type=range]").press("End")
    lesson.page.get_by_text(re.compile(r"cut 10 picked (9|10)[.]")).wait_for()


def test_a_frame_reaches_every_attribute_of_every_chart_of_its_name_and_no_other(open_page):
    lesson = open_page(drawn=DRAWN)
    slider = lesson.page.locator(".st-key-radius input[type=range]")
    slider.focus()
    lesson.page.keyboard.press("ArrowRight")
    lesson.page.wait_for_function("document.querySelector('.st-key-follower .plot').calcdata?.[0][0].s === 1.5")
    lesson.page.wait_for_function("document.querySelector('.st-key-radius .plot')._fullData?.[0].line.width === 3")
    shown = "[g._fullData[0].line.width, Array.from(g._fullData[1].marker.size), g._fullData[1].text]"
    assert drawn(lesson, "radius", shown) == [3, [15, 30], ["1.5", ""]]
    assert drawn(lesson, "radius", "Array.from(g.calcdata[0], one => [one.x, one.y])")[::2] == [[0, 0], [2, 3]]
    assert "M" in drawn(lesson, "radius", "g.querySelector('.js-line')?.getAttribute('d') ?? 'M'")
    assert drawn(lesson, "cut", "Array.from(g.data[0].x)") == [2]
    says(lesson, "radius 1.5 cut 3 picked None")
    lesson.page.locator(".st-key-cut input[type=range]").press("End")
    says(lesson, "radius 1.5 cut 10 picked None")
    assert drawn(lesson, "radius", shown)[0] == 3
    lesson.page.wait_for_function("location.search.includes('radius=1.5') && location.search.includes('cut=10')")
    other = open_page(lesson.page.url, drawn=DRAWN)
    says(other, "radius 1.5 cut 10 picked None")


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_a_sweep_plays_to_its_end_and_again_from_its_beginning(open_page, motion):
    lesson = open_page(drawn=DRAWN, reduced_motion=motion)
    # By its own clock: however long a frame takes, the sweep is told of a few milliseconds.
    lesson.page.evaluate(
        """(() => { const frame = window.requestAnimationFrame;
        let clock = performance.now();
        window.requestAnimationFrame = (act) => frame(() => act((clock += 8)));
        window.seen = [];
        const output = document.querySelector('.st-key-radius output');
        new MutationObserver(() => window.seen.push(output.textContent)).observe(output, { childList: true }); })()"""
    )
    assert lesson.page.locator(".st-key-cut .sweep .play").is_hidden()
    button = lesson.page.get_by_role("button", name="Play: Radius")
    button.focus()
    lesson.page.keyboard.press("Space")
    says(lesson, "radius 2 cut 3 picked None")
    lesson.page.keyboard.press("Space")
    lesson.page.wait_for_function(
        "window.seen.includes('0.5') && window.seen.lastIndexOf('2') > window.seen.indexOf('0.5')"
    )
    seen = [text for text, _ in groupby(lesson.page.evaluate("window.seen"))]
    assert seen == ["1", "1.5", "2", "0.5", "1", "1.5", "2"][-len(seen) :] and len(seen) >= 6
    expect(lesson.page.get_by_role("button", name="Play: Radius")).to_be_visible()
