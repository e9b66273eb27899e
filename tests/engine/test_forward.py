"""The forward pass against torch, and the laws that every run obeys."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.engine import GRU, LSTM, Elman
from tests.engine.strategies import (
    ELMAN,
    EVERY,
    GATED,
    GRUS,
    LSTMS,
    WEIGHTED,
    assert_close,
    called,
    normal,
    readings,
    seeds,
    sizes,
)
from tests.engine.torch_loop import Loop, module_start, torch_module

OF_TORCH = ELMAN[:2] + LSTMS + GRUS[:1]
BOUNDED = ELMAN[:1] + GATED


@given(readings(OF_TORCH))
def test_a_run_equals_torchs_module(reading):
    cell = reading.cell
    trace = reading.run()
    with torch.no_grad():
        out, end = torch_module(cell)(torch.tensor(reading.x), module_start(cell, reading.h0, reading.c0))
    assert_close(trace.h, out)
    if cell.has_cell_state:
        assert_close(trace.c[-1], end[1][0])


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("kind", OF_TORCH, ids=called)
def test_every_layer_and_direction_of_a_module_can_be_run(kind, bias):
    cls, options = kind
    torch.manual_seed(0)
    own = options if cls is Elman else {}
    torch_class = {Elman: torch.nn.RNN, LSTM: torch.nn.LSTM, GRU: torch.nn.GRU}[cls]
    module = torch_class(3, 4, num_layers=2, bidirectional=True, bias=bias, dtype=torch.float64, **own)
    x = normal(7, 3, seed=1)
    with torch.no_grad():
        out, _ = module(torch.tensor(x))
    for layer in (0, 1):
        forth, back = (
            cls.from_state_dict(module.state_dict(), layer=layer, reverse=reverse, **options)
            for reverse in (False, True)
        )
        x = np.hstack([forth.run(x).h, back.run(x[::-1]).h[::-1]])
    assert_close(x, out)


@pytest.mark.parametrize("kind", EVERY, ids=called)
@given(st.data())
def test_every_recorded_quantity_equals_a_torch_loops(kind, data):
    reading = replace(data.draw(readings((kind,), clamped=True)), hold_from=data.draw(st.integers(0, 4)))
    trace, loop = reading.run(), Loop(reading)
    assert set(trace.quantities) == set(loop.values)
    for quantity in trace.quantities:
        assert_close(trace[quantity], loop.array(quantity))


def test_float32_weights_are_taken_exactly():
    module = torch.nn.LSTM(3, 4)
    cell = LSTM.from_state_dict(module.state_dict())
    assert cell.weight_hh.dtype == np.float64
    np.testing.assert_array_equal(cell.weight_hh.astype(np.float32), module.weight_hh_l0.detach())


@given(readings(EVERY, clamped=True, least=2), st.data())
def test_the_past_does_not_depend_on_the_future(reading, data):
    whole = reading.run()
    steps = data.draw(st.integers(1, len(whole)))
    prefix = reading.run(x=reading.x[:steps])
    for quantity in whole.quantities:
        assert_close(prefix[quantity], whole[quantity][:steps], 1e-14)


@given(readings(EVERY, clamped=True, least=2), st.data())
def test_two_halves_with_the_state_handed_over_equal_one_run(reading, data):
    whole = reading.run()
    k = data.draw(st.integers(1, len(whole) - 1))
    first = reading.run(x=reading.x[:k])
    second = reading.run(x=reading.x[k:], h0=first.h[-1], c0=None if first.c is None else first.c[-1])
    for quantity in whole.quantities:
        assert_close(np.vstack([first[quantity], second[quantity]]), whole[quantity])


@given(readings(EVERY, clamped=True))
def test_the_same_run_gives_the_same_bytes(reading):
    once, again = reading.run(), reading.run()
    assert all(once[quantity].tobytes() == again[quantity].tobytes() for quantity in once)


@given(readings(EVERY, clamped=True))
def test_a_run_changes_nothing_that_it_was_given(reading):
    given_before = [np.copy(a) for a in (reading.x, reading.h0, reading.c0) if a is not None]
    reading.run()
    given_after = [a for a in (reading.x, reading.h0, reading.c0) if a is not None]
    for before, after in zip(given_before, given_after, strict=True):
        np.testing.assert_array_equal(before, after)
        assert after.flags.writeable


@pytest.mark.parametrize("kind", ELMAN, ids=called)
def test_elman_without_weights_stays_at_zero(kind):
    cls, options = kind
    trace = cls(np.zeros((4, 3)), np.zeros((4, 4)), **options).run(normal(6, 3, seed=0), normal(4, seed=1))
    assert not trace.h.any()


def test_gates_without_weights_stand_half_open():
    lstm = LSTM(np.zeros((8, 3)), np.zeros((8, 2))).run(normal(5, 3, seed=0))
    gru = GRU(np.zeros((6, 3)), np.zeros((6, 2))).run(normal(5, 3, seed=0))
    assert all((gate == 0.5).all() for gate in (lstm["i"], lstm["f"], lstm["o"], gru["r"], gru["z"]))
    assert not lstm.h.any() and not gru.h.any()


@given(readings(BOUNDED))
def test_a_squashed_state_never_leaves_one(reading):
    trace = reading.run(h0=None)
    assert np.abs(trace.h).max() <= 1.0


@given(st.sampled_from(BOUNDED), sizes, sizes, seeds)
def test_a_squashed_state_stays_below_one_where_tanh_does(kind, input_size, hidden_size, seed):
    cls, options = kind
    cell = cls.random(input_size, hidden_size, seed=seed, **options)
    trace = cell.run(np.clip(normal(8, input_size, seed=seed), -1.0, 1.0))  # |pre| < 11, and tanh(11) < 1
    assert np.abs(trace.h).max() < 1.0


@given(readings(GATED))
def test_gates_stay_between_zero_and_one_and_candidates_between_minus_one_and_one(reading):
    trace = reading.run()
    for gate in reading.cell.gates:
        least = -1.0 if gate in "gn" else 0.0
        assert trace[gate].min() >= least and trace[gate].max() <= 1.0


def test_a_state_that_explodes_is_recorded_as_infinite_without_a_warning():
    cell = Elman.random(2, 5, seed=0, spectral_radius=3.0, nonlinearity="identity")
    x = np.zeros((1000, 2))
    x[0] = 1.0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        h = cell.run(x).h
    assert np.isfinite(h[:500]).all()
    assert np.abs(h[499]).max() > 1e200
    assert not np.isfinite(h[-1]).any()


@pytest.mark.parametrize("kind", EVERY, ids=called)
def test_huge_inputs_neither_crash_nor_warn(kind):
    cls, options = kind
    cell = cls.random(3, 3, seed=0, **options)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trace = cell.run(np.full((6, 3), 1e300) * [1.0, -1.0, 1.0])
    if called(kind) not in ("Elman-relu", "Elman-identity", "BagOfWords"):
        assert np.isfinite(trace.h).all()


@pytest.mark.parametrize("kind", WEIGHTED, ids=called)
def test_one_step_and_one_unit_are_enough(kind):
    cls, options = kind
    trace = cls.random(1, 1, seed=0, **options).run([[0.5]])
    assert trace.h.shape == (1, 1) and len(trace) == 1
