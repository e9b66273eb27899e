"""Numbers and characters as a person reads them, and as no markdown or LaTeX reads anything else into them."""

import math
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rnnviz.lesson.words import counted, decimal, quoted, token_label
from rnnviz.training.character_model import CELLS, character_model
from tests.lesson.markdown import code, outside_code

FINITE = st.floats(allow_nan=False, allow_infinity=False)


def read(latex):
    """The number that a person reads."""
    return float(re.sub(r"[()]", "", latex).replace(r" \cdot 10^{", "e").replace("}", ""))


@given(st.floats(-1e300, 1e300))
@example(0.00099999)
@example(9999.99999)
@example(-0.001)
@example(5e-324)
def test_a_number_is_shown_to_four_decimals_or_four_digits(value):
    shown = read(decimal(value))
    assert abs(shown - value) <= max(0.5e-4 if 0.001 <= abs(value) < 10_000 else 0, 0.51e-3 * abs(value))


@given(FINITE.filter(lambda value: value != 0))
def test_no_number_is_shown_as_zero_but_zero(value):
    assert read(decimal(value)) != 0 or abs(value) < 1e-300


@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_zero_has_no_sign(zero):
    assert decimal(zero) == decimal(zero, brackets=True) == "0.0000"


@given(st.floats())
def test_brackets_stand_around_a_sign_or_a_product(value):
    plain, bracketed = decimal(value), decimal(value, brackets=True)
    needs = plain.startswith("-") or r"\cdot" in plain
    assert bracketed == (f"({plain})" if needs else plain)


def test_what_overflowed_is_said_so():
    assert decimal(math.inf) == r"\infty" and decimal(-math.inf) == r"-\infty"
    assert "NaN" in decimal(math.nan)


@pytest.mark.parametrize(("token", "label"), [(" ", "␣"), ("\n", "↵"), ("<unk>", "▯"), ("a", "a"), ("$", "$")])
def test_what_cannot_be_seen_has_a_sign(token, label):
    assert token_label(token) == label


@pytest.mark.parametrize("cell", CELLS)
def test_every_token_has_a_label_of_its_own(cell):
    tokens = character_model(cell).vocabulary.tokens
    labels = {token_label(token) for token in tokens}
    assert len(labels) == len(tokens) and all(label.isprintable() and label.strip() for label in labels)


@given(st.characters(exclude_categories=["Cs"]))
@example("`")
@example("\\")
@example("$")
@example("*")
def test_a_quoted_character_is_code_and_nothing_but_code(character):
    text = f"before {quoted(character)} after"
    assert outside_code(text) == "before  after" and len(code(text)) == 1


@pytest.mark.parametrize("character", ["`", "\\", "$", "*", "<", "_", "🦆", "é"])
def test_a_visible_character_is_quoted_as_itself(character):
    assert code(quoted(character)) == [character]


@pytest.mark.parametrize("character", ["\x00", "\x07", "\t", "\r", "\u2028", "\u202e", "\u200b"], ids=ascii)
def test_an_invisible_character_is_quoted_by_something_that_can_be_seen(character):
    (shown,) = code(quoted(character))
    assert shown != character and shown.isprintable()


@pytest.mark.parametrize(("number", "said"), [(0, "0 steps"), (1, "1 step"), (2, "2 steps"), (1000, "1,000 steps")])
def test_one_thing_is_not_many(number, said):
    assert counted(number, "step") == said
