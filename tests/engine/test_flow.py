"""Norms of gradients through time, one pass and all pairs, against autograd; and where floats end."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.engine import GRU, LSTM, Elman, backward, flow, log_pairwise, pairwise
from rnnviz.engine.flow import log_totals
from tests.engine.strategies import EVERY, LSTMS, WEIGHTED, Reading, called, normal, readings
from tests.engine.torch_loop import Loop

TIGHT = 1e-12


def norms_by_autograd(reading, dh, state="h"):
    """(time, time): one call of autograd for each step's loss L_t = dh_t · h_t."""
    loop = Loop(reading)
    hidden, wanted = loop.values["h"], loop.values[state]
    result = np.zeros((len(hidden), len(hidden)))
    for t, h in enumerate(hidden):
        loss = (h * torch.tensor(dh[t])).sum()
        if loss.requires_grad:
            gradients = torch.autograd.grad(loss, wanted[: t + 1], retain_graph=True, allow_unused=True)
            result[t, : t + 1] = [0.0 if g is None else float(g.norm()) for g in gradients]
    return result


def assert_relative(ours, theirs):
    """Equal to 1e-12 of the larger of the number itself and what rounding leaves of the largest."""
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    np.testing.assert_allclose(ours, theirs, rtol=TIGHT, atol=1e-15 * max(1e-300, float(theirs.max(initial=0))))


@pytest.mark.parametrize("kind", EVERY, ids=called)
@given(st.data())
def test_every_pair_equals_one_call_of_autograd_a_step(kind, data):
    reading = data.draw(readings((kind,), clamped=True))
    trace = reading.run()
    dh = normal(*trace.h.shape, seed=data.draw(st.integers(0, 1000)))
    assert_relative(pairwise(trace, dh), norms_by_autograd(reading, dh))


@given(readings(LSTMS, clamped=True), st.integers(0, 1000))
def test_every_pair_reaches_the_cell_state_as_autograd_says(reading, seed):
    trace = reading.run()
    dh = normal(*trace.h.shape, seed=seed)
    assert_relative(pairwise(trace, dh, "c"), norms_by_autograd(reading, dh, "c"))


@pytest.mark.parametrize("cls", [Elman, LSTM])
def test_at_the_size_of_a_lesson_too(cls):
    cell = cls.random(8, 32, seed=3)
    x = normal(50, 8, seed=1)
    reading = Reading(cell, x)
    dh = normal(50, 32, seed=2)
    assert_relative(pairwise(reading.run(), dh), norms_by_autograd(reading, dh))


@given(readings(WEIGHTED), st.integers(0, 1000))
def test_the_last_row_is_the_flow_of_a_loss_at_the_last_step(reading, seed):
    trace = reading.run()
    dh = np.zeros(trace.h.shape)
    dh[-1] = normal(trace.cell.hidden_size, seed=seed)
    np.testing.assert_allclose(flow(trace, dh).total, log_pairwise(trace, dh)[-1], rtol=TIGHT, atol=TIGHT)


@pytest.mark.parametrize("kind", EVERY, ids=called)
@given(st.data(), st.integers(0, 1000))
def test_the_flow_is_the_norms_of_the_backward_pass(kind, data, seed):
    reading = data.draw(readings((kind,), clamped=True))
    trace = reading.run()
    dh = normal(*trace.h.shape, seed=seed)
    gradients, flowing = backward(trace, dh), flow(trace, dh)
    assert_relative(10**flowing.total, np.linalg.norm(gradients.h, axis=1))
    assert_relative(10**flowing.own, np.linalg.norm(dh, axis=1))
    arriving = np.vstack([gradients.h0, (gradients.h - dh)[:-1]])
    assert_close_to(10**flowing.carried, np.linalg.norm(arriving, axis=1), gradients.h)
    assert (flowing.cell is None) == (gradients.c is None)
    if gradients.c is not None:
        assert_relative(10**flowing.cell, np.linalg.norm(gradients.c, axis=1))


def assert_close_to(ours, theirs, of):
    """`theirs` is a difference of numbers as large as `of`, which rounds as these do."""
    np.testing.assert_allclose(ours, theirs, rtol=1e-11, atol=1e-14 * max(1.0, np.abs(of).max()))


@pytest.mark.parametrize(("radius", "sign"), [(3.0, 1), (0.3, -1)])
def test_a_norm_beyond_all_floats_is_still_a_number(radius, sign):
    """An orthogonal matrix times ρ: ‖∂L/∂h_t‖ = ρ^(T − t) exactly, 3^999 = 10^477 or its like below."""
    q, _ = np.linalg.qr(normal(16, 16, seed=0))
    cell = Elman(normal(16, 3, seed=1), radius * q, nonlinearity="identity")
    trace = cell.run(np.zeros((1000, 3)))
    dh = np.zeros((1000, 16))
    dh[-1, 0] = 1.0
    exact = np.arange(999, -1, -1) * np.log10(radius)
    assert sign * exact[0] > 400
    np.testing.assert_allclose(flow(trace, dh).total, exact, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(log_pairwise(trace, dh)[-1], exact, rtol=1e-12, atol=1e-12)
    # A later loss of ordinary size does not disturb it, nor is it lost where the flow has vanished.
    dh[500, 1] = 1.0
    both = flow(trace, dh)
    assert both.own[500] == 0.0 and np.isneginf(both.own[499])
    np.testing.assert_allclose(both.total[500], max(exact[500], 0.0), atol=1e-6)


def test_what_plain_floats_would_round_is_taken_along_powers_of_two():
    """Norms near 1e-158, whose squares would be subnormal, keep all their digits; a step without a loss has no say."""
    q, _ = np.linalg.qr(normal(6, 6, seed=0))
    trace = Elman(normal(6, 2, seed=1), 1e-79 * q, nonlinearity="identity").run(np.zeros((3, 2)))
    dh = np.zeros((3, 6))
    dh[1] = dh[2] = np.eye(6)[0]
    np.testing.assert_allclose(pairwise(trace, dh)[2], [1e-158, 1e-79, 1.0], rtol=1e-14)
    np.testing.assert_allclose(log_pairwise(trace, dh)[2], [-158, -79, 0], rtol=1e-14, atol=1e-14)
    assert not pairwise(trace, dh)[0].any() and np.isneginf(log_pairwise(trace, dh)[0]).all()


def test_exactly_nothing_is_minus_infinity():
    trace = Elman(np.ones((4, 2)), np.zeros((4, 4))).run(np.ones((6, 2)))
    dh = np.zeros((6, 4))
    dh[-1] = 1.0
    flowing = flow(trace, dh)
    assert np.isneginf(flowing.total[:-1]).all() and flowing.total[-1] == pytest.approx(np.log10(2.0))
    assert np.isneginf(log_pairwise(trace, dh)[-1, :-1]).all()
    assert not pairwise(trace, np.zeros((6, 4))).any()


@given(readings(WEIGHTED), st.integers(0, 1000))
def test_a_loss_reaches_no_later_state(reading, seed):
    trace = reading.run()
    assert not np.triu(pairwise(trace, normal(*trace.h.shape, seed=seed)), 1).any()


def test_what_does_not_fit_is_said():
    trace = Elman.random(2, 3).run(np.ones((4, 2)))
    with pytest.raises(ValueError, match=r"dh has shape \(4, 2\); it must have shape \(4, 3\)"):
        pairwise(trace, np.ones((4, 2)))
    with pytest.raises(ValueError, match="state must be one of 'h', not 'c'"):
        log_pairwise(trace, np.ones((4, 3)), "c")


@pytest.mark.parametrize("cell", [Elman, GRU, LSTM])
@pytest.mark.parametrize("radius", [0.0, 0.9, 1e3, 1e-8])
def test_totals_alone_are_those_of_the_flow_wherever_they_lie(cell, radius):
    trace = cell.random(3, 8, seed=1, spectral_radius=radius).run(np.random.default_rng(0).normal(size=(60, 3)))
    for last in (60, 31, 0):
        dh = np.random.default_rng(2).normal(size=trace.h.shape)
        dh[last:] = 0
        np.testing.assert_allclose(log_totals(trace, dh), flow(trace, dh).total, rtol=1e-12, atol=1e-12)
