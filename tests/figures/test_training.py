"""Figures of training runs: bands hold the line, ends are marked, one scale for all panels."""

import numpy as np

from rnnviz import figures
from rnnviz.figures import palette
from tests.figures.examples import AT, CURVES, REACHED, SOLVED


def curves(**more):
    options = {"chance": 1.4, "goal": 0.14, "label": "loss, nats", "log": True, "updates": 15} | more
    return figures.training_curves(CURVES, **options)


def test_a_line_is_the_mean_and_its_band_goes_from_the_lowest_seed_to_the_highest_and_back():
    band, line, *_ = curves().data
    np.testing.assert_array_equal(line.y, [1.0, 0.5, np.nan])
    np.testing.assert_array_equal(band.x, [5, 10, 10, 5])
    np.testing.assert_array_equal(band.y, [2.0, 1.0, 0.25, 0.5])
    assert line.line.color == palette.CELLS["Elman"]["light"]


def test_exactly_0_and_the_end_of_numbers_are_marked_where_they_are():
    _, _, up, down, *_ = curves().data
    low, high = (10**end for end in curves().layout.yaxis.range)
    assert (up.marker.symbol, list(up.x)) == ("triangle-up", [15]) and 0.95 * np.log(high / low) < np.log(up.y[0] / low)
    assert (down.marker.symbol, list(down.x)) == ("triangle-down", [15]) and np.isclose(down.y[0], low)


def test_cells_that_died_at_one_update_have_marks_that_do_not_lie_on_each_other():
    died = {cell: curve._replace(died=(15,)) for cell, curve in CURVES.items()}
    for figure in (
        figures.training_curves(died, chance=1.4, goal=None, label="loss", log=True, updates=15),
        figures.training_curves(died, chance=1.4, goal=None, label="share", log=False, updates=15),
        figures.training_norms(died, {}, threshold=None, updates=15),
    ):
        marks = [one for one in figure.data if one.marker.symbol == "triangle-up"]
        assert [list(one.x) for one in marks] == [[15]] * len(died)
        low, high = figure.layout.yaxis.range
        at = [one.y[0] for one in marks]
        places = (np.log10(at) if figure.layout.yaxis.type == "log" else np.array(at)) - low
        assert places[0] > 0.95 * (high - low) and (-np.diff(places) > 0.05 * (high - low)).all()


def test_chance_and_goal_are_lines_within_the_picture():
    figure = curves()
    assert [shape.y0 for shape in figure.layout.shapes] == [1.4, 0.14]
    low, high = (10**end for end in figure.layout.yaxis.range)
    assert all(low < shape.y0 < high for shape in figure.layout.shapes)
    assert len(curves(goal=None, log=False).layout.shapes) == 1


def test_all_panels_of_the_heatmap_share_one_scale_and_leave_exactly_0_uncoloured():
    figure = figures.reach_over_training(REACHED, {"Elman": np.array([0, 15]), "LSTM": np.arange(3)}, low=-8, high=0)
    elman, lstm = figure.data
    assert elman.coloraxis == lstm.coloraxis == "coloraxis"
    assert (figure.layout.coloraxis.cmin, figure.layout.coloraxis.cmax) == (-8, 0)
    np.testing.assert_array_equal(elman.z, np.array([[np.nan, -3], [-9, np.nan]], np.float32))
    assert elman.customdata[0][0] == ["exactly 0", "0"] and lstm.customdata[0][0][0] == "10^0.0"
    assert elman.customdata[1][1][0] == "no number"


def test_what_was_solved_is_filled_and_what_was_not_is_open():
    solved, open_ = figures.longest_solved(SOLVED, updates=1000).data
    assert list(solved.x) == [10, 50] and list(solved.marker.symbol) == ["square", "circle"]
    assert list(open_.x) == [50] and list(open_.marker.symbol) == ["square-open"]
    assert "solved after 90 updates" in solved.customdata[0]


def test_points_lie_at_their_updates():
    _, line, *_ = curves().data
    np.testing.assert_array_equal(line.x, AT)
