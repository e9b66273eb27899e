"""One key of the session state is looked up without copying all of it.

Streamlit's inputs (`st.number_input`, `st.text_input`, `st.radio`, `st.selectbox`) ask for a dictionary of the whole
session state to look up their own key in it. To fill that, every component on the page is asked for its value, and
answers with a class made on the spot: with a dozen charts and inputs on a page, a tenth of all that a run computes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from streamlit.runtime.state.safe_session_state import SafeSessionState

_copied: Any = SafeSessionState.__dict__["filtered_state"].fget


class Lookup(Mapping[str, Any]):
    """What `SafeSessionState.filtered_state` holds, copied only for who wants all of it."""

    def __init__(self, state: SafeSessionState) -> None:
        self._state = state

    def __getitem__(self, key: str) -> Any:
        return self._state[key]

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and key in self._state

    def __iter__(self) -> Iterator[str]:
        return iter(_copied(self._state))

    def __len__(self) -> int:
        return len(_copied(self._state))

    def __repr__(self) -> str:
        return repr(dict(self))


def single() -> None:
    """From now on, in this process."""
    SafeSessionState.filtered_state = property(Lookup)  # type: ignore[method-assign, assignment]
