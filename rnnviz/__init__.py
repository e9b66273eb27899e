"""Open a recurrent network and watch it think: an engine, a player and a course."""

from importlib import import_module
from typing import Any

__all__ = ["show"]


def __getattr__(name: str) -> Any:
    """`rnnviz.show`, the player in a notebook: found when it is asked for, so that the engine loads alone."""
    if name == "show":
        return import_module("rnnviz.lesson.notebook").show
    raise AttributeError(f"module 'rnnviz' has no attribute {name!r}")
