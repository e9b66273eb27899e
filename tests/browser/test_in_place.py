"""What is moved in place looks as plotly draws it, and plotly knows of it."""

import io
import os

import numpy as np
import pytest
from PIL import Image, ImageChops

from tests.browser.conftest import ROOT, serve
from tests.browser.lesson_page import IDLE, PATIENCE

CHARTS = ("lines", "log", "words", "arrows", "marks", "cells", "bricks", "across", "up")
VALUES = 5
"""Of the page's sweep."""
FEW = 60
"""Pixels of a chart that may differ: plotly leaves out corners of a line that are less than a pixel high."""
ROUNDED = 0.6
"""Pixels by which plotly rounds the end of a bar, and a little more."""
# Plotly draws nothing until it is let go; what it was asked to draw is counted.
HOLD = """() => {
  window.real ??= Plotly.react;
  window.asked = [];
  window.held = [];
  Plotly.react = (plot, ...rest) => {
    window.asked.push(/st-key-(\\w+)/.exec(plot.closest("[class*=st-key-]").className)[1]);
    return new Promise((done) => window.held.push(done));
  };
}"""
LET_GO = """async () => {
  Plotly.react = window.real;
  for (const plot of document.querySelectorAll(".plot")) {
    await Plotly.react(plot, plot.data, { ...plot.layout, datarevision: Math.random() });
  }
  for (const done of window.held) done();
}"""
MOVE = """async (at) => {
  const painted = [...document.querySelectorAll(".plot")].map((plot) => plot.dataset.painted);
  const range = document.querySelector("input[type=range]");
  range.value = at;
  range.dispatchEvent(new Event("input", { bubbles: true }));
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
  const moved = [...document.querySelectorAll(".plot")].every((plot, k) => plot.dataset.painted !== painted[k]);
  return { moved, asked: [...window.asked] }; // at rest, plotly is asked for all
}"""
# Of each chart: what each point, word and bar is with the pixels where it stands, and all numbers that plotly knows.
STANDS = """() => [...document.querySelectorAll(".plot")].map((plot) => {
  const shown = ["path.point:not([display=none])", ".point > path", ".textpoint:not([display=none]) text"];
  const numbers = (text) => text.match(/-?[0-9.]+/g).map(Number);
  const colours = ({ style }) => [style.fill, style.stroke];
  const stands = [...plot.querySelectorAll(shown)].map((node) => [
    [...node.closest(".trace").parentNode.children].indexOf(node.closest(".trace")),
    [node.textContent, node.matches(".point") ? colours(node) : null],
    node.matches("text") ? ["x", "y"].map((name) => Number(node.getAttribute(name)))
      : node.matches(".point > path") ? numbers(node.getAttribute("d"))
      : numbers(node.getAttribute("transform")).slice(0, 2),
  ]).sort((one, other) => one[0] - other[0] || one[2][0] - other[2][0] || one[2][1] - other[2][1]);
  const known = (value) => (Number.isFinite(value) ? value : null);
  const knows = plot.calcdata.flatMap((points) => points.flatMap(({ x, y, z, s }) => [
    ...[x, y, s].filter((value) => !Array.isArray(value)).map(known),
    ...Array.from(z ?? [], (row) => Array.from(row, known)).flat(),
  ]));
  const order = [...plot.querySelectorAll(".point, .textpoint")].map((node) => node.__data__.i);
  return { order, is: stands.map(([trace, text]) => [trace, text]), at: stands.flatMap((one) => one[2]), knows };
})"""


@pytest.fixture(scope="module")
def address():
    os.environ["RNNVIZ_PAGE"] = "in_place_page.py"
    process, url = serve(ROOT / "tests" / "browser" / "bare.py")
    yield url
    process.terminate()
    process.wait(PATIENCE / 1000)


@pytest.fixture
def opened(open_page):
    def open_drawn(link):
        lesson = open_page(link, drawn=".st-key-up .plot[data-painted]", height=2400)
        lesson.page.wait_for_function(f"document.querySelectorAll('.plot[data-painted]').length === {len(CHARTS)}")
        lesson.page.wait_for_selector(IDLE)
        lesson.page.wait_for_function(f"document.querySelectorAll('.plot[data-prepared]').length === {len(CHARTS)}")
        return lesson

    return open_drawn


def picture(lesson, name):
    return Image.open(io.BytesIO(lesson.page.locator(f".st-key-{name} .plot").screenshot())).convert("L")


def differ(one, other):
    """How many pixels clearly do."""
    return int(np.count_nonzero(np.asarray(ImageChops.difference(one, other)) > 96))


def as_plotly_draws(lesson, moved):
    """Of the charts that were moved: the pictures, places, words and numbers are those that plotly makes of them."""
    before, stood = {name: picture(lesson, name) for name in CHARTS}, lesson.page.evaluate(STANDS)
    lesson.page.evaluate(LET_GO)
    stands = lesson.page.evaluate(STANDS)
    for k, name in enumerate(CHARTS):
        if name in moved:
            assert stood[k]["is"] == stands[k]["is"], name
            assert stood[k]["order"] == stands[k]["order"], name
            assert stood[k]["at"] == pytest.approx(stands[k]["at"], abs=ROUNDED), name
            was, knows = (np.array(one[k]["knows"], float) for one in (stood, stands))
            np.testing.assert_allclose(was, knows, rtol=1e-6, err_msg=name)
            assert differ(before[name], picture(lesson, name)) <= FEW, name


@pytest.mark.parametrize("seed", range(2))
def test_a_frame_of_a_sweep_looks_as_plotly_draws_it(opened, seed):
    lesson = opened(f"?seed={seed}")
    shown = None
    for at in (*range(1, VALUES), 0):
        lesson.page.evaluate(HOLD)
        assert lesson.page.evaluate(MOVE, at) == {"moved": True, "asked": []}
        assert (now := [picture(lesson, name) for name in CHARTS]) and now != shown
        as_plotly_draws(lesson, CHARTS)
        shown = now


def test_new_numbers_from_the_server_are_moved_in_place_too(opened):
    lesson = opened("?seed=0")
    moved = set()
    for seed in (2, 4, 6):
        lesson.page.wait_for_selector(IDLE)
        lesson.page.evaluate(HOLD)
        before = [picture(lesson, name) for name in CHARTS]
        painted = "[...document.querySelectorAll('.plot')].map((plot) => plot.dataset.painted)"
        were = lesson.page.evaluate(painted)
        lesson.page.get_by_label("Seed", exact=True).fill(str(seed))
        lesson.page.keyboard.press("Enter")
        lesson.page.wait_for_function(
            f"(were) => {painted}.filter((one, k) => one !== were[k]).length >= {len(CHARTS) - 1}", arg=were
        )
        lesson.page.wait_for_selector(IDLE)
        now = [one != was for one, was in zip(lesson.page.evaluate(painted), were, strict=True)]
        moved = {name for name, one in zip(CHARTS, now, strict=True) if one}
        for name, was in zip(CHARTS, before, strict=True):
            assert name not in moved or differ(was, picture(lesson, name)) > FEW, name
        as_plotly_draws(lesson, moved)
    assert moved
