"""The small pictures: their squares and lines stand where the numbers are, and the numbers are the engine's."""

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from rnnviz.engine import flow
from rnnviz.figures import palette
from rnnviz.figures.thumbnails import EDGE, HEIGHT, LEVELS, WIDTH, Line, blended, heatmap, lines, rays
from rnnviz.lesson import pictures
from rnnviz.lesson.pictures import PICTURES, TEXT, UNITS
from rnnviz.training.character_model import character_model

THEMES = ("light", "dark")
SVG = "{http://www.w3.org/2000/svg}"


def paths(svg):
    """(colour, drawing) of each path."""
    return [
        (one.get("fill"), one.get("stroke"), one.get("d")) for one in ElementTree.fromstring(svg).iter(f"{SVG}path")
    ]


def painted(svg, shape):
    """(rows, columns) the colour of each square; None where nothing is drawn."""
    found = np.full(shape, None)
    for fill, _, drawing in paths(svg):
        for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", drawing):
            assert all(one is None for one in found[int(y), int(x) : int(x) + int(width)])
            found[int(y), int(x) : int(x) + int(width)] = fill
    return found


def points(drawing):
    return np.array(re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", drawing), dtype=float)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("seed", range(3))
def test_a_square_has_the_colour_of_its_value(theme, seed):
    values = np.random.default_rng(seed).uniform(-1.5, 1.5, (4, 7))
    values[1, 2] = np.nan
    found = painted(heatmap(values, palette.SIGNED, -1, 1)[theme], values.shape)
    assert found[1, 2] is None
    colours = blended(palette.SIGNED[theme], LEVELS)
    for value, colour in zip(values[~np.isnan(values)], found[~np.isnan(values)], strict=True):
        level = colours.index(colour)
        assert abs(np.clip(value, -1, 1) - np.linspace(-1, 1, LEVELS)[level]) <= 1 / (LEVELS - 1) + 1e-12


def test_a_line_stands_where_its_values_are_and_breaks_at_a_gap():
    (_, stroke, drawing) = paths(
        lines([Line(np.array([0.0, 5.0, np.nan, 20.0, -3.0]), palette.INK)], low=0, high=10)["dark"]
    )[0]
    assert stroke == palette.INK["dark"] and drawing.count("M") == 2
    top, foot, middle = EDGE, HEIGHT - EDGE, HEIGHT / 2
    step = (WIDTH - 2 * EDGE) / 4
    wanted = [(EDGE, foot), (EDGE + step, middle), (EDGE + 3 * step, top), (EDGE + 4 * step, foot)]
    np.testing.assert_allclose(points(drawing), wanted, atol=0.05)


def test_an_arrow_points_where_it_does():
    arrows = np.array([[1.0, 0.0], [0.0, 2.0]])
    ((_, stroke, drawing),) = paths(rays([(arrows, palette.INK, 1.0)], limit=2)["light"])
    reach = HEIGHT / 2 - EDGE
    found = np.array(re.findall(r"l(-?[\d.]+) (-?[\d.]+)", drawing), dtype=float)
    np.testing.assert_allclose(found, [(reach / 2, 0), (0, -reach)], atol=0.05)  # upwards is negative in SVG
    assert stroke == palette.INK["light"]


@pytest.mark.parametrize(
    "make",
    [
        lambda: heatmap(np.zeros(3), palette.GATE, 0, 1),
        lambda: heatmap(np.zeros((2, 0)), palette.GATE, 0, 1),
        lambda: heatmap(np.zeros((2, 2)), palette.GATE, 1, 1),
        lambda: lines([Line(np.zeros(1), palette.INK)], low=0, high=1),
        lambda: lines([Line(np.zeros(3), palette.INK)], low=1, high=0),
        lambda: rays([], limit=0),
    ],
)
def test_what_cannot_be_drawn_is_refused(make):
    with pytest.raises(ValueError, match="must|needs"):
        make()


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_is_drawn_in_both_themes_and_said_in_words(name):
    found = PICTURES[name]()
    for theme in THEMES:
        root = ElementTree.fromstring(found.svg[theme])
        assert root.tag == f"{SVG}svg" and len(list(root)) >= 1
        assert len(found.svg[theme]) < 12_000 and "nan" not in found.svg[theme]
    assert found.svg["light"] != found.svg["dark"]
    assert 40 <= len(found.shows) <= 240 and found.shows.endswith(".")


def test_the_states_are_those_of_the_trained_lstm():
    h = character_model("LSTM").read(TEXT).trace.h[:, :UNITS].T
    assert painted(pictures.states().svg["light"], h.shape).tolist() == painted(
        heatmap(h, palette.SIGNED, -1, 1)["light"], h.shape
    ).tolist()  # fmt: skip


def test_the_gates_are_those_of_the_trained_cells():
    f = character_model("LSTM").read(TEXT).trace["f"][:, :UNITS].T
    assert pictures.forget_gates().svg == heatmap(f, palette.GATE, 0, 1)
    gru = character_model("GRU").read(TEXT).trace
    drawn = [points(drawing)[:, 1] for _, _, drawing in paths(pictures.gru_gates().svg["light"])]
    for gate, heights in zip("zr", drawn, strict=True):
        np.testing.assert_allclose((HEIGHT - EDGE - heights) / (HEIGHT - 2 * EDGE), gru[gate].mean(axis=1), atol=2e-3)


def test_the_triangle_is_the_gradient_of_each_loss_to_each_earlier_state():
    model = character_model("LSTM")
    read = model.read(TEXT)
    steps = len(TEXT) - 1
    found = painted(pictures.blame().svg["light"], (steps, steps))
    assert all((found[t, s] is None) == (s > t) for t in range(steps) for s in range(steps))
    t = 20  # one row, by its own backward pass
    loss = model.readout.cross_entropy(read.trace.h[: t + 1], read.ids[1 : t + 2], only_last=True)
    cut = model.read(TEXT[: t + 1]).trace
    norms = flow(cut, loss.dh).total
    level = np.array([blended(palette.NORM["light"], LEVELS).index(colour) for colour in found[t, : t + 1]])
    assert np.corrcoef(level, norms)[0, 1] > 0.99


def test_clipped_gradients_reach_no_further_than_the_threshold():
    after = paths(pictures.clipped().svg["light"])[1][2]
    lengths = np.linalg.norm(np.array(re.findall(r"l(-?[\d.]+) (-?[\d.]+)", after), dtype=float), axis=1)
    assert lengths.max() == pytest.approx((HEIGHT / 2 - EDGE) / 1.5, abs=0.15)
