"""The table of the course: every page is in it once, and nothing else is."""

import ast

import pytest

from rnnviz.lesson import outline
from rnnviz.lesson.outline import COURSE, HOME, PAGES, chapters, place
from rnnviz.lesson.pictures import PICTURES

NAMES = [row.name for row in COURSE]


def test_every_page_is_in_the_table_and_the_other_way_round():
    assert sorted([HOME, *NAMES]) == sorted(path.stem for path in PAGES.glob("*.py"))
    assert len(set(NAMES)) == len(NAMES) == len({row.title for row in COURSE})


@pytest.mark.parametrize("row", COURSE, ids=NAMES)
def test_a_row_says_what_a_learner_wants_to_know(row):
    assert row.asks.endswith("?") and len(row.asks) <= 60
    assert 5 <= row.minutes <= 30
    assert row.title and row.chapter and row.icon.replace("_", "").isalnum()


@pytest.mark.parametrize("row", COURSE, ids=NAMES)
def test_a_lesson_ends_with_its_foot_and_bears_the_name_of_its_file(row):
    tree = ast.parse(row.file.read_text(encoding="utf-8"))
    said = [ast.unparse(statement) for statement in tree.body]
    (foot,) = [k for k, statement in enumerate(said) if statement.startswith("lesson.further(")]
    assert not any("predict(" in after or "check_" in after for after in said[foot + 1 :])
    (made,) = [
        node for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Lesson"
    ]  # fmt: skip
    named = {word.arg: word.value.value for word in made.keywords if isinstance(word.value, ast.Constant)}
    assert named.get("key", made.args[0].value.lower()) == row.name


def test_chapters_are_the_course_in_its_order():
    assert [row for rows in chapters().values() for row in rows] == list(COURSE)


def test_a_place_has_neighbours_except_at_the_ends():
    for k, row in enumerate(COURSE):
        found = place(row.name)
        assert (found.row, found.number) == (row, k + 1)
        assert found.before == (COURSE[k - 1] if k else None)
        assert found.after == (COURSE[k + 1] if k + 1 < len(COURSE) else None)
        assert found.words == f"{k + 1} of {len(COURSE)} · {row.minutes} minutes"
    for other in ("", HOME, "nowhere", "../app"):
        assert place(other) is None


def test_a_lesson_is_added_by_one_row(monkeypatch):
    row = outline.Row("attention", "Attention", "hub", "Where does it look?", 12, "Language")
    monkeypatch.setattr(outline, "COURSE", (*COURSE, row))
    assert outline.place("attention").before == COURSE[-1]
    assert outline.place(COURSE[-1].name).after == row
    assert list(outline.chapters())[-1] == "Language"
    assert outline.place(COURSE[0].name).words.endswith(f"of {len(COURSE) + 1} · {COURSE[0].minutes} minutes")


def test_a_picture_belongs_to_a_lesson():
    assert set(PICTURES) <= set(NAMES)
