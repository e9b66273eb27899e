"""The lesson "Train and compare" as a learner meets it: what it shows are the runs; what it starts are the plans."""

from dataclasses import replace

import numpy as np
import pytest

from rnnviz.lesson import training
from rnnviz.lesson.training_questions import QUESTIONS
from rnnviz.training import Plan, results, train
from rnnviz.training.job import View
from rnnviz.training.jobs import JOBS
from rnnviz.training.standard_runs import record_of, solved_at, standard
from tests.pages.page import LessonApp
from tests.stage.test_chart_payload import plotly_array

SMALL = {"length": 6, "updates": 12, "hidden": 3, "batch": 2, "seeds": 2}


@pytest.fixture(autouse=True)
def results_of_its_own(monkeypatch, tmp_path):
    monkeypatch.setenv("RNNVIZ_RESULTS", str(tmp_path))
    monkeypatch.setattr(JOBS, "_read", type(JOBS._read)())


class Page(LessonApp):
    def __init__(self, **link):
        super().__init__("pages/training.py", "training", **link)

    def line(self, chart, cell):
        (found,) = [one for one in self.figure(chart)["data"] if one.get("name") == cell]
        return plotly_array({"shape": "-1", **found["y"]})

    @property
    def labels(self):
        return [button.label for button in self.app.button]


def keep(**settings):
    """The runs of a small plan, trained here and kept as a job would."""
    plans = {}
    for cell in training.CELLS:
        for seed in range(2):
            plan = Plan(cell=cell.lower(), length=6, updates=12, hidden_size=3, batch_size=2, seed=seed, **settings)
            plans.setdefault(cell, []).append(record_of(train(plan)))
            results.keep(plans[cell][-1])
    return plans


def test_the_page_opens_with_the_shipped_runs_and_nothing_to_press():
    page = Page()
    assert page.notices == [] and "Train" not in page.labels
    shipped = results.kept(next(plan for plan in standard() if plan.cell == "gru"), [results.SHIPPED])
    table = page.said("| cell |")
    assert all(f"| {cell} |" in table for cell in training.CELLS)
    assert f"{solved_at(shipped.column('loss'), shipped.plan.chance)}" in table
    assert {page.stage(name) is not None for name in ("loss", "metric", "norms", "reach", "longest", "player")} == {
        True
    }


@pytest.mark.parametrize("task", ["adding", "recall", "parity"])
def test_curves_and_heatmap_are_those_of_the_runs(task):
    plans = keep(task=task)
    page = Page(task=task, **SMALL)
    for cell, records in plans.items():
        means = np.mean([record.column("loss").astype(np.float32) for record in records], axis=0)
        np.testing.assert_allclose(page.line("loss", cell), means, rtol=1e-5)
    heat = page.figure("reach")["data"]
    for one, records in zip(heat, plans.values(), strict=True):
        drawn = plotly_array(one["z"])
        np.testing.assert_allclose(drawn, np.where(np.isfinite(records[0].reach), records[0].reach, np.nan), rtol=1e-5)


def test_a_kept_moment_opens_in_the_player_beside_the_untrained_network():
    record = keep()["LSTM"][0]
    header, arrays = Page(**SMALL).player
    trace = record.moments[-1].cell(record.plan).run(training.probe(record.plan).x[0])
    np.testing.assert_allclose(arrays["h"], trace.h, atol=1e-6)
    start = record.moments[0].cell(record.plan).run(training.probe(record.plan).x[0])
    np.testing.assert_allclose(arrays["ghost h"], start.h, atol=1e-6)
    assert header["ghost"]["label"] == "untrained"
    early = Page(**SMALL, look="GRU", moment=1).player
    assert early[0]["ghost"] is None


def test_settings_that_were_not_trained_say_so_over_the_runs_that_were(monkeypatch):
    started = []
    monkeypatch.setattr("rnnviz.lesson.training_live.jobs.start", lambda plan, owner: started.append(plan))
    page = Page(**SMALL)
    assert "have not been trained yet" in page.notices[0] and page.stage("loss") is not None
    (button,) = [button for button in page.app.button if button.label == "Train"]
    button.click()
    page.run()
    assert [(plan.cell, plan.seed) for plan in started] == [
        (cell.lower(), seed) for seed in range(2) for cell in training.CELLS
    ]
    assert {(plan.length, plan.updates, plan.hidden_size) for plan in started} == {(6, 12, 3)}


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_preset_asks_before_it_shows_and_its_shipped_runs_answer(name):
    page = Page()
    labels = page.buttons("Parity").options
    page.choose("Parity", list(QUESTIONS).index(name))
    assert len(labels) == len(QUESTIONS) and page.stage("loss") is None
    assert not [text for text in page.prose if "| cell |" in text or "not solved" in text]
    question = QUESTIONS[name]
    plans = [plan for plan in standard() if plan.key in page_keys(page)]
    records = {cell: tuple(results.kept(plan, [results.SHIPPED]) for plan in plans if plan.cell == cell.lower())
               for cell in training.CELLS}  # fmt: skip
    ends = {cell: np.mean([solved_at(one.column("loss"), one.plan.chance) or np.inf for one in of_cell])
            for cell, of_cell in records.items()}  # fmt: skip
    if name == "explode":
        right = 3 if len({of_cell[0].updates for of_cell in records.values()}) < 3 else None
    else:
        right = list(ends).index(min(ends, key=ends.get)) if np.isfinite(min(ends.values())) else 3
    page.choose(question.options[0], right)
    assert "You were right" in page.said("You were right") and page.stage("loss") is not None


def page_keys(page):
    plans, _ = training.plans(training.Config(page.app.session_state["training config"]))
    return {plan.key for of_cell in plans.values() for plan in of_cell}


def test_what_the_inside_plays_back_is_the_gradient_of_the_heatmap():
    record = keep()["GRU"][0]
    header, arrays = Page(**SMALL, look="GRU").player
    np.testing.assert_allclose(arrays["backward total"], record.reach[-1], rtol=1e-4)
    assert header["backward"]["unit"] == "" and np.isfinite(arrays["backward loss"]).sum() == 1


def test_a_run_that_was_stopped_says_from_where_it_goes_on(monkeypatch):
    record = keep()["LSTM"][0]
    stopped = View(record.plan, "stopped", replace(record, rows=record.rows[:7], state="stopped"), resumes=7)
    asked = JOBS.look
    monkeypatch.setattr(
        "rnnviz.lesson.training_live.jobs.look",
        lambda plan, owner: stopped if plan.key == record.plan.key else asked(plan, owner),
    )
    assert "Continue LSTM from update 7, seed 0" in Page(**SMALL).labels


def test_a_run_that_died_keeps_its_curve_and_says_when():
    keep(optimiser="sgd", clip="off", learning_rate=100.0)
    page = Page(**SMALL, optimiser="sgd", clip="off", rate="100")
    died = [one for one in page.figure("loss")["data"] if one.get("marker", {}).get("symbol") == "triangle-up"]
    assert died and len(page.line("loss", "Elman")) == died[0]["x"][0] < 12


@pytest.mark.parametrize(
    ("link", "words"),
    [
        ({"updates": 1_000_000}, "whole number from 1 to 3000"),
        ({"length": 1}, "from 4 to 500, not 1; you see it at 4"),
        ({"rate": "fast"}, "choose one of"),
        ({"task": "parity", "length": 300}, "from 2 to 200, not 300; you see it at 200"),
    ],
    ids=str,
)
def test_what_a_link_cannot_have_is_said_and_the_page_goes_on(link, words):
    page = Page(**link)
    assert any(words in notice for notice in page.notices) and page.stage("loss") is not None


def test_the_same_number_of_parameters_changes_the_hidden_sizes():
    plans, _ = training.plans(training.CONTROLS.read("none")[0])
    assert len({plan.hidden_size for of_cell in plans.values() for plan in of_cell}) == 1
    config = dict(training.CONTROLS.read("none")[0]) | {"sizes": "parameters"}
    plans, _ = training.plans(training.Config(config))
    counts = [of_cell[0].parameters for of_cell in plans.values()]
    assert max(counts) < 1.05 * min(counts)


@pytest.mark.parametrize("task", training.TASKS)
def test_every_task_has_a_label_for_each_step_and_each_answer(task):
    plan = Plan(task=task)
    labels = training.tokens(plan)
    assert len(labels) == training.probe(plan).x.shape[1] and all(labels)
    if plan.of_task.classes:
        assert len(training.answers(plan.of_task)) == plan.of_task.classes
