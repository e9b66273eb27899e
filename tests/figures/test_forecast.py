"""The fan begins where the window ends, a sweep puts in what a figure of its own would show, and nothing is dropped."""

import numpy as np
import pytest

from rnnviz import figures
from rnnviz.figures import palette
from rnnviz.figures.forecast import FIXED, fan_frames, window_frames

RANDOM = np.random.default_rng(7)
VALUES, TIME = RANDOM.normal(size=30), np.arange(1900.0, 1930.0)
ORIGINS, WINDOW, LIMITS = [9, 12, 20], 5, (-2.5, 2.5)
FORECASTS = {
    "persistence": np.repeat(VALUES[ORIGINS][:, None], 4, axis=1),
    "GRU": RANDOM.normal(0, 3, (3, 4)),
    "Convolution": np.array([[9.0, -9, 0, np.nan]] * 3),
}


def fan(k):
    return figures.forecast_fan(
        VALUES, TIME, {name: one[k] for name, one in FORECASTS.items()},
        at=ORIGINS[k], window=WINDOW, limits=LIMITS, value_label="ppm", time_label="year",
    )  # fmt: skip


@pytest.mark.parametrize("k", range(3))
def test_a_frame_of_the_sweep_is_the_figure_of_its_origin(k):
    figure, frames = fan(k), fan_frames(VALUES, TIME, FORECASTS, ORIGINS, WINDOW, LIMITS)
    for (trace, attribute), values in frames.items():
        own = figure.data[trace][attribute]
        if len(own):
            np.testing.assert_array_equal(values[k], own)
        else:  # of this origin nothing is beyond; of another there is
            assert attribute == "x" or np.isnan(values[k]).all()


@pytest.mark.parametrize("k", range(3))
def test_a_forecast_stands_at_the_steps_after_its_origin_and_the_window_before(k):
    figure = fan(k)
    np.testing.assert_array_equal(figure.data[1].x, TIME[ORIGINS[k] - WINDOW + 1 : ORIGINS[k] + 1])
    np.testing.assert_array_equal(figure.data[1].y, VALUES[ORIGINS[k] - WINDOW + 1 : ORIGINS[k] + 1])
    for line, said in zip(figure.data[FIXED : FIXED + 3], FORECASTS.values(), strict=True):
        np.testing.assert_array_equal(line.x, TIME[ORIGINS[k] + 1 : ORIGINS[k] + 5])
        inside = (said[k] >= LIMITS[0]) & (said[k] <= LIMITS[1])
        np.testing.assert_array_equal(line.y, np.where(inside, said[k], np.nan))


@pytest.mark.parametrize("k", range(3))
def test_what_is_beyond_the_axis_is_marked_at_its_end_with_its_value(k):
    figure = fan(k)
    for row, said in enumerate(FORECASTS.values()):
        above, below = figure.data[FIXED + 3 + row], figure.data[FIXED + 6 + row]
        for marks, beyond, end in ((above, said[k] > LIMITS[1], LIMITS[1]), (below, said[k] < LIMITS[0], LIMITS[0])):
            drawn = np.asarray(marks.y, dtype=float)
            assert (drawn[np.isfinite(drawn)] == end).all() and np.isfinite(drawn).sum() == beyond.sum()
            told = np.asarray(marks.customdata, dtype=float)
            np.testing.assert_array_equal(told[np.isfinite(told)], said[k][beyond])
        assert (above.marker.symbol, below.marker.symbol) == ("triangle-up", "triangle-down")


@pytest.mark.parametrize("highest", [0.5, 2.0, 50.0])
def test_an_error_beyond_the_axis_is_a_triangle_and_every_error_is_drawn_once(highest):
    errors = {"seasonal naive": np.array([0.25, 0.5]), "LSTM": np.array([1.0, 40.0]), "Elman": np.array([3.0, 0.1])}
    figure = figures.error_by_horizon(errors, highest=highest, value_label="ppm", step_label="steps ahead")
    lines = [trace for trace in figure.data if trace.mode != "markers"]
    assert [line.name for line in lines] == list(errors)
    for line, error in zip(lines, errors.values(), strict=True):
        np.testing.assert_array_equal(line.y, np.where(error > highest, np.nan, error))
    told = np.concatenate([[], *(trace.customdata for trace in figure.data if trace.mode == "markers")])
    expected = np.concatenate([one[one > highest] for one in errors.values()])
    np.testing.assert_array_equal(np.sort(told), np.sort(expected))


@pytest.mark.parametrize("covered", [None, "test"])
def test_a_covered_part_is_not_in_the_figure_at_all(covered):
    parts = {"training": (0, 18), "validation": (18, 24), "test": (24, 30)}
    figure = figures.series_parts(
        VALUES,
        TIME,
        parts=parts,
        covered=covered,
        scaling=(0.0, 1.0),
        window=(5, 10),
        value_label="ppm",
        time_label="year",
    )
    shown = np.isfinite(np.asarray(figure.data[0].y, dtype=float))
    assert shown[:24].all() and shown[24:].all() == (covered is None) and shown[24:].any() == (covered is None)
    frames = window_frames(VALUES, TIME, [9], 5)
    np.testing.assert_array_equal(frames[1, "y"][0], figure.data[1].y)
    words = [shape.label.text for shape in figure.layout.shapes if shape.label.text]
    assert any("covered" in text for text in words) == (covered is not None)


def test_each_line_is_told_apart_by_dash_and_by_mark_and_networks_have_their_colour():
    lines = figures.error_by_horizon(
        {name: np.ones(3) for name in ("persistence", "seasonal naive", "Elman", "GRU", "LSTM", "Convolution")},
        highest=2.0,
        value_label="ppm",
        step_label="steps ahead",
    ).data
    assert len({line.line.dash for line in lines}) == len({line.marker.symbol for line in lines}) == len(lines)
    for line in lines[2:]:
        assert line.line.color == palette.CELLS[line.name]["light"]
