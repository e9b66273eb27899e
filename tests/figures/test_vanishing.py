"""Figures that a slider scrubs: each frame is what it was handed, and what leaves the axis is marked where it does."""

import numpy as np
import pytest

from rnnviz import figures
from rnnviz.figures.memory import fan_frames, memory_frames
from rnnviz.figures.vanishing import gradient_frames, how_far_back_frames, spectrum_frames

NAMES = ("Elman", "GRU", "LSTM, h", "LSTM, c")
LOW, HIGH = -3.0, 2.0


def logs(*rows):
    """Each name with the same norms: (values, time)."""
    return {name: np.array(rows, dtype=float) for name in NAMES}


def test_a_line_is_the_logarithms_it_was_handed_at_each_value():
    rows = ([-1.0, -0.5, 0], [1.0, 0.5, 0])
    frames = gradient_frames(logs(*rows), np.zeros((2, 3)), LOW, HIGH)
    for at, row in enumerate(rows):
        figure = figures.gradient_norms(logs(*rows), np.zeros((2, 3)), at=at, low=LOW, high=HIGH)
        for k in range(4):
            np.testing.assert_array_equal(figure.data[k].y, row)
            np.testing.assert_array_equal(frames[k, "y"][at], row)
        assert list(figure.data[0].x) == [1, 2, 3] and tuple(figure.layout.yaxis.range) == (LOW, HIGH)


def test_of_lines_on_each_other_the_one_with_gaps_is_drawn_over_the_one_without():
    order = {one.name: one.zorder or 0 for one in figures.gradient_norms(
        logs([0.0, 0]), np.zeros((1, 2)), at=0, low=LOW, high=HIGH).data}  # fmt: skip
    assert order["Elman"] > order["GRU"] > order["LSTM"] > order["bound on Elman"]


def test_every_circle_of_the_complex_plane_is_in_the_legend():
    figure = figures.spectrum(np.array([[0.5 + 0j]]), np.array([2.0]), at=0, limit=2.0, own=0.7)
    circles = [one for one in figure.data if one.mode == "lines"]
    assert [one.name for one in circles] == ["unit circle", "spectral radius ρ", "before it is scaled"]
    assert all(one.showlegend is not False for one in circles)


@pytest.mark.parametrize(
    ("row", "trace", "step"),
    [([5.0, 3, 1, 0], 0, 2), ([-9.0, -4, -3.5, 0], 1, 3), ([-np.inf, -np.inf, -1, 0], 2, 2)],
)
def test_what_leaves_the_axis_is_marked_at_the_last_step_beyond_it(row, trace, step):
    frames = gradient_frames(logs(row), np.zeros((1, 4)), LOW, HIGH)
    for k in range(3):
        marked = frames[5 + k, "x"][0, :4]
        assert list(marked) == [step] * 4 if k == trace else np.isnan(marked).all()
    assert np.isnan(frames[5 + trace, "x"][0, 4])  # the bound stays within
    if trace < 2:
        assert list(frames[5 + trace, "customdata"][0, :4]) == [row[0]] * 4


def test_eigenvalues_are_told_apart_by_the_unit_circle_whatever_rounding_does_on_it():
    on_it = (0.6 + 0.8j) * (1 + 2e-15)
    frames = spectrum_frames(np.array([[0.5, on_it, 1.5j]]), np.array([2.0]), 2.0)
    np.testing.assert_allclose(frames[2, "x"], [[0.5, 0.6, np.nan]])
    np.testing.assert_allclose(frames[3, "y"], [[np.nan, np.nan, 1.5]])
    np.testing.assert_allclose(np.hypot(frames[1, "x"], frames[1, "y"]), 1.5)
    np.testing.assert_array_equal(frames[4, "customdata"], [[[1.5, 2.0]]])
    assert np.isnan(frames[5, "x"]).all() and np.isnan(frames[5, "y"]).all()


def test_eigenvalues_beyond_the_picture_stand_at_its_edge_in_their_own_direction():
    frames = spectrum_frames(np.array([[0.5, 3 + 3j, -8.75 + 1j]]), np.array([2.0]), 2.0)
    np.testing.assert_allclose(frames[5, "x"], [[np.nan, 2, -3.5]])
    np.testing.assert_allclose(frames[5, "y"], [[np.nan, 2, 0.4]])
    assert np.isnan(frames[3, "x"]).all() and list(frames[5, "customdata"][0, 1]) == [3, 3]


def test_a_curve_that_never_falls_has_a_bar_of_its_own():
    frames = how_far_back_frames(np.array([[3.0, np.nan]]), np.array([[0.5, np.nan]]), 9)
    np.testing.assert_array_equal(frames[0, "x"], [[3, np.nan]])
    np.testing.assert_array_equal(frames[1, "x"], [[np.nan, 8]])  # so many steps back there are
    assert np.isnan(frames[2, "x"][0, 1]) and frames[2, "customdata"][0, 0] == 0.5


def test_a_path_that_is_shut_is_marked_as_exactly_zero_and_one_that_has_grown_beyond_the_top():
    direct = {"largest": np.array([[-9.0, -1, 0]]), "median": np.array([[-np.inf, -np.inf, 0]])}
    frames = memory_frames(np.array([[HIGH + 1.0, 0]]), np.array([0, 2]), direct, LOW, HIGH)
    np.testing.assert_array_equal(frames[3, "x"], [[1, np.nan, np.nan]])
    np.testing.assert_array_equal(frames[4, "x"], [[np.nan, 1, np.nan]])
    np.testing.assert_array_equal(frames[5, "x"], [[np.nan, np.nan, 2]])
    assert np.isnan(frames[2, "y"][0, :2]).all()


def test_quantiles_keep_their_order_and_run_along_the_edge_beyond_the_axis():
    quantiles = np.array([[[-np.inf], [-np.inf], [-np.inf], [-1.0], [9.0]]])
    frames = fan_frames(quantiles, np.array([[-1.5]]), LOW, HIGH)
    assert [frames[k, "y"].item() for k in range(6)] == [LOW, HIGH, LOW, -1.0, LOW, -1.5]
    assert frames[6, "y"].item() == LOW


def test_what_the_pointer_says_of_a_fan_is_the_true_number_also_where_the_line_has_left_the_axis():
    quantiles = np.array([[[-99.4, 0.5], [-30.0, 0.6], [-np.inf, 0.7], [-3.0, 0.8], [25.5, 0.9]]])
    frames = fan_frames(quantiles, np.array([[-450.25, 0.0]]), -20.0, 10.0)
    for trace, row in enumerate([0, 4, 1, 3]):
        mantissa, power = np.moveaxis(frames[trace, "customdata"], -1, 0)
        np.testing.assert_allclose(np.log10(mantissa) + power, quantiles[:, row], rtol=1e-12)
        assert ((mantissa >= 1) & (mantissa < 10)).all()
        np.testing.assert_array_equal(frames[trace, "y"], np.clip(quantiles[:, row], -20, 10))
    assert frames[4, "customdata"][0, 0, 0] == 0 and frames[6, "y"][0, 0] == -20
    np.testing.assert_allclose(frames[5, "customdata"][0], [[10**0.75, -451], [1, 0]])
