"""The player while it plays and while it is scrubbed: frames a second, and how long a frame takes."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page

from rnnviz.stage import VIEWS

from .measuring import HERE, ROOT, chrome, opened, served, slowest
from .quick import QUICK
from .report import Number, Report

SECONDS = 1 if QUICK else 4
RATE, GAP = 58, 17
"""Frames a second at least, and ms a frame at most (rounded, 95th percentile)."""
AIMED = 200
"""The aims hold up to so many steps."""
TEXTS = {
    60: "Now is the winter of our discontent made glorious summer now",
    200: 5 * "the winter of our discontent made glorio ",
}
MODES = {"play1": "playing at 1×", "play8": "playing at 8×", "scrub": "scrubbed"}
# The times of all frames, the pictures drawn, and the ms that script took of each frame while it was scrubbed.
FRAMES = """async ([mode, seconds]) => {
  const player = window.rnnvizPlayer, { timeline, scrub } = player, times = [];
  const speed = mode === "scrub" ? 1 : Number(mode.slice(4));
  Object.assign(timeline, { speed, loop: true, position: 0 });
  const drawn = player.frames ?? 0;
  if (mode !== "scrub") timeline.play();
  const end = performance.now() + 1000 * seconds;
  await new Promise((done) => {
    const tick = (time) => {
      times.push(time);
      if (mode === "scrub") {
        scrub.value = (Number(scrub.value) + 1) % (Number(scrub.max) + 1);
        scrub.dispatchEvent(new Event("input", { bubbles: true }));
      }
      if (performance.now() < end) requestAnimationFrame(tick); else done();
    };
    requestAnimationFrame(tick);
  });
  timeline.pause();
  return { times, drawn: player.frames - drawn };
}"""


class Frames(NamedTuple):
    """rate: pictures a second   gap: ms between two frames, the 95th percentile"""

    rate: float
    gap: float


def main(report: Report) -> None:
    with (
        served(ROOT / "app.py") as (app,),
        served(HERE / "bare.py", RNNVIZ_BENCH_PAGE=str(HERE / "player_page.py")) as (own,),
        chrome() as browser,
    ):
        for steps, units in ((60, 64), (200, 64), (500, 128)):
            links = {
                view: f"{app}/lstm?{urlencode({'view': view, 'text': TEXTS[steps]})}" if steps in TEXTS
                else f"{own}/?view={view}"
                for view in VIEWS
            }  # fmt: skip
            measure(report, browser, links, steps, units)


def measure(report: Report, browser: Browser, links: dict[str, str], steps: int, units: int) -> None:
    """One size: every view in every mode, and the worst of them, which the aims are about."""
    size = f"{steps}x{units}"
    report.table(f"The player, {steps} steps × {units} units: frames a second, 95th percentile of a frame in ms",
                 list(MODES.values()))  # fmt: skip
    all_of_it = []
    for view, link in links.items():
        page = opened(browser, link)
        page.wait_for_selector(".rnnviz-player[data-trace]")
        page.wait_for_timeout(1000)
        assert page.evaluate("[window.rnnvizPlayer.data.steps, window.rnnvizPlayer.data.units]") == [steps, units]
        found = {mode: frames(page, mode) for mode in MODES}
        page.context.close()
        all_of_it += found.values()
        report.row(view, *(f"{one.rate:.1f}, {one.gap:.1f} ms" for one in found.values()))
        for mode, one in found.items():
            report.numbers[f"player.{size}.{view}.{mode}.fps"] = one.rate
            report.numbers[f"player.{size}.{view}.{mode}.p95_ms"] = one.gap
    aimed = steps <= AIMED
    report.row(
        "the worst of them",
        Number(f"player.{size}.fps", min(one.rate for one in all_of_it), at_least=RATE if aimed else None),
        Number(f"player.{size}.p95_ms", round(max(one.gap for one in all_of_it)), "ms", at_most=GAP if aimed else None),
        "",
    )


def frames(page: Page, mode: str) -> Frames:
    page.bring_to_front()
    page.evaluate(FRAMES, [mode, 0.5])  # to warm up
    result = page.evaluate(FRAMES, [mode, SECONDS])
    gaps = [after - before for before, after in zip(result["times"], result["times"][1:], strict=False)]
    return Frames(1000 * min(len(gaps), result["drawn"]) / sum(gaps), slowest(gaps))
