import pytest

from rnnviz.training.jobs import JOBS


@pytest.fixture(autouse=True)
def no_head_start(monkeypatch):
    for name in ("HEAD_START", "FIRST_HEAD_START"):
        monkeypatch.setattr(f"rnnviz.lesson.lesson.{name}", 0)


@pytest.fixture
def results_of_its_own(monkeypatch, tmp_path):
    """No run is kept but the shipped ones and those of this test."""
    monkeypatch.setenv("RNNVIZ_RESULTS", str(tmp_path))
    monkeypatch.setattr(JOBS, "_read", type(JOBS._read)())
