"""Features of a text: what they say of texts written out by hand, and that none looks ahead unless it says so."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.tasks.text_features import FEATURES, feature

TEXT = "\n\nTHE KING:\nWhat, the man's gone?\nAy me.\n\nAll:\nTo-day."
BY_NAME = {one.name: one for one in FEATURES}
each_feature = pytest.mark.parametrize("one", FEATURES, ids=BY_NAME)


def marked(name, text=TEXT):
    """The characters after which a feature is true, in order."""
    return "".join(c for c, value in zip(text, feature(name).values(text), strict=True) if value == 1)


@pytest.mark.parametrize(
    ("name", "after"),
    [
        ("speaker's name", "\nTHE KING:" + "\nAll:"),
        ("empty line", "\n\n"),
        ("newline", "\n" * 7),
        ("space", "     "),
        ("inside a word", "THEKINGWhattheman'sgoneAymeAllTo-day"),
        ("vowel", "EIaeaoeAeAoa"),
        ("capital", "THEKINGWAAT"),
        ("two capitals", "HEING"),
        ("punctuation", ":,?.:."),
        ("end of sentence", "?.."),
        ("between sentences", "?\n.\n\n."),
        ("behind a comma", ", "),
        ("first of a word", "TKWtmgAmAT"),
        ("no vowel yet", "THKWhthmgmT"),
        ("third or later", "ENGaten'snel-day"),
        ("capitalised word", "THEKINGWhatAyAllTo-day"),
        ("contraction", "'s"),
        ("word begins with t", "TtT"),
        ("just read the", "e"),
        ("question word", "t, the man's gone"),
        ("first line of a speech", "What, the man's gone?To-day."),
        ("long line", ""),
        ("word ends here", "EGteseyely"),
        ("line ends here", "?."),
    ],
)
def test_a_feature_is_true_where_a_reader_would_say_so(name, after):
    assert marked(name) == after


@pytest.mark.parametrize(
    ("name", "text", "counts"),
    [
        ("length of the line", "ab c\nde", [1, 2, 3, 4, None, 1, 2]),
        ("words of the line", "ab c\nde ", [0, 0, 1, 1, None, 0, 0, 1]),
        ("length of the word", "it's a", [1, 2, 3, 4, None, 1]),
        ("since the last vowel", "the st", [1, 2, 0, None, 1, 2]),
        ("since the last mark", "a, bc!", [1, 0, 1, 2, 3, 0]),
        ("lines of the speech", "x\n\nA:\nb\nc", [None] * 6 + [1, None, 2]),
    ],
)
def test_a_count_counts(name, text, counts):
    expected = [np.nan if count is None else count for count in counts]
    np.testing.assert_array_equal(feature(name).values(text), expected)


def test_every_feature_is_tried_here():
    tried = [mark.args[1] for test in (test_a_feature_is_true_where_a_reader_would_say_so, test_a_count_counts)
             for mark in test.pytestmark]  # fmt: skip
    assert sorted(case[0] for cases in tried for case in cases) == sorted(BY_NAME)


def test_a_line_is_long_from_its_31st_character_on():
    assert list(feature("long line").values("x" * 33)) == [0] * 30 + [1] * 3


@given(st.text("aeT ,.:'\n-", min_size=2, max_size=80), st.data())
def test_what_is_read_later_changes_nothing_unless_the_feature_looks_one_ahead(text, data):
    cut = data.draw(st.integers(1, len(text) - 1))
    for one in FEATURES:
        whole, begun = one.values(text)[:cut], one.values(text[:cut])
        known = cut - one.ahead  # the last one waits for the character that is not yet there
        np.testing.assert_array_equal(whole[:known], begun[:known], err_msg=one.name)


@each_feature
@given(text=st.text(min_size=1, max_size=60))
def test_any_text_has_a_truth_or_a_count_at_every_character(one, text):
    values = one.values(text)
    assert values.shape == (len(text),) and values.dtype == np.float64
    said = values[~np.isnan(values)]
    assert (said >= 0).all() and (said == said.round()).all()
    assert one.count or set(said) <= {0, 1}


def test_an_empty_text_and_an_unknown_name_are_refused():
    with pytest.raises(ValueError, match="text is empty"):
        FEATURES[0].values("")
    with pytest.raises(ValueError, match="feature must be one of .*, not 'rhyme'"):
        feature("rhyme")
