"""The figures of single units show the numbers that they were handed, by position and not by colour alone."""

import numpy as np
import pytest

from rnnviz import figures
from rnnviz.figures import palette
from tests.figures.examples import BY_COUNT, EVIDENCE, SPLIT


def evidence(**changed):
    return figures.unit_evidence(EVIDENCE.assign(**changed), cell="GRU", count=False, networks=7)


def test_each_feature_has_a_row_with_its_unit_and_three_scores_the_first_at_the_top():
    figure = evidence()
    _, untrained, character, trained = figure.data
    for dots, column in ((untrained, "untrained"), (character, "character"), (trained, "score")):
        np.testing.assert_array_equal(dots.x, EVIDENCE[column])
        assert list(dots.y) == [0, 1]
    assert list(figure.layout.yaxis.ticktext) == ["long line · h 36", "vowel · c 5"]
    assert list(figure.layout.yaxis.tickvals) == [0, 1]
    bottom, top = figure.layout.yaxis.range
    assert bottom > 1 and top < 0


def test_the_scores_are_told_apart_without_colour_and_named():
    dots = evidence().data[1:]
    assert len({one.marker.symbol for one in dots}) == 3
    assert [one.name for one in dots] == [
        "best unit of 7 untrained networks",
        "the character just read, alone",
        "best unit of the trained GRU",
    ]
    assert dots[2].marker.color == palette.CELLS["GRU"]["light"]


def test_a_line_leads_from_the_untrained_score_to_the_trained():
    line = evidence().data[0]
    assert list(line.x) == [0.544, 0.937, None, 0.8, 0.84, None] and list(line.y) == [0, 0, None, 1, 1, None]


@pytest.mark.parametrize("worst", [0.5, 0.43])
def test_the_axis_starts_at_guessing_or_below_the_worst_score(worst):
    left, right = evidence(untrained=[worst, 0.8]).layout.xaxis.range
    assert left < worst <= 0.5 and right > 1


def test_counts_have_an_axis_from_no_correlation():
    figure = figures.unit_evidence(EVIDENCE, cell="LSTM", count=True, networks=5)
    assert figure.layout.xaxis.range[0] == pytest.approx(-0.02) and "correlation" in figure.layout.xaxis.title.text


def test_true_stands_upwards_and_false_downwards_as_shares():
    figure = figures.unit_split(SPLIT, symbol="h", cell="GRU", threshold=0.25)
    true, false = figure.data
    np.testing.assert_array_equal(true.y, SPLIT["true"])
    np.testing.assert_array_equal(false.y, -SPLIT["false"])
    for bars in (true, false):
        np.testing.assert_array_equal(bars.x, SPLIT["value"])
        np.testing.assert_array_equal(bars.width, SPLIT["width"])
        assert all(share >= 0 for share in bars.customdata), "a share under the pointer has no sign"
    assert [tick.lstrip("−-") for tick in figure.layout.yaxis.ticktext] == list(figure.layout.yaxis.ticktext)
    low, high = figure.layout.yaxis.range
    assert low == -high and high >= 1


def test_the_threshold_is_a_line():
    (line,) = figures.unit_split(SPLIT, symbol="h", cell="GRU", threshold=0.25).layout.shapes
    assert line.x0 == line.x1 == 0.25 and line.line.dash == "dash"


def test_means_by_count_have_their_whiskers_and_how_often_each_was_reached():
    figure = figures.unit_by_count(BY_COUNT, symbol="c of unit 3", cell="LSTM", counts="letters")
    (line,) = figure.data
    np.testing.assert_array_equal(line.x, BY_COUNT["count"])
    np.testing.assert_array_equal(line.y, BY_COUNT["mean"])
    np.testing.assert_array_equal(line.error_y.array, BY_COUNT["deviation"])
    np.testing.assert_array_equal(line.customdata, BY_COUNT["times"])
    assert figure.layout.xaxis.title.text == "letters" and "c of unit 3" in figure.layout.yaxis.title.text
