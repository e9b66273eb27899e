"""Backpropagation through time against autograd, against finite differences, and its own laws."""

import dataclasses
import warnings
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.engine import GRU, LSTM, BagOfWords, Elman, backward
from tests.engine.strategies import (
    ELMAN,
    EVERY,
    GATED,
    GRUS,
    LSTMS,
    WEIGHTED,
    Reading,
    assert_close,
    called,
    normal,
    readings,
)
from tests.engine.torch_loop import PARAMETERS, Loop, module_start, torch_module

TENSORS = ("h", "c", "x", "h0", "c0", *PARAMETERS)


def own_gradients(trace, seed):
    """A loss's own gradient at each h_t and c_t: (dh, dc)."""
    dh = normal(*trace.h.shape, seed=seed)
    return dh, normal(*trace.h.shape, seed=seed + 1) if trace.cell.has_cell_state else None


def tensors(gradients):
    return {name: value for name in TENSORS if (value := getattr(gradients, name)) is not None}


@pytest.mark.parametrize("kind", EVERY, ids=called)
@given(st.data())
def test_bptt_equals_autograd(kind, data):
    reading, seed = data.draw(readings((kind,), clamped=True)), data.draw(st.integers(0, 1000))
    reading = replace(reading, hold_from=data.draw(st.integers(0, 4)))
    trace = reading.run()
    dh, dc = own_gradients(trace, seed)
    ours, autograd = tensors(backward(trace, dh, dc)), Loop(reading).gradients(dh, dc)
    assert set(ours) == set(autograd)
    for name in ours:
        assert_close(ours[name], autograd[name])


@given(readings(ELMAN[:2] + LSTMS + GRUS[:1]), st.integers(0, 1000))
def test_bptt_equals_autograd_through_torchs_modules(reading, seed):
    trace, module = reading.run(), torch_module(reading.cell)
    dh, _ = own_gradients(trace, seed)
    x = torch.tensor(reading.x, requires_grad=True)
    out, _ = module(x, module_start(reading.cell, reading.h0, reading.c0))
    out.backward(torch.tensor(dh))
    gradients = backward(trace, dh)
    assert_close(gradients.x, x.grad)
    for name in PARAMETERS:
        assert_close(getattr(gradients, name), getattr(module, f"{name}_l0").grad)


def loss(reading, dh, dc):
    trace = reading.run()
    return (trace.h * dh).sum() + (0.0 if dc is None else (trace.c * dc).sum())


def replaced(reading, name, value):
    """The reading with one of its arrays replaced: its input, its start, or a parameter of its cell."""
    if name not in PARAMETERS:
        return dataclasses.replace(reading, **{name: value})
    cell = reading.cell
    arrays = {parameter: getattr(cell, parameter) for parameter in PARAMETERS} | {name: value}
    options = {option: getattr(cell, option) for option in cell.options}
    return dataclasses.replace(reading, cell=type(cell)(**arrays, **options))


def central_difference(function, value, width=1e-5):
    """∂function/∂value, entry by entry; the error is width² times the third derivative, about 1e-10."""
    result = np.empty(value.shape)
    for index in np.ndindex(value.shape):
        nudge = np.zeros(value.shape)
        nudge[index] = width
        result[index] = (function(value + nudge) - function(value - nudge)) / (2 * width)
    return result


@pytest.mark.parametrize("clamped", [False, True], ids=["free", "clamped"])
@pytest.mark.parametrize("kind", WEIGHTED, ids=called)
def test_bptt_equals_central_finite_differences(kind, clamped):
    cls, options = kind
    cell = cls.random(2, 3, seed=4, **options)
    clamp = {cell.gates[0]: 0.5, cell.gates[1]: {1: 0.9}} if clamped and cell.gates else None
    c0 = normal(3, seed=6) if cell.has_cell_state else None
    reading = Reading(cell, normal(5, 2, seed=7), normal(3, seed=5), c0, clamp)
    trace = reading.run()
    if called(kind) == "Elman-relu":
        assert np.abs(trace["h_pre"]).min() > 1e-3, "too near the kink to take differences across it"
    dh, dc = own_gradients(trace, 8)
    gradients = backward(trace, dh, dc)
    for name in ("x", "h0", *(("c0",) if cell.has_cell_state else ()), *PARAMETERS):
        value = getattr(cell if name in PARAMETERS else reading, name)
        differences = central_difference(lambda v, n=name: loss(replaced(reading, n, v), dh, dc), value)
        assert_close(getattr(gradients, name), differences, 1e-8)


@pytest.mark.parametrize("kind", WEIGHTED, ids=called)
def test_the_total_at_a_state_is_the_difference_that_a_nudge_of_it_makes(kind):
    cls, options = kind
    cell, x = cls.random(2, 3, seed=4, **options), normal(5, 2, seed=7)
    trace = cell.run(x)
    dh, dc = own_gradients(trace, 8)
    gradients = backward(trace, dh, dc)
    for t in range(4):
        rest = Reading(cell, x[t + 1 :], trace.h[t], None if dc is None else trace.c[t])
        later = dh[t + 1 :], None if dc is None else dc[t + 1 :]
        through_h = central_difference(lambda h, r=rest, d=later: loss(replaced(r, "h0", h), *d), trace.h[t])
        assert_close(gradients.h[t], dh[t] + through_h, 1e-8)


@given(readings(EVERY, clamped=True, least=2), st.data())
def test_two_halves_with_the_gradient_handed_back_equal_one_pass(reading, data):
    whole = reading.run()
    dh, dc = own_gradients(whole, 3)
    k = data.draw(st.integers(1, len(whole) - 1))
    first = reading.run(x=reading.x[:k])
    second = reading.run(x=reading.x[k:], h0=first.h[-1], c0=None if first.c is None else first.c[-1])
    late = backward(second, dh[k:], None if dc is None else dc[k:])
    dh_early, dc_early = dh[:k].copy(), None if dc is None else dc[:k].copy()
    dh_early[-1] += late.h0
    if dc is not None:
        dc_early[-1] += late.c0
    early = backward(first, dh_early, dc_early)
    for name, total in tensors(backward(whole, dh, dc)).items():
        a, b = getattr(early, name), getattr(late, name)
        joined = a + b if name in PARAMETERS else a if name in ("h0", "c0") else np.vstack([a, b])
        assert_close(joined, total)


@given(readings(EVERY, clamped=True), st.data())
def test_a_loss_teaches_no_step_after_it(reading, data):
    trace = reading.run()
    s = data.draw(st.integers(0, len(trace) - 1))
    dh = np.zeros(trace.h.shape)
    dh[s] = 1.0
    gradients = backward(trace, dh)
    assert not gradients.h[s + 1 :].any() and not gradients.x[s + 1 :].any()
    np.testing.assert_array_equal(gradients.h[s], dh[s])


@given(readings(EVERY, clamped=True))
def test_the_gradient_of_a_sum_is_the_sum_of_the_gradients(reading):
    trace = reading.run()
    (dh1, dc1), (dh2, dc2) = own_gradients(trace, 1), own_gradients(trace, 5)
    one, two = tensors(backward(trace, dh1, dc1)), tensors(backward(trace, dh2, dc2))
    both = tensors(backward(trace, dh1 + 3.0 * dh2, None if dc1 is None else dc1 + 3.0 * dc2))
    for name in both:
        assert_close(both[name], one[name] + 3.0 * two[name])


@given(readings(LSTMS, clamped=True))
def test_dc_left_out_is_dc_zero(reading):
    trace = reading.run()
    dh, _ = own_gradients(trace, 0)
    without, zero = tensors(backward(trace, dh)), tensors(backward(trace, dh, np.zeros_like(dh)))
    for name in without:
        np.testing.assert_array_equal(without[name], zero[name])


@given(readings(LSTMS))
def test_an_open_forget_gate_carries_the_gradient_back_undiminished(reading):
    trace = reading.run(clamp={"i": 0.0, "f": 1.0, "o": 0.0})
    _, dc = own_gradients(trace, 0)
    gradients = backward(trace, np.zeros_like(dc), dc)
    assert_close(gradients.c, np.cumsum(dc[::-1], axis=0)[::-1])


@given(readings(GATED))
def test_nothing_flows_to_what_clamps_replaced(reading):
    trace = reading.run(clamp=dict.fromkeys(reading.cell.gates, 0.5))
    gradients = backward(trace, *own_gradients(trace, 0))
    assert not any(getattr(gradients, name).any() for name in ("x", *PARAMETERS))


@given(readings(GATED), st.data())
def test_a_clamp_of_one_unit_cuts_only_that_units_rows(reading, data):
    cell = reading.cell
    gate, unit = data.draw(st.sampled_from(cell.gates)), data.draw(st.integers(0, cell.hidden_size - 1))
    trace = reading.run(clamp={gate: {unit: 0.5}})
    row = cell.rows(gate).start + unit
    gradients = backward(trace, *own_gradients(trace, 0))
    assert gradients.bias_ih[row] == gradients.bias_hh[row] == 0.0
    assert not gradients.weight_ih[row].any() and not gradients.weight_hh[row].any()


@given(readings(EVERY))
def test_a_gradient_has_the_shape_of_its_tensor(reading):
    trace = reading.run()
    gradients = backward(trace, np.ones_like(trace.h))
    for name in tensors(gradients):
        owner = trace.cell if name in PARAMETERS else trace
        assert getattr(gradients, name).shape == getattr(owner, name).shape


@given(readings(EVERY))
def test_gradients_are_frozen(reading):
    trace = reading.run()
    gradients = backward(trace, np.ones_like(trace.h))
    for value in tensors(gradients).values():
        with pytest.raises(ValueError, match="read-only"):
            value[...] = 0.0
    with pytest.raises(dataclasses.FrozenInstanceError):
        gradients.h = None


@pytest.mark.parametrize("kind", EVERY, ids=called)
def test_the_table_of_gradients_holds_each_number_once(kind):
    cls, options = kind
    trace = cls.random(3, 3, seed=0, **options).run(normal(4, 3, seed=1))
    gradients = backward(trace, *own_gradients(trace, 2))
    table = gradients.frame()
    assert list(table.columns) == ["time", "unit", "quantity", "value"]
    for quantity, rows in table.groupby("quantity"):
        back = rows.pivot(index="time", columns="unit", values="value").to_numpy()
        np.testing.assert_array_equal(back, getattr(gradients, quantity))


def test_a_gradient_that_explodes_is_infinite_without_a_warning():
    cell = Elman.random(2, 5, seed=0, spectral_radius=3.0, nonlinearity="identity")
    trace = cell.run(np.zeros((1000, 2)))
    dh = np.zeros((1000, 5))
    dh[-1] = 1.0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gradients = backward(trace, dh)
    assert not np.isfinite(gradients.h0).any()


TRACE = GRU.random(2, 3).run(np.ones((4, 2)))
REFUSED = {
    "short": (TRACE, np.ones((3, 3)), None, ["dh", "(3, 3)", "(4, 3)"]),
    "flat": (TRACE, np.ones(3), None, ["dh", "(3,)", "(4, 3)"]),
    "text": (TRACE, "steep", None, ["dh", "steep", "real numbers"]),
    "dc-to-a-gru": (TRACE, np.ones((4, 3)), np.ones((4, 3)), ["dc", "GRU", "None"]),
    "dc-to-a-bag": (BagOfWords(2).run([[1, 2]]), [[1, 1]], [[1, 1]], ["dc", "BagOfWords", "None"]),
    "dc-of-another-shape": (
        LSTM.random(2, 3).run(np.ones((4, 2))), np.ones((4, 3)), np.ones((1, 3)), ["dc", "(1, 3)", "(4, 3)"]
    ),
}  # fmt: skip


@pytest.mark.parametrize(("trace", "dh", "dc", "words"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_fit_is_refused_by_name(trace, dh, dc, words):
    with pytest.raises(ValueError) as refusal:
        backward(trace, dh, dc)
    assert all(word in str(refusal.value) for word in words), refusal.value
