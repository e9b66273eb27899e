"""What a picture showed in the run before, in one number: whether the browser will draw it anew."""

from collections.abc import Hashable
from typing import TypeVar

import streamlit as st

Data = TypeVar("Data", bound=Hashable)


def remembered(key: str, data: Data) -> Data:
    """The same data, which the picture of this key shows from now on."""
    st.session_state[f"{key} shows"] = hash(data)
    return data


def shows(key: str) -> int | None:
    """Another number where the picture of this key shows something else; None where it was never drawn."""
    return st.session_state.get(f"{key} shows")
