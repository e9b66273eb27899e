"""docs/demonstration.md and the README: their links open what they say, and the numbers they quote are the app's."""

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest

from rnnviz.lesson import Config, vanishing
from rnnviz.lesson.outline import COURSE
from rnnviz.lesson.training import standard
from rnnviz.lesson.training_words import how_far
from rnnviz.lesson.vanishing import CURVES, START, Settings
from rnnviz.training import results
from tests.pages.page import LessonApp

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "demonstration.md").read_text(encoding="utf-8")
LINKS = sorted(set(re.findall(r"\(http://localhost:8501/([^)]*)\)", TEXT + (ROOT / "README.md").read_text("utf-8"))))
ROWS = re.findall(r"^\| \[[^\]]*\]\(http://localhost:8501/vanishing\?([^)]*)\) \|(.*)\|$", TEXT, re.MULTILINE)
VANISHING = sorted(set(re.findall(r"\(http://localhost:8501/vanishing\?([^)]*)\)", TEXT)))


@pytest.mark.parametrize("link", LINKS)
def test_a_link_opens_its_lesson_and_nothing_in_it_is_refused(link):
    address = urlsplit(link)
    page = LessonApp(f"pages/{address.path}.py", address.path, **dict(parse_qsl(address.query)))
    assert not [notice for notice in page.notices if "link" in notice]


def test_the_readme_lists_the_lessons_in_their_order():
    listed = re.findall(r"^\| (\d+) \| ([^|]*) \|", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    assert listed == [(str(k + 1), row.title) for k, row in enumerate(COURSE)]


def opened(query):
    """What a link to the lesson computes, and where its slider stands."""
    link = dict(parse_qsl(query))
    controls = vanishing.CONTROLS.controls
    settings = Settings.of(Config({c.name: c.parse(link[c.name]) if c.name in link else c.default for c in controls}))
    return settings, settings.values.index(float(link.get("radius", START)))


@pytest.mark.parametrize(("query", "quoted"), ROWS)
def test_how_far_back_each_cell_learns_is_as_quoted(query, quoted):
    settings, at = opened(query)
    reach = dict(zip(CURVES, vanishing.flow(settings).reach[at], strict=True))
    measured = [reach[name] for name in ("Elman", "GRU", "LSTM, h")]
    beyond = f"further than {settings.length - 1}"
    assert [cell.strip() for cell in quoted.split("|")] == [beyond if np.isnan(n) else f"{n:.0f}" for n in measured]


def test_every_link_of_the_guide_presents_and_all_of_one_lesson_have_one_seed():
    queries = [dict(parse_qsl(urlsplit(link).query)) for link in re.findall(r"localhost:8501/([^)\s]*\?[^)]*)\)", TEXT)]
    assert len(queries) == len(re.findall(r"\(http://localhost", TEXT)) > 10
    assert all(query["present"] == "1" for query in queries)
    assert {query["seed"] for query in queries if "seed" in query} == {"6"} and len(VANISHING) > 5
    assert all("seed=6" in query for query in VANISHING)


def test_what_the_guide_says_of_tanh_at_radius_2_is_measured():
    (query,) = [one for one in VANISHING if "phi=tanh&radius=2" in one]
    settings, at = opened(query)
    found = vanishing.flow(settings)
    said = " ".join(TEXT.split())
    assert f"It is multiplied by {found.rates[at, 0]:.2f}." in said
    assert f"the mean of its slope over all steps is {found.slopes['Elman'][at].mean():.2f}" in said


@pytest.mark.parametrize("query", VANISHING)
def test_the_guides_networks_are_like_most(query):
    settings, at = opened(query)
    usual = vanishing.usual(settings)
    mine = vanishing.flow(usual)
    for cell in vanishing.CELLS:
        end = mine.logs["LSTM, h" if cell == "LSTM" else cell][at, 0]
        lowest, *_, highest = vanishing.typical(cell, vanishing.for_one_cell(cell, usual))[at, :, 0]
        assert lowest <= end <= highest, cell


def test_what_the_guide_says_of_reach_and_training_is_what_the_page_says():
    records = {
        cell: [results.kept(plan, [results.SHIPPED]) for plan in plans[:1]] for cell, plans in standard().items()
    }
    told = how_far(records)
    said = " ".join(TEXT.split())
    assert "Elman 14 steps untrained, never further than" in told and "Elman, who has no gate, never gets there" in said
    assert "GRU 14 steps untrained, to the first step after 45 updates" in told
    assert "GRU's loss reaches 14 steps back" in said and "GRU's loss reaches the first step after 45 updates" in said
    assert "LSTM 23 steps untrained, to the first step after 489 updates" in told
    assert "reaches 23" in said and "the LSTM's only after 489" in said
