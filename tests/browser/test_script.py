"""The script of a lesson: in its colours, without Streamlit's highlighter, and copied as it is."""

import pytest
from playwright.sync_api import expect

from rnnviz.lesson.snippet import snippet
from tests.browser.lesson_page import LessonPage

SCRIPT = ".rnnviz-script"
TEXT = "Don't <b>panic</b> & run"
LINK = "?cell=GRU&text=Don%27t+%3Cb%3Epanic%3C%2Fb%3E+%26+run"
COLOURS = """(script) => {
  const rgb = (text) => text.match(/[\\d.]+/g).slice(0, 3).map((v) => v / 255);
  const light = (c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  const luminance = (text) => rgb(text).map(light).reduce((sum, v, k) => sum + v * [0.2126, 0.7152, 0.0722][k], 0);
  const back = luminance(getComputedStyle(script).backgroundColor);
  const contrast = (element) => {
    const fore = luminance(getComputedStyle(element).color);
    return (Math.max(fore, back) + 0.05) / (Math.min(fore, back) + 0.05);
  };
  const found = Array.from(script.querySelectorAll("code span"), (one) => [one.className, contrast(one)]);
  return [["", contrast(script.querySelector("code"))], ...found];
}"""


def open_script(open_page, link: str, **options):
    lesson: LessonPage = open_page(link, **options)
    script = lesson.page.locator(SCRIPT)
    script.scroll_into_view_if_needed()
    return lesson, script


def test_the_script_is_copied_as_it_is_by_mouse_and_by_keyboard(open_page):
    asked: list[str] = []
    lesson, script = open_script(open_page, LINK, permissions=["clipboard-read", "clipboard-write"])
    lesson.page.on("request", lambda request: asked.append(request.url))
    expected = snippet("unrolling", cell="GRU", text=TEXT).rstrip()
    assert script.locator("code").evaluate("code => code.textContent") == expected
    copy = script.get_by_role("button", name="Copy the script")
    for press in (copy.click, lambda: (copy.focus(), lesson.page.keyboard.press("Enter"))):
        lesson.page.evaluate("navigator.clipboard.writeText('')")
        press()
        expect(script.get_by_role("status")).to_have_text("Copied.")
        assert lesson.page.evaluate("navigator.clipboard.readText()") == expected
    # What is selected by hand is the script, too.
    script.locator("code").evaluate("code => getSelection().selectAllChildren(code)")
    assert lesson.page.evaluate("getSelection().toString()") == expected
    every = lesson.page.evaluate("performance.getEntriesByType('resource').map(({ name }) => name)")
    assert every and not any("Highlighter" in one for one in (*every, *asked))


def test_where_a_page_may_not_copy_the_script_is_selected(open_page):
    lesson, script = open_script(open_page, LINK)
    lesson.page.evaluate(
        "navigator.clipboard.writeText = () => Promise.reject(new Error()); document.execCommand = () => false"
    )
    script.get_by_role("button", name="Copy the script").click()
    expect(script.get_by_role("status")).to_contain_text("press Ctrl + C")
    assert lesson.page.evaluate("getSelection().toString()") == snippet("unrolling", cell="GRU", text=TEXT).rstrip()


def test_on_a_phone_long_lines_are_reached_by_keyboard_and_the_page_stays_as_it_is(open_page):
    lesson, script = open_script(open_page, LINK, width=390, height=844)
    lines = script.locator("pre")
    expect(lines).to_have_attribute("tabindex", "0")
    lines.focus()
    lesson.page.keyboard.press("ArrowRight")
    lesson.page.wait_for_function("document.querySelector('.rnnviz-script > pre').scrollLeft > 0")
    assert lesson.page.evaluate("document.documentElement.scrollWidth <= 390")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_colour_can_be_read(open_page, theme):
    _, script = open_script(open_page, LINK, color_scheme=theme)
    found = script.evaluate(COLOURS)
    assert {"", "comment", "keyword", "string", "number", "builtin"} == {name for name, _ in found}
    assert all(contrast >= 4.5 for _, contrast in found), sorted(found, key=lambda one: one[1])[:3]
