"""Words are what a reader would call words, and a window sees the last inputs and nothing else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.tasks.words import one_hot, window, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dog bites man!", ["dog", "bites", "man"]),
        ("don't — stop well-known 'quoted' -x-", ["don't", "stop", "well-known", "quoted", "x"]),
        ("🐶 bites 👨🏽‍🌾🇩🇪❤️", ["🐶", "bites", "👨🏽‍🌾", "🇩🇪", "❤️"]),
        ("é e\u0301 É", ["é", "é", "é"]),
        ("Straße STRASSE", ["strasse", "strasse"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("a\x00b\u2028c", ["a", "b", "c"]),
        ("...?! ,", []),
        ("", []),
    ],
)
def test_a_word_is_what_a_reader_calls_one(text, expected):
    assert list(words(text)) == expected


@given(st.text())
def test_words_hold_no_space_no_capital_and_are_their_own_words(text):
    found = words(text)
    assert all(word and word.split() == [word] for word in found)
    assert words(" ".join(found)) == found


@given(st.lists(st.sampled_from("abcd"), max_size=8))
def test_one_hot_has_a_single_one_a_row_at_the_words_place(sentence):
    x = one_hot(sentence, "abcd")
    assert x.shape == (len(sentence), 4)
    assert ["abcd"[row.argmax()] for row in x] == sentence
    assert (x.sum(axis=1) == 1).all() and set(x.ravel()) <= {0, 1}


def test_a_word_that_the_vocabulary_lacks_or_has_twice_is_refused():
    with pytest.raises(ValueError, match="'e'"):
        one_hot(["e"], ["a"])
    with pytest.raises(ValueError, match="twice"):
        one_hot(["a"], ["a", "a"])


@given(st.integers(1, 9), st.integers(1, 5), st.integers(1, 6))
def test_a_window_is_the_last_inputs_newest_first_and_nothing_before_there_were_any(steps, features, size):
    x = np.random.default_rng(steps).normal(size=(steps, features))
    seen = window(x, size)
    assert seen.shape == (steps, size * features)
    for t in range(steps):
        places = [x[t - back] if t >= back else np.zeros(features) for back in range(size)]
        np.testing.assert_array_equal(seen[t], np.concatenate(places))


def test_a_window_of_one_is_the_input_and_of_none_is_refused():
    x = np.eye(3)
    np.testing.assert_array_equal(window(x, 1), x)
    with pytest.raises(ValueError, match="0"):
        window(x, 0)
