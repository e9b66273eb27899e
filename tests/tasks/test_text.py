import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.tasks.text import UNKNOWN, Vocabulary, shakespeare, split

VOCABULARY = Vocabulary.of(shakespeare())
known_text = st.text(st.sampled_from(VOCABULARY.tokens[1:]))


@given(known_text)
def test_decoding_undoes_encoding_of_known_characters(text):
    assert VOCABULARY.decode(VOCABULARY.encode(text)) == text


@given(st.text())
def test_exactly_the_unknown_characters_have_index_zero(text):
    ids = VOCABULARY.encode(text)
    assert ids.shape == (len(text),)
    assert [c for c, i in zip(text, ids, strict=True) if i == 0] == [c for c in text if c in VOCABULARY.unknown(text)]


def test_unknown_characters_are_named_once_in_order_of_appearance():
    assert VOCABULARY.unknown("a☃b€☃") == ("☃", "€")
    assert VOCABULARY.decode(VOCABULARY.encode("a☃b")) == f"a{UNKNOWN}b"


def test_the_unknown_token_is_not_a_character_one_can_write():
    assert UNKNOWN[0] not in VOCABULARY
    assert VOCABULARY.unknown(UNKNOWN)[0] == "<"


@given(known_text)
def test_one_hot_rows_have_a_single_one_at_the_id(text):
    ids = VOCABULARY.encode(text)
    rows = VOCABULARY.one_hot(ids)
    assert rows.shape == (len(text), len(VOCABULARY)) and rows.dtype == np.float64
    assert (rows.sum(axis=1) == 1).all() and (rows[np.arange(len(ids)), ids] == 1).all()


@given(st.text(max_size=60), st.integers(1, 5))
def test_a_vocabulary_holds_what_is_frequent_enough_sorted(text, at_least):
    tokens = Vocabulary.of(text, at_least=at_least).tokens
    assert tokens[0] == UNKNOWN
    assert list(tokens[1:]) == sorted(c for c in set(text) if text.count(c) >= at_least)


@pytest.mark.parametrize("ids", [[-1], [len(VOCABULARY)], [0.5], [[0, 1]]])
def test_ids_outside_the_vocabulary_are_refused(ids):
    for use in (VOCABULARY.decode, VOCABULARY.one_hot):
        with pytest.raises(ValueError, match="ids must be"):
            use(np.array(ids))


@pytest.mark.parametrize("tokens", [(), ("a", "b"), (UNKNOWN, "ab"), (UNKNOWN, "a", "a"), (UNKNOWN, 1)])
def test_tokens_that_are_no_vocabulary_are_refused(tokens):
    with pytest.raises(ValueError, match="token"):
        Vocabulary(tokens)


def test_a_count_below_one_is_refused():
    with pytest.raises(ValueError, match="at_least.*0"):
        Vocabulary.of("abc", at_least=0)


@given(st.text())
def test_the_parts_of_a_split_make_the_text_and_a_tenth_is_held_out(text):
    train, held_out = split(text)
    assert train + held_out == text
    assert len(held_out) == len(text) // 10
