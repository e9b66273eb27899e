"""The lesson "Clipping" in a browser: θ moves both planes and the angle; the cliff throws off who is not clipped."""

import numpy as np
import pytest

from rnnviz.lesson import clipping

NORM, VALUE, ANGLES, CLIFF = (
    f"[class*=st-key-clipping-{name}]" for name in ("plane-norm", "plane-value", "angles", "cliff")
)
DRAWN = f"{NORM} .plot[data-painted]"


def drawn(lesson, chart, trace, attribute="y"):
    """What a trace of a chart holds now; NaN where there is a gap."""
    values = lesson.page.evaluate(
        f"Array.from(document.querySelector('{chart} .plot').data[{trace}].{attribute}, String)"
    )
    return np.array([float(value.replace("Infinity", "inf")) for value in values])


def in_sight(lesson, chart):
    lesson.page.locator(chart).first.scroll_into_view_if_needed()
    lesson.page.wait_for_selector(f"{chart} .plot[data-painted]")


def test_theta_moves_both_planes_and_the_angle_without_the_server(open_page):
    lesson = open_page("clipping?theta=1", drawn=DRAWN)
    plane = clipping.plane.__wrapped__(1.2, 0)
    at = clipping.THETAS.index(1.0)
    for chart in (VALUE, ANGLES):
        in_sight(lesson, chart)
    slider = lesson.page.locator(f"{NORM} input[type=range]")
    slider.focus()
    for key, k in (("ArrowLeft", at - 1), ("Home", 0), ("End", len(clipping.THETAS) - 1)):
        lesson.page.keyboard.press(key)
        lesson.page.wait_for_function(
            f"Math.abs(document.querySelector('{ANGLES} .plot').data[0].x[0] - {clipping.THETAS[k]}) < 1e-6"
        )
        lesson.page.wait_for_function(
            f"Math.abs(document.querySelector('{VALUE} .plot').data[0].x[0] - {clipping.THETAS[k]}) < 1e-6"
        )
        for chart, method in ((NORM, "norm"), (VALUE, "value")):
            tips = np.stack([drawn(lesson, chart, 2, axis)[1::3] for axis in "xy"], axis=1)
            np.testing.assert_allclose(tips, plane.clipped[method][k], atol=1e-6)
        np.testing.assert_allclose(drawn(lesson, ANGLES, 1), 0, atol=1e-4)
        np.testing.assert_allclose(drawn(lesson, ANGLES, 3), plane.angles["value"][k], atol=1e-4)
    assert plane.angles["value"][0].max() > 30 and plane.angles["value"][-1].max() == 0
    lesson.page.wait_for_function("location.search.includes('theta=5')")
    lesson.page.get_by_text("At θ = 5, the longest").wait_for()


def test_without_clipping_the_descent_is_thrown_off_and_with_it_not(open_page):
    lesson = open_page("clipping", drawn=DRAWN)
    in_sight(lesson, CLIFF)
    said = lesson.page.get_by_text("Without clipping, the descent").inner_text()
    free, clipped = said.split("With clipping")
    assert "thrown out of the picture at update 37" in free and "stays in the picture" in clipped
    assert np.isnan(drawn(lesson, CLIFF, 3)).all(), "the clipped one never leaves"
    assert drawn(lesson, CLIFF, 6)[0] == pytest.approx(clipping.BOX[1, 1]), "an arrow at the upper border"
    assert np.isnan(drawn(lesson, CLIFF, 5)).all() and np.isfinite(drawn(lesson, CLIFF, 2)).all()
    lesson.page.locator(f"{CLIFF} input[type=range]").focus()
    lesson.page.keyboard.press("Home")  # at the start, both are in the picture
    lesson.page.wait_for_function(f"document.querySelector('{CLIFF} .plot').data[5].y[0] === -3.5")
    assert np.isnan(drawn(lesson, CLIFF, 6)).all()
    lesson.page.get_by_text("update 0", exact=True).wait_for()


def test_a_click_into_the_cliff_starts_both_descents_there(open_page):
    lesson = open_page("clipping", drawn=DRAWN)
    in_sight(lesson, CLIFF)
    lesson.page.locator(f"{CLIFF} .plot").scroll_into_view_if_needed()
    box = lesson.page.locator(f"{CLIFF} .plot").bounding_box()
    across, down = lesson.page.evaluate(
        "(({ xaxis, yaxis }) => [xaxis._offset + xaxis.l2p(5), yaxis._offset + yaxis.l2p(-2.6)])"
        f"(document.querySelector('{CLIFF} .plot')._fullLayout)"
    )
    lesson.page.mouse.click(box["x"] + across, box["y"] + down)
    lesson.page.wait_for_function("/w0=(4[.]9|5)/.test(location.search) && /b0=-2[.][56]/.test(location.search)")
    lesson.page.wait_for_function(
        f"Math.abs(document.querySelector('{CLIFF} .plot').data[1].x[0] - 5) < 0.1"
        f" && Math.abs(document.querySelector('{CLIFF} .plot').data[7].y[0] + 2.6) < 0.1"
    )


@pytest.mark.parametrize(("width", "height"), [(390, 844)])
def test_nothing_is_wider_than_the_screen(open_page, width, height):
    lesson = open_page("clipping", drawn=DRAWN, width=width, height=height)
    assert lesson.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= width
