import pytest


@pytest.fixture(autouse=True)
def no_head_start(monkeypatch):
    for name in (
        "lesson.HEAD_START",
        "lesson.FIRST_HEAD_START",
        "sectional.FIRST_PICTURES",
        "sectional.NEXT_PICTURES",
    ):
        monkeypatch.setattr(f"rnnviz.lesson.{name}", 0)
