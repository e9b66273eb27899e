"""What a page asks for as it opens: its server at once and in the right place, and nothing that it does not need."""

import pytest
from playwright.sync_api import expect

from rnnviz.serving import lazy_chunks, subset_of, whole_font
from tests.browser.conftest import ROOT, serve
from tests.browser.lesson_page import RUNS, STAGE, LessonPage

ASKED = "performance.getEntriesByType('resource').map(({ name, encodedBodySize }) => [name, encodedBodySize])"


def test_a_lesson_asks_for_its_server_in_one_place_and_has_leave_to_upload(open_page, address):
    lesson = open_page("?cell=GRU")
    asked = dict(lesson.page.evaluate(ASKED))
    assert {one for one in asked if "_stcore" in one} == {
        f"{address}/_stcore/{name}" for name in ("health", "host-config")
    }
    assert sum(one == f"{address}{STAGE}" for one in asked) == 1
    assert "_streamlit_xsrf" in {cookie["name"] for cookie in lesson.page.context.cookies()}


def test_what_the_first_component_needs_is_asked_for_before_the_server_is(open_page, address):
    """Later, the browser is busy with what came first, and shows no component for as long."""
    lesson = open_page()
    asked = dict(lesson.page.evaluate("performance.getEntriesByType('resource').map((o) => [o.name, o.startTime])"))
    server = asked[f"{address}/_stcore/health"]
    assert all(asked[f"{address}/{path}"] < server for path in [*lazy_chunks(), STAGE[1:]])


# Keeps what stood when the server was told that a picture stands.
TOLD = """(() => {
  const send = window.fetch;
  window.told = [];
  window.fetch = (address, ...more) => {
    if (String(address).includes("/assets/drawn/")) {
      const player = window.rnnvizPlayer, drawn = player?.frames > 0 && player.element.isConnected;
      const chart = document.querySelector(".plot[data-painted]") ? "a chart" : "nothing";
      window.told.push(drawn ? player.data.title : chart);
    }
    return send(address, ...more);
  };
})();"""


def told_once_of(lesson, picture):
    found = lesson.page.evaluate("window.told")
    assert len(found) == 1 and picture in found[0]


@pytest.mark.parametrize(("link", "picture"), [("unrolling?cell=LSTM", "LSTM"), ("vanishing", "a chart")])
def test_a_page_says_once_that_its_first_picture_stands(open_page, address, link, picture):
    lesson = open_page("/", drawn=".rnnviz-map")
    lesson.page.add_init_script(TOLD)
    lesson.page.goto(f"{address}/{link}")
    lesson.wait_until_drawn(".plot[data-painted]")
    lesson.eventually(lambda: told_once_of(lesson, picture))
    lesson.wait_until_idle()
    runs = lesson.page.evaluate(RUNS)["changes"]
    lesson.page.get_by_role("radio").nth(1).click()
    lesson.page.wait_for_function(f"() => window.rnnvizChanges > {runs}")
    lesson.wait_until_idle()
    told_once_of(lesson, picture)


def test_the_next_lesson_says_so_for_its_own_picture(open_page):
    lesson = open_page("/lstm?text=abc")
    lesson.page.evaluate(TOLD)
    lesson.page.get_by_role("link", name="GRU", exact=True).first.click()
    expect(lesson.page.get_by_role("heading", name="GRU", level=1)).to_be_visible()
    lesson.eventually(lambda: told_once_of(lesson, "GRU"))


def test_the_icons_are_those_of_the_smaller_font(open_page, address):
    lesson = open_page()
    (size,) = [size for name, size in lesson.page.evaluate(ASKED) if name.endswith(whole_font().name)]
    assert size == subset_of(whole_font()).stat().st_size
    # A ligature is as wide as one icon; letters of a name that is none would be wider.
    icon = lesson.page.get_by_test_id("stIconMaterial").first
    expect(icon).to_be_visible()
    box = icon.bounding_box()
    assert box["width"] <= 1.5 * box["height"]


@pytest.fixture
def below_the_root():
    process, address = serve(ROOT / "app.py", base="/rnn")
    yield address
    process.terminate()
    process.wait(60)


def test_below_the_root_a_lesson_opens_and_leads_to_the_next(browser, below_the_root):
    context = browser.new_context(bypass_csp=True)
    try:
        page = context.new_page()
        page.goto(f"{below_the_root}/lstm?text=abc")
        LessonPage(page).wait_until_drawn()
        page.get_by_role("link", name="GRU", exact=True).first.click()
        expect(page.get_by_role("heading", name="GRU", level=1)).to_be_visible()
        expect(page).to_have_url(f"{below_the_root}/gru?text=abc")
        assert all("/rnn/" in name for name, _ in page.evaluate(ASKED) if name.startswith("http"))
    finally:
        context.close()
