"""Training runs as jobs, from the page: how soon the first point is there, how soon a run stops, and how a page reacts
while two of them train, against none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from playwright.sync_api import Browser, Page, sync_playwright

from tests import chromium
from tests.browser.conftest import ROOT, serve

from .measuring import PLAYER, WATCH
from .report import Number, Report

RATIO, FIRST, STOP = 1.5, 1.0, 0.5
TURNS, STROKES = 4, 10
LONG = "length=100&updates=3000&hidden=64&seeds=1"
"""Some minutes' worth of runs, of which two train at once."""
PATIENCE = 300_000


def main(report: Report) -> None:
    with TemporaryDirectory() as results, sync_playwright() as playwright:
        process, address = serve(ROOT / "app.py", RNNVIZ_RESULTS=results)
        try:
            browser = chromium.launch(playwright)
            trainer = opened(browser, f"{address}/training?{LONG}&seed=1", "[data-testid=stProgress]")
            with training(trainer, patience=PATIENCE):
                pass  # the workers are warm now
            report.table("Runs as jobs, from the page, in a headless Chromium", ("median",))
            times = [first_and_stop(browser, f"{address}/training?{LONG}&seed={seed}") for seed in range(2, 7)]
            for k, (words, name, most) in enumerate(
                (("from Train to the first point", "first_point_s", FIRST), ("from Stop to its end", "stop_s", STOP))
            ):
                seconds = median(one[k] for one in times)
                report.row(words, Number(f"training.{name}", seconds, "s", at_most=most))
            alone, busy = reactions(browser, address, trainer)
            report.row("from a key to the new player, alone", Number("training.reaction_alone_ms", alone, "ms"))
            report.row("the same, while two runs train", Number("training.reaction_busy_ms", busy, "ms"))
            report.row("of it", Number("training.reaction_busy_vs_alone", busy / alone, "×", at_most=RATIO))
            browser.close()
        finally:
            process.terminate()
            process.wait(10)


def opened(browser: Browser, link: str, drawn: str) -> Page:
    page = browser.new_page(viewport={"width": 1366, "height": 1100})
    page.set_default_timeout(PATIENCE)
    page.goto(link)
    page.locator(drawn).first.wait_for()
    page.wait_for_timeout(2500)
    return page


def bars(page: Page, words: str) -> None:
    page.get_by_test_id("stProgress").filter(has_text=re.compile(words)).first.wait_for()


@contextmanager
def training(page: Page, *, patience: float = 20_000) -> Iterator[None]:
    """Two runs that train, from their first updates until they have stopped."""
    page.set_default_timeout(patience)
    page.get_by_role("button", name=re.compile("^Train")).click()
    bars(page, r"Elman.* [1-9][\d,]* of 3,000")
    bars(page, r"GRU.* [1-9][\d,]* of 3,000")
    try:
        yield
    finally:
        page.get_by_role("button", name="Stop all").click()
        bars(page, "GRU · stopped after")
        page.wait_for_timeout(500)


def first_and_stop(browser: Browser, link: str) -> tuple[float, float]:
    """Seconds from the click to the picture in which the first update stands, and to that of the run's end."""
    page = opened(browser, link, "[data-testid=stProgress]")
    start = perf_counter()
    page.get_by_role("button", name="Train", exact=True).click()
    bars(page, r" [1-9][\d,]* of 3,000")
    first = perf_counter() - start
    page.wait_for_timeout(1500)
    start = perf_counter()
    page.get_by_role("button", name="Stop all").click()
    bars(page, "Elman · stopped after")
    stopped = perf_counter() - start
    page.close()
    return first, stopped


def reactions(browser: Browser, address: str, trainer: Page) -> tuple[float, float]:
    """Milliseconds from a key to the new player: alone, and while two runs train.

    Another person changes the cell of a player; turns with and without training follow each other.
    """
    page = opened(browser, f"{address}/unrolling?weights=random", ".rnnviz-player[data-trace]")
    cells, times = cycle(("GRU", "LSTM")), {"none": [], "two": []}

    def strokes(name: str) -> None:
        for _ in range(STROKES):
            page.get_by_role("radio", name=next(cells)).focus()
            page.bring_to_front()
            page.evaluate(WATCH.replace("FIND", PLAYER))
            page.keyboard.press("Enter")
            times[name].append(page.evaluate("window.measured"))
            page.wait_for_timeout(300)

    strokes("none")  # to warm up
    times["none"].clear()
    for _ in range(TURNS):
        strokes("none")
        with training(trainer):
            strokes("two")
    return median(times["none"]), median(times["two"])
