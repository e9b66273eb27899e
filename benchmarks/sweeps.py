"""Sweeps: from a move of their slider to the frame that shows it. No server is asked while the hand moves."""

from __future__ import annotations

from math import ceil

from playwright.sync_api import Page

from tests.browser.lesson_page import IDLE

from .measuring import ROOT, chrome, middle, opened, served, slowest
from .presses import SETTINGS
from .quick import QUICK
from .report import Number, Report

MOVES = 5 if QUICK else 30
FRAMES = 1
"""So many frames a picture may take: the one after the move."""
FRAME = 1000 / 60
"""Milliseconds of a frame."""
# Every chart of the page with a slider of its own.
SLIDERS = """() => [...document.querySelectorAll(".rnnviz-chart")]
  .filter((chart) => {
    const range = chart.querySelector("input[type=range]");
    return range?.offsetParent && range.max > 0;
  })
  .map((chart) => [...chart.closest("[class*=st-key-]").classList].find((name) => name.startsWith("st-key-")))"""
FOOT = "[data-testid=stPageLink]"
# What is computed only when one comes to it: comes to it, and waits until it is there.
SEE = """async () => {
  const wait = (seconds) => new Promise((done) => setTimeout(done, 1000 * seconds));
  await wait(0.5);
  for (const place of document.querySelectorAll("[class*='-sight ']")) {
    place.scrollIntoView({ block: "center", behavior: "instant" });
    await wait(4);
  }
}"""
# One move a time: ms from the input event until the picture is drawn, and of these since the frame after it began; and
# the messages that were sent until the last move.
SCRUB = """async ([name, moves]) => {
  const chart = document.querySelector(`.${name} .rnnviz-chart`);
  chart.scrollIntoView({ block: "center", behavior: "instant" });
  const [range, plot] = [chart.querySelector("input[type=range]"), chart.querySelector(".plot")];
  const next = () => new Promise(requestAnimationFrame);
  for (let frame = 0; frame < 30 || !plot.dataset.painted; frame++) await next();
  const found = [];
  window.wire.sent.length = 0;
  for (let move = 0; move < moves; move++) {
    const at = Number(range.value);
    range.value = at > range.min ? at - 1 : range.max;
    let painted = null, frame = null;
    const drawn = new MutationObserver(() => { painted ??= performance.now(); });
    drawn.observe(plot, { attributeFilter: ["data-painted"] });
    const start = performance.now();
    requestAnimationFrame(() => { frame = performance.now(); });
    range.dispatchEvent(new Event("input", { bubbles: true }));
    while (painted === null && performance.now() < start + 5000) await next();
    drawn.disconnect();
    found.push([painted - start, painted - frame]);
  }
  return { found, sent: window.wire.sent.length };
}"""


def main(report: Report) -> None:
    """On each page on which a reaction is measured; a chart that stands on several, on the first."""
    report.table(
        f"From a scrubbed slider to the picture, {MOVES} moves",
        ["from the move, ms", "95th percentile", "drawing, 95th percentile", "frames", "messages sent"],
    )
    seen: set[str] = set()
    with served(ROOT / "app.py") as [address], chrome() as browser:
        for lesson, link in dict.fromkeys((setting.lesson, setting.link) for setting in SETTINGS):
            page = opened(browser, f"{address}/{lesson}?{link}")
            page.wait_for_selector(FOOT)
            page.wait_for_selector(IDLE)
            page.evaluate(SEE)
            for name in page.evaluate(SLIDERS):
                if name not in seen:
                    seen.add(name)
                    measure(report, page, lesson, name)
            page.context.close()


def measure(report: Report, page: Page, lesson: str, name: str) -> None:
    page.bring_to_front()
    result = page.evaluate(SCRUB, [name, MOVES])
    times, drawing = zip(*result["found"], strict=True)
    figure = name.removeprefix(f"st-key-{lesson}-")
    key = f"sweeps.{lesson}.{figure}"
    report.row(
        f"{lesson}: {figure}",
        Number(f"{key}.ms", middle(times), "ms"),
        Number(f"{key}.p95_ms", slowest(times), "ms"),
        Number(f"{key}.drawing_ms", slowest(drawing), "ms"),
        Number(f"{key}.frames", max(1, ceil(slowest(drawing) / FRAME)), at_most=FRAMES),
        Number(f"{key}.sent", result["sent"], at_most=0),
    )
    page.wait_for_timeout(700)  # until the address and the server know where it rests
