"""What was computed once is not computed again: the same arguments give the same, frozen, result."""

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

F = TypeVar("F", bound=Callable)
MOST = 128


def remember(function: F) -> F:
    """Keep the last results of a pure function for all visitors, by its arguments.

    Arguments whose names start with `_` are not compared. The result is handed out as it is, not copied:
    it must be frozen. This is why a changed view never computes a model again.
    """
    return st.cache_resource(function, max_entries=MOST, show_spinner=False)
