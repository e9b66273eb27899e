"""Playing, stepping and looking around: all in the browser, and by keyboard."""

import numpy as np
import pytest


def position(lesson) -> float:
    return lesson.look("p.timeline.position")


def rests_at(lesson, expected: float) -> None:
    lesson.page.wait_for_function(f"window.rnnvizPlayer.timeline.position === {expected}")


def test_it_starts_paused_with_the_whole_trace_in_view(open_page):
    lesson = open_page()
    assert lesson.look("[p.timeline.playing, p.timeline.position, p.count]") == [False, 41, None]
    assert lesson.look("p.current.x(41) <= p.width")


def test_keys_play_step_and_jump_while_the_player_has_the_focus(open_page):
    lesson = open_page()
    keyboard = lesson.page.keyboard
    lesson.player.focus()
    keyboard.press("Home")
    rests_at(lesson, 0)
    keyboard.press("ArrowRight")
    keyboard.press("ArrowRight")
    rests_at(lesson, 2)
    assert lesson.readout.inner_text().startswith("t = 2: reads o")
    keyboard.press("ArrowLeft")
    rests_at(lesson, 1)
    keyboard.press("End")
    rests_at(lesson, 41)
    keyboard.press("Home")
    keyboard.press("Space")
    lesson.page.wait_for_function("window.rnnvizPlayer.timeline.position > 0.4")
    keyboard.press("Space")
    lesson.page.wait_for_function("!window.rnnvizPlayer.timeline.playing")
    assert position(lesson) == int(position(lesson))
    keyboard.press("ArrowDown")
    lesson.page.wait_for_function("location.search.includes('pin=')")
    keyboard.press("Escape")
    lesson.page.wait_for_function("!location.search.includes('pin=')")


def test_tab_leaves_the_player_as_everywhere(open_page):
    lesson = open_page()
    lesson.player.focus()
    for _ in range(16):
        lesson.page.keyboard.press("Tab")
    assert not lesson.look("p.element.matches(':focus-within')")


def test_speed_and_loop_do_what_they_say(open_page):
    lesson = open_page("?text=abc")
    lesson.player.get_by_label("Speed").select_option("8")
    assert lesson.look("p.timeline.speed") == 8
    lesson.player.get_by_role("button", name="Loop").click()
    lesson.player.get_by_role("button", name="Play").click()
    # Without the loop it would end; with it, a look finds it further back than the look before.
    lesson.page.wait_for_function(
        "(({ position }, was = 0) => (window.was = position) < was)(window.rnnvizPlayer.timeline, window.was)"
    )
    assert lesson.look("p.timeline.playing")
    lesson.player.get_by_role("button", name="Loop").click()
    lesson.page.wait_for_function(
        "!window.rnnvizPlayer.timeline.playing && window.rnnvizPlayer.timeline.position === 3"
    )


def test_playing_lights_input_gates_cell_state_hidden_state_and_output_in_order(open_page):
    lesson = open_page()
    assert lesson.look("p.data.phases.map(x => x.key)") == ["input", "gates", "cell", "hidden", "output"]
    rows = ["input", "gate f", "lane", "main", "output"]
    lit = []
    for phase in range(5):
        # One frame in the middle of each phase of step 10, drawn as playing draws it.
        pixels = lesson.pixels({"step": 9, "share": (phase + 0.5) / 5, "playing": True}).astype(int)
        state = []
        for row in rows:
            x0, x1, y, height = lesson.look(
                f"[p.current.x(9) + p.current.gap + 3, p.current.x(10) - 3, p.current.row['{row}'].y, "
                f"p.current.row['{row}'].height]"
            )
            patch = pixels[round(y) + 2 : round(y + height) - 2, round(x0) : round(x1)]
            # Ink: how far the patch is from the page's white. Unlit it is a sixth of it.
            state.append(int((255 - patch[..., :3]).mean() * (patch[..., 3].mean() / 255)))
        lit.append(state)
    ink = np.array(lit)
    for k in range(5):
        assert (ink[:k, k] < 0.5 * ink[4, k]).all(), (rows[k], ink)
        assert (ink[k:, k] > 0.8 * ink[4, k]).all(), (rows[k], ink)


def test_a_long_text_shows_whole_and_scrolls_in_a_window(open_page):
    lesson = open_page(f"?text={'now is the winter of our discontent '.replace(' ', '+') * 5}")
    assert lesson.look("p.data.steps") == 180
    assert lesson.look("p.count") is None
    lesson.player.get_by_label("Steps in view").select_option("40")
    assert lesson.look("p.current.count") == 40
    assert lesson.look("p.current.inView(p.timeline.step)")
    lesson.player.focus()
    lesson.page.keyboard.press("Home")
    assert lesson.look("p.current.first") == 0
    box = lesson.canvas.bounding_box()
    x, y = lesson.look("[p.width - 30, p.current.row.map.y + 8]")
    lesson.page.mouse.click(box["x"] + x, box["y"] + y)
    assert lesson.look("p.current.first") == 140


def test_folded_it_is_the_one_cell_with_the_same_numbers(open_page):
    lesson = open_page()
    lesson.player.get_by_role("button", name="Folded").click()
    lesson.page.wait_for_function("location.search.includes('view=folded')")
    lesson.player.focus()
    lesson.page.keyboard.press("Home")
    lesson.page.keyboard.press("ArrowRight")
    lesson.page.wait_for_function("!window.rnnvizPlayer.waiting")  # what is under the pointer is what was drawn
    box = lesson.canvas.bounding_box()
    x, y = lesson.look("[p.current.grids[0].x + 5, p.current.grids[0].y + 5]")
    lesson.page.mouse.move(box["x"] + x, box["y"] + y)
    assert "unit 0 at t = 1" in lesson.tip.inner_text()
    lesson.player.get_by_role("button", name="Unrolled").click()
    assert "unit 0 at t = 1" in lesson.point_to(0, 0)


def test_reduced_motion_moves_in_whole_steps(open_page):
    lesson = open_page(reduced_motion="reduce")
    shares = lesson.page.evaluate(
        """() => new Promise(done => { const p = window.rnnvizPlayer, seen = [];
        const draw = p.current.draw.bind(p.current);
        p.current.draw = (context, state) => { seen.push(state.share); draw(context, state); };
        p.timeline.seek(3); p.timeline.play();
        const look = () => {
          if (seen.length <= 20 || p.timeline.position <= 4) return requestAnimationFrame(look);
          p.timeline.pause();
          done(seen);
        };
        look(); })"""
    )
    assert len(shares) > 20
    assert set(shares) == {1}


def test_the_current_step_is_told_to_those_who_cannot_see_it(open_page):
    lesson = open_page("?pin=2.7")
    lesson.player.focus()
    lesson.page.keyboard.press("Home")
    lesson.page.keyboard.press("ArrowRight")
    spoken = lesson.player.locator("[aria-live=polite]")
    lesson.page.wait_for_function("window.rnnvizPlayer.spoken.textContent.startsWith('t = 1')")
    assert "reads T; likeliest next" in spoken.text_content()
    assert "Pinned: unit 7 at t = 2: h = " in spoken.text_content()
    assert lesson.canvas.get_attribute("aria-label").startswith("A trained LSTM with 64 units")


@pytest.mark.parametrize("size", [(390, 844), (1366, 768)])
def test_nothing_scrolls_sideways(open_page, size):
    lesson = open_page("?pin=4.4", width=size[0], height=size[1])
    assert lesson.page.evaluate(
        "(() => { const m = document.querySelector('[data-testid=stMain]'); return m.scrollWidth <= m.clientWidth; })()"
    )


@pytest.mark.parametrize("width", [390, 768, 1366])
@pytest.mark.parametrize("cell", ["LSTM", "GRU", "Elman"])
def test_folded_the_cell_and_its_loop_lie_within_the_picture(open_page, cell, width):
    lesson = open_page(f"?cell={cell}&view=folded", width=width, height=844)
    x, y, box_width, box_height = lesson.look("(({x, y, width, height}) => [x, y, width, height])(p.current.box)")
    assert x >= 14 and x + box_width + 14 <= lesson.look("p.width")
    assert y - 50 >= 0 and y + box_height <= lesson.look("p.current.height")


def test_the_window_in_view_stays_when_a_control_changes_and_is_in_the_link(open_page):
    lesson = open_page(f"?text={'now is the winter of our discontent '.replace(' ', '+') * 5}&span=40&t=100")
    lesson.look("(p.scroll(10), 0)")
    lesson.choose("GRU")
    assert lesson.look("[p.current.first, p.current.count, p.timeline.position]") == [10, 40, 100]
    assert "span=40" in lesson.page.url and "t=100" in lesson.page.url


def test_dragging_the_map_scrolls_and_goes_on_above_it(open_page):
    lesson = open_page(f"?text={'now is the winter of our discontent '.replace(' ', '+') * 5}&span=40", height=1000)
    lesson.canvas.scroll_into_view_if_needed()
    box = lesson.canvas.bounding_box()
    left, right, y = lesson.look("[p.current.left, p.width - 12, p.current.row.map.y + 8]")
    mouse = lesson.page.mouse
    mouse.move(box["x"] + left + 2, box["y"] + y)
    mouse.down()
    assert lesson.look("p.current.first") == 0
    mouse.move(box["x"] + (left + right) / 2, box["y"] + y - 60, steps=4)
    assert abs(lesson.look("p.current.first") - 70) <= 1
    mouse.up()


def test_the_start_is_a_place_that_a_link_can_keep(open_page):
    lesson = open_page()
    lesson.player.focus()
    lesson.page.keyboard.press("Home")
    lesson.page.wait_for_function("location.search.includes('t=0')")
    other = open_page(lesson.page.url)
    assert other.look("p.timeline.position") == 0
    assert "h and c start as all zeros" in other.readout.inner_text()


def test_arrows_keep_the_step_of_the_pin_and_enter_opens_it(open_page):
    lesson = open_page("?pin=10.3")
    lesson.player.focus()
    rests_at(lesson, 41)
    lesson.page.keyboard.press("ArrowDown")
    lesson.page.wait_for_function("location.search.includes('pin=10.4')")
    lesson.page.keyboard.press("Enter")
    rests_at(lesson, 10)
    assert lesson.look("p.view") == "cell"


def test_no_button_of_the_player_sticks_out_where_they_take_two_lines(open_page):
    lesson = open_page("lstm", width=1024)
    left = lesson.player.bounding_box()["x"]
    assert all(one.bounding_box()["x"] >= left for one in lesson.player.get_by_role("button").all() if one.is_visible())
