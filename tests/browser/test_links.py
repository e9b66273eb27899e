"""A lesson is a link: copied without HTTPS, hiding and locking what a teacher wants, opening where they left it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.lesson_page import PATIENCE, STAGE, LessonPage

# What a page takes away after some seconds stands, however long a busy machine takes to look.
NO_HUSH = """(({ setTimeout }) => {
  window.setTimeout = (act, wait, ...a) => setTimeout(act, wait > 5000 ? 1e9 : wait, ...a);
})(window)"""


def share(lesson: LessonPage):
    """The popover, open."""
    lesson.page.get_by_role("button", name="Share").click()
    popover = lesson.page.get_by_role("group", name="Share this lesson")
    popover.wait_for()
    return popover


def stands(lesson: LessonPage, expected: dict[str, str]) -> None:
    """Wait until the link says just this."""

    def check() -> None:
        assert lesson.page.evaluate("Object.fromEntries(new URLSearchParams(location.search))") == expected

    lesson.eventually(check)


def test_the_link_is_copied_on_a_page_without_https(browser, address):
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    try:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        page.goto(address.replace("127.0.0.1", "0.0.0.0") + "/lstm?cell=GRU&f=shut&t=7")
        lesson = LessonPage(page)
        lesson.wait_until_drawn()
        assert page.evaluate("[window.isSecureContext, navigator.clipboard === undefined]") == [False, True]
        popover = share(lesson)
        popover.get_by_role("button", name="Copy link").click()
        popover.get_by_text("Copied.").wait_for()
        link = popover.get_by_label("Link to what you see").input_value()
        assert link.endswith("/lstm?cell=GRU&f=shut&t=7")
        page.keyboard.press("Escape")
        popover.wait_for(state="hidden")
        field = page.get_by_label("Text to read (press Enter)")
        field.fill("")
        field.press("Control+V")
        expect(field).to_have_value(link)
        # Where the older way is forbidden, too, the link lies there to be copied by hand.
        page.evaluate("document.execCommand = () => false")
        popover = share(lesson)
        popover.get_by_role("button", name="Copy link").click()
        popover.get_by_text("press Ctrl + C").wait_for()
    finally:
        context.close()


def test_a_teacher_hides_and_locks_and_the_link_stands_whatever_is_pressed(open_page):
    lesson = open_page("lstm?f=open")
    popover = share(lesson)
    popover.get_by_text("Hide or lock for a class").click()
    popover.get_by_label("lock Forget gate f").check()
    popover.get_by_label("hide Input gate i").check()
    popover.get_by_label("hide Prediction").check()
    field = popover.get_by_label("Link to what you see")
    expect(field).to_have_value(re.compile(re.escape("/lstm?f=open&hide=predict,i&lock=f") + "$"))
    link = field.input_value()
    pupil = open_page(link)
    page = pupil.page
    assert page.get_by_text("Predict.").count() == 0 and page.get_by_text("Input gate i").count() == 0
    expect(page.locator("[class*='-lesson-controls']").get_by_role("radio", name="open").first).to_be_disabled()
    page.get_by_role("radio", name="Amnesia").click()  # f shut, all else free
    page.get_by_text("which this preset would set").wait_for()
    pupil.wait_until_idle()
    assert "f = 1 for all units" in pupil.look("p.data.title")
    stands(pupil, {"f": "open", "hide": "predict,i", "lock": "f"})
    pupil.change(lambda: page.get_by_role("radio", name="Mute").click())
    stands(pupil, {"f": "open", "hide": "predict,i", "lock": "f", "o": "shut"})


def test_a_link_opens_at_a_step_unit_view_quantity_and_pace(open_page):
    asked = {"t": "5", "pin": "3.7", "view": "letters", "show": "c", "speed": "4", "repeat": "1", "operation": "fc"}
    lesson = open_page("lstm?" + "&".join(f"{name}={value}" for name, value in asked.items()))
    state = f"async () => (await import('{STAGE}')).playing.state()"
    assert lesson.page.evaluate(state) == {
        "step": 5,
        "steps": 41,
        "position": 5,
        "view": "letters",
        "quantity": "c",
        "pin": {"step": 3, "unit": 7},
        "steps_in_view": 41,
        "speed": 4,
        "repeat": True,
        "operation": "fc",
    }
    lesson.player.get_by_label("Speed").select_option("1")
    lesson.player.get_by_role("button", name="Loop").click()
    lesson.page.wait_for_function("!/speed|repeat/.test(location.search)")
    stands(lesson, {name: value for name, value in asked.items() if name not in ("speed", "repeat")})


def test_a_lesson_is_presented_by_keys(open_page):
    lesson = open_page("unrolling", color_scheme="dark")
    page, prose = lesson.page, lesson.page.get_by_text("Each column is the hidden state after one more character")

    def said_on(key: str, words: str) -> None:
        """What a key says stands there for some seconds only: it is waited for before what the key does."""
        page.keyboard.press(key)
        page.get_by_text(words).wait_for()

    field = page.get_by_label("Text to read (press Enter)")
    field.focus()
    page.keyboard.type("pnr")
    assert "present" not in page.url and field.input_value().endswith("pnr")
    for _ in "pnr":
        page.keyboard.press("Backspace")
    page.locator("h1").click()
    wide = lesson.canvas.bounding_box()["width"]
    page.keyboard.press("p")
    expect(page.get_by_text("next, previous example")).to_be_visible()
    page.wait_for_function("location.search.includes('present=1')")
    expect(prose).to_be_hidden()
    expect(field).to_be_hidden()
    page.wait_for_function(f"window.rnnvizPlayer.canvas.getBoundingClientRect().width > {wide + 150}")
    for key, example in (("PageDown", "Example 1 of 5: The same letter"), ("n", "Example 2 of 5: All weights zero")):
        lesson.change(lambda key=key, example=example: said_on(key, example))
    lesson.change(lambda: page.keyboard.press("b"))
    page.keyboard.press("r")
    page.get_by_text("The state moved by").wait_for()
    page.keyboard.press("c")
    field.wait_for()
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    page.wait_for_function("window.rnnvizPlayer.timeline.playing")
    page.keyboard.press("Escape")
    page.wait_for_function("!location.search.includes('present')")
    expect(prose).to_be_visible()


def test_the_keys_are_named_once_a_tab_and_cover_no_picture(open_page):
    lesson = open_page("unrolling")
    page, keys = lesson.page, lesson.page.get_by_text("next, previous example")
    page.add_init_script(NO_HUSH)
    page.goto(f"{page.url}?present=1")
    lesson.wait_until_drawn()
    expect(keys).to_be_visible()
    page.wait_for_function("() => window.rnnvizPlayer.element.classList.contains('presented')")
    bar = page.locator(".rnnviz-presenter .keys").bounding_box()
    assert bar["y"] + bar["height"] < lesson.player.bounding_box()["y"]
    page.reload()
    lesson.wait_until_drawn()
    page.get_by_role("button", name="Leave").wait_for()
    expect(keys).to_be_hidden()
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(keys).to_be_visible()


def test_an_answer_that_was_revealed_is_put_away_by_the_same_key(open_page):
    lesson = open_page("unrolling?present=1")
    page, answer = lesson.page, lesson.page.get_by_text("The state moved by")
    page.locator("h1").click()
    before = lesson.player.bounding_box()["y"]
    page.keyboard.press("r")
    expect(answer).to_be_visible()
    for key, visible in (("r", False), ("r", True), ("r", False)):
        page.keyboard.press(key)
        expect(answer).to_be_visible(visible=visible)
    assert abs(lesson.undisturbed(lambda: lesson.player.bounding_box()["y"]) - before) < 2
    page.keyboard.press("p")
    expect(answer).to_be_visible()


@pytest.mark.parametrize("width", [1024, 1366])
def test_what_is_presented_is_written_large(open_page, width):
    lesson = open_page("vanishing?present=1", width=width, drawn=".plot[data-painted]")
    lesson.page.wait_for_function("() => document.querySelector('.plot')._fullLayout?.font.size >= 18")

    def nothing_is_small() -> None:
        small = lesson.page.evaluate(
            """() => Array.from(document.querySelectorAll(".plot text tspan, .plot text"))
              .filter((one) => one.textContent.trim() && one.getClientRects().length)
              .map((one) => [parseFloat(getComputedStyle(one).fontSize), one.textContent])
              .filter(([size]) => size < 13)"""
        )
        assert small == []

    lesson.eventually(nothing_is_small)
    lesson = open_page("lstm?present=1&view=cell", width=width)
    lesson.page.wait_for_function("() => window.rnnvizPlayer.element.classList.contains('presented')")
    written = lesson.page.evaluate(
        """() => {
          const p = window.rnnvizPlayer, sizes = [], { fillText } = CanvasRenderingContext2D.prototype;
          CanvasRenderingContext2D.prototype.fillText = function (text, ...rest) {
            const [, size] = this.font.match(/([\\d.]+)px/);
            sizes.push([(this.getTransform().d * size) / devicePixelRatio, text]);
            return fillText.call(this, text, ...rest);
          };
          p.arrange();
          CanvasRenderingContext2D.prototype.fillText = fillText;
          return sizes;
        }"""
    )
    words = [size for size, text in written if len(text) > 3]  # shorter ones are indices
    assert len(words) > 20 and min(words) >= 16.5
