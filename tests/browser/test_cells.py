"""The cells of a heatmap that are painted in place are those that plotly draws: pixels, words and places."""

import base64
import io

import numpy as np
import pytest
from PIL import Image

from rnnviz.figures import palette
from tests.browser.lesson_page import STAGE

STATES = ".st-key-sequences-states"
SCALE = {"zmin": -1, "zmax": 1, "colorscale": palette.colorscale(palette.SIGNED)}
BRICKS = {**SCALE, "xgap": 3, "ygap": 1, "texttemplate": "%{z:.2~g}"}
DARK = [[k / 6, colour] for k, colour in enumerate(palette.SIGNED["dark"])]
UNEVEN = [[0, "#000000"], [0.1, "rgb(255, 0, 10)"], [0.5, "#00ff00"], [0.5, "#0000ff"], [1, "#ffffff"]]
ROWS, COLUMNS = 5, 4
WORDS = [[f"{chr(97 + k)}{j}" for k in range(COLUMNS)] for j in range(ROWS)]
# name -> trace, layout.
MOVED = {
    "bricks": (BRICKS, {}),
    "no numbers": ({**BRICKS, "texttemplate": ""}, {}),
    "upside down": (BRICKS, {"yaxis": {"autorange": "reversed"}, "xaxis": {"autorange": "reversed"}}),
    "dark": ({**BRICKS, "colorscale": DARK}, {"plot_bgcolor": "#111418", "font": {"size": 11, "color": "#eee"}}),
    "a gap one way": ({**BRICKS, "ygap": 0, "xgap": 4}, {}),
    "low cells": ({**BRICKS, "ygap": 36}, {}),
    "no gaps": ({**BRICKS, "ygap": 0, "xgap": 0}, {"yaxis": {"autorange": "reversed"}}),
    "no gaps, right to left": ({**SCALE}, {"xaxis": {"autorange": "reversed"}}),
    "gaps wider than cells": ({**BRICKS, "xgap": 150, "ygap": 61, "textfont": {"size": 10}}, {}),
    "gaps almost as wide as cells": ({**BRICKS, "xgap": 79, "ygap": 49, "textfont": {"size": 10}}, {}),
    "a scale of the figure": ({**BRICKS, "coloraxis": "coloraxis"}, {"coloraxis": {"cmin": -2, "cmax": 0.5,
                              "colorscale": DARK}}),
    "from the end": ({**BRICKS, "reversescale": True}, {}),
    "uneven stops": ({**BRICKS, "colorscale": UNEVEN}, {}),
    "uneven stops from the end": ({**SCALE, "colorscale": UNEVEN, "reversescale": True}, {}),
    "words": ({**BRICKS, "texttemplate": "%{text}: %{z:.1f}", "text": WORDS}, {}),
    "words alone": ({**BRICKS, "texttemplate": "n", "xgap": 0}, {}),
    "shares": ({**BRICKS, "texttemplate": "%{z:.0%} of %{z:+.1e}"}, {"font": {"size": 18}}),
    "long words": ({**BRICKS, "texttemplate": "far too long to be read in a cell: %{z:.9f}"}, {}),
    "a font": ({**BRICKS, "textfont": {"size": 9, "color": "#c2185b", "family": "monospace"}}, {}),
    "names": ({**BRICKS, "x": ["p", "q", "r", "s"], "y": [7, 8, 9, 10, 11]}, {}),
    "cells of any width": ({**BRICKS, "x": [0, 1, 4, 5], "y": [1, 2, 4, 8, 16]}, {"yaxis": {"type": "log"}}),
    "edges": ({**BRICKS, "x": [0, 1, 3, 4, 6]}, {}),
    "a part": (BRICKS, {"xaxis": {"range": [0.2, 2.9]}, "yaxis": {"range": [3.1, 0.9]}}),
}  # fmt: skip
SAFARI = "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15"
# What plotly alone can draw of it.
LEFT = {
    "a scale that follows the numbers": {**BRICKS, "zmin": None},
    "colours seen through": {**BRICKS, "colorscale": [[0, "rgba(0, 0, 0, 0.2)"], [1, "#ffffff"]]},
    "colours by name": {**BRICKS, "colorscale": [[0, "red"], [1, "blue"]]},
    "smooth": {**SCALE, "zsmooth": "best"},
    "filled": {**BRICKS, "connectgaps": True},
    "half a pixel": {**BRICKS, "xgap": 2.5},
    "bold": {**BRICKS, "texttemplate": "<b>%{z:.1f}</b>"},
    "an entity": {**BRICKS, "texttemplate": "%{z:.1f}&times;"},
    "marked words": {**BRICKS, "texttemplate": "%{text}", "text": [["<i>a</i>"] * COLUMNS] * ROWS},
    "a number as the hover label says it": {**BRICKS, "texttemplate": "%{z}"},
    "a place": {**BRICKS, "texttemplate": "%{x}"},
    "more rows": BRICKS,
    "more columns": BRICKS,
    "the last numbers that go": BRICKS,
    "the first numbers that come": BRICKS,
}
# For each of some numbers: whether the picture of the ones before shows them now, what stands there then, and what
# plotly draws of them from nothing. Pictures are kept apart, for other bytes may hold the same pixels.
PAINT = """async ([trace, layout, frames]) => {
  const { inplace: { inPlace } } = await import(STAGE);
  const [moved, fresh] = [0, 1].map(() => document.body.appendChild(document.createElement("div")));
  const size = { width: 420, height: 300, margin: { l: 40, r: 60, t: 10, b: 40 } };
  const draw = (plot, z) => Plotly.newPlot(plot, [structuredClone({ type: "heatmap", ...trace, z })],
    { ...size, ...structuredClone(layout) });
  const look = (plot) => {
    const cells = (plot.querySelector("g.hm") ?? plot.firstChild).cloneNode(true);
    const images = [...cells.querySelectorAll("image")];
    const pictures = images.map((image) => image.href.baseVal.split(",")[1]);
    for (const image of images) image.removeAttribute("href");
    const known = (plot.calcdata[0][0].z ?? []).map((row) => Array.from(row, (number) => number ?? null));
    return { cells: cells.outerHTML, pictures, known, labels: cells.querySelectorAll("text").length };
  };
  const found = [];
  await draw(moved, frames[0]);
  for (const z of frames.slice(1)) {
    const before = look(moved);
    const done = inPlace(moved, [[0, { z }]]);
    await draw(fresh, z);
    found.push({ done, before, is: look(moved), should: look(fresh) });
  }
  for (const plot of [moved, fresh]) plot.remove();
  return found;
}""".replace("STAGE", f'"{STAGE}"')


@pytest.fixture(scope="module")
def open_painter(browser, address):
    """open_painter(user_agent=...)(trace, layout, frames) -> what `PAINT` found, in a browser of this name."""
    contexts = []

    def open_one(**options):
        contexts.append(browser.new_context(viewport={"width": 1366, "height": 768}, bypass_csp=True, **options))
        page = contexts[-1].new_page()
        page.goto(f"{address}/sequences")
        page.wait_for_selector(f"{STATES} .plot[data-painted]")
        return lambda *given: page.evaluate(PAINT, [*given])

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def paint(open_painter):
    return open_painter()


def numbers(seed=0):
    """Of each frame, its rows: whole numbers and others, with some missing, and with all but one."""
    random = np.random.default_rng(seed)
    frames = random.uniform(-1.2, 1.2, (7, ROWS, COLUMNS)).astype(np.float32)
    frames[1] = random.integers(-1, 2, (ROWS, COLUMNS))
    frames[2][random.random((ROWS, COLUMNS)) < 0.3] = np.nan
    frames[3] *= 1e-3
    frames[4] = np.nan
    frames[4, 2, 1] = 0.25
    frames[6, 1, 1] = np.inf
    return frames.astype(float).tolist()


def pixels(picture):
    """(height, width, channel); what is not there has no colour."""
    found = np.array(Image.open(io.BytesIO(base64.b64decode(picture))).convert("RGBA")).astype(int)
    return found * (found[..., 3:] > 0)


def as_plotly_draws(found):
    """What was painted in place, all of it as plotly draws it: its pictures."""
    pictures = []
    for one in found:
        assert one["done"]
        assert one["is"]["cells"] == one["should"]["cells"]
        assert one["is"]["known"] == one["should"]["known"]
        (picture,), (should,) = one["is"]["pictures"], one["should"]["pictures"]
        pictures.append(pixels(picture))
        np.testing.assert_array_equal(pictures[-1], pixels(should))
    assert len({picture.tobytes() for picture in pictures}) == len(pictures)
    return pictures


@pytest.mark.parametrize("name", MOVED)
def test_cells_are_painted_in_place_as_plotly_draws_them(paint, name):
    trace, layout = MOVED[name]
    found = paint(trace, layout, numbers())
    as_plotly_draws(found)
    assert bool(found[0]["is"]["labels"]) == bool(trace.get("texttemplate"))


def test_a_picture_has_a_pixel_a_cell_where_the_browser_enlarges_it_as_it_is(open_painter, paint):
    """Safari does not: there, plotly paints every pixel itself."""
    (small, *_), (large, *_) = (
        as_plotly_draws(one(SCALE, {}, numbers())) for one in (paint, open_painter(user_agent=SAFARI))
    )
    assert small.shape[:2] == (ROWS, COLUMNS) and large.shape[:2] > (10 * ROWS, 10 * COLUMNS)


def test_labels_come_and_go_with_the_numbers(paint):
    frames = numbers()
    counts = [one["is"]["labels"] for one in paint(BRICKS, {}, frames)]
    assert counts == [int(np.isfinite(frame).sum()) for frame in frames[1:]]
    assert 1 in counts and ROWS * COLUMNS in counts


def test_where_no_label_stands_the_first_is_left_to_plotly(paint):
    short, long = np.zeros((ROWS, COLUMNS)).tolist(), np.full((ROWS, COLUMNS), 1 / 3).tolist()
    gone, back = paint({**BRICKS, "texttemplate": 6 * "%{z:.20~f}"}, {}, [short, long, short])
    assert gone["done"] and gone["before"]["labels"] and not gone["is"]["labels"]
    assert gone["is"]["cells"] == gone["should"]["cells"]
    assert not back["done"] and back["is"] == back["before"]


@pytest.mark.parametrize("name", LEFT)
def test_what_plotly_alone_can_draw_is_left_to_it_and_nothing_is_touched(paint, name):
    first, second = np.array(numbers()[:2])
    none = np.full_like(first, np.nan)
    frames = {
        "more rows": (first, np.concatenate([second, first])),
        "more columns": (first, np.concatenate([second, first], axis=1)),
        "the last numbers that go": (first, none),
        "the first numbers that come": (none, first),
    }.get(name, (first, second))
    (one,) = paint(LEFT[name], {}, [frame.tolist() for frame in frames])
    assert not one["done"] and one["is"] == one["before"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_scrubbed_states_need_no_drawing_of_plotly_and_look_the_same_after_it(open_page, scheme):
    lesson = open_page("sequences?units=16", drawn=f"{STATES} .plot[data-painted]", color_scheme=scheme)
    plot = lesson.page.locator(f"{STATES} .plot")
    lesson.page.evaluate("() => { window.asked = 0; window.react = Plotly.react; }")
    seen = []
    for at in (0, 1, 2):
        lesson.page.evaluate(
            """([states, at]) => {
              window.held = new Promise((go) => { window.go = go; });
              Plotly.react = async (...given) => {
                window.asked += given[0].closest(states) !== null;
                await window.held;
                return window.react(...given);
              };
              const range = document.querySelector(`${states} input[type=range]`);
              range.value = at;
              range.dispatchEvent(new Event("input", { bubbles: true }));
            }""",
            [STATES, at],
        )
        before = plot.get_attribute("data-painted")
        lesson.page.wait_for_function("(n) => window.asked === n", arg=at + 1)  # plotly's turn, which it must wait for
        now = plot.screenshot()
        lesson.page.evaluate("window.go()")
        lesson.page.wait_for_function(
            "([states, was]) => document.querySelector(`${states} .plot`).dataset.painted > was", arg=[STATES, before]
        )
        assert plot.screenshot() == now
        seen.append(now)
    assert len(set(seen)) == 3
