"""Nothing of a forecast comes from later: neither its scale, nor its window, nor what it is compared with."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from rnnviz.tasks import forecasting
from rnnviz.tasks.forecasting import (
    PARTS,
    SERIES,
    Scaler,
    mae,
    parts,
    persistence,
    prepare,
    rmse,
    seasonal_naive,
    task_of,
)
from rnnviz.tasks.own_series import season_of

series = pytest.mark.parametrize("key", SERIES)
difference = pytest.mark.parametrize("difference", [False, True], ids=["values", "changes"])


@series
def test_a_series_is_whole_in_order_and_of_the_season_it_says(key):
    one = SERIES[key]()
    assert one.key == key and one.time.shape == one.values.shape and one.values.dtype == np.float64
    assert np.isfinite(one.values).all() and (np.diff(one.time) > 0).all()
    assert not one.values.flags.writeable and SERIES[key]() is one
    assert abs(season_of(one.values) - one.season) <= 1  # the sun's is 10.9 years


def test_the_sine_is_a_sine_and_the_noise_that_it_says():
    one = forecasting.sine()
    rest = one.values - np.sin(2 * np.pi * one.time / one.season)
    assert rest.std() == pytest.approx(0.15, rel=0.1) and abs(rest.mean()) < 0.02


@pytest.mark.parametrize("n", [60, 309, 626, 5000])
def test_the_parts_are_60_20_and_20_percent_one_after_the_other(n):
    split = parts(n)
    indices = np.concatenate([np.arange(n)[getattr(split, part)] for part in PARTS])
    assert indices.tolist() == list(range(n))
    for part, share in zip(PARTS, (0.6, 0.2, 0.2), strict=True):
        within = getattr(split, part)
        assert abs((within.stop - within.start) - share * n) < 1


@series
@difference
def test_the_scale_does_not_know_what_comes_after_the_training_part(key, difference):
    one = SERIES[key]()
    before = prepare(one, difference)
    changed = one.values.copy()
    changed[before.parts.validation.start :] = changed[before.parts.validation.start :] ** 2 - 1e4
    after = prepare(replace(one, values=changed), difference)
    assert after.scaler == before.scaler
    np.testing.assert_array_equal(after.training, before.training)
    assert before.training.mean() == pytest.approx(0, abs=1e-9) and before.training.std() == pytest.approx(1)


@series
@difference
def test_what_is_scaled_comes_back(key, difference):
    prepared = prepare(SERIES[key](), difference)
    values = prepared.series.values
    assert np.isfinite(prepared.scaled).all() and prepared.scaled.shape == values.shape
    np.testing.assert_allclose(prepared.values(prepared.scaled[1:], values[:-1]), values[1:], rtol=1e-12, atol=1e-9)
    if difference:
        back = values[0] + np.cumsum(prepared.scaler.unscaled(prepared.scaled))
        np.testing.assert_allclose(back, values, rtol=1e-12, atol=1e-9)


@pytest.mark.parametrize("values", [np.full(9, 3.7), np.diff(0.1 * np.arange(50)), np.zeros(4)])
def test_what_is_constant_but_for_rounding_is_not_blown_up(values):
    scaler = Scaler.fit(values)
    assert scaler.scale == 1.0 and np.abs(scaler.scaled(values)).max() < 1e-9


@series
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(("horizon", "window"), [(1, 40), (12, 60), (24, 2)])
def test_a_forecast_lies_within_its_part_and_has_its_window(key, part, horizon, window):
    prepared = prepare(SERIES[key]())
    origins = prepared.origins(part, horizon, window)
    within = getattr(prepared.parts, part)
    assert (np.diff(origins) == 1).all()
    assert origins[0] + 1 == max(within.start, window) and origins[-1] + horizon == within.stop - 1
    truth = prepared.truth(origins, horizon)
    assert truth.shape == (len(origins), horizon)
    for k in (0, horizon - 1):
        np.testing.assert_array_equal(truth[:, k], prepared.series.values[origins + 1 + k])


@pytest.mark.parametrize(
    ("part", "horizon", "window", "words"),
    [
        ("tomorrow", 1, 5, "part must be one of train, validation, test, not 'tomorrow'"),
        ("test", 0, 5, "horizon must be a whole number of at least 1, not 0"),
        ("test", 1, 2.5, "window must be a whole number of at least 1, not 2.5"),
        ("test", 63, 5, "No forecast of 63 steps from 5 values fits into the test part, values 248 to 309"),
        ("train", 1, 185, "No forecast of 1 steps from 185 values fits into the train part, values 1 to 185"),
    ],
)
def test_what_does_not_fit_is_refused(part, horizon, window, words):
    with pytest.raises(ValueError, match=words):
        prepare(SERIES["sunspots"]()).origins(part, horizon, window)


@series
@pytest.mark.parametrize("horizon", [1, 7, 60])
def test_persistence_and_the_seasonal_naive_are_what_pandas_shifts(key, horizon):
    one = SERIES[key]()
    origins = np.arange(len(one.values) - horizon)
    table = pd.Series(one.values)
    for k in range(1, horizon + 1):
        np.testing.assert_array_equal(
            persistence(one.values, origins, horizon)[:, k - 1], table.shift(k)[origins + k].to_numpy()
        )
        seasons = -(-k // one.season)
        np.testing.assert_array_equal(
            seasonal_naive(one.values, origins, horizon, one.season)[:, k - 1],
            table.shift(seasons * one.season)[origins + k].to_numpy(),
        )


@pytest.mark.parametrize("origin", [100, 200, 307])
def test_a_naive_forecast_never_sees_a_later_value(origin):
    values = SERIES["sunspots"]().values
    changed = values.copy()
    changed[origin + 1 :] = -1.0
    origins = np.array([origin])
    np.testing.assert_array_equal(persistence(values, origins, 30), persistence(changed, origins, 30))
    np.testing.assert_array_equal(seasonal_naive(values, origins, 30, 11), seasonal_naive(changed, origins, 30, 11))


def test_errors_are_in_the_unit_of_the_data_by_step_ahead():
    truth = np.zeros((3, 2))
    forecast = np.array([[3.0, 1.0], [-4.0, 1.0], [0.0, -1.0]])
    np.testing.assert_allclose(rmse(forecast, truth), [np.sqrt(25 / 3), 1.0])
    np.testing.assert_allclose(mae(forecast, truth), [7 / 3, 1.0])


@pytest.mark.parametrize("length", [2, 40, 184])
def test_the_task_asks_for_the_next_value_of_windows_of_what_it_was_given(length):
    values = prepare(SERIES["sunspots"]()).training
    task = task_of(tuple(values.tolist()))
    batch = task.examples(5, batch=50, length=length)
    assert batch.x.shape == (50, length, 1) and batch.asked.all() and batch.graded.all()
    np.testing.assert_array_equal(batch.x[:, 1:, 0], batch.y[:, :-1])
    windows = np.lib.stride_tricks.sliding_window_view(values.astype(np.float32), length + 1)
    for x, y in zip(batch.x[:5, :, 0], batch.y[:5], strict=True):
        assert (windows == np.append(x, y[-1])).all(axis=1).any()
    assert task.chance(length) == pytest.approx(1.0, rel=1e-5) == task.chance_metric(length)


def test_every_window_of_the_training_part_is_drawn():
    task = task_of(tuple(float(k) for k in range(10)))
    batch = task.examples(0, batch=500, length=6)
    assert set(batch.x[:, 0, 0]) == {0.0, 1.0, 2.0, 3.0} and batch.y.max() == 9.0
