"""Home and what stands around the lessons: the first screen, old links, what is remembered, the keyboard."""

import json
import re

from playwright.sync_api import expect

from rnnviz.lesson.outline import COURSE

MAP = ".rnnviz-map"
PROGRESS = ".rnnviz-progress"


def test_home_is_one_screen_with_a_painted_player_and_a_picture_for_each_lesson(open_page):
    lesson = open_page("/")
    page = lesson.page
    assert len(set(map(tuple, lesson.pixels()[::7, ::7].reshape(-1, 4)))) > 40
    assert lesson.look("p.timeline.playing") is False
    cards = page.locator(f"{MAP} a.card")
    expect(cards).to_have_count(len(COURSE))
    for card, row in zip(cards.all(), COURSE, strict=True):
        assert row.title in card.inner_text() and f"{row.minutes} min" in card.inner_text()
        assert card.locator("img").evaluate("async (one) => { await one.decode(); return one.naturalWidth > 0; }")
    for part in (lesson.canvas, page.locator(MAP)):
        box = part.bounding_box()
        assert box["y"] >= 40 and box["y"] + box["height"] <= 768
    page.get_by_role("button", name="Play", exact=True).click()  # it is the real one
    page.wait_for_function(
        "() => window.rnnvizPlayer.timeline.position > 0.5 && window.rnnvizPlayer.timeline.position < 18"
    )
    page.set_viewport_size({"width": 390, "height": 844})
    page.wait_for_function("() => document.querySelector('[data-testid=stMain]').scrollWidth <= 390")


def test_an_old_link_goes_on_to_the_first_lesson_with_its_parameters(open_page):
    lesson = open_page("/?text=abracadabra&cell=GRU&t=3&pin=2.5")
    page = lesson.page
    page.wait_for_function("() => location.pathname.endsWith('/unrolling')")
    page.wait_for_function("() => window.rnnvizPlayer?.data?.steps === 11")
    lesson.wait_until_idle()
    assert "GRU" in lesson.look("p.data.title")
    assert lesson.look("[p.timeline.position, p.pinned.time, p.pinned.unit]") == [3, 1, 5]
    for part in ("text=abracadabra", "cell=GRU", "t=3", "pin=2.5"):
        page.wait_for_function("part => location.search.includes(part)", arg=part)


def test_progress_is_remembered_saved_as_a_file_and_cleared(open_page):
    lesson = open_page("gru?text=anna")
    page = lesson.page
    said = page.locator(PROGRESS)
    said.get_by_text("no prediction yet · 0 of 3 checks right").wait_for()
    page.get_by_label("How many numbers does the cell learn").fill("7")
    page.keyboard.press("Enter")
    said.get_by_text("0 of 3 checks right · 1 not yet").wait_for()
    lesson.wait_until_idle()
    answer = 3 * (64 * 64 + 64 * 64 + 2 * 64)
    page.get_by_label("How many numbers does the cell learn").fill(str(answer))
    page.keyboard.press("Enter")
    said.get_by_text("1 of 3 checks right").wait_for()
    other = page.context.new_page()  # another tab, where it is read, marked, and leads on
    other.goto(page.url.split("/gru")[0])
    other.get_by_text("1 of 3 checks").wait_for()
    assert "?text=anna" in other.get_by_role("link", name="Continue where you stopped: GRU").get_attribute("href")
    page.reload()
    lesson.wait_until_drawn()
    said.get_by_text("1 of 3 checks right").wait_for()
    with page.expect_download() as download:
        said.get_by_role("button", name="Download progress (JSON)").click()
    kept = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert kept["last"] == {"lesson": "gru", "query": "?text=anna"}
    assert [one["result"] for one in kept["lessons"]["gru"]["answers"].values()] == ["right"]
    said.get_by_role("button", name="Clear").click()
    said.get_by_role("button", name="Yes, clear").click()
    said.get_by_text("0 of 3 checks right").wait_for()
    other.get_by_role("link", name="Start with the first lesson").wait_for()  # told by the storage


def test_by_keyboard_from_home_to_a_lesson_its_glossary_and_the_next_with_storage_blocked(open_page):
    lesson = open_page("/")
    page = lesson.page
    page.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('blocked', 'SecurityError'); }; }"
    )
    page.locator(f"{MAP} a.card").nth(2).focus()
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.pathname.endsWith('/lstm')")
    page.get_by_text(f"3 of {len(COURSE)}").first.wait_for()
    page.locator(PROGRESS).get_by_text("This browser keeps nothing").wait_for()
    lesson.wait_until_idle()
    page.get_by_role("button", name="Glossary").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Find a term").press_sequentially("jacob")
    page.get_by_text(re.compile(r"^1 of \d+ terms$")).wait_for()
    expect(page.locator(".rnnviz-glossary dt").first).to_have_text("Jacobian")
    page.keyboard.press("Escape")
    page.get_by_label("Find a term").wait_for(state="hidden")
    following = page.get_by_role("link", name="Next: GRU")
    following.focus()
    expect(following).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.pathname.endsWith('/gru')")
    lesson.wait_until_drawn()


def test_a_phone_has_the_way_to_start_on_its_first_screen(open_page):
    lesson = open_page("/", width=390, height=844)
    start = lesson.page.get_by_role("link", name="Start with the first lesson").bounding_box()
    assert start["y"] + start["height"] <= 844


def test_a_card_says_that_a_prediction_was_made(open_page):
    lesson = open_page("unrolling")
    lesson.page.get_by_role("radio", name="It differs the second time").click()
    lesson.page.locator(PROGRESS).get_by_text("prediction made").wait_for()
    lesson.page.goto(lesson.page.url.split("/unrolling")[0])
    card = lesson.page.locator(f"{MAP} a.card").nth(1)
    expect(card).to_contain_text("0 of 3 checks · prediction made")
