"""What a benchmark says: tables to the terminal and to results.md, and every number by its name to results.json.

A part that is run alone replaces its own numbers and its own chapter; those of the other parts stay.
"""

from __future__ import annotations

import json
import math
import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path

FOLDER = Path(__file__).parent
JSON, MARKDOWN = FOLDER / "results.json", FOLDER / "results.md"
NAME, CELL = 40, 22
"""Letters that a row's name and a cell take in the terminal."""
PACKAGES = ("numpy", "torch", "streamlit", "plotly", "pandas", "distributed")


@dataclass(frozen=True)
class Number:
    """One measured number. name: as in results.json, such as engine.lstm.trace_vs_fused

    unit: what stands behind it, such as "ms" or "×"   at_most, at_least: the aim, None for none
    """

    name: str
    value: float
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None

    @property
    def met(self) -> bool:
        """Raises ValueError where there is no aim."""
        if self.at_most is None and self.at_least is None:
            raise ValueError(f"{self.name} has no aim")
        above = self.at_least is None or self.value >= self.at_least
        return above and (self.at_most is None or self.value <= self.at_most)

    def __str__(self) -> str:
        drawn_out = self.value and math.isfinite(self.value)
        digits = max(0, 2 - math.floor(math.log10(abs(self.value)))) if drawn_out else 0
        text = f"{self.value:,.{min(digits, 3)}f}" + (f" {self.unit}" if self.unit else "")
        if self.at_most is None and self.at_least is None:
            return text
        aim = f"≤ {self.at_most:g}" if self.at_most is not None else f"≥ {self.at_least:g}"
        return f"{text} ({aim}: {'met' if self.met else 'missed'})"


class Report:
    """The chapter of one part. What it is told, it prints at once; `save` writes both files."""

    def __init__(self, part: str) -> None:
        self.part = part
        self.numbers: dict[str, float] = {}
        self.lines: list[str] = []

    def table(self, title: str, columns: Sequence[str]) -> None:
        """Begin a table. columns: what stands above the cells that follow a row's name"""
        print(f"\n{title}\n")
        head = [f"| | {' | '.join(columns)} |", "|---|" + "--:|" * len(columns)]
        self.lines += ["", f"**{title}**", "", *head]
        print(f"  {'':{NAME}}" + "".join(f"{column:>{CELL}}" for column in columns))

    def row(self, words: str, *cells: Number | str) -> None:
        for cell in cells:
            if isinstance(cell, Number):
                self.numbers[cell.name] = cell.value
        self.lines.append(f"| {words} | {' | '.join(map(str, cells))} |")
        print(f"  {words:{NAME}}" + "".join(f"{cell!s:>{CELL}}" for cell in cells), flush=True)

    def say(self, text: str) -> None:
        """A paragraph (markdown)."""
        self.lines += ["", text]
        print(f"\n{text}", flush=True)

    def save(self) -> None:
        """Merge into results.json and results.md. A number that is none stands there as null."""
        kept = json.loads(JSON.read_text(encoding="utf-8")) if JSON.exists() else {}
        kept = {name: value for name, value in kept.items() if name.partition(".")[0] != self.part}
        kept |= {name: round(value, 6) if math.isfinite(value) else None for name, value in self.numbers.items()}
        JSON.write_text(json.dumps(dict(sorted(kept.items())), indent=1) + "\n", encoding="utf-8")
        chapters = read(MARKDOWN)
        chapters[self.part] = "\n".join([where(), *self.lines])
        text = "\n\n".join(f"## {part}\n\n{chapter.strip()}" for part, chapter in sorted(chapters.items()))
        MARKDOWN.write_text(f"{HEAD}\n\n{text}\n", encoding="utf-8")


HEAD = """# What was measured

Made by `make bench`; each part says when and on what machine. Ratios are of numbers taken in one run, in which the
contestants take turns. The numbers by name are in [results.json](results.json); what each change gave, in
[changes.md](changes.md)."""


def read(file: Path) -> dict[str, str]:
    """Part -> its chapter."""
    if not file.exists():
        return {}
    found = re.split(r"^## (\w+)\n", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return dict(zip(found[::2], found[1::2], strict=True))


def where() -> str:
    """The day, the machine and the versions."""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    machine = f"{processor()}, {os.cpu_count()} cores"
    return f"{date.today():%Y-%m-%d}; {machine}; Python {platform.python_version()}, {versions}."


def processor() -> str:
    """Its name as the system says it."""
    info = Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*: (.+)$", info.read_text(), flags=re.MULTILINE) if info.exists() else None
    return found[1].strip() if found else platform.processor() or platform.machine()
