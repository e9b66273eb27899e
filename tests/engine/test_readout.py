"""From the state to the output: a distribution, whatever the state."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.engine import Readout, softmax
from tests.engine.strategies import arrays, assert_close, normal, seeds, sizes

scores = st.tuples(sizes, sizes).flatmap(lambda shape: arrays(*shape))


def readout(classes, hidden_size, seed):
    return Readout(normal(classes, hidden_size, seed=seed), normal(classes, seed=seed + 1))


@given(sizes, sizes, sizes, seeds)
def test_the_output_equals_torchs_linear_layer_and_softmax(steps, hidden_size, classes, seed):
    ours, h = readout(classes, hidden_size, seed), normal(steps, hidden_size, seed=seed + 2)
    scores = torch.nn.functional.linear(*(torch.tensor(a) for a in (h, ours.weight, ours.bias)))
    assert_close(ours.run(h), torch.softmax(scores, dim=-1))


@given(sizes, sizes, sizes, seeds)
def test_each_step_is_a_distribution(steps, hidden_size, classes, seed):
    p = readout(classes, hidden_size, seed).run(normal(steps, hidden_size, seed=seed + 2))
    assert p.shape == (steps, classes) and (p >= 0.0).all()
    assert_close(p.sum(axis=1), np.ones(steps))


@given(scores, st.floats(-1e3, 1e3))
def test_adding_one_number_to_all_scores_changes_nothing(y, shift):
    np.testing.assert_allclose(softmax(y + shift), softmax(y), atol=1e-12)


@given(scores, seeds)
def test_classes_may_come_in_any_order(y, seed):
    order = np.random.default_rng(seed).permutation(y.shape[1])
    assert_close(softmax(y[:, order]), softmax(y)[:, order])


@pytest.mark.filterwarnings("error")
def test_large_scores_do_not_overflow():
    np.testing.assert_array_equal(softmax(np.array([1e300, 0.0, -1e300])), [1.0, 0.0, 0.0])
    np.testing.assert_array_equal(softmax(np.full(4, 1e300)), np.full(4, 0.25))


def test_without_weights_every_class_is_as_likely():
    np.testing.assert_array_equal(Readout(np.zeros((4, 3))).run(normal(5, 3, seed=0)), np.full((5, 4), 0.25))


def test_a_readout_counts_its_parameters():
    assert readout(5, 3, 0).parameters == Readout(np.ones((5, 3))).parameters == 5 * 3 + 5


def test_weights_are_frozen_copies():
    mine = np.ones((2, 3))
    taken = Readout(mine)
    mine[...] = 7.0
    assert (taken.weight == 1.0).all()
    for value in (taken.weight, taken.bias):
        with pytest.raises(ValueError, match="read-only"):
            value[...] = 0.0


REFUSED = {
    "h-shape": (lambda: Readout(np.ones((2, 3))).run(np.ones((4, 2))), ["h", "(4, 2)", "3"]),
    "weight-flat": (lambda: Readout(np.ones(3)), ["weight", "(3,)"]),
    "weight-infinite": (lambda: Readout([[np.inf]]), ["weight", "inf", "finite"]),
    "weight-text": (lambda: Readout("W"), ["weight", "W", "real numbers"]),
    "bias-shape": (lambda: Readout(np.ones((2, 3)), np.ones(3)), ["bias", "(3,)", "2"]),
}


@pytest.mark.parametrize(("call", "words"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_fit_is_refused_by_name(call, words):
    with pytest.raises(ValueError) as refusal:
        call()
    assert all(word in str(refusal.value) for word in words), refusal.value


def test_a_state_that_has_overflowed_gives_no_probabilities_and_no_warning():
    p = Readout(np.ones((2, 3))).run(np.array([[0.0, np.inf, 1.0], [0.0, 0.0, 0.0]]))
    assert np.isnan(p[0]).all()
    np.testing.assert_array_equal(p[1], [0.5, 0.5])
