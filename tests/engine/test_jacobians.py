"""Step Jacobians and their products against autograd, finite differences, and where floats end."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.engine import (
    GRU,
    LSTM,
    Elman,
    backward,
    blocks,
    direct_path,
    jacobians,
    log_singular_values,
    log_spectral_norms,
    products,
)
from tests.engine.strategies import EVERY, LSTMS, Reading, assert_close, called, normal, readings
from tests.engine.torch_loop import Loop


def states(trace):
    """(time + 1, S): the state before the first step and after each."""
    h = np.vstack([trace.h0, trace.h])
    return h if trace.c is None else np.hstack([h, np.vstack([trace.c0, trace.c])])


def after_one_step(reading, t, state):
    """The state after step t from a given one before it."""
    H = reading.cell.hidden_size
    c = state[H:] if reading.cell.has_cell_state else None
    held = reading.clamp if t >= reading.hold_from else None
    trace = reading.cell.run(reading.x[t : t + 1], state[:H], c, clamp=held)
    return states(trace)[1]


def by_autograd(reading, t):
    """torch's Jacobian of the joint state after step t by the joint state before it."""
    H, cell = reading.cell.hidden_size, reading.cell
    loop = Loop(reading)
    loop.holding = t >= reading.hold_from

    def step(state):
        after = loop.step(loop.leaves["x"][t].detach(), state[:H], state[H:] if cell.has_cell_state else None)
        return torch.cat([after["h"], after["c"]]) if cell.has_cell_state else after["h"]

    return torch.autograd.functional.jacobian(step, torch.tensor(states(reading.run())[t])).numpy()


@pytest.mark.parametrize("kind", EVERY, ids=called)
@given(st.data())
def test_step_jacobians_equal_autograds(kind, data):
    reading = data.draw(readings((kind,), clamped=True))
    ours = jacobians(reading.run())
    for t in range(len(ours)):
        assert_close(ours[t], by_autograd(reading, t))


@pytest.mark.parametrize("cell", [Elman.random(3, 5, seed=1), GRU.random(3, 5, seed=1), LSTM.random(3, 5, seed=1)])
def test_step_jacobians_equal_finite_differences(cell):
    reading = Reading(cell, normal(4, 3, seed=2))
    trace, small = reading.run(), 1e-6
    for t in range(4):
        before = states(trace)[t]
        columns = [
            (after_one_step(reading, t, before + d) - after_one_step(reading, t, before - d)) / (2 * small)
            for d in small * np.eye(len(before))
        ]
        np.testing.assert_allclose(jacobians(trace)[t], np.stack(columns, axis=1), atol=1e-9)


@pytest.mark.parametrize("kind", EVERY, ids=called)
@given(st.data())
def test_products_are_the_product_of_the_steps(kind, data):
    trace = data.draw(readings((kind,), clamped=True)).run()
    steps, found = jacobians(trace), products(trace)
    expected = np.eye(steps.shape[1])
    for t in reversed(range(len(trace))):
        ours = np.ldexp(found.mantissa[t], found.exponent[t])
        scale = max(1.0, float(np.prod([np.linalg.norm(J, 2) for J in steps[t + 1 :]])))
        np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-12 * scale)
        expected = expected @ steps[t]


@given(readings(LSTMS, clamped=True))
def test_the_cell_states_own_product_is_autograds(reading):
    """∂c_T/∂c_t, all ways from c_t counted, the one through its own h_t too."""
    loop, found = Loop(reading), products(reading.run())
    H = reading.cell.hidden_size
    last = loop.values["c"][-1]
    for t, c in enumerate(loop.values["c"]):
        for unit in range(H):
            (row,) = torch.autograd.grad(last[unit], c, retain_graph=True, allow_unused=True)
            ours = np.ldexp(found.cell[t][unit], found.exponent[t])
            assert_close(ours, np.zeros(H) if row is None else row.numpy())


@pytest.mark.parametrize("kind", EVERY, ids=called)
@given(st.data(), st.integers(0, 1000))
def test_a_gradient_is_the_loss_times_the_products(kind, data, seed):
    trace = data.draw(readings((kind,))).run()
    H = trace.cell.hidden_size
    dh = np.zeros(trace.h.shape)
    dh[-1] = normal(H, seed=seed)
    found, total = products(trace), backward(trace, dh).h
    for t in range(len(trace) - 1):
        # In the joint state: h_T by h_t, with c_t held fixed.
        assert_close(total[t], dh[-1] @ np.ldexp(found.mantissa[t][:H, :H], found.exponent[t]))


@pytest.mark.parametrize("kind", EVERY, ids=called)
@given(st.data())
def test_singular_values_are_numpys_down_to_rounding(kind, data):
    found = products(data.draw(readings((kind,))).run())
    ours = found.log_singular_values()
    for t, (mantissa, exponent) in enumerate(zip(found.mantissa, found.exponent, strict=True)):
        exact = np.linalg.svd(mantissa, compute_uv=False)
        known = ~np.isnan(ours[t])
        np.testing.assert_allclose(10 ** (ours[t][known] - exponent * np.log10(2)), exact[known], rtol=1e-10)
        assert (exact[~known] <= len(exact) * 2**-52 * exact[0]).all()
    np.testing.assert_allclose(found.log_norms(), ours[:, 0], rtol=1e-13, atol=1e-14)


def test_the_blocks_of_an_lstm_have_their_names():
    trace = LSTM.random(2, 3, seed=0).run(normal(5, 2, seed=1))
    parts = blocks(jacobians(trace))
    # ∂c_t/∂c_{t-1} with h_{t-1} fixed is the forget gate and nothing else; ∂h_t/∂c_{t-1} = o (1 − tanh² c) f.
    np.testing.assert_allclose(parts["cc"], np.stack([np.diag(f) for f in trace["f"]]), atol=1e-15)
    expected = trace["o"] * (1 - trace["tanh_c"] ** 2) * trace["f"]
    np.testing.assert_allclose(parts["hc"], np.stack([np.diag(v) for v in expected]), atol=1e-15)
    assert np.abs(parts["ch"]).max() > 0 and parts["hh"].shape == (5, 3, 3)


@pytest.mark.parametrize(("radius", "sign"), [(3.0, 1), (0.3, -1)])
def test_products_go_beyond_all_floats(radius, sign):
    q, _ = np.linalg.qr(normal(6, 6, seed=0))
    trace = Elman(normal(6, 2, seed=1), radius * q, nonlinearity="identity").run(np.zeros((1000, 2)))
    exact = 999 * np.log10(radius)
    assert sign * exact > 400
    found = products(trace)
    np.testing.assert_allclose(found.log_singular_values()[0], exact, rtol=1e-12)
    np.testing.assert_allclose(found.log_norms()[0], exact, rtol=1e-12)


def test_what_rounding_has_taken_is_no_number():
    low_rank = np.outer([1.0, 2.0, 3.0], [1.0, -1.0, 0.5])[None]
    values = log_singular_values(low_rank, [7])
    assert values[0, 0] == pytest.approx(np.log10(np.linalg.norm(low_rank)) + 7 * np.log10(2), rel=1e-12)
    assert np.isnan(values[0, 1:]).all()
    # A block may be far smaller than the whole whose exponent it shares.
    small = np.ldexp(np.diag([0.5, 0.25]), -700)[None]
    np.testing.assert_allclose(log_spectral_norms(small, [-300]), -1001 * np.log10(2), rtol=1e-13)


def test_an_overflowed_state_has_no_norm():
    cell = Elman(np.zeros((2, 1)), 1e200 * np.eye(2), nonlinearity="identity")
    found = products(Elman.run(cell, np.zeros((3, 1)), np.ones(2)))
    assert np.isfinite(found.log_norms()).all()  # the weights alone do not overflow
    huge = np.array([[[np.inf, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]]])
    for logs in (log_spectral_norms(huge), log_singular_values(huge)[:, 0]):
        assert np.isnan(logs[0]) and logs[1] == 0.0


def test_zero_weights_end_every_product():
    found = products(Elman(np.ones((3, 2)), np.zeros((3, 3))).run(np.ones((4, 2))))
    assert np.isneginf(found.log_norms()[:-1]).all() and found.log_norms()[-1] == 0.0


@pytest.mark.parametrize(("cell", "gate"), [(LSTM, "f"), (GRU, "z")])
def test_the_direct_path_is_the_product_of_the_later_gates(cell, gate):
    trace = cell.random(2, 4, seed=3).run(normal(7, 2, seed=4), clamp={gate: {1: 1.0, 2: 0.0}})
    ours = direct_path(trace)
    for t in range(7):
        with np.errstate(divide="ignore"):
            np.testing.assert_allclose(ours[t], np.log10(trace[gate][t + 1 :].prod(axis=0)), rtol=1e-12)
    assert (ours[:, 1] == 0).all() and np.isneginf(ours[:-1, 2]).all()
    with pytest.raises(ValueError, match="Elman has no direct path"):
        direct_path(Elman.random(2, 3).run(np.ones((2, 2))))


def test_an_lstm_whose_gates_hear_nothing_has_the_direct_path_alone():
    cell = LSTM.random(2, 4, seed=3, spectral_radius=0.0)
    trace = cell.run(normal(9, 2, seed=4))
    np.testing.assert_allclose(
        products(trace).log_norms("cell"), direct_path(trace).max(axis=1), rtol=1e-12, atol=1e-12
    )


def test_an_unknown_part_is_said():
    with pytest.raises(ValueError, match="part is 'cc'; it must be one of None"):
        products(Elman.random(2, 3).run(np.ones((2, 2)))).log_norms("cc")
