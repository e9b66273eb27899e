"""A lesson is a link: copied without HTTPS, hiding and locking what a teacher wants, opening where they left it."""

from tests.browser.lesson_page import LessonPage


def share(lesson: LessonPage):
    """The popover, open."""
    lesson.page.get_by_role("button", name="Share").click()
    popover = lesson.page.get_by_role("group", name="Share this lesson")
    popover.wait_for()
    return popover


def where(lesson: LessonPage) -> dict[str, str]:
    return lesson.page.evaluate("Object.fromEntries(new URLSearchParams(location.search))")


def test_the_link_is_copied_on_a_page_without_https(browser, address):
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    try:
        page = context.new_page()
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
        field = page.get_by_label("Text to read (press Enter)")
        field.fill("")
        page.keyboard.press("Control+V")
        assert field.input_value() == link
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
    link = popover.get_by_label("Link to what you see").input_value()
    assert link.endswith("/lstm?f=open&hide=predict,i&lock=f")
    pupil = open_page(link)
    page = pupil.page
    assert page.get_by_text("Predict.").count() == 0 and page.get_by_text("Input gate i").count() == 0
    assert page.locator("[class*='-lesson-controls']").get_by_role("radio", name="open").first.is_disabled()
    page.get_by_role("radio", name="Amnesia").click()  # f shut, all else free
    page.get_by_text("which this preset would set").wait_for()
    assert "f = 1 for all units" in pupil.look("p.data.title")
    assert where(pupil) == {"f": "open", "hide": "predict,i", "lock": "f"}
    pupil.change(lambda: page.get_by_role("radio", name="Mute").click())
    assert where(pupil) == {"f": "open", "hide": "predict,i", "lock": "f", "o": "shut"}


def test_a_link_opens_at_a_step_unit_view_quantity_and_pace(open_page):
    asked = {"t": "5", "pin": "3.7", "view": "letters", "show": "c", "speed": "4", "repeat": "1", "operation": "fc"}
    lesson = open_page("lstm?" + "&".join(f"{name}={value}" for name, value in asked.items()))
    state = "async () => (await import('/assets/stage/playing.js')).state()"
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
    assert where(lesson) == {name: value for name, value in asked.items() if name not in ("speed", "repeat")}


def test_a_lesson_is_presented_by_keys(open_page):
    lesson = open_page("unrolling", color_scheme="dark")
    page, prose = lesson.page, lesson.page.get_by_text("Each column is the hidden state after one more character")
    field = page.get_by_label("Text to read (press Enter)")
    field.focus()
    page.keyboard.type("pnr")
    assert "present" not in page.url and field.input_value().endswith("pnr")
    for _ in "pnr":
        page.keyboard.press("Backspace")
    page.locator("h1").click()
    wide = lesson.canvas.bounding_box()["width"]
    page.keyboard.press("p")
    page.wait_for_function("location.search.includes('present=1')")
    assert prose.is_hidden() and field.is_hidden() and page.get_by_text("next, previous example").is_visible()
    page.wait_for_function(f"window.rnnvizPlayer.canvas.getBoundingClientRect().width > {wide + 150}")
    lesson.change(lambda: page.keyboard.press("PageDown"))
    page.get_by_text("Example 1 of 5: The same letter").wait_for()
    lesson.change(lambda: page.keyboard.press("n"))
    page.get_by_text("Example 2 of 5: All weights zero").wait_for()
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
    assert prose.is_visible()
