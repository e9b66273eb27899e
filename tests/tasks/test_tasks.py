"""The tasks: what is asked is what the sequence says, and chance is what guessing comes to."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.tasks.catalogue import TASKS
from rnnviz.tasks.memory import COPIED

EACH = pytest.mark.parametrize("key", TASKS)
MANY = 20_000


def a_length(task):
    return st.integers(task.length.least, min(task.length.most, 60))


@EACH
@given(st.data())
def test_examples_fit_the_table(key, data):
    task = TASKS[key]
    length, batch = data.draw(a_length(task)), data.draw(st.integers(1, 4))
    options = {name: data.draw(st.integers(o.least, o.most)) for name, o in task.options.items()}
    made = task.examples(data.draw(st.integers(0, 99)), batch=batch, length=length, **options)
    assert made.x.shape[0] == batch and made.x.shape[2] == task.inputs and made.x.dtype == np.float32
    assert made.y.shape == made.asked.shape == made.graded.shape == made.x.shape[:2]
    assert not (made.graded & ~made.asked).any() and made.graded.any(axis=1).all()
    assert not made.y[~made.asked].any()
    if task.classes is not None:
        assert made.y.dtype.kind == "i" and made.y.min() >= 0 and made.y.max() < task.classes
    if task.symbols is not None:
        assert len(task.symbols) == task.inputs and (made.x.sum(axis=2) == 1).all()


@EACH
def test_the_same_seed_gives_the_same_bytes_and_another_another(key):
    task = TASKS[key]
    one, same, other = (task.examples(seed, batch=3, length=task.length.default) for seed in (5, 5, 6))
    assert one.x.tobytes() == same.x.tobytes() and one.y.tobytes() == same.y.tobytes()
    assert one.x.tobytes() != other.x.tobytes()


def best_blind(task, batch):
    """(batch, time, classes) probabilities or (batch, time) numbers: the best answer at each step without reading."""
    if task.classes is None:
        return np.broadcast_to(batch.y.mean(axis=0), batch.y.shape)
    return np.stack([np.bincount(column, minlength=task.classes) / len(column) for column in batch.y.T])[None]


@EACH
def test_the_chance_level_is_what_the_best_blind_answer_costs(key):
    """Measured on many examples, at two lengths: within a hundredth of the formula."""
    task = TASKS[key]
    for length in (task.length.least, 30):
        batch = task.examples(1, batch=MANY if key != "characters" else 4000, length=length)
        blind = best_blind(task, batch)
        options = task.settings(length, {})
        if task.classes is None:
            loss = ((blind - batch.y) ** 2)[batch.asked].mean()
            likeliest = (
                [np.bincount(column.astype(int)).argmax() for column in batch.y.T] if key == "brackets" else blind
            )
            measured = task.metric(np.broadcast_to(likeliest, batch.y.shape), batch)
        else:
            # At each step the probabilities of that step; for text, those of any.
            p = blind if key != "characters" else np.broadcast_to(blind.mean(axis=1, keepdims=True), blind.shape)
            right = np.take_along_axis(np.broadcast_to(p, (*batch.y.shape, task.classes)), batch.y[..., None], 2)
            loss = -np.log(right[..., 0][batch.asked]).mean()
            measured = task.metric(np.broadcast_to(p.argmax(axis=2), batch.y.shape), batch)
        assert loss == pytest.approx(task.chance(length, **options), rel=0.01)
        assert measured == pytest.approx(task.chance_metric(length, **options), rel=0.05, abs=0.006)


@given(st.integers(4, 60), st.integers(0, 99))
def test_adding_asks_for_the_sum_of_the_marked_numbers_one_in_each_half(length, seed):
    made = TASKS["adding"].examples(seed, batch=5, length=length)
    numbers, marks = made.x[..., 0], made.x[..., 1]
    half = length // 2
    assert (marks[:, :half].sum(axis=1) == 1).all() and (marks[:, half:].sum(axis=1) == 1).all()
    np.testing.assert_allclose(made.y[:, -1], (numbers * marks).sum(axis=1), rtol=1e-6)


@given(st.integers(1, 60), st.integers(0, 99))
def test_copy_asks_for_the_letters_in_their_order_after_the_sign(length, seed):
    made = TASKS["copy"].examples(seed, batch=3, length=length)
    read = made.x.argmax(axis=2)
    assert made.x.shape[1] == length + 20
    np.testing.assert_array_equal(made.y[:, -COPIED:], read[:, :COPIED])
    assert (made.y[:, :-COPIED] == 8).all() and (read[:, -COPIED - 1] == 9).all()
    assert ((read == 9).sum(axis=1) == 1).all()


@given(st.integers(10, 60), st.integers(0, 99))
def test_order_asks_for_the_two_letters_as_they_came(length, seed):
    made = TASKS["order"].examples(seed, batch=5, length=length)
    for ids, answer in zip(made.x.argmax(axis=2), made.y[:, -1], strict=True):
        places = np.flatnonzero(ids < 2)
        assert len(places) == 2 and answer == 2 * ids[places[0]] + ids[places[1]]
        assert length // 10 <= places[0] < 2 * length // 10 and 4 * length // 10 <= places[1] < 5 * length // 10


@given(st.integers(2, 60), st.integers(0, 99))
def test_recall_asks_for_the_first_symbol_which_comes_never_again(length, seed):
    made = TASKS["recall"].examples(seed, batch=5, length=length)
    ids = made.x.argmax(axis=2)
    np.testing.assert_array_equal(made.y[:, -1], ids[:, 0])
    assert (ids[:, 0] < 4).all() and (ids[:, 1:] >= 4).all()


@given(st.integers(2, 60), st.integers(0, 99))
def test_parity_and_depth_count_what_was_read(length, seed):
    parity = TASKS["parity"].examples(seed, batch=3, length=length)
    np.testing.assert_array_equal(parity.y, np.cumsum(parity.x[..., 0], axis=1) % 2)
    brackets = TASKS["brackets"].examples(seed, batch=3, length=length, depth=4)
    depth = np.cumsum(brackets.x[..., 0] - brackets.x[..., 1], axis=1)
    np.testing.assert_array_equal(brackets.y, depth)
    assert depth.min() >= 0 and depth.max() <= 4


@given(st.sampled_from(["sine", "characters"]), st.integers(2, 60), st.integers(0, 99))
def test_prediction_asks_for_the_next_input(key, length, seed):
    made = TASKS[key].examples(seed, batch=3, length=length)
    read = made.x[..., 0] if key == "sine" else made.x.argmax(axis=2)
    np.testing.assert_array_equal(made.y[:, :-1], read[:, 1:])


@EACH
def test_right_answers_are_perfect(key):
    task = TASKS[key]
    made = task.examples(0, batch=3, length=20)
    assert task.metric(made.y, made) == (1.0 if task.higher_is_better else 0.0)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"length": 3}, "length of Adding problem must be a whole number from 4 to 500, not 3"),
        ({"length": 50.0}, "not 50.0"),
        ({"length": 50, "depth": 2}, "Adding problem has no option 'depth'; it has none"),
        ({"length": 50, "batch": 0}, "batch must be a whole number of at least 1, not 0"),
    ],
)
def test_what_is_out_of_range_is_said(settings, words):
    with pytest.raises(ValueError, match=words):
        TASKS["adding"].examples(0, **({"batch": 2} | settings))
    with pytest.raises(ValueError, match="depth of Bracket depth must be a whole number from 2 to 50, not 1"):
        TASKS["brackets"].examples(0, batch=2, length=10, depth=1)
