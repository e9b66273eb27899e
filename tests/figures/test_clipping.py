"""The figures of clipping: arrows, ways that end at the border, runs that die, and nothing that was not there."""

import json
import re

import numpy as np
import plotly.graph_objects as go
import plotly.io as pio
import pytest
from plotly.tools import return_figure_from_figure_or_data

from rnnviz import figures
from rnnviz.figures import cliff, clipped_runs, clipping, descent, palette
from rnnviz.figures.surface import cliff_surface
from tests.figures.examples import ARROWS, NORMS, WAYS

BOX = np.array([[0.0, 0.0], [1.0, 1.0]])


def test_each_arrow_goes_from_the_origin_to_its_gradient():
    figure = figures.clipped_plane(
        ARROWS, ARROWS.clip(-1, 1), method="value", threshold=1.0, limit=3.5, labels=list("abc")
    )
    for trace, tips in zip(figure.data[1:], (ARROWS, ARROWS.clip(-1, 1)), strict=True):
        for axis, column in (("x", 0), ("y", 1)):
            np.testing.assert_array_equal(trace[axis][0::3], 0)
            np.testing.assert_array_equal(trace[axis][1::3], tips[:, column])
            assert np.isnan(trace[axis][2::3]).all()
        assert [label for label in trace.customdata if label] == list("abc")


@pytest.mark.parametrize("theta", [0.5, 1.0, 4.0])
def test_the_ball_and_the_square_have_the_size_of_theta(theta):
    ball, square = (clipping.plane_frames(ARROWS[None], [theta], method=method) for method in ("norm", "value"))
    np.testing.assert_allclose(np.hypot(ball[0, "x"], ball[0, "y"]), theta)
    assert np.abs(square[0, "x"]).max() == np.abs(square[0, "y"]).max() == theta


def test_the_mean_angle_is_written_and_follows_theta():
    angles = {"norm": np.zeros((2, 3)), "value": np.array([[30.0, 15.0, 0.0], [3.0, 0.0, 0.0]])}
    frames = clipping.angle_frames(angles, [0.1, 1.0], (0.01, 10))
    np.testing.assert_array_equal(frames[4, "y"][:, :2], [[15, 15], [1, 1]])
    np.testing.assert_array_equal(frames[4, "customdata"][:, 3], [15, 1])
    assert (frames[4, "y"][:, 3] > 45).all(), "the words stand above every angle"
    np.testing.assert_array_equal(frames[0, "x"], [[0.1, 0.1], [1, 1]])


@pytest.mark.parametrize(
    ("outside", "at"),
    [([2.0, 0.5], [1.0, 0.5]), ([0.5, -4.5], [0.5, 0.0]), ([1.5, 1.5], [1.0, 1.0]), ([np.nan, 0.0], [0.5, 0.5]),
     ([-1.0, 0.5], [0.0, 0.5])],
)  # fmt: skip
def test_a_way_ends_where_it_crosses_the_border(outside, at):
    np.testing.assert_allclose(cliff.crossing(np.array([0.5, 0.5]), np.array(outside), BOX), at)


def test_a_descent_is_drawn_up_to_its_update_and_thrown_off_only_once_it_was():
    frames = cliff.path_frames(WAYS, BOX, [0, 1])
    np.testing.assert_array_equal(frames[1, "x"], [[0.5, np.nan], [0.5, 0.75]])
    assert np.isnan(frames[3, "x"]).all()
    np.testing.assert_allclose(frames[4, "x"], [[0.5, np.nan], [0.5, 1.0]])
    np.testing.assert_allclose(frames[5, "x"], [[0.5], [np.nan]])
    np.testing.assert_allclose(frames[6, "x"], [[np.nan], [1.0]])
    drawn = figures.cliff_contours(np.eye(3), w=np.arange(3) / 2, b=np.arange(3) / 2, paths=WAYS, update=1, highest=1.0)
    assert drawn.data[6].marker.symbol == "triangle-right" and "thrown off" in drawn.data[6].text[0]


def test_a_norm_of_zero_stands_at_the_foot_and_is_said_to_be_zero():
    norms = {"norm": np.array([1.0, 0.0]), "without": np.array([2.0, np.inf])}
    frames = descent.norm_frames(norms, [0, 1], threshold=1.0)
    assert frames[1, "y"][1] > 0 and frames[1, "customdata"][1] == 0
    assert np.isnan(frames[3, "y"][1])


def test_a_run_that_dies_is_drawn_as_dying_with_words():
    figure = figures.run_norms(NORMS, np.array([0.5, 1.0, 0.125]), threshold=1.0)
    (death,) = [trace for trace in figure.data if trace.marker.symbol == "triangle-up"]
    assert list(death.x) == [3] and "no number is left" in death.text[0]
    zero = figures.run_losses({"without": np.array([1.0, 0.0]), "norm": np.array([1.0, 0.5])}, chance=1.4)
    (foot,) = [trace for trace in zero.data if trace.marker.symbol == "triangle-down"]
    assert list(foot.x) == [2] and "exactly 0" in foot.hovertemplate


def test_what_has_vanished_to_zero_stays_drawn():
    figure = figures.scaled_gradients({"a": np.array([0.0, 1.0])}, {"a": 0.5}, limits=(1e-4, 1.0))
    for trace, last in zip(figure.data, (1.0, 0.5), strict=True):
        assert trace.marker.symbol[0] == "triangle-down" != trace.marker.symbol[1]
        np.testing.assert_array_equal(trace.y, [1e-4, last])


@pytest.mark.parametrize("dark", [False, True])
def test_the_surface_has_every_way_its_marks_and_the_colours_of_its_theme(dark):
    ways = {kind: np.column_stack([way, [0.25, np.nan]]) for kind, way in WAYS.items()}
    figure = cliff_surface(np.eye(3), w=np.arange(3), b=np.arange(3), paths=ways, highest=1.0, dark=dark)
    go.Figure(figure.to_plotly_json())
    used = set(re.findall(r'"(#[0-9a-fA-F]+)"', figure.to_json()))
    assert used and used <= set(palette.DARK.values() if dark else palette.DARK)
    assert [frame.name for frame in figure.frames] == ["0", "1"]
    assert figure.frames[0].data[0].x == (0.5,) and figure.frames[1].data[0].z == (None,)
    assert all("%{" in trace.hovertemplate for trace in figure.data)


def test_streamlit_is_given_the_surface_as_plotly_would_write_it():
    ways = {kind: np.column_stack([way, [0.25, np.nan]]) for kind, way in WAYS.items()}
    quick = cliff_surface(np.eye(3), w=np.arange(3), b=np.arange(3), paths=ways, highest=1.0, dark=False)
    given = pio.to_json(return_figure_from_figure_or_data(quick, validate_figure=True), validate=False)
    whole = go.Figure(quick.to_plotly_json(), _validate=False)
    assert json.loads(given) == json.loads(pio.to_json(whole.to_dict(), validate=False))


def test_a_surface_is_played_but_never_interrupted():
    ways = {kind: np.column_stack([way, [0.25, np.nan]]) for kind, way in WAYS.items()}
    figure = cliff_surface(np.eye(3), w=np.arange(3), b=np.arange(3), paths=ways, highest=1.0, dark=False)
    (button,) = figure.layout.updatemenus[0].buttons
    assert button.args[1]["mode"] == "afterall" and len(figure.frames) * button.args[1]["frame"]["duration"] < 5000
    assert figure.layout.scene.annotations[0].text == "L"


def test_the_words_of_two_ways_that_leave_at_one_place_stand_apart():
    way = np.array([[0.5, 0.5], [0.5, 1.5]])
    drawn = figures.cliff_contours(
        np.eye(3), w=np.arange(3) / 2, b=np.arange(3) / 2, paths={"norm": way, "without": way}, update=1, highest=1.0
    )
    assert {drawn.data[3].textposition, drawn.data[6].textposition} == {"bottom right", "bottom left"}


@pytest.mark.parametrize(
    ("start", "position"), [((0.0, 0.0), "top right"), ((1.0, 1.0), "bottom left"), ((0.4, 0.5), "middle right")]
)
def test_the_word_at_the_start_stands_inside(start, position):
    ways = {kind: np.array([start, [0.5, 0.5]]) for kind in WAYS}
    drawn = figures.cliff_contours(np.eye(3), w=np.arange(3) / 2, b=np.arange(3) / 2, paths=ways, update=0, highest=1.0)
    assert drawn.data[-1].textposition == position


def test_the_words_on_the_share_stay_clear_of_both_ends():
    edges, thetas = np.geomspace(0.001, 100, 6), np.array([0.001, 1.0, 100.0])
    frames = clipped_runs.distribution_frames(thetas, np.array([1.0, 0.5, 0.0]), edges)
    np.testing.assert_allclose(frames[3, "x"][:, 0], thetas)
    np.testing.assert_allclose(np.log10(frames[4, "x"][:, 0]), [-2.2, 0, 1.2])
    np.testing.assert_array_equal(frames[4, "customdata"][:, 0], [1, 0.5, 0])
