"""Cells side by side: the lines are the numbers handed over, told apart without colour, on axes that stay."""

import numpy as np
import pytest

from rnnviz import figures
from rnnviz.figures import palette
from tests.figures.examples import APART, COUNTS, STATES


def as_written(states=STATES):
    return figures.as_written(states, list("to "), symbol="c", version="C", cell="LSTM")


def distances(table=APART, current="C"):
    return figures.version_distances(table, list("to "), current=current, threshold=0.1, cell="GRU")


def test_both_lines_are_drawn_over_steps_from_one():
    figure = as_written()
    right, written = figure.data
    for line, column in ((right, "right"), (written, "written")):
        assert list(line.x) == [1, 2, 3]
        np.testing.assert_array_equal(line.y, STATES[column].astype(np.float32))
    assert figure.layout.meta == {"time": "x", "labels": list("to ")}
    assert figure.layout.yaxis.title.text == "c"


def test_the_written_line_is_dashed_and_lies_thin_on_the_right_one():
    right, written = as_written().data
    assert right.line.color == palette.CELLS["LSTM"]["light"] and right.line.dash is None
    assert written.line.dash == "dash" and written.line.width < right.line.width
    assert (right.name, written.name) == ("right", "version C")


def test_a_state_beyond_float32_is_drawn_as_infinite():
    _, written = as_written(STATES.assign(written=[1.0, 1e300, -1e300])).data
    np.testing.assert_array_equal(written.y, [1, np.inf, -np.inf])


def test_each_version_has_a_line_of_its_own_and_the_current_one_stands_out():
    lines = distances().data
    assert [line.name for line in lines] == ["A", "C"]
    assert len({line.line.dash for line in lines}) == 2
    thin, wide = lines
    assert wide.line.width > thin.line.width
    assert wide.line.color == palette.CELLS["GRU"]["light"] != thin.line.color
    for line in lines:
        own = APART[APART["version"] == line.name]
        assert list(line.x) == [1, 2, 3]
        np.testing.assert_array_equal(np.asarray(line.y)[1:], own["distance"].iloc[1:])


def test_a_version_keeps_its_dash_whichever_others_are_drawn():
    (alone,) = distances(APART[APART["version"] == "C"]).data
    assert alone.line.dash == distances().data[1].line.dash


def test_no_distance_has_its_place_below_all_others():
    figure = distances()
    for line in figure.data:
        assert line.marker.symbol[0] == "triangle-down" and line.customdata[0] == "exactly 0"
        assert line.y[0] <= 1e-17 and np.log10(line.y[0]) > figure.layout.yaxis.range[0]
    assert "exactly 0" in figure.layout.yaxis.title.text
    never = distances(APART[APART["distance"] > 0])
    assert "exactly 0" not in never.layout.yaxis.title.text


def test_the_axis_is_the_same_for_right_and_for_wrong_versions():
    ranges = {tuple(distances(APART[APART["version"] == letter]).layout.yaxis.range) for letter in "AC"}
    low, high = ranges.pop()
    assert len(ranges) <= 1 and low < -17 and high > np.log10(1.5)


def test_the_axis_reaches_as_far_as_what_is_drawn():
    low, high = distances(APART.assign(distance=[0, 1e-30, 1, 0, 1, 1e9])).layout.yaxis.range
    assert low < -30 and high > 9


def test_the_threshold_is_drawn_where_it_is():
    (line,) = distances().layout.shapes
    assert (line.y0, line.y1) == (0.1, 0.1)


@pytest.mark.parametrize("size", [1, 2])
def test_parameters_are_one_line_a_cell_with_a_point_at_the_size_at_hand(size):
    figure = figures.parameter_counts(COUNTS, hidden_size=size, current="LSTM")
    for line in figure.data:
        own = COUNTS[COUNTS["cell"] == line.name]
        np.testing.assert_array_equal(line.x, own["hidden_size"])
        np.testing.assert_array_equal(line.y, own["parameters"])
        assert [x for x, marked in zip(line.x, line.marker.size, strict=True) if marked] == [size]
        assert line.line.color == palette.CELLS[line.name]["light"]
    gru, lstm = figure.data
    assert gru.line.dash != lstm.line.dash and lstm.line.width > gru.line.width
