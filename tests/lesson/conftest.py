import pytest


@pytest.fixture(autouse=True)
def no_head_start(monkeypatch):
    for name in ("HEAD_START", "FIRST_HEAD_START"):
        monkeypatch.setattr(f"rnnviz.lesson.lesson.{name}", 0)
