"""What a page asks its player to show: taken once, and brought into sight."""

from tests.browser.cell_view import CellView


def ask(lesson):
    lesson.page.get_by_role("button", name="Colour your text by").click()
    lesson.page.wait_for_function("window.rnnvizPlayer?.views.name === 'letters'")
    lesson.wait_until_idle()


def go_to(lesson, name):
    before = lesson.fingerprint
    lesson.page.get_by_role("link", name=name).first.click()
    lesson.page.wait_for_function(
        "before => ![undefined, before].includes(window.rnnvizPlayer?.element.dataset.trace)", arg=before
    )
    lesson.wait_until_idle()
    CellView(lesson).settle()


def test_a_look_is_not_taken_again_when_one_comes_back_and_a_new_one_is(open_page):
    lesson = open_page("lstm")
    ask(lesson)
    lesson.player.get_by_role("button", name="Inside").click()
    for page in ("GRU", "LSTM"):
        go_to(lesson, page)
        assert lesson.look("[p.view, p.pinned]") == ["cell", None]
        assert "view=" not in lesson.page.url
    ask(lesson)  # the second of this page
    go_to(lesson, "GRU")
    ask(lesson)  # the first of the other
    assert lesson.look("p.pinned") is not None


def test_the_player_comes_into_sight_when_a_button_far_below_asks(open_page):
    lesson = open_page("lstm", reduced_motion="reduce")
    ask(lesson)
    top = "window.rnnvizPlayer.element.getBoundingClientRect().top"
    lesson.page.wait_for_function(f"{top} >= 40 && {top} < 120")  # not below the header of the page
    assert lesson.canvas.bounding_box()["y"] < 768
