"""docs/demonstration.md and the README: their links open what they say, and the numbers they quote are the app's."""

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest

from rnnviz.lesson import Config, vanishing
from rnnviz.lesson.outline import COURSE
from rnnviz.lesson.vanishing import CURVES, START, Settings
from tests.pages.page import LessonApp

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "demonstration.md").read_text(encoding="utf-8")
LINKS = sorted(set(re.findall(r"\(http://localhost:8501/([^)]*)\)", TEXT + (ROOT / "README.md").read_text("utf-8"))))
ROWS = re.findall(r"^\| \[[^\]]*\]\(http://localhost:8501/vanishing\?([^)]*)\) \|(.*)\|$", TEXT, re.MULTILINE)


@pytest.mark.parametrize("link", LINKS)
def test_a_link_opens_its_lesson_and_nothing_in_it_is_refused(link):
    address = urlsplit(link)
    page = LessonApp(f"pages/{address.path}.py", address.path, **dict(parse_qsl(address.query)))
    assert not [notice for notice in page.notices if "link" in notice]


def test_the_readme_lists_the_lessons_in_their_order():
    listed = re.findall(r"^\| (\d+) \| ([^|]*) \|", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert listed == [(str(k + 1), row.title) for k, row in enumerate(COURSE)]


@pytest.mark.parametrize(("query", "quoted"), ROWS)
def test_how_far_back_each_cell_learns_is_as_quoted(query, quoted):
    link = dict(parse_qsl(query))
    controls = vanishing.CONTROLS.controls
    settings = Settings.of(Config({c.name: c.parse(link[c.name]) if c.name in link else c.default for c in controls}))
    at = settings.values.index(float(link.get("radius", START)))
    reach = dict(zip(CURVES, vanishing.flow(settings).reach[at], strict=True))
    measured = [reach[name] for name in ("Elman", "GRU", "LSTM, h")]
    assert [cell.strip() for cell in quoted.split("|")] == ["further" if np.isnan(n) else f"{n:.0f}" for n in measured]
