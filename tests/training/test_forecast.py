"""Forecasts: torch's numbers, from nothing that comes later, one network however one asks it."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest
import torch

from rnnviz.tasks.forecasting import SERIES, persistence, prepare, rmse, seasonal_naive
from rnnviz.training import CELLS, results, train
from rnnviz.training.forecast import feed_back, one_step, reading, teacher_forced
from rnnviz.training.run import network
from rnnviz.training.standard_runs import FORECASTERS, READING, series_plan

W, HORIZON = 30, 12
cells = pytest.mark.parametrize("cell", CELLS)
difference = pytest.mark.parametrize("difference", [False, True], ids=["values", "changes"])


def trained(cell, prepared, window=W, updates=20):
    plan = series_plan(prepared, cell, window, hidden_size=7, updates=updates)
    return plan, train(plan).moments[-1]


def in_torch(plan, moment, x):
    """x: (sequences, time) -> (sequences, time) what torch's layers say after each step, in float64."""
    model = network(plan)
    own = {name: torch.tensor(value) for name, value in moment.tensors.items()}
    output = {name.removeprefix("output."): own.pop(name) for name in list(own) if name.startswith("output.")}
    model["rnn"].load_state_dict(own)
    model["output"].load_state_dict(output)
    with torch.no_grad():
        model = model.double()
        return model["output"](model["rnn"](torch.tensor(np.array(x))[..., None])[0])[..., 0].numpy()


@cells
@difference
def test_one_step_is_what_torch_says_after_each_window(cell, difference):
    prepared = prepare(SERIES["sunspots"](), difference)
    plan, moment = trained(cell, prepared)
    windows = np.lib.stride_tricks.sliding_window_view(prepared.scaled, W)
    said = in_torch(plan, moment, windows)[:, -1] * prepared.scaler.scale + prepared.scaler.mean
    values = prepared.series.values
    found = one_step(plan, moment, prepared)
    assert found.shape == values.shape and np.isnan(found[: W - 1]).all()
    np.testing.assert_allclose(found[W - 1 :], said + values[W - 1 :] if difference else said, atol=1e-8)


@cells
@difference
def test_forecasts_of_many_steps_are_what_a_loop_over_torch_says(cell, difference):
    prepared = prepare(SERIES["sine"](), difference)
    plan, moment = trained(cell, prepared)
    values, scaler = prepared.series.values, prepared.scaler
    origins = np.array([W - 1, 100, 387])
    fed, forced = (f(plan, moment, prepared, origins, HORIZON) for f in (feed_back, teacher_forced))
    for row, origin in enumerate(origins):
        x, level = prepared.scaled[origin - W + 1 : origin + 1].tolist(), values[origin]
        true = prepared.scaled[origin - W + 1 : origin + HORIZON]
        said = in_torch(plan, moment, true[None])[0, W - 1 :] * scaler.scale + scaler.mean
        before = values[origin : origin + HORIZON]
        np.testing.assert_allclose(forced[row], said + before if difference else said, atol=1e-9)
        for k in range(HORIZON):
            x.append(in_torch(plan, moment, [x])[0, -1])
            said = x[-1] * scaler.scale + scaler.mean
            level = level + said if difference else said
            assert fed[row, k] == pytest.approx(level, abs=1e-8)


@cells
@difference
def test_with_a_horizon_of_one_all_forecasts_are_one(cell, difference):
    prepared = prepare(SERIES["sunspots"](), difference)
    plan, moment = trained(cell, prepared)
    origins = prepared.origins("test", 1, W)
    expected = one_step(plan, moment, prepared)[origins]
    for forecast in (feed_back, teacher_forced):
        np.testing.assert_allclose(forecast(plan, moment, prepared, origins, 1)[:, 0], expected, rtol=1e-12)


@cells
@difference
@pytest.mark.parametrize("origin", [40, 150, 300])
def test_no_forecast_knows_a_value_after_its_origin(cell, difference, origin):
    one = SERIES["sine"]()
    before = prepare(one, difference)
    plan, moment = trained(cell, before, updates=2)
    changed = one.values.copy()
    changed[origin + 1 :] = changed[origin + 1 :] * -3 + 5
    # the scaler is the one before: that it knows the training part alone is another test's
    scaled = before.scaler.scaled(np.diff(changed, prepend=changed[0]) if difference else changed)
    after = replace(before, series=replace(one, values=changed), scaled=scaled)
    origins = np.array([W, origin])
    for name, forecast in {"fed": feed_back, "forced": teacher_forced}.items():
        mine, theirs = (forecast(plan, moment, prepared, origins, HORIZON)[1] for prepared in (before, after))
        known = HORIZON if name == "fed" else 1
        np.testing.assert_array_equal(mine[:known], theirs[:known])
        assert name == "fed" or not np.array_equal(mine, theirs)
    mine, theirs = (one_step(plan, moment, prepared) for prepared in (before, after))
    np.testing.assert_array_equal(mine[: origin + 1], theirs[: origin + 1])
    assert not np.array_equal(mine[origin + 1 :], theirs[origin + 1 :])


@pytest.mark.parametrize("cell", [cell for cell in CELLS if cell != "conv"])
@difference
@pytest.mark.parametrize("own", [True, False], ids=["fed back", "teacher forced"])
def test_a_reading_shows_the_forecast_being_made(cell, difference, own):
    prepared = prepare(SERIES["sunspots"](), difference)
    plan, moment = trained(cell, prepared)
    values, origin = prepared.series.values, 200
    trace, inputs, outputs = reading(plan, moment, prepared, origin, HORIZON, own)
    assert len(trace) == len(inputs) == len(outputs) == W + HORIZON - 1
    np.testing.assert_array_equal(inputs[:W], values[origin - W + 1 : origin + 1])
    forecast = (feed_back if own else teacher_forced)(plan, moment, prepared, np.array([origin]), HORIZON)[0]
    np.testing.assert_allclose(outputs[W - 1 :], forecast, rtol=1e-10)
    read_on = forecast[:-1] if own else values[origin + 1 : origin + HORIZON]
    np.testing.assert_allclose(inputs[W:], read_on, rtol=1e-10)
    read = np.diff(inputs, prepend=values[origin - W]) if difference else inputs
    np.testing.assert_allclose(trace.x[:, 0], prepared.scaler.scaled(read), rtol=1e-8, atol=1e-10)


def test_a_convolution_has_nothing_to_trace():
    prepared = prepare(SERIES["sunspots"]())
    plan, moment = trained("conv", prepared, updates=1)
    with pytest.raises(ValueError, match="no state that could be traced"):
        reading(plan, moment, prepared, 100, 3, True)


@pytest.mark.parametrize("origins", [[W - 2], [309], [-1, 50]])
def test_an_origin_without_a_window_is_refused(origins):
    prepared = prepare(SERIES["sunspots"]())
    plan, moment = trained("elman", prepared, updates=1)
    with pytest.raises(ValueError, match="origins must lie from 29, where the first window ends, to 308"):
        feed_back(plan, moment, prepared, np.array(origins), 2)


def test_forecasts_go_on_beyond_the_end_where_only_the_network_speaks():
    prepared = prepare(SERIES["sunspots"]())
    plan, moment = trained("gru", prepared)
    beyond = feed_back(plan, moment, prepared, np.array([308]), 50)
    assert beyond.shape == (1, 50) and beyond[0, 0] == pytest.approx(one_step(plan, moment, prepared)[-1])
    with pytest.raises(ValueError, match="to 297, not"):
        teacher_forced(plan, moment, prepared, np.array([298]), 12)


def test_a_network_that_blows_up_is_shown_as_it_is():
    prepared = prepare(SERIES["sunspots"]())
    plan, moment = trained("elman-relu", prepared)
    tensors = {name: value * 50 for name, value in moment.tensors.items()}
    found = feed_back(plan, replace(moment, tensors=tensors), prepared, np.array([100]), 400)
    assert not np.isfinite(found[0, -1])
    with pytest.raises(ValueError, match="no longer finite"):
        reading(plan, replace(moment, tensors=tensors), prepared, 100, 200, True)


def errors(key, difference, part, cell):
    """RMSE of one step ahead: the shipped forecaster's and the better of the two naive ones'."""
    prepared = prepare(SERIES[key](), difference)
    plan = series_plan(prepared, cell, READING)
    values, origins = prepared.series.values, prepared.origins(part, 1, plan.length)
    truth = prepared.truth(origins, 1)
    moment = results.kept(plan, [results.SHIPPED]).moments[-1]
    naive = (persistence(values, origins, 1), seasonal_naive(values, origins, 1, prepared.series.season))
    said = one_step(plan, moment, prepared)[origins][:, None]
    return rmse(said, truth)[0], min(rmse(one, truth)[0] for one in naive)


@pytest.mark.parametrize("cell", FORECASTERS)
@pytest.mark.parametrize("part", ["validation", "test"])
@pytest.mark.parametrize(("key", "difference"), [("sunspots", False), ("sine", False), ("co2", True)])
def test_the_shipped_networks_are_better_than_naive(key, difference, part, cell):
    own, naive = errors(key, difference, part, cell)
    # of CO₂, the convolution sees 16 weeks, too few for the season
    assert own < naive * (1.05 if (key, cell) == ("co2", "conv") else 0.93)


@pytest.mark.parametrize("cell", ["elman", "gru", "lstm"])
def test_values_beyond_what_was_learned_from_are_forecast_badly(cell):
    own, naive = errors("co2", False, "test", cell)
    assert own > 3 * naive


@pytest.mark.parametrize("cell", FORECASTERS)
def test_a_page_may_ask_at_every_turn(cell):
    """30 ms each is what a page has; a slow machine gets four times as long."""
    prepared = prepare(SERIES["co2"]())
    plan = series_plan(prepared, cell, 60, hidden_size=16, updates=1)
    moment = train(plan).moments[-1]
    origins = prepared.origins("validation", 24, 60)[:60]
    for forecast in (lambda: one_step(plan, moment, prepared), lambda: feed_back(plan, moment, prepared, origins, 24)):
        took = []
        for _ in range(5):
            start = time.perf_counter()
            forecast()
            took.append(time.perf_counter() - start)
        assert min(took) < 0.12
