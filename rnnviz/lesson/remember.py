"""What was computed once is not computed again: the same arguments give the same, frozen, result."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

F = TypeVar("F", bound=Callable)


def remember(function: F | None = None, *, most: int = 128) -> F | Callable[[F], F]:
    """Keep the last results of a pure function for all visitors, by its arguments; `most` of them.

    The result is handed out as it is, not copied: it must be frozen, and a table must not be changed.
    This is why a changed view never computes a model again.
    """
    if function is None:
        return lambda decorated: remember(decorated, most=most)
    return st.cache_resource(function, max_entries=most, show_spinner=False)
