"""What a person feels, in a headless Chromium: frames while it plays, and the time from a key to a new picture."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path
from statistics import median, quantiles
from string import ascii_letters

from playwright.sync_api import Browser, Page, sync_playwright

from tests import chromium
from tests.browser.conftest import ROOT, serve

ROUNDS, WARM_UP = 30, 10
REPAINT_TARGET = 2.0
TEXTS = {
    60: "Now is the winter of our discontent made glorious summer now",
    200: 5 * "the winter of our discontent made glorio ",
}
FRAME_TARGETS = {60: 58, 200: 55}
GAP_TARGETS = {60: 17}
FRAMES = """async ([speed, seconds]) => {
  const player = window.rnnvizPlayer, times = [];
  Object.assign(player.timeline, { speed, loop: true, position: 0 });
  const drawn = player.frames ?? 0;
  player.timeline.play();
  const end = performance.now() + 1000 * seconds;
  await new Promise((done) => {
    const tick = (time) => { times.push(time); if (performance.now() < end) requestAnimationFrame(tick); else done(); };
    requestAnimationFrame(tick);
  });
  player.timeline.pause();
  return { times, drawn: player.frames - drawn };
}"""
# From the key to the first frame in which what was asked for stands: FIND says what that is.
WATCH = """() => { window.measured = new Promise((done, failed) => {
  const find = () => { FIND };
  const before = find();
  setTimeout(() => failed(new Error("nothing changed within 5 seconds")), 5000);
  document.addEventListener("keydown", () => {
    const start = performance.now();
    const look = () => {
      const after = find();
      if (after.every((value, k) => value !== before[k])) done(performance.now() - start);
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, { once: true, capture: true });
}); }"""
TEXT = """return [[...document.querySelectorAll("p")].find((p) => p.textContent.startsWith("value "))?.textContent];"""
PLAYER = """return [window.rnnvizPlayer.element.dataset.trace];"""
STAGE = """return [window.rnnvizPlayer.element.dataset.trace,
  document.querySelector(".st-key-unrolling-state .plot").dataset.painted];"""


def main() -> None:
    served = [serve(ROOT / "app.py"), serve(Path(__file__).with_name("floor.py"))]
    try:
        with sync_playwright() as playwright:
            browser = chromium.launch(playwright)
            print("\nPlayer: frames a second while it plays, headless Chromium, 1366×768")
            for view in ("unrolled", "cell", "letters"):
                for steps in TEXTS:
                    for speed in (1, 8):
                        frames(browser, served[0][1], view, steps, speed)
            repaints(browser, *(address for _, address in served))
            browser.close()
    finally:
        for process, _ in served:
            process.terminate()


def verdict(met: bool) -> str:
    return "met" if met else "missed"


def frames(browser: Browser, address: str, view: str, steps: int, speed: int) -> None:
    page = lesson(browser, f"{address}/lstm?view={view}&text={TEXTS[steps].replace(' ', '+')}", height=768)
    assert page.evaluate("[window.rnnvizPlayer.data.steps, window.rnnvizPlayer.data.units]") == [steps, 64]
    result = page.evaluate(FRAMES, [speed, 4])
    gaps = [after - before for before, after in zip(result["times"], result["times"][1:], strict=False)]
    rate = 1000 * min(len(gaps), result["drawn"]) / sum(gaps)
    slowest = quantiles(gaps, n=20)[-1]
    target = FRAME_TARGETS[steps]
    line = f"  {view:8} {steps:3} × 64 at {speed}×: {rate:4.1f} frames/s, ≥ {target} {verdict(rate >= target)}"
    line += f";  95th percentile {slowest:4.1f} ms"
    if steps in GAP_TARGETS:
        line += f", ≤ {GAP_TARGETS[steps]} {verdict(round(slowest) <= GAP_TARGETS[steps])}"
    print(line)
    page.close()


def repaints(browser: Browser, address: str, floor_address: str) -> None:
    """The floor and the lesson take turns, so that a busy machine slows them alike."""
    floor = browser.new_page(viewport={"width": 1366, "height": 768})
    floor.goto(floor_address)
    floor.get_by_text("value 500").wait_for()
    stage = lesson(browser, f"{address}/unrolling?weights=random", height=1100)
    stage.wait_for_selector(".st-key-unrolling-state .plot[data-painted]")
    inside = lesson(browser, f"{address}/lstm?weights=random", height=1100)
    times: dict[str, list[float]] = {"floor": [], "player": [], "cell": [], "text": [], "hold": [], "inside": []}
    cells, settings = cycle(("GRU", "LSTM")), cycle(("open", "shut"))
    text = stage.get_by_label("Text to read (press Enter)")
    for k in range(WARM_UP + ROUNDS):
        floor.locator("[data-testid=stSlider] input").focus()
        times["floor"].append(measured(floor, TEXT, "ArrowRight"))
        stage.get_by_role("radio", name=next(cells)).focus()
        times["player"].append(measured(stage, PLAYER, "Enter"))
        stage.get_by_role("radio", name=next(cells)).focus()
        times["cell"].append(measured(stage, STAGE, "Enter"))
        text.fill(f"Nobody has typed this before, not with a final {ascii_letters[k]}")
        times["text"].append(measured(stage, STAGE, "Enter"))
        inside.locator(".st-key-f").get_by_role("radio", name=next(settings)).focus()
        times["hold"].append(measured(inside, PLAYER, "Enter"))
        inside.get_by_label("Text to read (press Enter)").fill(
            f"Nobody has typed this, held, not with {ascii_letters[k]}"
        )
        times["inside"].append(measured(inside, PLAYER, "Enter"))
    middle = {name: median(values[WARM_UP:]) for name, values in times.items()}
    print("\nRepaint: from the key to the new picture, medians in ms")
    print(f"  {'a bare slider and st.write':33} {middle['floor']:6.1f}")
    for name, words in (
        ("player", "the cell changed: player"),
        ("cell", "the cell changed: player, heatmap"),
        ("text", "a new text: player, heatmap"),
        ("hold", "a gate held: cell view, ghost"),
        ("inside", "a new text: cell view, ghost"),
    ):
        ratio = middle[name] / middle["floor"]
        print(
            f"  {words:33} {middle[name]:6.1f}   {ratio:.2f} × the floor, ≤ {REPAINT_TARGET:.1f} "
            + verdict(ratio <= REPAINT_TARGET)
        )


def measured(page: Page, found: str, key: str) -> float:
    page.bring_to_front()
    page.evaluate(WATCH.replace("FIND", found))
    page.keyboard.press(key)
    time = page.evaluate("window.measured")
    page.wait_for_timeout(400)  # until the rest of the page has followed
    return time


def lesson(browser: Browser, link: str, *, height: int) -> Page:
    page = browser.new_page(viewport={"width": 1366, "height": height})
    page.goto(link)
    page.wait_for_selector(".rnnviz-player[data-trace]")
    page.wait_for_timeout(1500)
    return page
