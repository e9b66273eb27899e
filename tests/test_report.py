"""What a benchmark says is what it measured: by name, with its aim, and without touching another part's numbers."""

import json

import pytest

from benchmarks import report
from benchmarks.report import Number, Report


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "JSON", tmp_path / "results.json")
    monkeypatch.setattr(report, "MARKDOWN", tmp_path / "results.md")
    return tmp_path / "results.json", tmp_path / "results.md"


def measured(part, **numbers):
    found = Report(part)
    found.table("A table", ("value",))
    for name, value in numbers.items():
        found.row(name, Number(f"{part}.{name}", value, "ms", at_most=2))
    found.save()


@pytest.mark.parametrize(
    ("number", "met", "shown"),
    [
        (Number("a", 1.9, "×", at_most=2), True, "1.90 × (≤ 2: met)"),
        (Number("a", 2.004, "×", at_most=2), False, "2.00 × (≤ 2: missed)"),
        (Number("a", 58, at_least=58), True, "58.0 (≥ 58: met)"),
        (Number("a", float("nan"), at_most=2), False, "nan (≤ 2: missed)"),
        (Number("a", float("inf"), at_least=2), True, "inf (≥ 2: met)"),
    ],
)
def test_an_aim_is_met_or_missed_and_both_are_said(number, met, shown):
    assert number.met is met and str(number) == shown


@pytest.mark.parametrize(("value", "shown"), [(0, "0 ms"), (0.01234, "0.012 ms"), (12345.6, "12,346 ms")])
def test_a_number_without_an_aim_has_no_verdict(value, shown):
    assert str(Number("a", value, "ms")) == shown
    with pytest.raises(ValueError, match="a has no aim"):
        _ = Number("a", value).met


def test_a_part_that_is_run_again_replaces_its_own_numbers_alone(files):
    measured("player", fps=60.0, gone=1.0)
    measured("players", fps=1.0)  # another part, though its name begins alike
    measured("engine", ratio=3.0)
    measured("player", fps=59.0)
    assert json.loads(files[0].read_text()) == {"engine.ratio": 3, "player.fps": 59, "players.fps": 1}
    text = files[1].read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line.startswith("## ")] == ["## engine", "## player", "## players"]
    assert "| fps | 59.0 ms (≤ 2: missed) |" in text and "gone" not in text
    assert "Python" in text and "cores" in text


def test_what_is_no_number_stands_as_null(files):
    measured("player", fps=float("nan"))
    assert json.loads(files[0].read_text()) == {"player.fps": None}
