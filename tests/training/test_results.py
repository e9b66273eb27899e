"""What a run leaves on the disk is what it was; what is broken or another's counts for nothing."""

from __future__ import annotations

import json
import os
from dataclasses import replace

import numpy as np
import pytest
import torch

from rnnviz.training import Plan, results, train, weights
from rnnviz.training.probe import probe, reach, reading
from rnnviz.training.run import network
from rnnviz.training.standard_runs import CLIPPING, EXPLODING, SWEEP, record_of, solved_at, standard, until_solved

PLAN = Plan(cell="lstm", length=8, hidden_size=5, batch_size=4, updates=40)
TASKS = [
    {"task": "adding", "length": 8},
    {"task": "copy", "length": 3},
    {"task": "brackets", "length": 7, "options": (("depth", 3),)},
]


@pytest.fixture(scope="module")
def record():
    return record_of(train(PLAN))


@pytest.fixture(autouse=True)
def own_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("RNNVIZ_RESULTS", str(tmp_path))
    return tmp_path


def test_a_kept_run_is_read_again(record):
    results.keep(record)
    again = results.kept(replace(PLAN, momentum=0.2))
    np.testing.assert_array_equal(again.rows, record.rows.astype(np.float32))
    np.testing.assert_array_equal(again.reach_at, record.reach_at)
    np.testing.assert_array_equal(again.reach, record.reach.astype(np.float32))
    assert (again.state, again.seconds) == ("done", record.seconds)
    for mine, theirs in zip(again.moments, record.moments, strict=True):
        assert mine.update == theirs.update
        for name, value in theirs.tensors.items():
            np.testing.assert_array_equal(mine.tensors[name], value)


def test_a_series_that_may_be_a_persons_own_is_not_kept(own_folder):
    """What was learned from it is, under its name, and is found again by who has it."""
    values = tuple(np.round(np.sin(np.arange(70) / 3), 5).tolist())
    plan = Plan(task="series", cell="elman", length=9, values=values, hidden_size=2, batch_size=3, updates=2)
    path = results.keep(record_of(train(plan)))
    tensors, told = weights.load(path)
    assert "values" not in json.loads(told["plan"]) and all(value.size < len(values) for value in tensors.values())
    assert results.kept(plan).plan.values == values
    assert results.kept(replace(plan, values=values[1:])) is None


@pytest.mark.parametrize("damage", ["cut", "empty", "another", "unfinished", "misshapen", "told nothing"])
def test_a_broken_file_counts_for_none(record, own_folder, damage):
    path = results.keep(record)
    tensors, told = weights.load(path)
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-9])
    elif damage == "empty":
        path.write_bytes(b"")
    else:
        told |= {"another": {"key": replace(PLAN, seed=9).key},
                 "unfinished": {"state": "running"}, "misshapen": {}, "told nothing": {}}[damage]  # fmt: skip
        tensors |= {"rows": np.zeros((3, 2))} if damage == "misshapen" else {}
        weights.save(path, tensors, {} if damage == "told nothing" else told)
    assert results.kept(PLAN) is None


def test_the_oldest_go_where_all_together_are_too_large(record, own_folder, monkeypatch):
    paths = [results.keep(replace(record, plan=replace(PLAN, seed=seed))) for seed in range(3)]
    for age, path in enumerate(paths):
        os.utime(path, (1000 + age, 1000 + age))
    monkeypatch.setattr(results, "MOST_BYTES", 2.5 * paths[0].stat().st_size)
    newest = results.keep(replace(record, plan=replace(PLAN, seed=3)))
    assert sorted(own_folder.iterdir()) == sorted([paths[2], newest])


@pytest.mark.parametrize("moments", [0, 3, 8])
def test_a_record_is_shortened_to_its_first_and_last_network_and_some_between(record, moments):
    short = results.shorter(record, moments)
    kept = [moment.update for moment in short.moments]
    assert len(kept) <= moments and kept == sorted(set(kept))
    if moments:
        assert (kept[0], kept[-1]) == (0, PLAN.updates)
    np.testing.assert_allclose(short.rows, record.rows, rtol=6e-4)
    np.testing.assert_array_equal(short.reach_at, record.reach_at)


def test_rounding_leaves_what_is_no_number_or_nothing():
    values = np.array([0.0, -np.inf, np.nan, 123456.0, -1.23456e-9])
    np.testing.assert_array_equal(results.rounded(values, 3), [0.0, -np.inf, np.nan, 123000.0, -1.23e-9])


@pytest.mark.parametrize("cell", ["elman", "gru", "lstm"])
@pytest.mark.parametrize("settings", TASKS, ids=lambda settings: settings["task"])
def test_reach_is_the_norm_that_autograd_finds(settings, cell):
    plan = Plan(**settings, cell=cell, hidden_size=5, batch_size=2, updates=2)
    moment = train(plan).moments[-1]
    read = reading(plan, moment)
    trace = read.trace
    model = network(plan).double()
    named = {name: torch.tensor(value).double() for name, value in moment.tensors.items()}
    model["rnn"].load_state_dict({name: value for name, value in named.items() if not name.startswith("output")})
    batch = probe(plan)
    single = {"gru": torch.nn.GRUCell, "lstm": torch.nn.LSTMCell}.get(cell, torch.nn.RNNCell)(
        plan.of_task.inputs, 5, dtype=torch.float64
    )
    single.load_state_dict({name.removesuffix("_l0"): value for name, value in model["rnn"].state_dict().items()})
    state, states = None, []
    for x in torch.tensor(batch.x[0]).double():
        state = single(x[None], state)
        h = state[0] if cell == "lstm" else state
        h.retain_grad()
        states.append(h)
    said = torch.cat(states) @ named["output.weight"].T + named["output.bias"]
    y, asked = torch.tensor(batch.y[0]), torch.tensor(batch.asked[0])
    if plan.of_task.classes is None:
        loss = ((said[:, 0] - y)[asked] ** 2).mean()
    else:
        loss = torch.nn.functional.cross_entropy(said[asked], y[asked])
    loss.backward()
    assert np.nansum(read.losses) == pytest.approx(loss.item(), rel=1e-6)
    np.testing.assert_array_equal(np.isfinite(read.losses), batch.asked[0])
    norms = [float(h.grad.norm()) for h in states]
    np.testing.assert_allclose(10 ** reach(plan, moment), norms, rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(trace.h, torch.cat(states).detach().numpy(), atol=1e-9)


def test_a_network_whose_numbers_have_ended_reaches_nowhere(record):
    moment = record.moments[-1]
    moment = replace(moment, tensors=moment.tensors | {"weight_hh_l0": np.full((20, 5), np.inf, np.float32)})
    assert np.isnan(reach(PLAN, moment)).all()


@pytest.mark.parametrize("chance, at", [(1.0, 120), (0.5, None), (20.0, 20)])
def test_solved_is_where_the_mean_falls_below_a_tenth_of_chance(chance, at):
    loss = np.concatenate([np.ones(100), np.full(100, 0.06)])
    assert solved_at(loss, chance) == at


def test_training_until_solved_ends_there():
    plan = Plan(task="parity", cell="elman", length=2, updates=400)
    run = train(plan, until_solved(plan.chance))
    assert len(run.loss) == solved_at(run.loss, plan.chance) < 400


@pytest.mark.parametrize("plan", [replace(CLIPPING, updates=30), EXPLODING], ids=["ends", "dies"])
def test_a_run_that_was_kept_is_the_run_again(tmp_path, plan):
    """As far as float32 goes, in which it is kept and trained."""
    run = train(plan)
    results.keep(record_of(run), tmp_path)
    again = results.kept(plan, [tmp_path]).run()
    assert again.died == run.died and (run.died is None) == (plan != EXPLODING)
    assert [moment.update for moment in again.moments] == [moment.update for moment in run.moments]
    for name in results.COLUMNS:
        np.testing.assert_allclose(getattr(again, name), getattr(run, name), rtol=1e-6)


def test_every_standard_run_is_shipped_and_small():
    for plan in standard():
        shipped = results.kept(plan, [results.SHIPPED])
        assert shipped is not None, plan
        assert shipped.updates == plan.updates or shipped.state == "died"
        assert bool(shipped.moments) == (plan.seed == 0)
    assert sum(path.stat().st_size for path in results.SHIPPED.iterdir()) < 4e6
    assert SWEEP.is_file()
