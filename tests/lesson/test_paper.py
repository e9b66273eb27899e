"""What is printed says what the page says."""

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.lesson.paper import formula, html
from rnnviz.lesson.words import escaped


@given(st.text(alphabet=st.sampled_from("ab 1.,\\`*_{}[]()<>#$~:|!-+&\"'é☃"), max_size=30))
def test_what_was_escaped_for_the_page_is_printed_as_it_was_typed(text):
    typed = text.strip()
    assert html(escaped(typed)) == escape(typed)


@pytest.mark.parametrize(
    ("latex", "signs"), [(r"a \le b", "≤"), (r"a \ge b", "≥"), (r"\sqrt{2}", "√"), (r"\lVert g \rVert_2", "‖")]
)
def test_a_formula_keeps_its_signs(latex, signs):
    assert signs in formula(latex)
