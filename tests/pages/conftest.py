import pytest


@pytest.fixture(autouse=True)
def no_head_start(monkeypatch):
    monkeypatch.setattr("rnnviz.lesson.lesson.HEAD_START", 0)
