"""What the page itself does in a run, beside the pictures: little, for the next picture waits until it is done."""

import json

import pytest

from .lesson_page import IDLE

HOLDERS = "[...document.querySelectorAll('[data-testid=stElementContainer]')]"
STYLE = f"""(change) => {{
  document.body.offsetTop;
  performance.mark(change ? "changed" : "nothing");
  if (change) for (const one of {HOLDERS}) one.classList.add("no-such-class");
  document.body.offsetTop;
  performance.mark("styled");
}}"""
# As it is while a run is under way, of an element that it has not drawn anew yet.
RUNNING = """(state) => {
  document.querySelector("[data-testid=stApp]").dataset.testScriptState = state;
  const element = document.querySelector("[data-testid=stElementContainer]");
  element.dataset.stale = String(state === "running");
  element.classList.toggle("faded-by-streamlit", state === "running");
}"""
FADED = ".faded-by-streamlit { opacity: 0.33; transition: opacity 1s ease-in 0.5s; }"
OPACITY = "getComputedStyle(document.querySelector('[data-testid=stElementContainer]')).opacity"


@pytest.mark.parametrize("lesson", ["lstm", "bptt", "training"])
def test_a_class_that_no_rule_names_has_little_styled_anew(open_page, lesson):
    """Rules that look for parts of class names can make each class that changes a matter of the whole page."""
    page = open_page(lesson).page
    page.wait_for_selector(IDLE)
    elements = page.evaluate("document.querySelectorAll('*').length")
    page.context.browser.start_tracing(page=page, categories=["devtools.timeline", "blink.user_timing"])
    page.evaluate(STYLE, True)
    events = sorted(json.loads(page.context.browser.stop_tracing())["traceEvents"], key=lambda one: one.get("ts", 0))
    times = {one["name"]: one["ts"] for one in events if one["name"] in ("changed", "styled")}
    styled = [
        one["args"]["elementCount"]
        for one in events
        if one["name"] == "UpdateLayoutTree" and times["changed"] < one["ts"] < times["styled"]
    ]
    assert styled and sum(styled) < elements / 3


def test_nothing_fades_in_a_short_run_and_in_a_long_one_it_does(open_page):
    page = open_page("lstm").page
    page.wait_for_selector(IDLE)
    page.add_style_tag(content=FADED)
    page.evaluate(RUNNING, "running")
    page.wait_for_timeout(300)
    assert page.evaluate(OPACITY) == "1"
    page.wait_for_function(f"Number({OPACITY}) < 0.9")
    page.evaluate(RUNNING, "notRunning")
    page.wait_for_function(f"{OPACITY} === '1' && !document.documentElement.classList.contains('rnnviz-slow')")
