"""The worksheet of a lesson: what the page has asked, to print; without answers, and the key by itself.

The questions are gathered while the page runs, so that the page is their only source, with the numbers of its settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from math import ceil, floor, isfinite
from urllib.parse import urlencode, urlsplit

import streamlit as st

from .paper import html

WRONG = {"prediction": "otherwise", "check": "not yet"}
"""What an answer that is not right is called, by the kind of question."""
ROUNDING = 1e-9
"""What a limit may be off by and still is a whole number of units."""
STYLE = """
body { font: 12pt/1.45 Georgia, 'DejaVu Serif', serif; color: #111; max-width: 46em; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.5em; margin: 0; }
.math { white-space: nowrap; } sub, sup { line-height: 0; } code { font-family: 'DejaVu Sans Mono', monospace; }
.name, .set { border-bottom: 1px solid #999; padding: .6em 0; } .set { font-size: .85em; overflow-wrap: anywhere; }
ol.questions > li { margin: 1.1em 0; break-inside: avoid; } ul { list-style: none; padding-left: .4em; }
.line { display: inline-block; border-bottom: 1px solid #111; width: 11em; } .kind { font-weight: bold; }
@media print { body { margin: 0; } }
"""


@dataclass(frozen=True)
class Question:
    """One question as the page asked it (all text is markdown).

    kind: "prediction" or "check"   options: empty where a number is asked for   answer, explain: for the key alone
    right: whether the learner's answer is right; None while there is none
    counts: which other answers the page takes for right, in words; empty for none
    name: its own, for a question that is asked under some settings only; empty for one that is always asked
    """

    kind: str
    question: str
    options: tuple[str, ...]
    answer: str
    explain: str
    right: bool | None = None
    counts: str = ""
    name: str = ""


def accepted(answer: float, tolerance: float, decimals: int) -> str:
    """The numbers of so many decimals that count as right, in words; empty where it is the answer alone."""
    unit = 10.0**decimals
    if not isfinite(answer * unit):
        return ""
    least, most = ceil((answer - tolerance) * unit - ROUNDING), floor((answer + tolerance) * unit + ROUNDING)
    if least >= most:
        return ""
    return f"{least / unit:,.{decimals}f} to {most / unit:,.{decimals}f} counts as right"


@dataclass(frozen=True)
class Worksheet:
    """title, question: of the lesson   address: of the page as it is set   settings: label -> value of each control"""

    title: str
    question: str
    address: str
    settings: Mapping[str, str]
    questions: tuple[Question, ...]

    def sheet(self) -> str:
        """The questions, with room for the answers (HTML, one file)."""
        return self._page("worksheet", [_asked(one) for one in self.questions], '<p class="name">Name:</p>')

    def key(self) -> str:
        """The questions with their answers (HTML, one file)."""
        return self._page("key", [_asked(one, answered=True) for one in self.questions], "")

    def _page(self, kind: str, items: list[str], name: str) -> str:
        title = escape(f"{self.title}: {kind}")
        rows = "; ".join(f"{escape(label)}: <b>{escape(value)}</b>" for label, value in self.settings.items())
        link = f" Address: {escape(self.address)}" if urlsplit(self.address).scheme in ("http", "https") else ""
        return (
            f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
            '<meta name="viewport" content="width=device-width"><style>'
            f"{STYLE}</style></head><body>\n<h1>{title}</h1>\n<p>{html(self.question)}</p>\n{name}\n"
            f'<p class="set">Every number here is of these settings: {rows or "as the page opens"}.{link}</p>\n'
            f'<ol class="questions">\n{chr(10).join(items)}\n</ol>\n</body></html>\n'
        )


def address() -> str:
    """The address of the page as it is set; empty where there is no browser."""
    url = st.context.url
    if not url:
        return ""
    query = urlencode(sorted(st.query_params.items()))
    return f"{url.split('?')[0]}?{query}" if query else url.split("?")[0]


def _asked(one: Question, *, answered: bool = False) -> str:
    kind = '<span class="kind">Predict.</span> ' if one.kind == "prediction" else ""
    options = "".join(
        f"<li>{'☒' if answered and option == one.answer else '☐'} {html(option)}</li>" for option in one.options
    )
    room = f"<ul>{options}</ul>" if options else ""
    if answered:
        counts = f" ({one.counts})" if one.counts else ""
        room += f"<p><b>{html(one.answer)}</b>{counts}. {html(one.explain)}</p>"
    elif not options:
        room = '<p>Answer: <span class="line">&nbsp;</span></p>'
    return f"<li>{kind}{html(one.question)}{room}</li>"
