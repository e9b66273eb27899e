"""The course in the order of learning: one row a lesson, and nothing about a lesson's place is written anywhere else.

A lesson is added by a row here and a file of that name in `pages/`. Its page's key is the file's name.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

PAGES = Path(__file__).parent.parent.parent / "pages"
HOME = "home"
"""The file of what opens at the app's bare address."""


class Row(NamedTuple):
    """name: of its file, its address and its keys   asks: what it answers, in a sentence   minutes: to go through it"""

    name: str
    title: str
    icon: str
    asks: str
    minutes: int
    chapter: str

    @property
    def file(self) -> Path:
        return PAGES / f"{self.name}.py"


COURSE = (
    Row("sequences", "Sequences", "reorder", "What does it take to notice the order of words?", 10, "Reading"),
    Row("unrolling", "Unrolling", "view_column", "How does one cell read a whole sentence?", 12, "Reading"),
    Row("lstm", "LSTM", "memory", "What does an LSTM forget, write and show?", 15, "Gates"),
    Row("gru", "GRU", "account_tree", "What did the GRU leave out, and what does it lose?", 12, "Gates"),
    Row("bptt", "BPTT", "undo", "Which step, long ago, was to blame for a wrong guess?", 15, "Gradients through time"),
    Row("vanishing", "Vanishing", "trending_down", "Why does an early input stop teaching the network?", 15,
        "Gradients through time"),
    Row("clipping", "Clipping", "content_cut", "What does clipping do about one huge gradient?", 12,
        "Gradients through time"),
    Row("training", "Train", "model_training", "Same task, same budget: which cell learns it?", 20, "Training"),
    Row("series", "Time series", "show_chart", "How far ahead can a network see, and how sure is it?", 15, "Training"),
)  # fmt: skip


class Place(NamedTuple):
    """Where a lesson stands. number: from 1   before, after: None at the ends of the course"""

    row: Row
    number: int
    before: Row | None
    after: Row | None

    @property
    def words(self) -> str:
        """`4 of 9 · 12 minutes`."""
        return f"{self.number} of {len(COURSE)} · {self.row.minutes} minutes"


def place(name: str) -> Place | None:
    """Where the lesson of this name stands; None for a page that is none of the course."""
    at = [k for k, row in enumerate(COURSE) if row.name == name]
    if not at:
        return None
    (k,) = at
    return Place(COURSE[k], k + 1, COURSE[k - 1] if k else None, COURSE[k + 1] if k + 1 < len(COURSE) else None)


def chapters() -> dict[str, list[Row]]:
    """chapter -> its lessons, both in the order of learning."""
    found: dict[str, list[Row]] = {}
    for row in COURSE:
        found.setdefault(row.chapter, []).append(row)
    return found
