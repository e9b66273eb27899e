from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from rnnviz.tasks.ngram import NGram

SIZE = 4
ids = arrays(np.int64, st.integers(0, 60), elements=st.integers(0, SIZE - 1))
orders = st.integers(1, 5)


def by_the_formula(ids, context, following, order):
    """Witten-Bell as it is written, one count at a time."""
    if order == 0:
        return 1 / SIZE
    shorter = by_the_formula(ids, context, following, order - 1)
    u = tuple(context[len(context) - order + 1 :])
    seen = [ids[t] for t in range(len(u), len(ids)) if tuple(ids[t - len(u) : t]) == u]
    if not seen:
        return shorter
    return (seen.count(following) + len(set(seen)) * shorter) / (len(seen) + len(set(seen)))


@given(ids, ids, orders)
def test_probabilities_sum_to_one_and_none_is_zero(seen, context, order):
    p = NGram.fit(seen, order=order, size=SIZE).next(context)
    assert p.shape == (SIZE,)
    assert p.sum() == pytest.approx(1, abs=1e-12)
    assert (p > 0).all()


@given(ids, arrays(np.int64, 8, elements=st.integers(0, SIZE - 1)), orders)
def test_the_vectorised_probability_is_the_formula(seen, text, order):
    p = NGram.fit(seen, order=order, size=SIZE).probability(text)
    expected = [by_the_formula(seen.tolist(), text[:t].tolist(), text[t], min(order, t + 1)) for t in range(len(text))]
    np.testing.assert_allclose(p, expected, atol=1e-12)


@given(ids, arrays(np.int64, 8, elements=st.integers(0, SIZE - 1)), orders)
def test_a_probability_in_a_text_is_the_one_after_its_context(seen, text, order):
    model = NGram.fit(seen, order=order, size=SIZE)
    after = [model.next(text[:t])[text[t]] for t in range(len(text))]
    np.testing.assert_allclose(model.probability(text), after, atol=1e-12)


@given(orders)
def test_a_model_that_saw_nothing_is_uniform(order):
    nothing = np.array([], dtype=np.int64)
    model = NGram.fit(nothing, order=order, size=SIZE)
    assert model.bits_per_character(np.array([0, 3, 1])) == pytest.approx(np.log2(SIZE))


@given(arrays(np.int64, st.integers(2, 60), elements=st.integers(0, SIZE - 1)))
def test_more_context_never_predicts_the_text_it_counted_worse(seen):
    bits = [NGram.fit(seen, order=order, size=SIZE).bits_per_character(seen) for order in range(1, 6)]
    assert all(longer <= shorter + 1e-9 for shorter, longer in pairwise(bits))


def test_a_periodic_text_is_learned_only_with_enough_context():
    text = np.tile([0, 0, 1, 2], 500)
    bits = {order: NGram.fit(text, order=order, size=SIZE).bits_per_character(text) for order in (1, 2, 3)}
    assert bits[1] == pytest.approx(1.5, abs=0.02)
    assert bits[2] == pytest.approx(0.5, abs=0.02)
    assert bits[3] == pytest.approx(0, abs=0.02)


@pytest.mark.parametrize("order", [0, -1, 64])
def test_an_order_out_of_range_is_refused(order):
    with pytest.raises(ValueError, match=f"order.*{order}"):
        NGram.fit(np.array([0, 1]), order=order, size=SIZE)


@pytest.mark.parametrize("bad", [[-1], [SIZE], [0.5]])
def test_ids_outside_the_vocabulary_are_refused(bad):
    with pytest.raises(ValueError, match="ids must be"):
        NGram.fit(np.array(bad), order=2, size=SIZE)
    with pytest.raises(ValueError, match="ids must be"):
        NGram.fit(np.array([0, 1]), order=2, size=SIZE).next(np.array(bad))


def test_a_text_too_short_to_predict_is_refused():
    with pytest.raises(ValueError, match="at least 2"):
        NGram.fit(np.array([0, 1]), order=2, size=SIZE).bits_per_character(np.array([1]))
