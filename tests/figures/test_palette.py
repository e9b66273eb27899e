"""Colours mean one thing, in both themes and to all eyes."""

import re
from itertools import combinations

import numpy as np
import pytest

from rnnviz.engine import GRU, LSTM
from rnnviz.figures import palette
from rnnviz.figures.forecast import LINES
from tests.figures.examples import ALL

BACKGROUND = {"light": "#ffffff", "dark": "#0e1117"}
THEMES = tuple(BACKGROUND)
# Machado, Oliveira & Fernandes 2009, "A Physiologically-based Model for Simulation of Color Vision Deficiency",
# severity 1, on linear RGB.
VISION = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
# CIELAB: about 2.3 is just seen between two large patches that touch (Mahy et al. 1994). Lines and letters are small
# and far apart, so several times that is asked for: 10.
APART = 10
# Of the lightness scale's 100: what a stop may be darker than its counterpart on the other side of zero.
LOPSIDED = 5


def linear(colour):
    """#rrggbb -> linear RGB (IEC 61966-2-1)."""
    c = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    """WCAG 2: (L1 + 0.05) / (L2 + 0.05)."""
    dark, light = sorted(linear(colour) @ [0.2126, 0.7152, 0.0722] for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def lab(rgb):
    """Linear RGB -> CIELAB, D65."""
    to_xyz = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    xyz = np.array(to_xyz) @ np.clip(rgb, 0, 1) / [0.95047, 1, 1.08883]
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def lightness(colour):
    return lab(linear(colour))[0]


def alike(colours, theme, vision):
    """Pairs of names whose colours are closer than `APART` to those eyes."""
    seen = {name: lab(VISION[vision] @ linear(colour[theme])) for name, colour in colours.items()}
    distances = {(a, b): np.linalg.norm(seen[a] - seen[b]) for a, b in combinations(seen, 2)}
    return {pair: round(float(distance), 1) for pair, distance in distances.items() if distance < APART}


def test_these_formulas_are_the_published_ones():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    np.testing.assert_allclose(lab(linear("#ff0000")), [53.24, 80.09, 67.20], atol=0.02)
    for matrix in VISION.values():
        np.testing.assert_allclose(matrix.sum(axis=1), 1, atol=1e-5)  # grey stays grey


@pytest.mark.parametrize("draw", ALL.values(), ids=ALL)
def test_every_colour_in_a_figure_has_a_counterpart_in_the_dark(draw):
    written = draw().to_json()
    used = set(re.findall(r'"(#[0-9a-fA-F]+)"', written))
    assert used and used <= set(palette.DARK)
    assert not re.search(r"rgba?\(|hsla?\(", written)


def test_where_cells_are_compared_each_has_its_dash_in_every_figure():
    compared = 0
    for draw in ALL.values():
        lines = {one.name: one.line.dash for one in draw().data if one.type == "scatter" and one.name in palette.DASHES}
        if len(lines) > 1:
            compared += 1
            assert lines == {name: palette.DASHES[name] for name in lines}
    assert compared > 3


def test_no_light_colour_has_two_counterparts():
    single = [getattr(palette, name) for name in ("PROBABILITY", "INK", "MUTED", "LINE", "ACCENT")]
    named = [*palette.CELLS.values(), *palette.GATES.values(), *palette.BANDS.values(), *single]
    steps = [dict(zip(THEMES, pair, strict=True)) for scale in (palette.SIGNED, palette.GATE)
             for pair in zip(scale["light"], scale["dark"], strict=True)]  # fmt: skip
    for colour in named + steps:
        assert palette.DARK[colour["light"]] == colour["dark"]


def test_the_player_has_the_same_colours_by_name_in_both_themes():
    assert set(palette.PLAYER) == set(THEMES)
    assert set(palette.PLAYER["light"]) == set(palette.PLAYER["dark"])
    for theme in THEMES:
        player = palette.PLAYER[theme]
        assert player["gates"] == {gate: colour[theme] for gate, colour in palette.GATES.items()}
        assert (player["signed"], player["gate"]) == (palette.SIGNED[theme], palette.GATE[theme])
        assert (player["accent"], player["muted"]) == (palette.ACCENT[theme], palette.MUTED[theme])


def test_every_gate_of_every_cell_has_a_colour():
    assert set(palette.GATES) == {*LSTM.gates, *GRU.gates} - {"g", "n"}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", ["INK", "MUTED", "ACCENT", *palette.CELLS])
def test_text_can_be_read_on_the_background(name, theme):
    colour = palette.CELLS[name] if name in palette.CELLS else getattr(palette, name)
    assert contrast(colour[theme], BACKGROUND[theme]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_text_can_be_read_on_a_bar_of_probability(theme):
    assert contrast(palette.INK[theme], palette.PROBABILITY[theme]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("gate", palette.GATES)
def test_gates_can_be_seen_on_the_background(gate, theme):
    assert contrast(palette.GATES[gate][theme], BACKGROUND[theme]) >= 3


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("vision", VISION)
def test_cells_are_told_apart_by_all_eyes(vision, theme):
    assert alike(palette.CELLS, theme, vision) == {}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("vision", VISION)
def test_forecasts_with_and_without_a_network_are_told_apart_by_all_eyes(vision, theme):
    networks = {name: palette.CELLS[name] for name in LINES if name in palette.CELLS}
    assert alike(networks | palette.BASELINES | {"truth": palette.INK}, theme, vision) == {}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("vision", VISION)
def test_gates_are_told_apart_by_all_eyes(vision, theme):
    assert alike(palette.GATES, theme, vision) == {}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("vision", VISION)
def test_ways_to_clip_are_told_apart_by_all_eyes_and_can_be_read(vision, theme):
    assert alike(palette.CLIPPING | {"ink": palette.INK}, theme, vision) == {}
    assert all(contrast(colour[theme], BACKGROUND[theme]) >= 4.5 for colour in palette.CLIPPING.values())


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("vision", VISION)
def test_the_bands_of_states_are_told_apart_from_each_other_and_from_the_lines_on_them(vision, theme):
    assert alike(palette.BANDS | {"line": palette.INK}, theme, vision) == {}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("vision", VISION)
def test_negative_and_positive_are_told_apart_by_all_eyes(vision, theme):
    stops = palette.SIGNED[theme]
    for k in range(len(stops) // 2):
        sides = {"negative": {theme: stops[k]}, "positive": {theme: stops[-1 - k]}}
        assert alike(sides, theme, vision) == {}


@pytest.mark.parametrize("theme", THEMES)
def test_plus_and_minus_the_same_number_are_equally_strong(theme):
    light = [lightness(colour) for colour in palette.SIGNED[theme]]
    assert np.abs(np.subtract(light, light[::-1])).max() <= LOPSIDED, np.round(light, 1)


@pytest.mark.parametrize("theme", THEMES)
def test_more_is_always_further_from_the_background(theme):
    away = 1 if theme == "dark" else -1
    middle = len(palette.SIGNED[theme]) // 2
    for scale in (
        palette.SIGNED[theme][middle:],
        palette.SIGNED[theme][middle::-1],
        palette.GATE[theme],
        palette.LOSS[theme],
    ):
        assert (np.diff([lightness(colour) for colour in scale]) * away > 5).all()


def test_a_colorscale_is_evenly_spaced_from_zero_to_one():
    for stops in (palette.SIGNED, palette.GATE):
        places, colours = zip(*palette.colorscale(stops), strict=True)
        np.testing.assert_allclose(places, np.linspace(0, 1, len(stops["light"])))
        assert colours == stops["light"] and len(stops["dark"]) == len(stops["light"])
