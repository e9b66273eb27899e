"""What the browser parts share: a page that keeps the times of its websocket, and the time from a key to a picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page, sync_playwright

from tests import chromium
from tests.browser.conftest import ROOT, serve

HERE = Path(__file__).parent
PATIENCE = 8000
"""Milliseconds that a picture may take before it counts as one that did not come."""
# What came over the wire, with the time in ms since the navigation. A message of Streamlit is told by the number of its
# field after hash (1) and metadata (2): 4 begins a run, 5 is an element, 6 ends a run (2: early, another follows).
WIRE = """(() => {
  const wire = window.wire = { sent: [], received: [] };
  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      wire.asked = performance.now();
      this.addEventListener("open", () => { wire.opened = performance.now(); });
      this.addEventListener("message", ({ data }) => wire.received.push({ time: performance.now(), data }));
    }
    send(data) {
      wire.sent.push(performance.now());
      super.send(data);
    }
  };
  wire.kind = ({ data }) => {
    const bytes = new Uint8Array(data);
    let at = 0;
    const varint = () => {
      let [value, factor] = [0, 1];
      for (;; factor *= 128) {
        const byte = bytes[at++];
        value += (byte & 127) * factor;
        if (byte < 128) return value;
      }
    };
    while (at < bytes.length) {
      const tag = varint();
      if (tag >> 3 > 2) return [tag >> 3, (tag & 7) === 0 ? varint() : null];
      const size = varint();
      if ((tag & 7) === 2) at += size;
    }
    return [0, null];
  };
  wire.text = ({ data }) => new TextDecoder("latin1").decode(data);
  wire.running = () => {
    const kinds = wire.received.map(wire.kind).filter(([field]) => field === 4 || field === 6);
    const [field, how] = kinds.at(-1) ?? [6, 0];
    return field === 4 || how === 2;
  };
})();"""
# From the key to the first frame in which what was asked for stands: FIND says what that is.
WATCH = """() => { window.measured = new Promise((done, failed) => {
  const find = () => { FIND };
  const before = find();
  const patience = setTimeout(() => failed(new Error("nothing changed")), PATIENCE);
  document.addEventListener("keydown", () => {
    const start = performance.now();
    const look = () => {
      const after = find();
      if (after.every((value, k) => value !== undefined && value !== before[k])) {
        clearTimeout(patience);
        window.pressed = { start, painted: performance.now() };
        done(performance.now() - start);
      } else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, { once: true, capture: true });
}); }""".replace("PATIENCE", str(PATIENCE))
TEXT = """return [[...document.querySelectorAll("p")].find((p) => p.textContent.startsWith("value "))?.textContent];"""
PLAYER = """return [window.rnnvizPlayer.element.dataset.trace];"""
# Until the run that the key asked for has ended, and nothing has moved on the wire for a while.
REST = """async ([quiet, patience]) => {
  const { wire } = window, end = performance.now() + patience;
  const last = () => Math.max(wire.sent.at(-1) ?? 0, wire.received.at(-1)?.time ?? 0);
  const ended = () => wire.received.some((one) => wire.kind(one)[0] === 6);
  const state = () => document.querySelector("[data-testid=stApp]")?.dataset.testScriptState;
  while (performance.now() < end) {
    if (performance.now() - last() > quiet && ended() && !wire.running() && state() === "notRunning") return true;
    await new Promise((done) => setTimeout(done, 10));
  }
  return false;
}"""
QUIET = 80
"""Milliseconds without a message after which a page is at rest: a sweep that begins anew says so after 50."""
# What happened between the key and the picture. NEEDLES: what the message that carries the picture holds, any of these.
SPLIT = """(needles) => {
  const { wire, pressed } = window;
  const sent = wire.sent.find((time) => time >= pressed.start);
  const received = wire.received.filter(({ time }) => time >= sent);
  const elements = received.filter((one) => wire.kind(one)[0] === 5);
  const carries = (one) => one.time <= pressed.painted && needles.some((needle) => wire.text(one).includes(needle));
  const carrying = elements.filter(carries);
  // One that the browser had before comes as a reference (11) to it.
  const before = received.filter((one) => one.time <= pressed.painted && [5, 11].includes(wire.kind(one)[0]));
  const arrived = carrying.at(-1) ?? before.at(-1);
  const of = (field) => received.filter((one) => wire.kind(one)[0] === field).map(({ time }) => time);
  return {
    total: pressed.painted - pressed.start, sent: sent - pressed.start,
    begun: of(4)[0] - pressed.start, arrived: arrived?.time - pressed.start,
    script: of(6).at(-1) - of(4)[0], bytes: received.reduce((sum, { data }) => sum + data.byteLength, 0),
  };
}"""


@dataclass(frozen=True)
class Reaction:
    """One key press. All in ms since the key but `script` (ms that the server worked on the run) and `bytes` received.

    sent: the key's message left the page   begun: the run began   arrived: the last figure's message was here
    """

    total: float
    sent: float
    begun: float
    arrived: float
    script: float
    bytes: float

    @property
    def server(self) -> float:
        """From the message sent to the figure's message received: waiting, computing, transfer."""
        return self.arrived - self.sent

    @property
    def browser(self) -> float:
        """From the figure's message received to the frame that shows it."""
        return self.total - self.arrived


def slowest(values: Sequence[float]) -> float:
    """The 95th percentile."""
    return quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else values[0]


def middle(values: Iterable[float]) -> float:
    """The median of those that are numbers; NaN of none."""
    kept = [value for value in values if value is not None and value == value]
    return median(kept) if kept else float("nan")


@contextmanager
def chrome() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def served(*scripts: Path, **env: str) -> Iterator[list[str]]:
    """The addresses of servers, one a script, that end with the block. None finds what another has trained."""
    with ExitStack() as stack:
        addresses = []
        for script in scripts:
            results = stack.enter_context(TemporaryDirectory())
            process, address = serve(script, **{"RNNVIZ_RESULTS": results, **env})
            stack.callback(process.wait, 10)
            stack.callback(process.terminate)
            addresses.append(address)
        yield addresses


def opened(browser: Browser, link: str, *, height: int = 768) -> Page:
    """A page of a browser context of its own, whose wire is watched, at rest."""
    context = browser.new_context(viewport={"width": 1366, "height": height}, bypass_csp=True)
    context.add_init_script(WIRE)
    page = context.new_page()
    page.goto(link)
    rest(page, quiet=1000, patience=60_000)
    return page


def rest(page: Page, *, quiet: float = QUIET, patience: float = 20_000) -> None:
    page.evaluate(REST, [quiet, patience])


__all__ = ["HERE", "PLAYER", "ROOT", "TEXT", "WATCH"]
