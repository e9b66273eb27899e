"""A plan of a series carries the values that it learns from."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from rnnviz.tasks.catalogue import TASKS
from rnnviz.tasks.forecasting import SERIES, prepare
from rnnviz.training import Plan, results, train
from rnnviz.training.probe import probe, reach
from rnnviz.training.standard_runs import record_of, series_plan

VALUES = tuple(np.sin(np.arange(60) / 4).tolist())
PLAN = Plan(task="series", cell="gru", length=20, values=VALUES, hidden_size=4, batch_size=2, updates=3)


def test_a_plan_of_a_series_is_the_same_over_the_wire():
    again = Plan.of(json.loads(json.dumps(results.settings(PLAN))))
    assert again == PLAN and again.key == PLAN.key


def test_other_values_are_another_plan_and_no_values_leave_every_other_key_as_it_is():
    assert replace(PLAN, values=VALUES[:-1]).key != PLAN.key
    assert (results.SHIPPED / f"{Plan(task='adding', length=50, updates=1000).key}.safetensors").is_file()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"values": ()}, "values must be 3 to 5,000 numbers, not 0"),
        ({"values": (1.0,) * 5001}, "values must be 3 to 5,000 numbers, not 5,001"),
        ({"values": (*VALUES, math.inf)}, "values must be finite, not inf"),
        ({"length": 60}, "length of Time series must be a whole number from 2 to 59, not 60"),
        ({"task": "adding"}, "values are for the task 'series' alone; 'adding' draws its own"),
    ],
)
def test_values_that_cannot_be_are_refused(settings, words):
    with pytest.raises(ValueError, match=words):
        replace(PLAN, **settings)


def test_the_window_has_a_length_that_fits():
    assert replace(PLAN, length=None).length == 40 and replace(PLAN, length=None, values=VALUES[:20]).length == 19
    assert "series" not in TASKS


@pytest.mark.parametrize("difference", [False, True])
def test_a_plan_of_a_series_knows_the_training_part_alone(difference):
    one = SERIES["co2"]()
    prepared = prepare(one, difference)
    plan = series_plan(prepared, "lstm", 60)
    np.testing.assert_allclose(plan.values, prepared.training, atol=5e-6)
    later = one.values.copy()
    later[prepared.parts.validation.start :] = 0.0
    assert series_plan(prepare(replace(one, values=later), difference), "lstm", 60).key == plan.key


def test_the_probe_is_one_window_and_the_same_for_every_cell():
    batch = probe(PLAN)
    assert batch.x.shape == (1, 20, 1) and probe(replace(PLAN, cell="conv", seed=4)) is batch
    windows = np.lib.stride_tricks.sliding_window_view(np.array(VALUES, dtype=np.float32), 20)
    assert (windows == batch.x[0, :, 0]).all(axis=1).any()


def test_a_loss_reaches_back_through_states_alone():
    assert np.isfinite(reach(PLAN, train(PLAN).moments[-1])).sum() == 20
    conv = replace(PLAN, cell="conv")
    assert reach(conv, train(conv).moments[-1]).shape == (0,)


def test_a_run_of_a_convolution_is_kept_and_read_again(tmp_path):
    plan = replace(PLAN, cell="conv")
    record = record_of(train(plan))
    results.keep(record, tmp_path)
    again = results.kept(plan, [tmp_path])
    assert again.reach.shape == (len(record.moments), 0)
    np.testing.assert_array_equal(again.rows, record.rows.astype(np.float32))
    assert [moment.update for moment in again.moments] == [moment.update for moment in record.moments]
