"""From a key on a control to the repainted figure, for each control of each lesson: against a bare slider, and against
the same figures shown by `st.plotly_chart`. `RNNVIZ_BENCH_LESSONS=lstm,gru` measures these lessons alone, and
`RNNVIZ_BENCH_ROUNDS=5` fewer rounds."""

from __future__ import annotations

import os
from collections.abc import Callable
from time import perf_counter

from playwright.sync_api import Browser, Error, Page

from .measuring import HERE, PATIENCE, ROOT, SPLIT, TEXT, WATCH, Reaction, chrome, middle, opened, rest, served, slowest
from .presses import NOTE, SETTINGS, SILENT, Setting, text, unmeasured
from .quick import QUICK
from .report import Number, Report

ROUNDS = int(os.environ.get("RNNVIZ_BENCH_ROUNDS", 3 if QUICK else 30))
WARM_UP = 1 if ROUNDS < 10 else 3
SPARSE = 1 if QUICK else 5
"""The page of `st.plotly_chart`, by far the slowest, has its turn in one of so many rounds."""
LONGEST = 25.0
"""Seconds for a control, all its rounds and contestants: then a setting ends, with the rounds that it has."""
VS_FLOOR, VS_PLOTLY = 2.0, 0.6
# Brings the focus to a control, without scrolling, and says which key changes it. Choices go round, numbers go up and
# at their end down again; back: the other way.
AIM = """([name, fill, back]) => {
  const holder = document.querySelector(`.st-key-${name}`);
  const focus = (element) => element.focus({ preventScroll: true });
  const radios = [...(holder?.querySelectorAll("[role=radio]") ?? [])];
  if (radios.length) {
    const at = radios.findIndex((radio) => radio.getAttribute("aria-checked") === "true");
    // Where the focus comes from outside, the group hands it to the one that had it last.
    for (let tries = 0; tries < 2; tries++) focus(radios[(at + (back ? radios.length - 1 : 1)) % radios.length]);
    return "Enter";
  }
  const field = holder?.querySelector("input");
  if (!field) return null;
  focus(field);
  if (field.type !== "number" && field.type !== "range") {
    field.select();
    document.execCommand("insertText", false, fill);
    return "Enter";
  }
  const down = (window.down ??= {});
  const [value, least, most] = [field.value, field.min || -1e9, field.max || 1e9].map(Number);
  if (value >= most) down[name] = true;
  if (value <= least) down[name] = false;
  const downward = Boolean(down[name]) !== back;
  if (field.type === "range") return downward ? "ArrowLeft" : "ArrowRight";
  return downward ? "ArrowDown" : "ArrowUp";
}"""
HAS_FOCUS = "(name) => Boolean(document.activeElement?.closest(`.st-key-${name}`))"
# Brings figures into sight; says whether it had to.
SHOW = """(selectors) => {
  let moved = false;
  for (const selector of selectors) {
    const element = document.querySelector(selector);
    const { top, bottom } = element.getBoundingClientRect();
    if (top >= 0 && top < innerHeight - 40) continue;
    element.scrollIntoView({ block: "nearest", behavior: "instant" });
    moved = true;
  }
  return moved;
}"""


def main(report: Report) -> None:
    lessons = os.environ.get("RNNVIZ_BENCH_LESSONS", "").replace(",", " ").split()
    settings = [setting for setting in SETTINGS if not lessons or setting.lesson in lessons]
    if lessons:
        report.say(f"Of these lessons alone: {', '.join(lessons)}.")
    for lesson, names in SILENT.items():
        report.say(
            f"Not measured: {lesson}: {', '.join(names)}. Nothing on the page answers these before Train is pressed."
        )
    for lesson, names in unmeasured().items():
        report.say(f"**Not measured, for want of a row in benchmarks/presses.py**: {lesson}: {', '.join(names)}.")
    with served(ROOT / "app.py", HERE / "charts_page.py", HERE / "floor.py") as addresses, chrome() as browser:
        report.table(
            f"From a key to the repainted figure: ms, {ROUNDS} rounds",
            [
                "median",
                "95th percentile",
                "of the floor",
                "of st.plotly_chart",
                "to server + server + browser",
                "whole run",
            ],
        )
        problems = []
        for setting in settings:
            try:
                measure(report, browser, setting, addresses)
            except ValueError as problem:
                problems.append(problem)
        for problem in problems:
            report.say(f"**Not measured**: {problem}.")


def measure(report: Report, browser: Browser, setting: Setting, addresses: list[str]) -> None:
    """The controls of a setting, in rounds in which the floor, the lesson and the plotly page take turns."""
    lesson, plain, floor = (Contestant(browser, address, setting) for address in addresses)
    times: dict[str, list[Reaction]] = {"floor": []}
    charts: dict[str, list[Reaction]] = {}
    lacks: dict[str, int] = {}
    start, done = perf_counter(), 0
    for turn in range(WARM_UP + ROUNDS):
        if turn == WARM_UP + 1 and perf_counter() - start > LONGEST * len(setting.presses):
            break
        counts = turn >= WARM_UP
        done += counts
        collect(times, "floor", floor.press_slider(), counts)
        for control, answers in setting.presses.items():
            reaction = lesson.press(control, answers, turn, ours)
            lacks[control] = lacks.get(control, 0) + (counts and reaction is None)
            collect(times, control, reaction, counts)
            if turn < WARM_UP or (turn - WARM_UP) % SPARSE == 0:
                collect(charts, control, plain.press(control, answers, turn, theirs), counts)
        if counts and perf_counter() - start > LONGEST * len(setting.presses):
            break
    for control in setting.presses:
        name = f"reaction.{setting.lesson}.{control.replace('_', '-')}"
        words = f"{setting.lesson}: {control}" + ("" if done == ROUNDS else f", {done} rounds")
        words += f", {lacks[control]} without an answer" if lacks[control] else ""
        say(report, name, words, times.get(control, []), times["floor"], charts.get(control, []))
    for contestant in (lesson, plain, floor):
        contestant.page.context.close()


def collect(times: dict[str, list[Reaction]], name: str, reaction: Reaction | None, counts: bool) -> None:
    if counts and reaction is not None:
        times.setdefault(name, []).append(reaction)


def say(
    report: Report, name: str, words: str, ours: list[Reaction], floor: list[Reaction], charts: list[Reaction]
) -> None:
    if not ours:
        report.row(words, f"no answer within {PATIENCE / 1000:g} seconds", "", "", "", "", "")
        return
    own, least, plain = (middle(one.total for one in reactions) for reactions in (ours, floor, charts))
    parts = [middle(getattr(one, part) for one in ours) for part in ("sent", "server", "browser")]
    report.row(
        words,
        Number(f"{name}.ms", own, "ms"),
        Number(f"{name}.p95_ms", slowest([one.total for one in ours]), "ms"),
        Number(f"{name}.vs_floor", own / least, "×", at_most=VS_FLOOR),
        Number(f"{name}.vs_plotly", own / plain, "×", at_most=VS_PLOTLY),
        " + ".join(f"{part:.0f}" for part in parts),
        f"{middle(one.script for one in ours):.0f} ms, {middle(one.bytes for one in ours) / 1e3:.0f} kB",
    )


def ours(lesson: str, answer: str) -> tuple[str, str]:
    """A selector of a figure on the app's own page, and an expression that is another one after each repaint."""
    key = f".st-key-{lesson}-{answer}"
    if answer == "player":
        return key, "window.rnnvizPlayer?.element.dataset.trace"
    return key, f"document.querySelector('{key} .plot')?.dataset.painted"


def theirs(lesson: str, answer: str) -> tuple[str, str]:
    """The same on the page of `st.plotly_chart`."""
    key = f".st-key-{lesson}-{answer}"
    return key, f"document.querySelector('{key} .js-plotly-plot')?._fullData"


class Contestant:
    """A page on which keys are pressed."""

    def __init__(self, browser: Browser, address: str, setting: Setting) -> None:
        self.lesson, self.goes_back = setting.lesson, setting.back
        self.page = opened(browser, f"{address}/{setting.lesson}?{setting.link}")

    def press(
        self, control: str, answers: tuple[str, ...], turn: int, look: Callable[[str, str], tuple[str, str]]
    ) -> Reaction | None:
        """One reaction; None where nothing is repainted."""
        reaction = self.forward(control, answers, turn, look)
        if self.goes_back:
            self.page.keyboard.press(self.aim(control, text(control, turn), back=True))
            self.page.wait_for_timeout(150)
            rest(self.page)
        return reaction

    def forward(
        self, control: str, answers: tuple[str, ...], turn: int, look: Callable[[str, str], tuple[str, str]]
    ) -> Reaction | None:
        key = self.aim(control, text(control, turn))
        if answers == (NOTE,):
            found = "[...document.querySelectorAll('[data-testid=stAlert]')].map((one) => one.textContent).join()"
            return self.react(f"return [{found}]", key, [""])
        figures = [look(self.lesson, answer) for answer in answers]
        if self.page.evaluate(SHOW, [selector for selector, _ in figures]):
            self.page.wait_for_timeout(150)  # what has come into sight is painted
            key = self.aim(control, text(control, turn))  # a popover that is scrolled may close
        needles = [f"{self.lesson}-{answer}" for answer in answers]
        return self.react(f"return [{', '.join(found for _, found in figures)}]", key, needles)

    def press_slider(self) -> Reaction | None:
        """Of the floor."""
        self.page.locator("[data-testid=stSlider] input").focus()
        return self.react(TEXT, "ArrowRight", ["value "])

    def aim(self, control: str, fill: str, *, back: bool = False) -> str:
        """Puts the focus on a control and returns the key that changes it. One that is put away is opened first."""
        for _ in range(20):
            key = self.page.evaluate(AIM, [control, fill, back])
            self.page.wait_for_timeout(50)  # a popover closes where the focus leaves it
            if key and self.page.evaluate(HAS_FOCUS, control):
                return key
            for button in self.page.get_by_role("button", name="More", exact=True).all():
                button.click()
                self.page.wait_for_timeout(250)
                if self.page.locator(f".st-key-{control}").count():
                    break
        raise ValueError(f"{self.lesson} shows no control {control!r}")

    def react(self, found: str, key: str, needles: list[str]) -> Reaction | None:
        page: Page = self.page
        page.bring_to_front()
        page.evaluate("window.wire.sent.length = window.wire.received.length = 0")
        page.evaluate(WATCH.replace("FIND", found))
        page.keyboard.press(key)
        try:
            page.evaluate("window.measured")
        except Error as error:
            if "nothing changed" not in error.message:
                raise
            page.wait_for_timeout(500)
            return None
        rest(page)
        nan = float("nan")
        return Reaction(
            **{name: nan if value is None else value for name, value in page.evaluate(SPLIT, needles).items()}
        )
