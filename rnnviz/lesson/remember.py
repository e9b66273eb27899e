"""What was computed once is not computed again: the same arguments give the same, frozen, result."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar, overload

import streamlit as st

Given = ParamSpec("Given")
Result = TypeVar("Result")


@overload
def remember(function: Callable[Given, Result]) -> Callable[Given, Result]: ...


@overload
def remember(*, most: int) -> Callable[[Callable[Given, Result]], Callable[Given, Result]]: ...


def remember(function: Callable | None = None, *, most: int = 64) -> Callable:
    """Keep the last results of a pure function for all visitors, by its arguments; `most` of them.

    The result is handed out as it is, not copied: it must be frozen, and a table must not be changed.
    This is why a changed view never computes a model again.
    """
    if function is None:
        return lambda decorated: remember(decorated, most=most)  # type: ignore[call-overload]
    return st.cache_resource(max_entries=most, show_spinner=False)(function)
