"""What the lesson "Clipping" computes: real gradients of the plane, and those inside a run as torch has them."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from rnnviz.engine import Cliff
from rnnviz.engine.clipping import norm
from rnnviz.lesson import clipped_runs, clipping
from rnnviz.stage import Point
from rnnviz.training.run import Run, train
from rnnviz.training.standard_runs import CLIPPING

SHORT = replace(CLIPPING, learning_rate=0.3, threshold=0.3, updates=40)


@pytest.mark.parametrize(("weight", "seed"), [(0.5, 0), (1.2, 0), (2.0, 7)])
def test_the_gradients_of_the_plane_are_torchs(weight, seed):
    plane = clipping.plane.__wrapped__(weight, seed)
    generator = np.random.default_rng(seed)
    for drawn in plane.gradients:
        x, y = generator.normal(size=clipping.STEPS), generator.uniform(-1, 1)
        w, u = (torch.tensor(one, dtype=torch.double, requires_grad=True) for one in (weight, 1.0))
        h = torch.zeros((), dtype=torch.double)
        for one in x:
            h = torch.tanh(w * h + u * one)
        ((h - y) ** 2).backward()
        np.testing.assert_allclose(drawn, [w.grad.item(), u.grad.item()], rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("weight", [0.5, 1.2, 2.0])
def test_by_norm_the_angle_is_zero_at_every_theta_and_by_value_it_is_not(weight):
    plane = clipping.plane.__wrapped__(weight, 0)
    np.testing.assert_allclose(plane.angles["norm"], 0, atol=1e-6)
    assert plane.angles["value"].max() > 10 and plane.angles["value"].max() <= 45
    assert plane.angles["value"].shape == (len(clipping.THETAS), clipping.GRADIENTS)
    np.testing.assert_allclose(
        norm(plane.clipped["norm"]), np.minimum(plane.norms, np.array(clipping.THETAS)[:, None]), rtol=1e-12
    )
    assert np.abs(plane.gradients).max() < plane.limit


def test_the_ground_is_the_loss_at_its_places():
    ground = clipping.ground.__wrapped__()
    for row, column in ((0, 0), (100, 20), (140, 140)):
        assert ground.loss[row, column] == Cliff().loss(ground.w[column], ground.b[row])
    assert ground.loss.min() >= 0 and ground.loss.max() <= clipping.HIGHEST
    assert (ground.w[0], ground.b[0], ground.w[-1], ground.b[-1]) == (3, -4, 7, -1)


def test_the_lessons_own_start_is_thrown_off_without_clipping_and_not_with_it():
    pair = clipping.descents.__wrapped__(4.5, -3.5, 0.5, 0.25)
    assert "is thrown out of the picture at update 37" in clipping.fate(pair["without"])
    assert "stays in the picture" in clipping.fate(pair["norm"])
    assert pair["norm"].loss[-1] < 0.01 < pair["without"].loss[-1]
    gone = pair["without"].leaves(*clipping.BOX)
    surface = clipping.on_surface(pair["without"])
    assert np.isnan(surface[gone:]).all() and np.isfinite(surface[:gone]).all()


@pytest.mark.parametrize(
    ("point", "start"), [((5.12345, -2.5), (5.123, -2.5)), ((99, -99), (7, -4)), ((0, 0), (3, -1))]
)
def test_a_click_sets_the_start_as_far_as_the_picture_reaches(monkeypatch, point, start):
    monkeypatch.setattr(clipping.st, "session_state", {})
    clipping.start_at(Point(*point))
    assert clipping.st.session_state == dict(zip(("w0", "b0"), start, strict=True))


@pytest.mark.parametrize("update", [0, 36, 80])
def test_the_numbers_of_an_update_are_those_of_the_descents(update):
    pair = clipping.descents.__wrapped__(4.5, -3.5, 0.5, 0.25)
    table = clipping.table(pair)
    for kind, row in zip(pair, table[table["update"] == update].itertuples(index=False), strict=True):
        one = pair[kind]
        expected = [update, one.loss[update], one.norm[update], one.applied[update], *one.place[update]]
        assert list(row) == [clipping.RUNS[kind], *expected]
        assert f"{one.place[update, 0]:.4g} |" in clipping.in_words(pair, update)


@pytest.mark.parametrize("change", [{"clip": "off"}, {"threshold": 0.05}, {"threshold": 0.3, "seed": 3}], ids=str)
def test_the_gradients_inside_a_run_are_torchs(change):
    plan = replace(SHORT, **change)
    run = train(plan)
    for moment in (run.moments[0], run.moments[7]):
        batch, start = clipped_runs.batch_at(plan, moment.update), moment.readout()
        rnn = torch.nn.RNN(8, 32, batch_first=True).double()
        rnn.load_state_dict({name: torch.from_numpy(moment.tensors[name]) for name in rnn.state_dict()})
        weight, bias = (torch.tensor(one, requires_grad=True) for one in (start.weight, start.bias))
        h = torch.zeros(1, len(batch.x), 32, dtype=torch.double)
        states = []
        for t in range(plan.length):
            _, h = rnn(torch.from_numpy(batch.x[:, t : t + 1].copy()).double(), h)
            h.retain_grad()
            states.append(h)
        loss = torch.nn.functional.cross_entropy(h[0] @ weight.T + bias, torch.from_numpy(batch.y[:, -1].copy()))
        loss.backward()
        theirs = [state.grad.norm().item() for state in states]
        np.testing.assert_allclose(clipped_runs.state_gradients(plan, moment), theirs, rtol=1e-9)
        whole = torch.cat([one.grad.flatten() for one in (*rnn.parameters(), weight, bias)]).norm().item()
        assert run.grad_norm[moment.update] == pytest.approx(whole, rel=1e-3)
        assert run.loss[moment.update] == pytest.approx(loss.item(), rel=1e-4)


@pytest.mark.parametrize(("rate", "threshold"), [(0.3, 0.3), (0.3, 0.02), (0.03, 1.0)])
def test_a_pair_of_runs_differs_in_nothing_but_clipping(rate, threshold):
    both = clipped_runs.Pair(
        {
            kind: train(replace(SHORT, learning_rate=rate, threshold=threshold, clip=clip))
            for kind, clip in (("without", "off"), ("norm", "norm"))
        }
    )
    free, clipped = both.runs["without"], both.clipped
    assert free.loss[0] == clipped.loss[0] and free.grad_norm[0] == clipped.grad_norm[0]
    np.testing.assert_array_equal(free.applied_norm, free.grad_norm)
    np.testing.assert_allclose(clipped.applied_norm, np.minimum(clipped.grad_norm, threshold), rtol=1e-4)
    assert both.share == (clipped.grad_norm > threshold).mean()


def made(loss, norms, threshold):
    """A run with these numbers; what they came from does not matter."""
    plan = replace(SHORT, clip="off") if threshold is None else replace(SHORT, threshold=threshold)
    loss, norms = np.array(loss), np.array(norms)
    applied = norms if threshold is None else np.minimum(norms, threshold)
    died = next((k + 1 for k, one in enumerate(loss) if not np.isfinite(one)), None)
    return Run(plan, loss, loss, norms, applied, died, (), 0.0)


def test_shares_and_histogram_count_every_norm():
    norms = np.array([1e-4, 0.3, 0.5, 2.0, 500.0])
    shares = dict(zip(clipped_runs.TRIED, clipped_runs.shares(norms), strict=True))
    assert shares[0.001] == 0.8 and shares[1.0] == 0.4 and shares[100.0] == 0.2
    counts, edges = clipped_runs.histogram(norms)
    assert counts.sum() == len(norms) and edges[0] < 1e-4 and edges[-1] > 500
    assert clipped_runs.histogram(np.array([0.0, np.inf, 1.0]))[0].sum() == 1


@pytest.mark.parametrize(
    ("free", "clipped", "words"),
    [
        ([1.4, 3.0], [1.4, 0.1], "Only the clipped run learns"),
        ([1.4, 0.1], [1.4, 0.1], "Both runs learn"),
        ([1.4, 0.1], [1.4, 1.4], "Only the run without clipping learns"),
        ([1.4, 5.0], [1.4, 1.4], "Neither run learns"),
        ([1.4, np.nan], [1.4, 0.1], "The run without clipping ends at update 2: its loss is no longer a finite number"),
    ],
)
def test_what_became_of_both_runs_is_said(monkeypatch, free, clipped, words):
    monkeypatch.setattr(clipped_runs, "LAST", 1)
    runs = {"without": made(free, [1.0, 2.0], None), "norm": made(clipped, [1.0, 2.0], 1.5)}
    said = clipped_runs.verdict(clipped_runs.Pair(runs))
    assert words in said and "**50.0%** of the clipped run's updates" in said


def test_scaling_leaves_the_ratio_of_early_to_late_as_it_is():
    both = clipped_runs.Pair({"without": train(replace(SHORT, clip="off")), "norm": train(SHORT)})
    for threshold in (0.01, 0.3, 100.0):
        for line in clipped_runs.same_shape(both, threshold).splitlines():
            *_, before, after = [part for k, part in enumerate(line.split("**")) if k % 2]
            assert before == after
    first = next(iter(both.inside.values()))[0]
    assert first[0] < 0.01 * first[-1], "the untrained network's gradient vanishes"


def test_a_small_rate_is_thrown_off_too_and_ends_higher_than_the_clipped_descent():
    pair = clipping.descents.__wrapped__(4.8, -2.7, 0.02, 0.25)
    assert "is thrown out" in clipping.fate(pair["without"]) and "stays" in clipping.fate(pair["norm"], plain=True)
    assert pair["norm"].loss[-1] < 0.01 < 0.08 < pair["without"].loss[-1]
    largest, times = clipping.steepest(pair["without"])
    assert largest == pair["without"].norm.max() > 1000 and times > 1000
    assert "0.0060$ with clipping and $0.0900$ without" in clipping.compared(pair)


@pytest.mark.parametrize(
    ("theta", "words"), [(0.4, "below it"), (0.5, "inside it"), (10.0, "inside it"), (11.0, "above it")]
)
def test_the_rule_is_a_half_to_ten_times_the_mean(theta, words):
    norms = np.array([0.5, 1.5, 1.0, np.inf])
    assert clipped_runs.rule(norms) == (0.5, 10.0)
    assert clipped_runs.nearest(1.02) == 1.0 and clipped_runs.nearest(0.33) == 0.32
    runs = {"without": made([1.0] * 4, norms, None), "norm": made([1.0] * 4, norms, 1.0)}
    said = clipped_runs.by_the_rule(clipped_runs.Pair(runs), 50, theta)
    assert f"**{words}**" in said and "after 50 updates" in said and "after 600" in said


def test_the_longest_gradient_is_shown_only_of_a_run_that_learned(monkeypatch):
    both = clipped_runs.Pair({"without": train(replace(SHORT, clip="off")), "norm": train(SHORT)})
    assert list(both.inside) == ["update 1 (first)"] and "never learned" in clipped_runs.which_updates(both)
    monkeypatch.setattr(clipped_runs, "learned", lambda run: True)
    both = clipped_runs.Pair(both.runs)
    first, largest = both.inside
    kept = [both.clipped.grad_norm[one.update] for one in both.clipped.moments if one.update < SHORT.updates]
    assert "largest" in largest and both.inside[largest][1] == max(kept)
    assert "**largest**" in clipped_runs.which_updates(both)
