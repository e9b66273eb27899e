"""The pieces of a script are the script, and its parts have the colours of what they are."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnnviz.stage.script import KINDS, pieces

SNIPPETS = sorted((Path(__file__).resolve().parents[2] / "assets" / "snippets").glob("*.py"))


@given(st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"])))
def test_the_pieces_of_any_text_are_the_text(text):
    assert "".join(piece for _, piece in pieces(text)) == text


@pytest.mark.parametrize("path", SNIPPETS, ids=lambda path: path.stem)
def test_the_pieces_of_a_script_are_the_script(path):
    text = path.read_text(encoding="utf-8")
    found = pieces(text)
    assert "".join(piece for _, piece in found) == text
    assert {name for name, _ in found} <= {"", *KINDS}
    assert all(one[0] != other[0] for one, other in zip(found, found[1:], strict=False))


def test_what_is_what():
    found = pieces('for k in range(3):  # thrice\n    print("k", True)')
    assert [(name, piece) for name, piece in found if name] == [
        ("keyword", "for"),
        ("keyword", "in"),
        ("builtin", "range"),
        ("number", "3"),
        ("comment", "# thrice"),
        ("builtin", "print"),
        ("string", '"k"'),
        ("keyword", "True"),
    ]
