"""The lesson "Train and compare" as a learner meets it: what it shows are the runs; what it starts are the plans."""

from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from rnnviz.lesson import training, training_live, training_words
from rnnviz.lesson.training_questions import QUESTIONS
from rnnviz.training import Plan, results, train
from rnnviz.training.job import View
from rnnviz.training.jobs import JOBS
from rnnviz.training.standard_runs import EXPLODING, record_of, solved_at, standard
from tests.pages.page import ROOT, LessonApp
from tests.stage.test_chart_payload import plotly_array

SMALL = {"length": 6, "updates": 12, "hidden": 3, "batch": 2, "seeds": 2}


pytestmark = pytest.mark.usefixtures("results_of_its_own")


class Page(LessonApp):
    def __init__(self, **link):
        super().__init__("pages/training.py", "training", **link)

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
    trace = record.moments[-1].cell(record.plan).run(training_words.probe(record.plan).x[0])
    np.testing.assert_allclose(arrays["h"], trace.h, atol=1e-6)
    start = record.moments[0].cell(record.plan).run(training_words.probe(record.plan).x[0])
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


def test_a_task_that_nobody_trained_says_what_it_asks_with_a_right_example_and_asks_for_no_prediction():
    page = Page(task="parity")
    (said,) = page.notices
    assert "number of ones so far odd or even" in said and "which come with this page" in said
    bits, answers = (part.split("`")[1].split() for part in said.split("One sequence:")[1].split("right answers:"))
    whole = bits.index("…")
    assert [str(odd) for odd in np.cumsum(np.array(bits[:whole], int)) % 2] == answers[:whole] and whole > 9
    assert not [text for text in page.prose if "Predict." in text]
    assert page.stage("loss") is not None and "Adding problem" in page.said("not of your settings")


def test_curves_of_other_settings_are_called_last_seen_only_where_this_visit_saw_them():
    keep()
    page = Page(**SMALL)
    assert page.notices == [] and page.said("Predict.")
    page.app.number_input(key="length").set_value(7)
    page.run()
    assert "T = 6**, as you saw them last" in page.notices[0]
    assert not [text for text in page.prose if "Predict." in text]


def test_a_question_waits_until_all_of_its_runs_have_ended(monkeypatch):
    record = keep()["LSTM"][1]
    asked = JOBS.look
    early = View(record.plan, "running", replace(record, rows=record.rows[:7], state="running"))
    monkeypatch.setattr(
        "rnnviz.lesson.training_live.jobs.look",
        lambda plan, owner: early if plan.key == record.plan.key else asked(plan, owner),
    )
    assert not [text for text in Page(**SMALL).prose if "Predict." in text]


def test_where_numbers_ended_the_metric_at_the_end_is_none():
    records = [results.kept(replace(EXPLODING, cell=cell.lower()), [results.SHIPPED]) for cell in training.CELLS]
    alone = training.at_the_end(records)
    (update,) = {one.updates for one in records}
    assert not np.isfinite(records[0].column("loss")[update - 1])
    assert alone == f"no number from update {update} on"
    plan = Plan(length=6, updates=2, hidden_size=3, batch_size=2)
    lived = record_of(train(plan))
    ends = f"{lived.column('metric').mean():.3f}"
    assert training.at_the_end([lived]) == ends
    assert training.at_the_end([lived, records[0]]) == f"{ends}; 1 of 2 seeds: {alone}"


@pytest.mark.parametrize(("seeds", "words"), [(1, "1,000 updates"), (3, "3 seeds × 1,000 updates")])
def test_what_is_done_is_counted_a_seed_as_the_control_counts_it(seeds, words):
    plans = [Plan(updates=1000, seed=seed) for seed in range(seeds)]
    views = [View(plan, "done", results.kept(plan, [results.SHIPPED])) for plan in plans]
    assert training_live.progress(plans, views, set()) == (1.0, words)


@pytest.mark.parametrize("task", ["adding", "parity"])
def test_the_player_has_a_row_of_right_answers(task):
    plan = keep(task=task)["LSTM"][0].plan
    header, _ = Page(task=task, **SMALL).player
    x = training_words.probe(plan).x[0]
    if task == "adding":
        assert header["right"] == [""] * 5 + [f"{x[:, 0] @ x[:, 1]:.2f}"]
    else:
        assert header["right"] == [f"{odd:.0f}" for odd in np.cumsum(x[:, 0]) % 2]
    assert header["says"] == "answer"


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_preset_asks_before_it_shows_and_its_shipped_runs_answer(name):
    page = Page()
    labels, opened = page.buttons("Parity").options, page.buttons("Parity").value
    number = list(QUESTIONS).index(name)
    if number == opened:
        page.choose("Parity", (number + 1) % len(labels))
    page.choose("Parity", number)
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


def test_a_link_to_what_a_preset_sets_shows_its_runs_and_has_it_chosen():
    page = Page(length=10, updates=600)
    assert page.buttons("Parity").value == 1 and page.said("Compare the left edge")
    assert page.stage("loss") is not None


def test_who_comes_back_finds_the_curves_although_a_preset_was_pressed_before():
    page = Page.__new__(Page)
    page.name, page.app = "training", AppTest.from_file(str(ROOT / "pages/training.py"), default_timeout=60)
    page.app.session_state["training preset pressed"] = 0  # what widgets hold is forgotten on another page, this is not
    assert page.run().stage("loss") is not None and page.buttons("Parity").value == 0


def test_how_far_the_loss_reached_is_said_where_one_answer_is_asked_for():
    told = Page().said("How far back did the loss reach")
    for cell, (plan, *_) in training.standard().items():
        record = results.kept(plan, [results.SHIPPED])
        back = (record.reach - record.reach[:, -1:])[:, ::-1]
        gone = [next((k for k, log in enumerate(row) if log < -3), None) for row in back]
        held = [update for update, steps in zip(record.reach_at, gone, strict=True) if steps is None]
        later = f"to the first step after {held[0]} updates" if held else f"never further than {max(gone)} steps"
        assert f"{cell} {gone[0]} steps untrained, {later}" in told
    keep(task="parity")
    assert not any("How far back did" in said for said in Page(task="parity", **SMALL).prose)


def test_a_moment_says_after_how_many_updates_it_was_kept():
    keep()
    page = Page(**SMALL)
    count = len(results.kept(Plan(cell="lstm", length=6, updates=12, hidden_size=3, batch_size=2)).moments)
    assert page.said(f"Moment {count}: after **12** of 12 updates")
    assert Page(**SMALL, moment=1).said("Moment 1: **untrained**")
    assert any(one.label == f"Kept moment of the training, 1 to {count}" for one in page.app.slider)


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
    labels, right = training_words.tokens(plan), training_words.right(plan)
    batch = training_words.probe(plan)
    assert len(labels) == batch.x.shape[1] and all(labels)
    assert [bool(label) for label in right] == batch.asked[0].tolist()
    if plan.of_task.classes:
        assert len(training_words.answers(plan.of_task)) == plan.of_task.classes
    assert plan.of_task.asks and "right answer" in training_words.example(plan)
