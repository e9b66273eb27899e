"""The bag of words: a state without order, next to one that has it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.engine import BagOfWords, Elman, backward
from tests.engine.strategies import BAG, assert_close, normal, readings


@given(readings(BAG), st.randoms(use_true_random=False))
def test_permuting_the_input_leaves_the_last_state(reading, random):
    order = random.sample(range(len(reading.x)), len(reading.x))
    assert_close(reading.run(x=reading.x[order]).h[-1], reading.run().h[-1])


@given(st.integers(0, 10_000))
def test_permuting_the_input_changes_elmans_last_state(seed):
    elman, x = Elman.random(3, 4, seed=seed), normal(5, 3, seed=seed)
    assert np.abs(elman.run(x).h[-1] - elman.run(x[::-1]).h[-1]).max() > 1e-6


@given(readings(BAG))
def test_the_state_is_the_sum_of_what_was_read(reading):
    trace = reading.run()
    for t in range(len(trace)):
        assert_close(trace.h[t], trace.h0 + reading.x[: t + 1].sum(axis=0))


@given(st.text(alphabet="abcd", min_size=1, max_size=30))
def test_the_state_counts_one_hot_letters(text):
    x = np.eye(4)[["abcd".index(letter) for letter in text]]
    assert BagOfWords(4).run(x).h[-1].tolist() == [text.count(letter) for letter in "abcd"]


@given(readings(BAG))
def test_every_input_is_taught_by_all_later_losses_alike(reading):
    trace = reading.run()
    dh = normal(*trace.h.shape, seed=0)
    gradients = backward(trace, dh)
    later = np.array([dh[t:].sum(axis=0) for t in range(len(dh))])
    assert_close(gradients.x, later)
    assert_close(gradients.h, later)
    assert_close(gradients.h0, later[0])


def test_a_bag_has_no_weights():
    bag = BagOfWords.random(3)
    assert bag.state_dict() == {} and bag.parameters == 0
    assert bag.input_size == bag.hidden_size == BagOfWords.random(3, 3).hidden_size == 3
    gradients = backward(bag.run(np.ones((2, 3))), np.ones((2, 3)))
    assert gradients.weight_ih is gradients.weight_hh is gradients.bias_ih is gradients.bias_hh is None
    assert repr(bag) == "BagOfWords(input_size=3, hidden_size=3)"


REFUSED = {
    "hidden-size": (lambda: BagOfWords.random(3, 4), ["hidden_size", "4", "3"]),
    "size-0": (lambda: BagOfWords(0), ["input_size", "0", "at least 1"]),
    "size-true": (lambda: BagOfWords(True), ["input_size", "True", "whole number"]),
    "size-broken": (lambda: BagOfWords.random(1.5), ["input_size", "1.5", "whole number"]),
    "radius": (lambda: BagOfWords.random(3, spectral_radius=1.0), ["spectral_radius", "1.0", "no weights"]),
    "forget-bias": (lambda: BagOfWords.random(3, forget_bias=1.0), ["forget_bias", "1.0", "no weights"]),
    "option": (lambda: BagOfWords.random(3, reset="after"), ["reset", "'after'", "no options"]),
    "state-dict": (lambda: BagOfWords.from_state_dict({}), ["BagOfWords", "no weights"]),
    "state-dict-of-a-layer": (lambda: BagOfWords.from_state_dict({}, layer=1), ["BagOfWords", "no weights"]),
    "x-shape": (lambda: BagOfWords(3).run(np.ones((4, 2))), ["x", "(4, 2)", "3"]),
    "c0": (lambda: BagOfWords(3).run(np.ones((4, 3)), c0=np.ones(3)), ["c0", "BagOfWords", "None"]),
}


@pytest.mark.parametrize(("call", "words"), REFUSED.values(), ids=REFUSED)
def test_what_does_not_fit_is_refused_by_name(call, words):
    with pytest.raises(ValueError) as refusal:
        call()
    assert all(word in str(refusal.value) for word in words), refusal.value
