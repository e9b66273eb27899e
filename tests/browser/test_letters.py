"""The view "Letters": the learner's text, each character on the colour of one unit's value."""

import itertools

import numpy as np
import pytest

from rnnviz.figures.palette import GATE, PLAYER, SIGNED
from rnnviz.training.character_model import character_model
from tests.browser.lesson_page import STAGE, number

SENTENCE = "To be, or not to be, that is the question"
LONG = ("now is the winter of our discontent made glorious summer " * 4)[:200]
STOPS = {"signed": SIGNED, "gate": GATE}


def colours(values, scale: str, limit: float = 1, theme: str = "light") -> np.ndarray:
    """(n, 3) what each value is drawn in: the palette's stops, evenly spaced over the scale."""
    stops = np.array([[int(stop[k : k + 2], 16) for k in (1, 3, 5)] for stop in STOPS[scale][theme]], float)
    share = np.clip(np.asarray(values) / limit, -1 if scale == "signed" else 0, 1)
    share = (share + 1) / 2 if scale == "signed" else share
    at = np.linspace(0, 1, len(stops))
    return np.stack([np.interp(share, at, channel) for channel in stops.T], axis=1)


def contrast(one: np.ndarray, other: np.ndarray) -> float:
    """WCAG 2.2's contrast ratio of two sRGB colours, 0 to 255."""

    def luminance(colour: np.ndarray) -> float:
        share = np.asarray(colour) / 255
        linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def wait_until_letters(lesson) -> None:
    lesson.page.wait_for_function("window.rnnvizPlayer.view === 'letters'")
    lesson.look("(p.draw(), 0)")


def backgrounds(lesson) -> np.ndarray:
    """(time, 3) the colour in the upper left of each letter's box."""
    lesson.look("(p.draw(), 0)")
    pixels = lesson.pixels()
    return np.array(
        [pixels[round(y) + 3, round(x) + 3, :3] for x, y in lesson.look("p.current.places.map(({x, y}) => [x, y])")]
    )


def middle(lesson, time: int) -> tuple[float, float]:
    """Where a letter is in the window."""
    lesson.canvas.scroll_into_view_if_needed()
    x, y, width, height = lesson.look(
        f"[p.current.places[{time}].x, p.current.places[{time}].y, p.current.letter.width, p.current.letter.box]"
    )
    box = lesson.canvas.bounding_box()
    return box["x"] + x + width / 2, box["y"] + y + height / 2


def unit_cell(lesson, unit: int) -> tuple[float, float]:
    """Where a unit of the strip is in the window."""
    lesson.canvas.scroll_into_view_if_needed()
    across, size, top = lesson.look("[p.current.strip.across, p.current.strip.size, p.current.strip.y]")
    box = lesson.canvas.bounding_box()
    return box["x"] + 1 + (unit % across + 0.5) * size, box["y"] + top + (unit // across + 0.5) * size


@pytest.mark.parametrize(("quantity", "scale"), [("h", "signed"), ("c", "signed"), ("f", "gate"), ("g", "signed")])
def test_each_letter_stands_on_the_colour_of_the_engines_value(open_page, quantity, scale):
    lesson = open_page(f"?view=letters&show={quantity}&pin=3.12")
    wait_until_letters(lesson)
    values = character_model("LSTM").read(SENTENCE).trace[quantity][:, 12]
    limit = lesson.look(f"p.data.byKey.get('{quantity}').limit")
    seen, expected = backgrounds(lesson), colours(values, scale, limit)
    inside = [t for t in range(len(SENTENCE)) if t not in (2, 40)]  # the pin's and the playhead's frames
    np.testing.assert_allclose(seen[inside], expected[inside], atol=4)


@pytest.mark.parametrize("cell", ["GRU", "Elman"])
def test_other_cells_have_letters_too_and_dark_colours_in_the_dark(open_page, cell):
    lesson = open_page(f"?cell={cell}&view=letters&pin=3.30", color_scheme="dark")
    wait_until_letters(lesson)
    values = character_model(cell).read(SENTENCE).trace.h[:, 30]
    np.testing.assert_allclose(backgrounds(lesson)[5:40], colours(values, "signed", theme="dark")[5:40], atol=4)


def test_a_letter_can_be_read_on_every_colour_of_both_scales_in_both_themes(open_page):
    lesson = open_page()
    for scale, theme in itertools.product(STOPS, ("light", "dark")):
        every = np.round(colours(np.linspace(-1 if scale == "signed" else 0, 1, 256), scale, theme=theme))
        inks = lesson.page.evaluate(
            f"async (every) => {{ const {{ letters: {{ readable }} }} = await import('{STAGE}');"
            " return every.map(([r, g, b]) => readable(`rgb(${r},${g},${b})`)); }",
            every.tolist(),
        )
        for background, ink in zip(every, inks, strict=True):
            assert contrast(background, [255 * (ink == "#ffffff")] * 3) >= 4.5, (scale, theme, background)


@pytest.mark.parametrize("quantity", ["h", "f"])
def test_the_bar_below_a_letter_is_as_long_as_its_value_and_points_its_way(open_page, quantity):
    lesson = open_page(f"?view=letters&show={quantity}&pin=1.5&t=41")
    wait_until_letters(lesson)
    values = character_model("LSTM").read(SENTENCE).trace[quantity][:, 5]
    pixels = lesson.pixels().astype(int)
    places, bars, tall = lesson.look(
        "[p.current.places.map(({x, y}) => [x, y]), p.current.letter.bars, p.current.letter.bar]"
    )
    zero = tall / 2 if quantity == "h" else tall
    for time in range(1, 40):
        x, y = places[time]
        strip = pixels[round(y + bars - 1) : round(y + bars + tall + 1), round(x + 8)]
        ink = np.flatnonzero((strip[:, 3] > 200) & (strip[:, :3].mean(axis=1) < 80)) - 1  # not the muted line of zero
        reach = abs(values[time]) * zero
        if reach > 1.5:
            assert abs(len(ink) - reach) <= 2, (time, values[time])
            assert (ink.mean() < zero) == (values[time] > 0), (time, values[time])


def test_hover_says_the_number_and_a_click_pins_and_lets_go(open_page):
    lesson = open_page("?view=letters&pin=1.12")
    wait_until_letters(lesson)
    trace = character_model("LSTM").read(SENTENCE).trace
    lesson.page.mouse.move(*middle(lesson, 9))
    lesson.tip.wait_for()
    first, second = lesson.tip.inner_text().split("\n")
    assert first.startswith("h of unit 12 at t = 10: ")
    assert number(first) == pytest.approx(trace.h[9, 12], abs=5e-5)
    assert "hidden state" in second and "reads ␣" in second
    lesson.page.mouse.click(*middle(lesson, 9))
    lesson.page.wait_for_function("location.search.includes('pin=10.12')")
    lesson.wait_for_formulas(9, 12)
    lesson.page.mouse.click(*middle(lesson, 9))
    lesson.page.wait_for_function("!location.search.includes('pin=')")


def test_the_strip_and_the_arrow_keys_choose_another_unit(open_page):
    lesson = open_page("?view=letters&t=20")
    wait_until_letters(lesson)
    h = character_model("LSTM").read(SENTENCE).trace.h
    assert lesson.look("p.current.unit") == 0
    lesson.page.mouse.move(*unit_cell(lesson, 37))
    lesson.page.wait_for_function("window.rnnvizPlayer.current.unit === 37")
    lesson.tip.wait_for()
    assert number(lesson.tip.inner_text().split("\n")[0]) == pytest.approx(h[19, 37], abs=5e-5)
    np.testing.assert_allclose(backgrounds(lesson)[:19], colours(h[:19, 37], "signed"), atol=4)
    lesson.page.mouse.click(*unit_cell(lesson, 37))
    lesson.page.wait_for_function("location.search.includes('pin=20.37')")
    lesson.player.focus()
    lesson.page.keyboard.press("ArrowDown")
    lesson.page.wait_for_function("window.rnnvizPlayer.current.unit === 38")
    np.testing.assert_allclose(backgrounds(lesson)[:19], colours(h[:19, 38], "signed"), atol=4)


def test_letters_are_lit_when_they_have_been_read(open_page):
    lesson = open_page("?view=letters&pin=1.12&t=20")
    wait_until_letters(lesson)
    pixels = lesson.pixels()
    opaque = [pixels[round(y) + 3, round(x) + 3, 3] for x, y in lesson.look("p.current.places.map(({x, y}) => [x, y])")]
    assert min(opaque[:20]) == 255
    assert max(opaque[20:]) < 100
    accent = [int(PLAYER["light"]["accent"][k : k + 2], 16) for k in (1, 3, 5)]
    x, y, height = lesson.look("[p.current.places[19].x, p.current.places[19].y, p.current.letter.box]")
    np.testing.assert_allclose(pixels[round(y + height / 2), round(x) - 1, :3], accent, atol=40)


def test_while_a_step_is_computed_its_letter_has_no_colour_before_its_value_is_there(open_page):
    lesson = open_page("?view=letters&t=20")
    wait_until_letters(lesson)
    known = [
        lesson.look(
            f"(p.current.draw(p.canvas.getContext('2d'), {{step: 9, share: {(phase + 0.5) / 5}, playing: true,"
            " hover: null, pin: null}), p.current.known)"
        )
        for phase in range(5)
    ]
    assert known == [8, 8, 8, 9, 9]  # h comes after input, gates and cell state


def test_lines_hold_whole_words_and_break_after_a_new_line(open_page):
    lesson = open_page()
    rng = np.random.default_rng(0)
    for across in (1, 2, 7, 17, 60):
        tokens = [str(t) for t in rng.choice(list("abcde␣␣↵▯"), size=200, p=[0.17] * 5 + [0.06, 0.05, 0.02, 0.02])]
        lines = lesson.page.evaluate(
            f"async ([tokens, across]) => (await import('{STAGE}')).letters.wrapped(tokens, across)",
            [tokens, across],
        )
        assert [t for line in lines for t in range(line["first"], line["after"])] == list(range(200))
        assert all(line["after"] - line["first"] <= across for line in lines)
        for line in lines[:-1]:
            held, rest = tokens[line["first"] : line["after"]], tokens[line["after"] :]
            assert "↵" not in held[:-1]
            if held[-1] == "␣":  # only where the next word and what ends it find no room
                word = next((k + 1 for k, token in enumerate(rest) if token in "␣↵"), len(rest))
                assert len(held) + word > across
            elif held[-1] != "↵":  # within a word only where it fills the line
                assert len(held) == across and "␣" not in held


@pytest.mark.parametrize(
    ("text", "width"),
    [("a", 390), (LONG, 390), (LONG, 768), (LONG, 1366), ("a🦆b%0Aand a new line", 390), ("w" * 200, 390)],
)
def test_the_whole_text_lies_within_the_picture(open_page, text, width):
    lesson = open_page(f"?view=letters&text={text.replace(' ', '+')}", width=width, height=844)
    wait_until_letters(lesson)
    right, bottom, wide, high = lesson.look(
        "[Math.max(...p.current.places.map(({x}) => x)) + p.current.letter.width,"
        " Math.max(...p.current.places.map(({y}) => y)) + p.current.letter.bars + p.current.letter.bar,"
        " p.width, p.current.height]"
    )
    assert right <= wide and bottom <= high
    assert lesson.look("p.current.strip.across * p.current.strip.size + 1") <= wide
    assert lesson.page.evaluate(
        "(() => { const m = document.querySelector('[data-testid=stMain]'); return m.scrollWidth <= m.clientWidth; })()"
    )


def test_before_the_first_step_the_strip_shows_the_start_and_chooses_all_the_same(open_page):
    lesson = open_page("?view=letters&t=0")
    wait_until_letters(lesson)
    lesson.page.mouse.move(*unit_cell(lesson, 21))
    lesson.tip.wait_for()
    assert lesson.tip.inner_text().startswith("h of unit 21 before the first step: 0.0000")
    lesson.page.mouse.click(*unit_cell(lesson, 21))
    lesson.page.wait_for_function("location.search.includes('pin=1.21')")


def test_coming_back_from_another_view_and_another_theme_draws_the_letters_anew(open_page):
    lesson = open_page("?view=letters&pin=3.12", color_scheme="light")
    wait_until_letters(lesson)
    before = backgrounds(lesson)
    lesson.page.get_by_role("button", name="Unrolled").click()
    lesson.page.wait_for_function("window.rnnvizPlayer.view === 'unrolled'")
    lesson.page.get_by_role("button", name="Letters").click()
    lesson.page.wait_for_function("window.rnnvizPlayer.view === 'letters'")
    np.testing.assert_array_equal(backgrounds(lesson), before)
    lesson.page.emulate_media(color_scheme="dark")
    lesson.page.wait_for_function("window.rnnvizPlayer.theme === 'dark'")
    h = character_model("LSTM").read(SENTENCE).trace.h[:, 12]
    np.testing.assert_allclose(backgrounds(lesson)[5:40], colours(h, "signed", theme="dark")[5:40], atol=4)
