"""What the page itself does in a run, beside the pictures: little, for the next picture waits until it is done."""

import json

import pytest

from .lesson_page import IDLE

NEW_CLASS = """() => {
  document.body.offsetTop;
  for (const one of document.querySelectorAll("[data-testid=stElementContainer]")) one.classList.add("no-such-class");
  document.body.offsetTop;
}"""
# As it is while a run is under way, of an element that it has not drawn anew yet.
RUNNING = """(state) => {
  document.querySelector("[data-testid=stApp]").dataset.testScriptState = state;
  const element = document.querySelector("[data-testid=stElementContainer]");
  element.dataset.stale = String(state === "running");
  element.classList.toggle("faded-by-streamlit", state === "running");
}"""
FADED = ".faded-by-streamlit { opacity: 0.33; transition: opacity 1s ease-in 0.5s; }"
OPACITY = "getComputedStyle(document.querySelector('[data-testid=stElementContainer]')).opacity"


def styled_anew(page, act) -> list[float]:
    """The shares of the page that the browser styled anew, each time that it did, while something was done."""
    elements = page.evaluate("document.querySelectorAll('*').length")
    browser = page.context.browser
    browser.start_tracing(page=page, categories=["devtools.timeline"])
    act()
    events = json.loads(browser.stop_tracing())["traceEvents"]
    counts = [event["args"].get("elementCount", 0) for event in events if event["name"] == "UpdateLayoutTree"]
    assert sum(counts) > 0
    return [count / elements for count in counts]


@pytest.mark.parametrize("lesson", ["lstm", "bptt"])
def test_a_class_that_no_rule_names_has_little_styled_anew(open_page, lesson):
    """Rules that look for parts of class names can make each class that changes a matter of the whole page."""
    page = open_page(lesson).page
    page.wait_for_selector(IDLE)
    assert max(styled_anew(page, lambda: page.evaluate(NEW_CLASS))) < 1 / 3


def test_a_run_has_little_styled_anew(open_page):
    """What comes or goes among the parts of a page, such as the next question, can be a matter of all that follow."""
    lesson = open_page("lstm?f=open")
    shut = lesson.page.locator(".st-key-f").get_by_role("radio", name="shut")
    assert max(styled_anew(lesson.page, lambda: lesson.change(shut.click))) < 1 / 3


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
