"""A CSV of a learner's as columns of cells: what cannot be read is named by its line."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from io import StringIO

import numpy as np

from .task import Array

MOST_BYTES = 1_000_000
LARGEST = 1e100
MISSING = {"", "nan", "na", "n/a", "#n/a", "null", "none", "-", ".", "?"}
NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?", re.ASCII)
INFINITE = re.compile(r"[+-]?inf(inity)?", re.IGNORECASE)


@dataclass(frozen=True)
class Column:
    """name: from the header, or "number 1"   cells: one a row, without space around   lines: where each stands, from 1
    commas: whether a comma may be its decimal mark"""

    name: str
    cells: tuple[str, ...]
    lines: tuple[int, ...]
    commas: bool

    @property
    def filled(self) -> list[str]:
        return [cell for cell in self.cells if cell.lower() not in MISSING]

    @property
    def numeric(self) -> bool:
        """Whether at least half of its cells are numbers, so that any other is a mistake."""
        numbers = sum(_is_number(cell) for cell in self.filled)
        return numbers > 0 and len(self.filled) <= 2 * numbers

    def below(self) -> Column:
        """Without its first cell."""
        return Column(self.name, self.cells[1:], self.lines[1:], self.commas)

    def backwards(self) -> Column:
        return Column(self.name, self.cells[::-1], self.lines[::-1], self.commas)

    def numbers(self) -> Array:
        """(rows,) NaN where a cell is missing. Raises ValueError with the line of what is no finite number."""
        found = np.full(len(self.cells), np.nan)
        pointed = any("." in cell for cell in self.filled)
        for k, (line, cell) in enumerate(zip(self.lines, self.cells, strict=True)):
            if cell.lower() in MISSING:
                continue
            if INFINITE.fullmatch(cell):
                raise ValueError(f"Line {line} holds {quoted(cell)}: every value must be a finite number.")
            if not _is_number(cell) or ("," in cell and (pointed or not self.commas)):
                raise ValueError(f"Line {line} holds {quoted(cell)} where a number belongs.")
            found[k] = float(cell.replace(",", "."))
            if abs(found[k]) > LARGEST:
                raise ValueError(f"Line {line} holds {quoted(cell)}: numbers up to {LARGEST:g} are allowed.")
        return found


def columns(text: bytes | str) -> list[Column]:
    """The columns, a first row that names them still in their cells; those without any cell are left out.

    Cells apart by comma, semicolon or tab. Empty lines are no rows, but within a single column, where they are missing
    cells. Raises ValueError with a sentence on what is too large, no UTF-8 text, no CSV, or empty.
    """
    text = _decoded(text)
    delimiter = _delimiter(text)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        rows.extend((reader.line_num, [cell.strip() for cell in row]) for row in reader)
    except csv.Error as error:
        raise ValueError(f"Line {max(1, reader.line_num)} cannot be read as CSV: {error}.") from error
    full = [k for k, (_, row) in enumerate(rows) if any(row)]
    if not full:
        raise ValueError("The file holds no values.")
    width = len(rows[full[0]][1])
    for line, row in (rows[k] for k in full):
        if any(row[width:]):
            raise ValueError(f"Line {line} has more cells than line {rows[full[0]][0]}, which has {width}.")
    rows = rows[full[0] : full[-1] + 1] if width == 1 else [rows[k] for k in full]
    lines = tuple(line for line, _ in rows)
    cells = ([row[k] if k < len(row) else "" for _, row in rows] for k in range(width))
    found = [Column(f"number {k}", tuple(one), lines, delimiter != ",") for k, one in enumerate(cells, 1)]
    return [column for column in found if any(column.cells)]


def quoted(cell: str) -> str:
    """A cell as a sentence may show it: short, and without what a page would take for more than text."""
    shown = "".join(mark if mark.isprintable() else "�" for mark in cell)
    return f"“{shown if len(shown) <= 40 else shown[:39] + '…'}”"


def _is_number(cell: str) -> bool:
    return NUMBER.fullmatch(cell) is not None


def _decoded(text: bytes | str) -> str:
    size = len(text) if isinstance(text, bytes) else len(text.encode("utf-8", "surrogatepass"))
    if size > MOST_BYTES:
        raise ValueError(f"The file has {size / 1e6:.1f} MB; at most {MOST_BYTES / 1e6:g} MB are allowed.")
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            raise ValueError(f"The file is no UTF-8 text from line {line} on: save it as “CSV UTF-8”.") from error
    if "\0" in text:
        raise ValueError("The file holds zero bytes, so it is no text: save it as “CSV UTF-8”.")
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise ValueError("The file is empty.")
    return text


def _delimiter(text: str) -> str:
    """Semicolon or tab where most lines have one; else the comma, unless below a header without one all lines are
    single numbers, whose decimal mark it then is."""
    sample = [re.sub('"[^"]*"', "", line).strip(" \r") for line in text[:20_000].split("\n")[:50] if line.strip()]
    for mark in ";\t":
        if 2 * sum(mark in line for line in sample) > len(sample):
            return mark
    headed = "," not in sample[0] and not _is_number(sample[0])
    single = all(_is_number(line) or line.lower() in MISSING for line in sample[1:])
    return ";" if headed and single else ","
