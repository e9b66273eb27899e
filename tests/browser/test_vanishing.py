"""The lesson "Vanishing and exploding" in a browser: the radius is dragged across 1, and every picture follows."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

CHART = "[class*=st-key-vanishing-{}]"
GRADIENT = CHART.format("gradient")
DRAWN = f"{GRADIENT} .plot[data-painted]"


def data(lesson, chart, trace, attribute="y"):
    """What a chart shows now."""
    return np.array(
        lesson.page.evaluate(
            f"Array.from(document.querySelector('{CHART.format(chart)} .plot').data[{trace}].{attribute}"
            ", one => Number.isNaN(one) ? null : one)"
        ),
        dtype=float,
    )


def drag(lesson, value):
    """Move the slider to a value, and wait until the picture beside it has followed."""
    lesson.page.evaluate(
        """([chart, index]) => { const range = document.querySelector(`${chart} input[type=range]`);
        range.value = index; range.dispatchEvent(new Event("input", { bubbles: true })); }""",
        [GRADIENT, round(value * 10) - 1],
    )
    lesson.page.wait_for_function(
        "([chart, rho]) => Math.abs(document.querySelector(`${chart} .plot`).data[4].customdata[0][0] - rho) < 1e-3",
        arg=[CHART.format("spectrum"), value],
    )


def test_dragging_the_radius_over_one_turns_vanishing_into_exploding(open_page):
    lesson = open_page("vanishing", drawn=DRAWN)
    lesson.page.wait_for_selector(f"{CHART.format('spectrum')} .plot[data-painted]")
    lesson.page.wait_for_selector(f"{CHART.format('reach')} .plot[data-painted]")
    ends = {}
    for radius in (0.5, 0.9, 1.0, 1.1, 1.5):
        drag(lesson, radius)
        lesson.page.wait_for_function(
            f"Math.abs(document.querySelector('{CHART.format('reach')} .plot').data[2].customdata[0] - {radius}) < 0.03"
        )
        curve = data(lesson, "gradient", 0)
        ends[radius] = curve[0]
        assert curve[-1] == pytest.approx(0, abs=1e-6)
        outside = np.isfinite(data(lesson, "spectrum", 3, "x")).any()
        assert outside == (radius > 1) or radius == 1.0
    assert ends[0.5] < -25 and ends[0.9] < -4 and abs(ends[1.0]) < 1 and ends[1.1] > 3.5 and ends[1.5] > 16
    lesson.page.wait_for_function("location.search.includes('radius=1.5')")
    said = lesson.page.get_by_role("listitem").filter(has_text=re.compile(r"^measured: .* spectral radius is 1\.5"))
    said.wait_for()


def test_with_forget_bias_3_the_lstm_is_above_elman_after_200_steps(open_page):
    lesson = open_page("vanishing?phi=tanh&length=200&forget=3&radius=0.9", drawn=DRAWN)
    lesson.page.wait_for_function(f"document.querySelector('{GRADIENT} output').textContent.startsWith('0.9')")
    elman, lstm = data(lesson, "gradient", 0), data(lesson, "gradient", 2)
    assert len(elman) == len(lstm) == 200
    assert lstm[0] > elman[0] + 3 and (lstm[:150] > elman[:150]).all()


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1366, 768)])
def test_the_first_screen_has_the_point_and_nothing_is_wider(open_page, width, height):
    lesson = open_page("vanishing?units=4&length=60", drawn=DRAWN, width=width, height=height)
    assert lesson.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= width
    if width > 1000:
        for chart in ("gradient", "spectrum", "slopes", "reach"):
            lesson.page.wait_for_selector(f"{CHART.format(chart)} .plot[data-painted]")
            box = lesson.page.locator(f"{CHART.format(chart)} .plot").bounding_box()
            assert box["y"] + box["height"] <= height


def test_a_preset_moves_the_slider_and_the_link_has_all_that_it_sets(open_page):
    lesson = open_page("vanishing?weights=trained&passage=to+be+or+not", drawn=DRAWN)
    lesson.page.get_by_role("radio", name="Forget bias 5").click()
    lesson.page.wait_for_function("location.search === '?forget=5'")
    lesson.page.get_by_role("radio", name="tanh saturates").click()
    lesson.page.wait_for_function("['radius=2', 'phi=tanh'].every(one => location.search.includes(one))")
    lesson.page.wait_for_function(f"document.querySelector('{GRADIENT} output').textContent === '2'")
    lesson.page.wait_for_function(
        f"Math.abs(document.querySelector('{CHART.format('spectrum')} .plot').data[4].customdata[0][0] - 2) < 1e-4"
    )


def test_on_a_phone_a_legend_of_many_lines_leaves_the_axis_its_room(open_page):
    lesson = open_page("vanishing", width=390, height=844, drawn=".st-key-vanishing-slopes")
    figure = lesson.page.locator(".st-key-vanishing-slopes")
    figure.scroll_into_view_if_needed()
    figure.locator(".plot[data-painted]").wait_for()
    title = figure.locator(".xtitle").bounding_box()
    for tick in figure.locator(".xtick text").all():
        box = tick.bounding_box()
        assert box["y"] + box["height"] <= title["y"] + 3


def test_200_networks_are_computed_when_one_comes_to_them(open_page):
    page = open_page("vanishing?units=6&length=9", drawn=DRAWN).page
    fans = page.locator(".st-key-vanishing-typical-lstm .main-svg")
    expect(page.get_by_text("Computed as soon as you are here")).to_have_count(2)
    expect(fans).to_have_count(0)
    page.get_by_text("Is what I see typical?").scroll_into_view_if_needed()
    fans.first.wait_for()
    expect(page.get_by_text("Computed as soon as you are here")).to_have_count(0)
