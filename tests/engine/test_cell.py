"""Initialisation, weights in and out, and what is refused."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.engine import GRU, LSTM, Elman
from tests.engine.strategies import (
    ELMAN,
    GRUS,
    LSTMS,
    WEIGHTED,
    assert_close,
    called,
    cells,
    seeds,
    sizes,
)
from tests.engine.torch_loop import PARAMETERS, torch_module

weighted = st.sampled_from(WEIGHTED)


def parameter_bytes(cell):
    return [getattr(cell, name).tobytes() for name in PARAMETERS]


@given(weighted, sizes, sizes, seeds)
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(kind, input_size, hidden_size, seed):
    cls, options = kind
    once, again, other = (
        parameter_bytes(cls.random(input_size, hidden_size, seed=s, **options)) for s in (seed, seed, seed + 1)
    )
    assert once == again
    assert all(a != b for a, b in zip(once, other, strict=True))


def test_the_seed_is_zero_unless_another_is_asked_for():
    assert parameter_bytes(LSTM.random(3, 4)) == parameter_bytes(LSTM.random(3, 4, seed=0))


@given(weighted, sizes, sizes, seeds)
def test_every_parameter_starts_within_one_over_the_root_of_hidden_size(kind, input_size, hidden_size, seed):
    cls, options = kind
    cell = cls.random(input_size, hidden_size, seed=seed, **options)
    assert all(np.abs(getattr(cell, name)).max() <= 1 / np.sqrt(hidden_size) for name in PARAMETERS)


@pytest.mark.parametrize("kind", WEIGHTED, ids=called)
def test_the_start_is_uniform_as_torchs_is(kind):
    cls, options = kind
    cell = cls.random(100, 100, seed=0, **options)
    for name in PARAMETERS[:2]:
        drawn = np.sort(getattr(cell, name).ravel() * np.sqrt(100))
        assert np.abs(drawn - np.linspace(-1.0, 1.0, drawn.size)).max() < 0.05


@given(weighted, sizes, st.integers(1, 12), seeds, st.floats(0.0, 3.0))
def test_every_recurrent_block_has_the_radius_that_was_asked(kind, input_size, hidden_size, seed, radius):
    cls, options = kind
    cell = cls.random(input_size, hidden_size, seed=seed, spectral_radius=radius, **options)
    for block in np.split(cell.weight_hh, len(cls.blocks)):
        assert_close(np.abs(np.linalg.eigvals(block)).max(), radius, 1e-10)


@given(weighted, sizes, sizes, seeds)
def test_the_spectral_radius_only_rescales_the_recurrent_blocks(kind, input_size, hidden_size, seed):
    cls, options = kind
    plain = cls.random(input_size, hidden_size, seed=seed, **options)
    scaled = cls.random(input_size, hidden_size, seed=seed, spectral_radius=0.9, **options)
    for name in ("weight_ih", "bias_ih", "bias_hh"):
        np.testing.assert_array_equal(getattr(plain, name), getattr(scaled, name))
    for before, after in zip(*(np.split(c.weight_hh, len(cls.blocks)) for c in (plain, scaled)), strict=True):
        ratio = after / before
        np.testing.assert_allclose(ratio, ratio[0, 0], rtol=1e-12)
        assert ratio[0, 0] > 0


@given(sizes, sizes, seeds, st.floats(-5.0, 5.0))
def test_the_forget_bias_is_what_the_forget_gate_adds_in_total(input_size, hidden_size, seed, forget_bias):
    plain = LSTM.random(input_size, hidden_size, seed=seed)
    cell = LSTM.random(input_size, hidden_size, seed=seed, forget_bias=forget_bias)
    pre = cell.run(np.zeros((1, input_size)))["f_pre"]
    assert (pre == forget_bias).all()
    elsewhere = np.delete(np.arange(4 * hidden_size), cell.rows("f"))
    for name in PARAMETERS:
        np.testing.assert_array_equal(getattr(cell, name)[elsewhere], getattr(plain, name)[elsewhere])


@given(cells(ELMAN[:2] + LSTMS + GRUS[:1]))
def test_weights_survive_the_way_through_torch_and_back(cell):
    options = {option: getattr(cell, option) for option in cell.options}
    back = type(cell).from_state_dict(torch_module(cell).state_dict(), **options)
    assert parameter_bytes(back) == parameter_bytes(cell)


@given(cells(WEIGHTED))
def test_weights_survive_as_arrays(cell):
    options = {option: getattr(cell, option) for option in cell.options}
    back = type(cell).from_state_dict(cell.state_dict(), **options)
    assert parameter_bytes(back) == parameter_bytes(cell)
    assert repr(back) == repr(cell)


@pytest.mark.parametrize("kind", ELMAN[:2] + LSTMS + GRUS[:1], ids=called)
def test_the_count_of_parameters_is_torchs(kind):
    cls, options = kind
    cell = cls.random(5, 4, **options)
    assert cell.parameters == sum(tensor.numel() for tensor in torch_module(cell).parameters())


@given(cells(WEIGHTED))
def test_biases_left_out_are_zero(cell):
    bare = type(cell)(cell.weight_ih, cell.weight_hh)
    assert not bare.bias_ih.any() and not bare.bias_hh.any()
    assert bare.bias_ih.shape == bare.bias_hh.shape == (len(cell.blocks) * cell.hidden_size,)


def test_other_tensors_of_a_model_are_passed_over():
    cell = GRU.random(3, 4)
    tensors = {"readout.weight": "not even numbers", **cell.state_dict()}
    assert parameter_bytes(GRU.from_state_dict(tensors)) == parameter_bytes(cell)


@given(cells(WEIGHTED))
def test_weights_are_frozen_copies(cell):
    mine = cell.weight_hh.copy()
    taken = type(cell)(cell.weight_ih, mine)
    mine[...] = 7.0
    assert not (taken.weight_hh == 7.0).any()
    for name in PARAMETERS:
        with pytest.raises(ValueError, match="read-only"):
            getattr(cell, name)[...] = 0.0
    cell.state_dict()["weight_hh_l0"][...] = 7.0
    assert not (cell.weight_hh == 7.0).any()


def test_a_cell_says_what_it_is():
    assert repr(GRU.random(3, 4, reset="before")) == "GRU(input_size=3, hidden_size=4, reset='before')"


def without(tensors, *names):
    return {name: value for name, value in tensors.items() if name not in names}


def spoilt(cell, value):
    weight_hh = cell.weight_hh.copy()
    weight_hh[1, 0] = value
    return cell.weight_ih, weight_hh


elman, lstm, gru = (cls.random(2, 3) for cls in (Elman, LSTM, GRU))
OF_ELMAN, OF_LSTM, OF_GRU = (cell.state_dict() for cell in (elman, lstm, gru))
PROJECTED = torch.nn.LSTM(2, 3, proj_size=1).state_dict()
X = np.ones((4, 2))
REFUSED = {
    "x-too-wide": (lambda: lstm.run(np.ones((4, 5))), ["x", "(4, 5)", "2"]),
    "x-flat": (lambda: lstm.run(np.ones(2)), ["x", "(2,)", "2"]),
    "x-batched": (lambda: lstm.run(np.ones((1, 4, 2))), ["x", "(1, 4, 2)", "2"]),
    "x-empty": (lambda: lstm.run(np.ones((0, 2))), ["x", "(0, 2)", "at least 1"]),
    "x-ragged": (lambda: lstm.run([[1.0, 2.0], [3.0]]), ["x", "[3.0]", "real numbers"]),
    "x-text": (lambda: lstm.run("the cat"), ["x", "the cat", "real numbers"]),
    "x-words": (lambda: lstm.run([["the", "cat"]]), ["x", "cat", "real numbers"]),
    "x-complex": (lambda: lstm.run([[1j, 0.0]]), ["x", "1j", "real numbers"]),
    "x-complex-array": (lambda: lstm.run(np.array([[1j, 0.0]])), ["x", "1.j", "real numbers"]),
    "x-digits": (lambda: lstm.run([["1", "2"]]), ["x", "'1'", "real numbers"]),
    "x-beyond-float": (lambda: lstm.run([[10**400, 1]]), ["x", "1000", "real numbers"]),
    "x-none": (lambda: lstm.run(None), ["x"]),
    "x-nan": (lambda: lstm.run([[0.0, np.nan]]), ["x", "nan", "(0, 1)", "finite"]),
    "x-infinite": (lambda: lstm.run([[0.0, 1.0], [-np.inf, 0.0]]), ["x", "-inf", "(1, 0)", "finite"]),
    "h0-shape": (lambda: lstm.run(X, h0=np.ones(2)), ["h0", "(2,)", "3"]),
    "h0-nan": (lambda: lstm.run(X, h0=[0, 0, np.nan]), ["h0", "nan", "finite"]),
    "c0-shape": (lambda: lstm.run(X, c0=np.ones((1, 3))), ["c0", "(1, 3)", "shape (3"]),
    "c0-infinite": (lambda: lstm.run(X, c0=[0, 0, np.inf]), ["c0", "inf", "finite"]),
    "c0-to-a-gru": (lambda: gru.run(X, c0=np.ones(3)), ["c0", "GRU", "None"]),
    "c0-to-an-elman": (lambda: elman.run(X, c0=np.ones(3)), ["c0", "Elman", "None"]),
    "input-size-0": (lambda: GRU.random(0, 3), ["input_size", "0", "at least 1"]),
    "input-size-negative": (lambda: GRU.random(-1, 3), ["input_size", "-1", "at least 1"]),
    "hidden-size-0": (lambda: GRU.random(2, 0), ["hidden_size", "0", "at least 1"]),
    "hidden-size-negative": (lambda: LSTM.random(2, -1), ["hidden_size", "-1", "at least 1"]),
    "hidden-size-broken": (lambda: LSTM.random(2, 1.5), ["hidden_size", "1.5", "whole number"]),
    "hidden-size-true": (lambda: Elman.random(2, True), ["hidden_size", "True", "whole number"]),
    "hidden-size-text": (lambda: Elman.random(2, "four"), ["hidden_size", "four", "whole number"]),
    "seed-negative": (lambda: GRU.random(2, 3, seed=-1), ["seed", "-1", "at least 0"]),
    "seed-broken": (lambda: GRU.random(2, 3, seed=0.5), ["seed", "0.5", "whole number"]),
    "seed-true": (lambda: GRU.random(2, 3, seed=True), ["seed", "True", "whole number"]),
    "seed-none": (lambda: GRU.random(2, 3, seed=None), ["seed", "None", "whole number"]),
    "radius-negative": (lambda: GRU.random(2, 3, spectral_radius=-1), ["spectral_radius", "-1", "least 0"]),
    "radius-nan": (lambda: GRU.random(2, 3, spectral_radius=np.nan), ["spectral_radius", "nan", "finite"]),
    "radius-text": (lambda: GRU.random(2, 3, spectral_radius="one"), ["spectral_radius", "one", "number"]),
    "forget-bias-of-a-gru": (lambda: GRU.random(2, 3, forget_bias=1), ["forget_bias", "1", "GRU", "None"]),
    "forget-bias-of-an-elman": (lambda: Elman.random(2, 3, forget_bias=1), ["forget_bias", "Elman", "None"]),
    "forget-bias-beyond-float": (lambda: LSTM.random(2, 3, forget_bias=10**400), ["forget_bias", "1000", "finite"]),
    "forget-bias-nan": (lambda: LSTM.random(2, 3, forget_bias=np.nan), ["forget_bias", "nan", "finite"]),
    "nonlinearity": (
        lambda: Elman.random(2, 3, nonlinearity="sigmoid"),
        ["nonlinearity", "'sigmoid'", "'tanh', 'relu', 'identity'"],
    ),
    "reset": (lambda: GRU.random(2, 3, reset="during"), ["reset", "'during'", "'after', 'before'"]),
    "reset-none": (lambda: GRU.random(2, 3, reset=None), ["reset", "None", "'after', 'before'"]),
    "rows": (lambda: GRU(np.ones((12, 2)), np.ones((12, 3))), ["weight_hh", "(12, 3)", "3·3", "r z n"]),
    "weights-disagree": (lambda: GRU(np.ones((8, 2)), np.ones((9, 3))), ["weight_ih", "(8, 2)", "9"]),
    "bias-shape": (lambda: GRU(np.ones((9, 2)), np.ones((9, 3)), np.ones(3)), ["bias_ih", "(3,)", "9"]),
    "weight-nan": (lambda: Elman(*spoilt(elman, np.nan)), ["weight_hh", "nan", "(1, 0)", "finite"]),
    "weight-infinite": (lambda: Elman(*spoilt(elman, np.inf)), ["weight_hh", "inf", "(1, 0)", "finite"]),
    "lstm-weights-to-a-gru": (
        lambda: GRU.from_state_dict(OF_LSTM), ["weight_hh_l0", "(12, 3)", "nn.LSTM", "GRU", "(9, 3)"]
    ),
    "gru-weights-to-an-elman": (
        lambda: Elman.from_state_dict(OF_GRU), ["weight_hh_l0", "(9, 3)", "nn.GRU", "Elman", "(3, 3)"]
    ),
    "elman-weights-to-an-lstm": (
        lambda: LSTM.from_state_dict(OF_ELMAN), ["weight_hh_l0", "(3, 3)", "nn.RNN", "LSTM", "(12, 3)"]
    ),
    "missing-tensor": (
        lambda: GRU.from_state_dict(without(OF_GRU, "weight_hh_l0")),
        ["lacks weight_hh_l0", "weight_ih_l0"],
    ),
    "missing-bias": (
        lambda: GRU.from_state_dict(without(OF_GRU, "bias_hh_l0")), ["lacks bias_hh_l0", "bias_ih_l0"]
    ),
    "nothing": (lambda: GRU.from_state_dict({}), ["lacks weight_ih_l0, weight_hh_l0", "nothing"]),
    "layer-not-there": (lambda: GRU.from_state_dict(OF_GRU, layer=1), ["lacks", "weight_ih_l1"]),
    "direction-not-there": (
        lambda: GRU.from_state_dict(OF_GRU, reverse=True), ["lacks", "weight_ih_l0_reverse"]
    ),
    "projection": (lambda: LSTM.from_state_dict(PROJECTED), ["weight_hr_l0", "projection"]),
    "tensor-of-text": (
        lambda: GRU.from_state_dict(OF_GRU | {"bias_hh_l0": "zero"}), ["bias_hh_l0", "zero", "real"]
    ),
    "tensor-with-nan": (
        lambda: GRU.from_state_dict(OF_GRU | {"bias_hh_l0": torch.full((9,), torch.nan)}),
        ["bias_hh_l0", "nan", "finite"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("call", "words"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_fit_is_refused_by_name(call, words):
    with pytest.raises(ValueError) as refusal:
        call()
    assert all(word in str(refusal.value) for word in words), refusal.value
