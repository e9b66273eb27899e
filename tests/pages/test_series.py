"""The lesson "Time series" as a learner meets it: its numbers are the forecasts', and it says when a baseline wins."""

import re

import numpy as np
import pytest

from rnnviz.lesson import time_series, time_series_live
from rnnviz.tasks.forecasting import SERIES, persistence, prepare, rmse, seasonal_naive
from rnnviz.training import forecast, results, train
from rnnviz.training.standard_runs import record_of, series_plan
from tests.pages.page import LessonApp
from tests.stage.decoder import decode

SMALL = {"window": 8, "updates": 6, "hidden": 3, "horizon": 4}


pytestmark = pytest.mark.usefixtures("results_of_its_own")


class Page(LessonApp):
    def __init__(self, **link):
        super().__init__("pages/series.py", "series", **link)

    def upload(self, text, name="own.csv"):
        self.app.file_uploader[0].set_value((name, text, "text/csv"))
        return self.run()

    def press(self, label):
        (button,) = [button for button in self.app.button if button.label == label]
        button.click()
        return self.run()

    @property
    def labels(self):
        return [button.label for button in self.app.button]


def keep(data="sunspots", *, difference=False):
    """Small networks, trained here and kept as a job would. cell -> (plan, last network)"""
    prepared, made = prepare(SERIES[data](), difference), {}
    for cell in time_series.CELLS.values():
        plan = series_plan(prepared, cell, window=8, hidden_size=3, updates=6)
        run = train(plan)
        results.keep(record_of(run))
        made[cell] = plan, run.moments[-1]
    return prepared, made


def test_the_page_opens_full_and_says_that_the_baseline_wins_at_twenty_years():
    page = Page()
    assert page.notices == [] and "Train" not in page.labels
    assert all(page.stage(name) is not None for name in ("fan", "errors", "parts", "player"))
    page.choose("persistence", 0)
    table = page.said("| forecast by |")
    assert all(f"| {name} |" in table for name in (*time_series.BASELINES, *time_series.CELLS))
    assert "The baseline wins" in page.said("## Who beats the baselines?")


def test_the_numbers_wait_for_the_prediction_or_for_the_word_that_none_is_wanted():
    page = Page()
    errors = [f"{page.line('errors', name)[-1]:#.3g}" for name in time_series.BASELINES]
    assert not any("| forecast by |" in text or any(f"**{one} " in text for one in errors) for text in page.prose)
    page.press("Show it without one")
    assert errors[0] in page.said("| forecast by |")
    assert Page(hide="predict").said("| forecast by |")
    assert Page(window=50, updates=1, hidden=3).said(
        "| forecast by |"
    )  # none of the presets: no one has promised anything


def test_nothing_is_predicted_before_there_are_networks():
    assert not any("Predict." in text for text in Page(**SMALL | {"window": 9}).prose)
    keep()
    assert "smallest error on the validation part?" in Page(**SMALL).said("Predict.")


@pytest.mark.parametrize(("data", "link"), [("sunspots", "sunspots"), ("co2", "CO2"), ("sine", "sine")])
@pytest.mark.parametrize("difference", [False, True])
def test_errors_and_fan_are_those_of_the_forecasts(data, link, difference):
    prepared, made = keep(data, difference=difference)
    page = Page(data=link, target="change" if difference else "value", **SMALL)
    origins = prepared.origins("validation", 4, 8)
    truth, values, season = prepared.truth(origins, 4), prepared.series.values, prepared.series.season
    forecasts = {"persistence": persistence(values, origins, 4)}
    forecasts["seasonal naive"] = seasonal_naive(values, origins, 4, season)
    for name, cell in time_series.CELLS.items():
        forecasts[name] = forecast.feed_back(*made[cell], prepared, origins, 4)
    for name, said in forecasts.items():
        expected = rmse(said, truth)
        drawn = page.line("errors", name)
        np.testing.assert_allclose(drawn[np.isfinite(drawn)], expected[np.isfinite(drawn)], rtol=1e-12)
    header, arrays = decode(page.stage("fan"))
    shown = [trace["name"] for trace in page.figure("fan")["data"]]
    for name, said in forecasts.items():
        fan = arrays[f"{shown.index(name)} y"]
        inside = np.isfinite(fan)
        assert inside.mean() > 0.5
        np.testing.assert_allclose(fan[inside], said[: len(fan)][inside], rtol=1e-6)
    assert len(header["sweep"]["values"]) == min(len(origins), 160)


def test_reading_the_truth_gives_the_baselines_the_truth_too():
    prepared, made = keep()
    page = Page(reads=time_series.FORCED, **SMALL)
    origins = prepared.origins("validation", 4, 8)
    values, truth = prepared.series.values, prepared.truth(origins, 4)
    before = np.stack([values[origins + k] for k in range(4)], axis=1)
    np.testing.assert_allclose(page.line("errors", "persistence"), rmse(before, truth), rtol=1e-12)
    said = forecast.teacher_forced(*made["gru"], prepared, origins, 4)
    np.testing.assert_allclose(page.line("errors", "GRU"), rmse(said, truth), rtol=1e-12)


def test_the_player_shows_the_engines_states_with_the_other_way_of_reading_beside_them():
    prepared, made = keep()
    page = Page(look="GRU", **SMALL)
    header, arrays = page.player
    origins = prepared.origins("validation", 4, 8)
    origin = origins[len(origins) // 2]
    trace, _, outputs = forecast.reading(*made["gru"], prepared, origin, 4, True)
    np.testing.assert_allclose(arrays["h"], trace.h, atol=1e-6)
    other, _, _ = forecast.reading(*made["gru"], prepared, origin, 4, False)
    np.testing.assert_allclose(arrays["ghost h"], other.h, atol=1e-6)
    np.testing.assert_array_equal(arrays["h"][:8], arrays["ghost h"][:8])  # the window is the same for both
    assert header["tokens"][8:] == ["↺"] * 3 and "↺" not in header["tokens"][:8]
    scaled = prepared.scaler.scaled(outputs)
    assert [said for (said,) in header["outputs"][7:]] == [time_series_live.height(one) for one in scaled[7:]]
    assert all(said[0] == "·" for said in header["outputs"][:7])


def test_the_test_part_is_covered_until_its_switch_is_pressed():
    keep()
    page = Page(**SMALL)
    n = len(SERIES["sunspots"]().values)
    drawn = page.line("parts", "series")
    assert np.isnan(drawn[n * 4 // 5 :]).all() and np.isfinite(drawn[: n * 4 // 5]).all()
    _, arrays = decode(page.stage("fan"))
    assert np.nanmax(arrays["3 x"]) <= SERIES["sunspots"]().time[n * 4 // 5 - 1]
    page.press("Uncover the test part")
    assert "on the test part" in page.said("Predict.")
    assert np.isfinite(page.line("parts", "series")).all() and "**test** part" in page.said("Who beats")
    assert "Cover the test part" in page.labels


def test_settings_that_were_not_trained_show_the_baselines_and_a_button(monkeypatch):
    started = []
    monkeypatch.setattr("rnnviz.lesson.training_live.jobs.start", lambda plan, owner: started.append(plan))
    page = Page(**SMALL)
    assert "not been trained yet" in page.notices[0] and page.stage("fan") is not None
    assert [one.get("name") for one in page.figure("errors")["data"]] == ["persistence", "seasonal naive"]
    (button,) = [button for button in page.app.button if button.label == "Train"]
    button.click()
    page.run()
    assert [plan.cell for plan in started] == list(time_series.CELLS.values())
    assert {(plan.task, plan.length, plan.updates, plan.hidden_size) for plan in started} == {("series", 8, 6, 3)}


def test_a_run_that_died_is_said_with_its_update_and_the_page_stays():
    plan = series_plan(prepare(SERIES["sunspots"]()), "conv", window=8, hidden_size=3, updates=6, learning_rate=100.0)
    run = train(plan)
    record = record_of(run)
    object.__setattr__(record, "state", "died")
    object.__setattr__(record, "rows", record.rows[:3])
    results.keep(record)
    page = Page(rate=100, **SMALL)
    assert any("Convolution at update 3" in notice for notice in page.notices)
    assert "no number from update 3 on" in page.said("| forecast by |") and page.stage("fan") is not None


WAVE = np.round(10 * np.sin(np.arange(120) / 3) + 50, 3)


def test_a_series_of_ones_own_is_read_and_is_in_no_link():
    page = Page(data="own", **SMALL)
    assert "in no link" in page.notices[0]
    page.upload("\n".join(["wave", *map(str, WAVE)]).encode())
    np.testing.assert_allclose(page.line("parts", "series")[:96], WAVE[:96])
    assert not any("in no link" in notice for notice in page.notices)
    assert "own.csv" in page.said("## What you are seeing")
    assert not any("50." in str(value) for value in page.app.query_params.values())


def test_the_file_in_use_is_named_also_later_until_it_is_removed():
    page = Page(data="own", **SMALL).upload("\n".join(map(str, WAVE)).encode())
    assert "own.csv" in page.said("In use:") and "120 values" in page.said("In use:")
    page.choose("sunspots", "sunspots").choose("sunspots", "own")
    assert "own.csv" in page.said("In use:")
    page.upload(b"\x00\xff\x00", "picture.csv")
    page.upload("\n".join(map(str, WAVE + 1)).encode(), "second.csv")
    assert not page.app.warning and "second.csv" in page.said("In use:")
    page.press("Remove it")
    assert not any("In use:" in text for text in page.prose) and "in no link" in page.notices[0]


@pytest.mark.parametrize(("first", "second", "horizon"), [(120, 200, 3), (200, 120, 5), (90, 400, 1)])
def test_prose_and_fan_speak_of_the_same_origin_after_another_file(first, second, horizon):
    page = Page(data="own", **SMALL | {"horizon": horizon})
    for length in (first, second):
        page.upload("\n".join(map(str, np.round(np.sin(np.arange(length) / 3), 3))).encode())
        start = decode(page.stage("fan"))[0]["sweep"]["start"]
        assert f"With the slider at {start:.0f}" in page.said("## What you are seeing")
        page.app.session_state["series-fan"] = {"value": start}


def test_who_repeats_without_an_error_is_not_divided_by():
    page = Page(data="own", **SMALL)
    page.upload("\n".join(map(str, np.arange(120) % 8)).encode())
    assert "makes no error at all" in page.said("## Who beats") and not any(" inf " in text for text in page.prose)


def test_a_second_file_that_cannot_be_read_leaves_the_first_one():
    page = Page(data="own", **SMALL).upload("\n".join(map(str, WAVE)).encode())
    page.upload(b"\x00\xff\x00", "picture.csv")
    assert "picture.csv" in page.app.warning[0].value
    np.testing.assert_allclose(page.line("parts", "series")[:96], WAVE[:96])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", ""),
        (b"\x89PNG\r\n\x1a\n\x00\x00\xff\xfe", ""),
        ("\n".join(["v", *map(str, WAVE[:70]), "seven"]).encode(), "seven"),
        ("\n".join(map(str, WAVE[:40])).encode(), "60"),
        (("1\n2\n" * 3000).encode(), "5,000"),
        (("1.25,\n" * 300_000).encode(), "1"),
        (("5\n" * 100).encode(), "5"),
    ],
    ids=["empty", "binary", "text in a number column", "short", "long", "huge", "constant"],
)
def test_a_file_that_is_no_series_is_said_and_the_page_goes_on(text, words):
    page = Page(data="own", **SMALL).upload(text)
    assert words in page.app.warning[0].value and page.stage("fan") is not None


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ({"horizon": 1_000_000}, "whole number from 1 to 60"),
        ({"window": 1}, "you see W = 2"),
        ({"window": 200}, "You see W = 92"),
        ({"horizon": 60, "part": "test"}, "You see 58 steps ahead"),
        ({"data": "gold"}, "choose one of"),
        ({"origin": "yesterday"}, "yesterday"),
    ],
    ids=str,
)
def test_what_a_link_cannot_have_is_said_and_the_page_goes_on(link, words):
    page = Page(**link)
    assert any(words in notice for notice in page.notices) and page.stage("fan") is not None


def test_every_preset_says_what_holds_in_its_numbers():
    page = Page().press("Show it without one")
    said = {}
    for name in ("Sunspots, 1 year", "Sunspots, 20 years", "CO₂ as values", "CO₂ as changes", "Teacher forcing"):
        page.choose(name, list(page.buttons(name).options).index(name))
        said[name] = page.said("Who beats the baselines")
        assert page.notices == [] and page.buttons(name).value is not None, name
    assert "The baseline wins" not in said["Sunspots, 1 year"]
    assert "The baseline wins" in said["Sunspots, 20 years"] and "The baseline wins" in said["CO₂ as values"]
    ahead = re.search(r"20 weeks ahead.*", said["CO₂ as changes"])[0]
    assert "The baseline wins" not in ahead
    assert "told the year before on the validation part, persistence" in said["Teacher forcing"]


def test_the_training_part_can_be_learned_by_heart():
    few, many = Page(horizon=1), Page(horizon=1, updates=1000)
    for name in time_series.CELLS:
        assert many.line("errors", name)[0] > few.line("errors", name)[0]


def test_checks_are_graded_against_the_data():
    page = Page()
    prepared = prepare(SERIES["sunspots"]())
    page.answer("How many windows", len(prepared.training) - 60)
    assert page.verdicts[-1][0] == "success"
    page.answer("How many windows", len(prepared.training))
    assert [kind for kind, _ in page.verdicts] == ["warning"]
