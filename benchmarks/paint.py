"""From navigation to the first lesson's picture, and what is sent until all of the page stands, cold and warm: against
Streamlit's own hello page, which takes turns."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit
from playwright.sync_api import Browser, BrowserContext, Page

from .measuring import ROOT, WIRE, chrome, middle, rest, served
from .quick import QUICK
from .report import Number, Report

ROUNDS = 2 if QUICK else 12
HELLO = Path(streamlit.__file__).parent / "hello" / "streamlit_app.py"
VS_HELLO, BYTES = 1.3, 2.5
"""Times Streamlit's own page, and MB that a cold page may send with all that is on it."""
PAGES = {"home": "/", "unrolling": "/unrolling"}
PICTURE = "(window.rnnvizPlayer?.frames ?? 0) > 0 && window.rnnvizPlayer.element.dataset.trace"
WELCOME = "[...document.querySelectorAll('h1')].some((title) => title.textContent.startsWith('Welcome'))"
# Keeps the first frame in which it stands there, and the first in which a chart does.
FIRST = """(() => {
  const look = () => {
    if (!window.firstPaint && (FIND)) window.firstPaint = performance.now();
    if (!window.firstChart && document.querySelector(".plot[data-painted]")) window.firstChart = performance.now();
    if (!window.firstPaint || !window.firstChart) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();"""
STANDS = """async () => { while (!window.firstPaint) await new Promise((done) => setTimeout(done, 50)); }"""
# What a visit was made of, ms since its navigation.
PARTS = """() => {
  const { wire } = window;
  const entries = performance.getEntriesByType("resource");
  const last = (list) => Math.max(...list.map(({ responseEnd }) => responseEnd));
  const scripts = entries.filter(({ name, startTime }) => name.includes("/static/") && startTime < wire.asked);
  const assets = entries.filter(({ name }) => name.includes("/assets/") && name.endsWith("/stage.js"));
  const plotly = entries.find(({ name }) => name.includes("plotly-cartesian"));
  const elements = wire.received.filter((one) => wire.kind(one)[0] === 5);
  const player = elements.find((one) => wire.text(one).includes("-player"));
  return {
    "the HTML is here": performance.getEntriesByType("navigation")[0].responseEnd,
    "Streamlit's own scripts and styles are here": last(scripts), "the websocket is asked for": wire.asked,
    "the websocket is open": wire.opened, "the first element arrives": elements[0]?.time,
    "the player's data arrives": player?.time, "the stage's code is here": last(assets),
    "the first picture": window.firstPaint, "plotly.js is here": plotly?.responseEnd,
    "the first chart": window.firstChart,
  };
}"""
# Everything on the page comes into sight once.
SCROLL = """async () => {
  const scroller = document.querySelector("[data-testid=stMain]") ?? document.scrollingElement;
  for (let at = 0; at < scroller.scrollHeight; at += innerHeight) {
    scroller.scrollTo({ top: at, behavior: "instant" });
    await new Promise((done) => setTimeout(done, 150));
  }
}"""


@dataclass
class Traffic:
    """What came over the network. answers: request -> (address, encoded bytes, content-encoding)   socket: bytes"""

    answers: dict[str, tuple[str, int, str]] = field(default_factory=dict)
    socket: int = 0

    @property
    def megabytes(self) -> float:
        return (self.socket + sum(size for _, size, _ in self.answers.values())) / 1e6


def main(report: Report) -> None:
    with served(ROOT / "app.py", HELLO) as (app, hello), chrome() as browser:
        visits = {name: (f"{app}{path}", PICTURE) for name, path in PAGES.items()} | {"hello": (f"{hello}/", WELCOME)}
        for link, find in visits.values():  # the first visitor of a server waits for its imports
            visit(browser, link, find)
        times: dict[str, list[tuple[dict, dict]]] = {name: [] for name in visits}
        for _ in range(ROUNDS):
            for name, (link, find) in visits.items():
                times[name].append(visit(browser, link, find))
        painted(report, times)
        for name in PAGES:
            split(report, name, times[name])
        traffic = {name: sent(browser, link) for name, (link, _) in visits.items()}
        weighed(report, traffic)
        for name in PAGES:
            largest(report, name, traffic[name][0])


@contextmanager
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that was never here."""
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    context.add_init_script(WIRE)
    yield context
    context.close()


def visit(browser: Browser, link: str, find: str) -> tuple[dict[str, float], dict[str, float]]:
    """The parts of a first visit, and of a second one by the same browser."""
    with visitor(browser) as context:
        context.add_init_script(FIRST.replace("FIND", find))
        found = []
        for _ in range(2):
            page = context.new_page()
            page.goto(link)
            rest(page, quiet=700, patience=60_000)
            page.evaluate(STANDS)
            found.append(page.evaluate(PARTS))
            page.close()
        return found[0], found[1]


def painted(report: Report, times: dict[str, list[tuple[dict, dict]]]) -> None:
    report.table(f"From navigation to the first picture, medians of {ROUNDS}", ["cold", "of hello", "warm", "of hello"])
    first = {
        name: [middle(parts[k]["the first picture"] for parts in visits) for k in (0, 1)]
        for name, visits in times.items()
    }
    for name, (cold, warm) in first.items():
        ratios = [
            None if name == "hello" else own / least for own, least in zip((cold, warm), first["hello"], strict=True)
        ]
        cells: list[Number | str] = []
        for state, own, ratio in zip(("cold", "warm"), (cold, warm), ratios, strict=True):
            cells.append(Number(f"paint.{name}.{state}_ms", own, "ms"))
            aim = VS_HELLO if state == "cold" else None
            cells.append(
                "" if ratio is None else Number(f"paint.{name}.{state}_vs_hello", ratio, "×", at_most=aim or VS_HELLO)
            )
        report.row({"hello": "Streamlit's hello page"}.get(name, name), *cells)


def split(report: Report, name: str, visits: list[tuple[dict, dict]]) -> None:
    report.table(f"The same in parts, {name}: ms since the navigation, medians", ["cold", "warm"])
    for part in visits[0][0]:
        values = [middle(parts[k].get(part) for parts in visits) for k in (0, 1)]
        report.row(part, *("" if value != value else f"{value:.0f}" for value in values))


def sent(browser: Browser, link: str) -> tuple[Traffic, Traffic]:
    """What is sent for all of a page, on a first visit and on a second."""
    with visitor(browser) as context:
        found = []
        for _ in range(2):
            page = context.new_page()
            traffic = watched(context, page)
            page.goto(link)
            rest(page, quiet=1000)
            page.evaluate(SCROLL)
            rest(page, quiet=1000)
            found.append(traffic)
            page.close()
        return found[0], found[1]


def watched(context: BrowserContext, page: Page) -> Traffic:
    """Counts what the page receives from now on."""
    traffic, answers = Traffic(), {}
    network = context.new_cdp_session(page)
    network.send("Network.enable")

    def answered(event: dict[str, Any]) -> None:
        answers[event["requestId"]] = event["response"]

    def finished(event: dict[str, Any]) -> None:
        answer = answers.get(event["requestId"])
        if answer is None or not answer["url"].startswith("http"):
            return
        headers = {name.lower(): value for name, value in answer["headers"].items()}
        kept = answer.get("fromDiskCache") or answer.get("fromPrefetchCache")
        size = 0 if kept else int(event["encodedDataLength"])
        traffic.answers[event["requestId"]] = (answer["url"], size, headers.get("content-encoding", ""))

    def frame(event: dict[str, Any]) -> None:
        payload = event["response"]["payloadData"]
        traffic.socket += len(base64.b64decode(payload)) if event["response"]["opcode"] == 2 else len(payload.encode())

    network.on("Network.responseReceived", answered)
    network.on("Network.loadingFinished", finished)
    network.on("Network.webSocketFrameReceived", frame)
    return traffic


def weighed(report: Report, traffic: dict[str, tuple[Traffic, Traffic]]) -> None:
    report.table(
        "What is sent for all of a page (websocket: the messages themselves)",
        ["cold", "of it websocket", "requests, cold", "warm", "requests to the network, warm"],
    )
    for name, (cold, warm) in traffic.items():
        report.row(
            {"hello": "Streamlit's hello page"}.get(name, name),
            Number(f"paint.{name}.cold_mb", cold.megabytes, "MB", at_most=None if name == "hello" else BYTES),
            Number(f"paint.{name}.socket_mb", cold.socket / 1e6, "MB"),
            Number(f"paint.{name}.requests", len(cold.answers)),
            Number(f"paint.{name}.warm_mb", warm.megabytes, "MB"),
            Number(f"paint.{name}.warm_requests", sum(size > 0 for _, size, _ in warm.answers.values())),
        )


def largest(report: Report, name: str, cold: Traffic) -> None:
    report.table(f"The ten largest answers of {name}, cold", ["kB", "compressed"])
    by_size = sorted(cold.answers.values(), key=lambda answer: -answer[1])[:10]
    for address, size, encoding in by_size:
        report.row(address.split("/", 3)[-1][-60:] or "/", f"{size / 1e3:.0f}", encoding or "no")
