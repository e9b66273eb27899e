"""The mask in a real browser: its numbers are numpy's, by pointer and by keys, and a link brings them back."""

import re

import numpy as np
import pytest

from rnnviz.training.character_model import character_model
from tests.browser.cell_view import evaluated, half_a_digit, rounding, shown_number

TEXT = "To be, or not to be, that is the question"
TIME = 19
LINK = f"lstm?pin={TIME + 1}.7"
HALF_A_DIGIT = 0.5001e-4


class MaskOnPage:
    def __init__(self, lesson):
        self.lesson, self.page = lesson, lesson.page
        self.element = lesson.page.locator(".rnnviz-mask")
        self.element.scroll_into_view_if_needed()
        self.element.locator("[role=slider]").first.wait_for()

    @property
    def units(self):
        labels = self.element.locator(".panel").first.locator("small").all_inner_texts()
        return [int(label.removeprefix("unit ")) for label in labels]

    @property
    def panels(self):
        """The numbers of each panel, from the top."""
        rows = [panel.locator("b").all_inner_texts() for panel in self.element.locator(".panel").all()]
        return np.array([[float(one.replace("−", "-")) for one in row] for row in rows])

    def press(self, name):
        self.element.get_by_role("button", name=name, exact=True).click()

    def slider(self, k, gate="forget"):
        return self.element.get_by_role("slider", name=re.compile(f"{gate} gate")).nth(k)

    def wait_for_link(self, mask):
        self.page.wait_for_function("mask => new URLSearchParams(location.search).get('mask') === mask", arg=mask)

    @property
    def arithmetic(self):
        return self.element.locator(".arithmetic .line").inner_text()


@pytest.fixture
def mask(open_page):
    return MaskOnPage(open_page(LINK))


def own(units):
    """u, v, f, i, c of these units, from the engine."""
    trace = character_model("LSTM").read(TEXT).trace
    return (trace.previous("c")[TIME, units], *(trace[quantity][TIME, units] for quantity in "gfic"))


def close(shown, expected):
    np.testing.assert_allclose(shown, expected, rtol=0, atol=HALF_A_DIGIT)


def test_it_opens_with_the_networks_own_numbers(mask):
    u, _, f, _, _ = own(mask.units)
    close(mask.panels, [u, f, f * u])


def test_the_three_ways_to_use_a_gate_are_numpys(mask):
    u, v, f, i, c = own(mask.units)
    mask.press("Both ends of one gate")
    close(mask.panels, [u, f, f * u, v, 1 - f, (1 - f) * v, f * u + (1 - f) * v])
    mask.press("Two gates")
    close(mask.panels, [u, f, f * u, v, i, i * v, f * u + i * v])
    close(mask.panels[-1], c)
    assert "the sum is its" in mask.element.locator(".arithmetic").inner_text()


def test_dragging_a_gate_multiplies_by_where_it_was_let_go(mask):
    u, _, f, _, _ = own(mask.units)
    box = mask.slider(2).bounding_box()
    x = box["x"] + box["width"] / 2
    mask.page.mouse.move(x, box["y"] + box["height"] * 0.9)
    mask.page.mouse.down()
    mask.page.mouse.move(x + 60, box["y"] + box["height"] * 0.4, steps=5)  # beside it: the drag goes on
    mask.page.mouse.up()
    gate = float(mask.slider(2).get_attribute("aria-valuenow"))
    assert gate == pytest.approx(0.6, abs=0.03) and gate == round(gate, 2)
    expected = f.copy()
    expected[2] = gate
    close(mask.panels, [u, expected, expected * u])
    mask.wait_for_link(f"one-n-n-{round(100 * gate)}-n-n")


def test_a_gate_dragged_beyond_its_ends_stays_at_them(mask):
    box = mask.slider(0).bounding_box()
    for y, gate in ((box["y"] - 200, "1"), (box["y"] + box["height"] + 200, "0")):
        mask.page.mouse.move(box["x"] + 5, box["y"] + box["height"] / 2)
        mask.page.mouse.down()
        mask.page.mouse.move(box["x"] + 5, y, steps=3)
        mask.page.mouse.up()
        assert mask.slider(0).get_attribute("aria-valuenow") == gate


def test_every_key_of_a_slider_moves_the_gate_and_its_product(mask):
    u, *_ = own(mask.units)
    slider = mask.slider(1)
    slider.focus()
    for key, gate in (("End", 1.0), ("ArrowDown", 0.99), ("ArrowRight", 1.0), ("ArrowUp", 1.0), ("PageDown", 0.9),
                      ("Home", 0.0), ("ArrowLeft", 0.0), ("PageUp", 0.1), ("ArrowUp", 0.11)):  # fmt: skip
        slider.press(key)
        assert float(slider.get_attribute("aria-valuenow")) == pytest.approx(gate)
        close(mask.panels[:, 1], [u[1], gate, gate * u[1]])
    assert slider.get_attribute("aria-valuetext") == "0.1100"
    assert mask.page.evaluate("window.rnnvizPlayer.timeline.position") == len(TEXT), "the player heard nothing of it"


def test_the_line_of_arithmetic_is_right_as_it_is_displayed(mask):
    for mode in ("One gate", "Both ends of one gate", "Two gates"):
        mask.press(mode)
        for k in range(len(mask.units)):
            mask.slider(k).press("PageUp")
            left, right = mask.arithmetic.split(" = ")
            assert re.fullmatch(r"[0-9.()+· e−]+", left)
            assert not re.search("[·+] −", left), left
            assert abs(evaluated(left) - shown_number(right)) <= rounding(left) + half_a_digit(right)


def test_small_numbers_keep_their_digits(open_page):
    mask = MaskOnPage(open_page(f"lstm?pin={TIME + 1}.6"))
    u, *_ = own(mask.units)
    k = mask.units.index(6)
    assert abs(u[k]) < 0.1
    mask.press("All shut")
    mask.slider(k).press("ArrowUp")
    kept = mask.element.locator(".panel").nth(2).locator("b").nth(k).inner_text()
    assert re.fullmatch(r"−?[0-9]\.[0-9]{3}e−[0-9]+", kept)
    assert shown_number(kept) == pytest.approx(0.01 * u[k], abs=1.001 * half_a_digit(kept))
    assert mask.arithmetic.endswith(f" = {kept}")


def test_all_open_half_shut_and_back(mask):
    u, v, f, i, c = own(mask.units)
    mask.press("Two gates")
    for name, gate in (("All open", 1.0), ("Half", 0.5), ("All shut", 0.0)):
        mask.press(name)
        close(mask.panels[-1], gate * u + gate * v)
        mask.wait_for_link("-".join(["two", *[str(round(100 * gate))] * 10]))
    mask.press("The network's own")
    close(mask.panels[-1], c)
    mask.wait_for_link("-".join(["two", *["n"] * 10]))
    mask.press("One gate")
    mask.wait_for_link(None)


def test_a_link_brings_the_gates_back(open_page):
    mask = MaskOnPage(open_page(f"{LINK}&mask=ends-100-0-50-n-7"))
    u, v, f, _, _ = own(mask.units)
    gate = np.array([1, 0, 0.5, f[3], 0.07])
    close(mask.panels, [u, gate, gate * u, v, 1 - gate, (1 - gate) * v, gate * u + (1 - gate) * v])


@pytest.mark.parametrize("nonsense", ["ends-100-0-50-n", "three-1-2-3-4-5", "one-1-2-3-4-101", "%3Cb%3E"])
def test_nonsense_in_a_link_leaves_the_networks_own_gates(open_page, nonsense):
    mask = MaskOnPage(open_page(f"{LINK}&mask={nonsense}"))
    u, _, f, _, _ = own(mask.units)
    close(mask.panels, [u, f, f * u])
    mask.wait_for_link(None)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_in_both_themes(open_page, scheme):
    mask = MaskOnPage(open_page(f"{LINK}&mask=two-n-n-n-n-n-n-n-n-n-n", width=390, height=844, color_scheme=scheme))
    assert mask.page.evaluate("document.documentElement.scrollWidth") <= 390
    for number in mask.element.locator("b").all():
        box = number.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    first, second = (one.bounding_box() for one in mask.element.locator(".panel").first.locator("b").all()[:2])
    assert first["x"] + first["width"] <= second["x"], "numbers side by side do not run into one another"


def test_bars_have_the_length_of_their_numbers_and_gates_too(mask):
    heights = (
        mask.element.locator(".panel")
        .first.locator(".fill")
        .evaluate_all(
            "all => all.map((one) => [one, one.parentElement].map((part) => part.getBoundingClientRect().height))"
        )
    )
    lengths = np.array([2 * bar / well for bar, well in heights])
    u = np.abs(own(mask.units)[0])
    np.testing.assert_allclose(lengths / lengths.max(), u / u.max(), atol=0.06)
