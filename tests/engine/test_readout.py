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


@given(sizes, sizes, sizes, seeds, st.booleans())
def test_the_loss_of_each_step_and_its_gradients_equal_torchs(steps, hidden_size, classes, seed, only_last):
    ours, generator = readout(classes, hidden_size, seed), np.random.default_rng(seed)
    h = normal(steps, hidden_size, seed=seed + 2)
    targets = generator.integers(0, classes, generator.integers(0, steps + 1))
    loss = ours.cross_entropy(h, targets, only_last=only_last)
    counted = range(len(targets))[-1:] if only_last else range(len(targets))
    for t in range(steps):
        leaves = [torch.tensor(a, requires_grad=True) for a in (h[t], ours.weight, ours.bias)]
        if t not in counted:
            assert np.isnan(loss.values[t])
            assert not (loss.dh[t].any() or loss.weight[t].any() or loss.bias[t].any())
            continue
        theirs = torch.nn.functional.cross_entropy(
            torch.nn.functional.linear(*leaves)[None], torch.tensor([int(targets[t])])
        )
        theirs.backward()
        assert_close(loss.values[t], theirs.item())
        for value, leaf in zip((loss.dh[t], loss.weight[t], loss.bias[t]), leaves, strict=True):
            assert_close(value, leaf.grad.numpy())


@pytest.mark.parametrize(
    ("targets", "words"),
    [
        ([0, 1, 2], "targets has shape"),
        ([0.5], "must be whole numbers"),
        ([4], "targets reach from 4 to 4; classes are 0 to 3"),
        ([-1, 0], "targets reach from -1 to 0"),
    ],
)
def test_targets_that_are_none_are_refused(targets, words):
    with pytest.raises(ValueError, match=words):
        readout(4, 3, 0).cross_entropy(np.ones((2, 3)), targets)


def test_a_sure_and_wrong_guess_costs_a_finite_number():
    """ln of a sum, not ln of a probability that has become 0."""
    sure = Readout(np.array([[1000.0], [0.0]]))
    assert sure.cross_entropy(np.ones((1, 1)), [1]).values[0] == 1000.0
