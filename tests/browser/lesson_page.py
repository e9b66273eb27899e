"""A lesson in a browser, as a test drives it: where things are on the screen, and what they say."""

from __future__ import annotations

import re
import time

import numpy as np
from playwright.sync_api import Page, TimeoutError

from rnnviz.stage.assets import VERSION

STATE_CHART = ".st-key-unrolling-state"
STAGE = f"/assets/{VERSION}/stage.js"
"""Where the page itself has the stage's modules from: under another address, it would get them a second time."""
IDLE = "[data-testid=stApp][data-test-script-state=notRunning]:not(:has([data-testid=stSkeleton]))"
"""The script has run, as Streamlit says on its root element, and all of its page stands there."""
PATIENCE = 60_000
"""Milliseconds that a busy machine may need for anything that is waited for."""
NUMBER = r"[−+]?[0-9]+(?:\.[0-9]+)?(?:e[−+]?[0-9]+)?"


def number(text: str) -> float:
    """The number that a text ends with, as the page writes it (− for minus)."""
    return float(re.findall(NUMBER, text)[-1].replace("−", "-"))


# How often the app began or ended a run since this was asked first, and whether it is idle and nothing faded.
RUNS = """() => {
  const app = document.querySelector("[data-testid=stApp]"), attribute = "data-test-script-state";
  if (app !== window.rnnvizApp) {
    Object.assign(window, { rnnvizApp: app, rnnvizChanges: 0 });
    new MutationObserver((all) => { window.rnnvizChanges += all.length })
      .observe(app, { attributeFilter: [attribute] });
  }
  const faded = document.querySelectorAll("[data-stale=true]").length;
  return { changes: window.rnnvizChanges, idle: app.getAttribute(attribute) === "notRunning" && !faded };
}"""
# Within the page itself. However long a busy machine takes from one move to the next, the slider rests after the last.
SCRUB = """async ([chart, moves, read]) => {
  const REST = 300;
  const element = document.querySelector(chart);
  const slider = element.querySelector("input[type=range]");
  const seen = Function(`return () => ${read}`)();
  const send = WebSocket.prototype.send;
  let sent = 0;
  WebSocket.prototype.send = function (...a) { sent += 1; return send.apply(this, a); };
  const { setTimeout, clearTimeout } = window;
  const resting = new Map();
  window.setTimeout = (act, wait, ...a) => {
    const id = setTimeout(...(wait === REST ? [() => {}, 0] : [act, wait, ...a]));
    if (wait === REST) resting.set(id, act);
    return id;
  };
  window.clearTimeout = (id) => { resting.delete(id); clearTimeout(id); };
  const found = [];
  for (let move = 0; move < moves; move++) {
    const before = JSON.stringify(seen());
    slider.stepDown();
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    for (let frame = 0; frame < 1000 && JSON.stringify(seen()) === before; frame++)
      await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    found.push([element.querySelector("output").textContent, seen(), sent]);
  }
  WebSocket.prototype.send = send;
  Object.assign(window, { setTimeout, clearTimeout });
  for (const act of resting.values()) setTimeout(act, REST);
  return found;
}"""
# Draws a state of the player's picture, or waits until what was asked for is drawn; then reads, before another frame.
PIXELS = """async ([state, places]) => {
  const p = window.rnnvizPlayer, context = p.canvas.getContext("2d");
  if (state) p.current.draw(context, { hover: null, pin: null, ...state });
  else await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const { width, height } = p.canvas, { data } = context.getImageData(0, 0, width, height);
  if (!places) return [Array.from(data), width];
  return places.map(([x, y]) => 4 * (Math.floor(y) * width + Math.floor(x))).map((at) => [...data.slice(at, at + 4)]);
}"""
# A place in the window, [x, y], once it has stayed the same for twelve frames: nothing above it grows any more.
STAYS = """async (found) => {
  const read = Function(`return ${found}`);
  let place = read(), stayed = 0;
  for (let frame = 0; frame < 1000 && stayed < 12; frame++) {
    await new Promise(requestAnimationFrame);
    const now = read();
    stayed = String(now) === String(place) ? stayed + 1 : 0;
    place = now;
  }
  return place;
}"""


class LessonPage:
    PLAYER = ".rnnviz-player[data-trace]"

    def __init__(self, page: Page) -> None:
        self.page = page
        self.player = page.locator(".rnnviz-player")
        self.readout = self.player.locator(".readout")
        self.tip = self.player.locator(".tip")
        self.canvas = self.player.locator("canvas")

    def wait_until_drawn(self, drawn: str = PLAYER) -> None:
        """Until what matches this stands there, and the script has run."""
        self.page.wait_for_selector(drawn)
        if drawn == self.PLAYER:
            self.page.wait_for_function("window.rnnvizPlayer?.frames > 0")
        self.wait_until_idle()

    def wait_until_idle(self) -> None:
        self.page.wait_for_selector(IDLE)
        self.page.evaluate("document.fonts.ready.then(() => 0)")

    def undisturbed(self, look):
        """What `look` finds while the app is idle from its beginning to its end: a run that comes in between fades the
        page, and is looked at again when it is over."""
        end = time.monotonic() + PATIENCE / 1000
        while time.monotonic() < end:
            self.wait_until_idle()
            before = self.page.evaluate(RUNS)
            found = look()
            if self.page.evaluate(RUNS) == before and before["idle"]:
                return found
        raise AssertionError("the app never came to rest")

    def where_it_stays(self, read: str) -> tuple[float, float]:
        """A place in the window that JavaScript reads, [x, y], once it no longer moves."""
        x, y = self.page.evaluate(STAYS, read)
        return x, y

    def eventually(self, check) -> None:
        """Wait until `check` asserts nothing wrong: what `expect` is for what Playwright itself knows."""
        end = time.monotonic() + PATIENCE / 1000
        while True:
            try:
                return check()
            except AssertionError:
                if time.monotonic() > end:
                    raise
            self.page.evaluate("new Promise(requestAnimationFrame)")

    @property
    def fingerprint(self) -> str:
        """Which trace the player shows."""
        return self.player.get_attribute("data-trace")

    def change(self, act) -> None:
        """Do something that must bring another trace, and wait for it."""
        before = self.fingerprint
        act()
        self.page.wait_for_function(
            "before => ![undefined, before].includes(window.rnnvizPlayer?.element.dataset.trace)", arg=before
        )
        self.wait_until_idle()

    def choose(self, option: str) -> None:
        self.change(lambda: self.page.get_by_role("radio", name=option, exact=True).click())

    def type_text(self, text: str) -> None:
        field = self.page.get_by_label("Text to read (press Enter)")
        field.fill(text)
        field.press("Enter")

    def scrub(self, chart: str, moves: int, read: str) -> list[tuple]:
        """Move a chart's slider down, value by value: (what it says, what `read` gives, messages sent until then) each.

        chart: a selector   read: JavaScript, waited for until it gives something else than before the move
        """
        return [tuple(one) for one in self.page.evaluate(SCRUB, [chart, moves, read])]

    def look(self, expression: str):
        """Something of the player's own, for reading only: `p` is the player."""
        return self.page.evaluate(f"(() => {{ const p = window.rnnvizPlayer; return {expression}; }})()")

    def point_to(self, time: int, unit: int, row: str = "main") -> str:
        """Move the pointer over a unit (steps and units from 0) and return what the tip says."""
        x, y = self.place(time, unit, row)
        self.page.mouse.move(x - 1, y)
        self.page.mouse.move(x, y)
        self.tip.wait_for()
        return self.tip.inner_text()

    def stand_at(self, position: float) -> None:
        """From now on, what plays stands still once it has come to a position, however long a frame takes."""
        self.look(
            f"((clock, advance) => {{ clock.advance = (ms) => clock.position < {position} "
            "&& advance.call(clock, Math.min(ms, 20)); })(p.timeline, p.timeline.advance)"
        )

    def place(self, time: int, unit: int, row: str = "main") -> tuple[float, float]:
        """Where a unit is in the window."""
        self.canvas.scroll_into_view_if_needed()
        x, y, height, units = self.look(
            f"[p.current.x({time}) + p.current.gap + (p.current.column - p.current.gap) / 2, "
            f"p.current.row['{row}'].y, p.current.row['{row}'].height, p.data.units]"
        )
        box = self.canvas.bounding_box()
        return box["x"] + x, box["y"] + y + (unit + 0.5) * height / units

    def pin(self, time: int, unit: int) -> None:
        """Click a unit, and wait until the page's formulas speak of it."""
        self.page.mouse.click(*self.place(time, unit))
        self.wait_for_formulas(time, unit)

    def wait_for_formulas(self, time: int, unit: int) -> None:
        """Until the page's formulas speak of a unit, as the player's own words do at once, and the script has run."""
        formulas = self.page.get_by_test_id("stMarkdown")
        try:
            formulas.get_by_text(f"unit {unit} at t = {time + 1}").first.wait_for()
        except TimeoutError as error:
            says = formulas.get_by_text(re.compile(r"unit \d+ at t = \d+")).all_inner_texts()
            pinned = self.look("JSON.stringify(p.pinned)")
            raise AssertionError(f"pinned is {pinned}, the address {self.page.url}, formulas say {says}") from error
        self.wait_until_idle()

    def pixels(self, state: dict | None = None) -> np.ndarray:
        """What is drawn in the player, now or in the state that its view is handed: (height, width, 4)."""
        flat, width = self.page.evaluate(PIXELS, [state, None])
        return np.array(flat, dtype=np.uint8).reshape(-1, width, 4)

    def column_colours(self, time: int) -> np.ndarray:
        """(units, 3) the colour in the middle of each unit of the main row at one step."""
        pixels = self.pixels()
        x, y, height, units = self.look(
            f"[p.current.x({time}) + p.current.gap + (p.current.column - p.current.gap) / 4, "
            f"p.current.row.main.y, p.current.row.main.height, p.data.units]"
        )
        rows = [round(y + (unit + 0.5) * height / units - 0.5) for unit in range(units)]
        return pixels[rows, round(x), :3]
