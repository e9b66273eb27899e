import pytest

from rnnviz.training.jobs import JOBS
from tests.lesson.conftest import no_head_start

__all__ = ["no_head_start"]


@pytest.fixture
def results_of_its_own(monkeypatch, tmp_path):
    """No run is kept but the shipped ones and those of this test."""
    monkeypatch.setenv("RNNVIZ_RESULTS", str(tmp_path))
    monkeypatch.setattr(JOBS, "_read", type(JOBS._read)())
