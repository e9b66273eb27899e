"""What the lesson "Time series" says of its numbers holds in them: who beats the better baseline, and by how much."""

import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.lesson import time_series, time_series_live, time_series_words
from rnnviz.lesson.controls import Config
from rnnviz.lesson.snippet import snippet
from rnnviz.lesson.time_series import FED, FORCED, Judged
from rnnviz.lesson.words import escaped
from rnnviz.tasks.forecasting import SERIES, Series, persistence, seasonal_naive
from rnnviz.training.convolution import receptive_field
from rnnviz.training.run import Moment


def config(**settings):
    return Config({control.name: control.default for control in time_series.CONTROLS.controls} | settings)


def asked(data="sunspots", **settings):
    return time_series.task(config(**settings), SERIES[data]())[0]


def judged(errors, *, ready=True, **settings):
    """As if these were the errors: name -> (horizon,)."""
    task = asked(horizon=len(next(iter(errors.values()))), **settings)
    plans = time_series.plans(task, config())
    found = [
        time_series.Model(name, plan, Moment(plan.updates if ready else 3, {}) if name in errors else None)
        for name, (plan,) in plans.items()
    ]
    errors = {name: np.array(one, dtype=float) for name, one in errors.items()}
    return Judged(task, found, {}, np.empty(0), errors, errors)


@pytest.mark.parametrize("data", SERIES)
@pytest.mark.parametrize("part", ["validation", "test"])
@pytest.mark.parametrize("horizon", [1, 7, 60])
def test_nothing_that_is_forecast_lies_outside_the_part_and_no_part_is_in_another(data, part, horizon):
    task = asked(data, part=part, horizon=horizon)
    steps = task.origins[:, None] + np.arange(1, task.horizon + 1)
    assert steps.min() == task.span.start and steps.max() == task.span.stop - 1
    assert len(task.origins) >= time_series.LEAST_ORIGINS and task.origins.min() >= task.window - 1


@pytest.mark.parametrize("data", SERIES)
@pytest.mark.parametrize("target", ["value", "change"])
def test_the_plans_learn_from_the_training_part_alone(data, target):
    task = asked(data, target=target)
    series = SERIES[data]()
    train = len(series.values) * 3 // 5
    later = replace(series, values=np.where(np.arange(len(series.values)) < train, series.values, 1e6))
    other, _ = time_series.task(config(target=target), later)
    mine, others = (time_series.plans(one, config()) for one in (task, other))
    assert [plan.key for (plan,) in mine.values()] == [plan.key for (plan,) in others.values()]
    assert task.key != other.key


@pytest.mark.parametrize("data", SERIES)
def test_baselines_read_what_the_networks_read(data):
    fed, forced = (time_series.baselines(asked(data, reads=reads, horizon=6)) for reads in (FED, FORCED))
    task, values = asked(data, horizon=6), SERIES[data]().values
    np.testing.assert_array_equal(fed["persistence"], persistence(values, task.origins, 6))
    np.testing.assert_array_equal(fed["seasonal naive"], seasonal_naive(values, task.origins, 6, task.series.season))
    steps = task.origins[:, None] + np.arange(6)
    np.testing.assert_array_equal(forced["persistence"], values[steps])
    np.testing.assert_array_equal(forced["seasonal naive"], values[steps + 1 - task.series.season])


@given(st.floats(0.1, 100), st.floats(0.1, 100), st.floats(0.1, 100))
def test_who_has_the_smaller_error_than_both_baselines_beats_the_better_one(one, other, own):
    found = judged({"persistence": [one], "seasonal naive": [other], "GRU": [own]})
    said = time_series_words.beats(found, "GRU", 1)
    better = min(one, other)
    assert said.startswith("yes") == (own < better * 0.995) or said == "as good as it"
    assert ("The baseline wins" in time_series_words.verdict(found, 1)) == (own > better * 1.005) or abs(
        own / better - 1
    ) < 0.0051
    assert found.best(1) == min(found.rmse, key=lambda name: found.rmse[name][0])


def test_a_network_whose_numbers_ended_never_beats_anyone():
    for error in (np.nan, np.inf):
        found = judged({"persistence": [2.0], "seasonal naive": [3.0], "LSTM": [error]})
        assert time_series_words.beats(found, "LSTM", 1) == "no, beyond all numbers" and found.best(1) == "persistence"
        assert "no network is trained" in time_series_words.verdict(found, 1)


@pytest.mark.parametrize("none", [0.0, 1e-12])
def test_against_a_baseline_that_makes_no_error_nothing_is_divided(none):
    found = judged({"persistence": [2.0], "seasonal naive": [none], "GRU": [0.5], "LSTM": [none]})
    assert time_series_words.beats(found, "GRU", 1) == "no, the baseline makes no error at all"
    assert time_series_words.beats(found, "LSTM", 1) == "as good as it"
    del found.rmse["LSTM"]
    assert "makes no error at all" in time_series_words.verdict(found, 1)
    assert "The baseline wins" in time_series_words.verdict(found, 1)
    for name in ("persistence", "seasonal naive", "GRU"):
        assert "inf" not in time_series_words.verdict(found, 1) + time_series_words.beats(found, name, 1)


def test_of_two_baselines_as_good_as_each_other_none_is_called_worse():
    found = judged({"persistence": [18.0], "seasonal naive": [18.01]})
    assert [time_series_words.beats(found, name, 1) for name in time_series.BASELINES] == [
        "it is that one",
        "as good as it",
    ]
    found = judged({"persistence": [18.0], "seasonal naive": [27.0]})
    assert time_series_words.beats(found, "seasonal naive", 1) == "no, 50% more"


def test_the_formulas_show_a_network_that_reads_all_that_they_say():
    errors = {"persistence": [2.0], "seasonal naive": [3.0], "Elman": [3.0], "Convolution": [1.0]}
    assert time_series_words.example(judged(errors)) == "Elman"
    del errors["Elman"]
    assert time_series_words.example(judged(errors)) == "Convolution"
    alone = judged(errors)
    alone = replace(alone, forecasts={"Convolution": np.zeros((len(alone.task.origins), 1))})
    assert f"o-{receptive_field() - 1}}}" in time_series_words.formulas(alone, 0)


def test_a_network_on_its_way_says_how_far_it_is():
    found = judged({"persistence": [2.0], "seasonal naive": [3.0], "LSTM": [1.0]}, ready=False)
    assert time_series_words.beats(found, "LSTM", 1) == "yes, 50% less (after 3 of 200 updates)"
    assert time_series_words.beats(found, "GRU", 1) == "not trained yet"
    assert "not trained yet" in time_series_words.markdown(found) and "| persistence | – | 2.00 |" in (
        time_series_words.markdown(found)
    )


@pytest.mark.parametrize(("value", "said"), [(18.0, "18.0"), (0.5067, "0.507"), (150, "150"), (31624.9, "31,625"),
                                             (3.6e148, "3.60e+148"), (np.inf, "∞"), (np.nan, "no number")])  # fmt: skip
def test_an_error_is_said_with_three_digits(value, said):
    assert time_series_words.number(value) == said


@pytest.mark.parametrize("data", SERIES)
@pytest.mark.parametrize("horizon", [1, 20])
def test_the_slider_has_one_stop_for_each_origin_and_names_its_time(data, horizon):
    task = asked(data, horizon=horizon)
    seen = time_series_live.scrubbed(task)
    assert len(set(seen.stops)) == len(seen.origins) == min(len(task.origins), time_series_live.SCRUBBED)
    assert (np.diff(seen.stops) > 0).all()
    np.testing.assert_allclose(seen.stops, task.series.time[seen.origins], atol=0.011)
    for place in (0, len(seen.stops) // 2, len(seen.stops) - 1):
        assert seen.at(seen.stops[place]) == place


def test_a_series_too_short_for_what_is_set_is_asked_for_less_and_it_is_said():
    values = np.sin(np.arange(60.0))
    series = Series("own", "short", np.arange(60.0), values, "", "step", 6, "here")
    task, said = time_series.task(config(horizon=60, window=200), series)
    assert (task.window, task.horizon) == (18, 8) and len(said) == 2
    assert all(str(one) in " ".join(said) for one in (18, 8, 36, 12))
    assert len(time_series.plans(task, config())) == 4


def test_the_share_outside_what_training_saw_is_counted():
    prepared = asked("co2").prepared
    seen, now = prepared.series.values[prepared.parts.train], prepared.series.values[prepared.parts.validation]
    share = (now > seen.max()).mean()
    assert share > 0.3 and f"**{share:.0%}**" in time_series_words.unread(asked("co2"))
    assert "Hardly any" in time_series_words.unread(asked("co2", target="change"))


@pytest.mark.parametrize("text", ["*bold* [a](b) $x$", "<b>|`~#:red[x]!_", "plain, 3.5 words"])
def test_foreign_text_is_shown_as_it_is(text):
    assert "".join(part[-1] if len(part) > 1 else part for part in _parts(escaped(text))) == text


@pytest.mark.parametrize(("horizon", "window"), [(1, 30), (30, 60)])
def test_the_script_runs_as_shown_and_its_network_beats_both_baselines(tmp_path, horizon, window):
    path = tmp_path / "series.py"
    path.write_text(snippet("series", horizon=horizon, window=window, hidden=16, updates=200, rate=0.01))
    printed = subprocess.run([sys.executable, path], capture_output=True, text=True, check=True).stdout
    last = {line.split(":")[0]: float(re.findall(r"[\d.]+", line)[1]) for line in printed.splitlines()}
    assert last["LSTM"] < min(last["persistence"], last["seasonal naive"])


def _parts(text):
    """Signs of a markdown text, an escaped one with its backslash."""
    k = 0
    while k < len(text):
        yield text[k : k + 1 + (text[k] == "\\")]
        k += 1 + (text[k] == "\\")
