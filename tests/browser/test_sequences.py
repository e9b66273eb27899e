"""The lesson "Sequences" in a browser: one slider scrubs all states, and what is set rests in the link."""

import numpy as np
import pytest
from playwright.sync_api import expect

from rnnviz.lesson import influence, sequences
from rnnviz.tasks.words import words

STATES, DISTANCES = "[class*=st-key-sequences-states]", "[class*=st-key-sequences-distances]"
DRAWN = f"{STATES} .plot[data-painted]"
ONE, TWO = "dog bites man", "man bites dog"


def compared(one=ONE, two=TWO, width=2):
    return sequences.compared.__wrapped__(words(one), words(two), width, 8, 0)


def panels(lesson):
    """What the three panels show, each (size, 3)."""
    return lesson.page.evaluate(
        f"document.querySelector('{STATES} .plot').calcdata.map(one => one[0].z.map(row => Array.from(row)))"
    )


def shows(lesson, comparison, step):
    """Wait until the three panels show a step."""

    def check():
        for drawn, kind in zip(panels(lesson), sequences.KINDS, strict=True):
            np.testing.assert_allclose(drawn, comparison.panels(kind)[step - 1], atol=1e-6)

    lesson.eventually(check)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_point_is_made_on_the_first_screen(open_page, scheme):
    lesson = open_page("sequences", drawn=DRAWN, color_scheme=scheme)
    shows(lesson, compared(), 3)
    for chart in (STATES, DISTANCES):
        lesson.page.wait_for_selector(f"{chart} .plot[data-painted]")
        box = lesson.page.locator(f"{chart} .plot").bounding_box()
        assert box["y"] + box["height"] < 790 and box["y"] < 640
    expect(lesson.page.locator(f"{DISTANCES} .caption")).to_contain_text("exactly 0")


def test_one_slider_scrubs_all_three_without_the_server_and_the_formulas_follow_when_it_rests(open_page):
    lesson = open_page("sequences", drawn=DRAWN)
    comparison = compared()
    read = (
        f"[document.querySelector('{DISTANCES} .plot').data[3].x[0],"
        f" document.querySelector('{STATES} .plot').calcdata.map((one) => one[0].z.map((row) => Array.from(row)))]"
    )
    for step, (says, (marked, drawn), sent) in zip((2, 1), lesson.scrub(STATES, 2, read), strict=True):
        assert (says, marked, sent) == (f"{step} of 3", step, 0)
        for values, kind in zip(drawn, sequences.KINDS, strict=True):
            np.testing.assert_allclose(values, comparison.panels(kind)[step - 1], atol=1e-6)
    lesson.page.wait_for_function("location.search.includes('word=1')")
    lesson.page.get_by_text("numbers after word 1").wait_for()
    other = open_page(lesson.page.url, drawn=DRAWN)
    expect(other.page.locator(f"{STATES} output")).to_have_text("1 of 3")
    shows(other, comparison, 1)


def test_typed_sentences_are_read_and_rest_in_the_link(open_page):
    lesson = open_page("sequences", drawn=DRAWN)
    for label, name, text in (
        ("Sentence A", "sentence", "good not bad at all"),
        ("Sentence B", "other", "bad not good at all"),
    ):
        field = lesson.page.get_by_role("textbox", name=label, exact=True)
        field.fill(text)
        field.press("Enter")
        lesson.page.wait_for_function(
            "([name, text]) => new URLSearchParams(location.search).get(name) === text", arg=[name, text]
        )
        lesson.wait_until_idle()
    expect(lesson.page.locator(f"{STATES} output")).to_have_text("5 of 5")
    comparison = compared("good not bad at all", "bad not good at all")
    shows(lesson, comparison, 5)
    assert comparison.distance["window"][-1] == comparison.distance["bag"][-1] == 0 < comparison.distance["Elman"][-1]
    other = open_page(lesson.page.url, drawn=DRAWN)
    shows(other, comparison, 5)


def test_another_number_of_words_starts_again_at_the_last_one(open_page):
    lesson = open_page("sequences?word=1", drawn=DRAWN)
    lesson.page.get_by_text("numbers after word 1").wait_for()
    field = lesson.page.get_by_role("textbox", name="Sentence A", exact=True)
    field.fill("dog bites man twice")
    field.press("Enter")
    expect(lesson.page.locator(f"{STATES} output")).to_have_text("4 of 4")
    lesson.page.get_by_text("numbers after word 4").wait_for()
    lesson.page.wait_for_function("!location.search.includes('word=')")
    shows(lesson, compared("dog bites man twice", "man bites dog"), 4)


def test_the_changed_character_is_scrubbed_in_both_charts(open_page):
    lesson = open_page("sequences?passage=to+be+or+not", drawn=DRAWN)
    charts = {weights: f"[class*=st-key-sequences-influence-{weights}]" for weights in ("trained", "random")}
    slider = lesson.page.locator(f"{charts['trained']} input[type=range]")
    slider.scroll_into_view_if_needed()
    for chart in charts.values():
        lesson.page.wait_for_selector(f"{chart} .plot[data-painted]")
    lesson.wait_until_idle()
    slider.focus()
    lesson.page.keyboard.press("Home")
    for weights, chart in charts.items():
        measured = influence.influence.__wrapped__(weights, 0, "to be or not", "x")
        lesson.page.wait_for_function(f"document.querySelector('{chart} .plot').data.at(-1).x[0] === 1")
        for k, distance in enumerate(measured.distance.values()):
            drawn = lesson.page.evaluate(f"Array.from(document.querySelector('{chart} .plot').data[{k}].y)")
            np.testing.assert_allclose(drawn, distance[0], rtol=1e-6)
    lesson.page.wait_for_function("location.search.includes('change=1')")


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ("?sentence=", "is empty"),
        ("?sentence=?!", "has no word in it"),
        ("?window=9", "Words in the window cannot be 9"),
        ("?other=cat", "B is not A in another order"),
        ("?word=banana", "word cannot be banana"),
        ("?sentence=" + 10_000 * "a", "has 10,000 characters"),
        ("?sentence=%F0%9F%A6%86+quack&other=quack+%F0%9F%A6%86", "the bag is the same for A and B"),
    ],
)
def test_any_link_gets_a_sentence_and_a_working_page(open_page, link, sentence):
    lesson = open_page(f"sequences{link}", drawn=DRAWN)
    lesson.page.get_by_text(sentence).first.wait_for()


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1366, 768)])
def test_nothing_is_wider_than_the_screen(open_page, width, height):
    lesson = open_page("sequences", drawn=DRAWN, width=width, height=height)
    assert lesson.page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= width
