"""One key of the session state is looked up without copying all of it, and without making anything for a yes or no.

Streamlit's inputs (`st.number_input`, `st.text_input`, `st.radio`, `st.selectbox`) ask for a dictionary of the whole
session state to look up their own key in it. To fill that, every component on the page is asked for its value, and
answers with a class made on the spot: with a dozen charts and inputs on a page, a tenth of all that a run computes.
And each widget asks whether the state has its key, for which Streamlit fetches the value and makes that class, too.
It does so again where it registers a component that was moved, and where it puts all values away for the next run.

So a component's value stands in the session state as its dictionary, which that class only adds triggers to (this app
asks for those where it mounts the component) and lets pages write through (none does).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from streamlit.components.v2.bidi_component import main as components
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.runtime.state.session_state import SessionState

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


def has(state: SessionState, key: str) -> bool:
    """Whether the state has a value for a key or a widget's id, as `SessionState.__contains__` says."""
    widget = state._get_widget_id(key)
    own = state._key_id_mapper.id_key_mapping.get(key, key) if widget == key else key
    try:
        state._getitem(widget, own)
    except KeyError:
        return False
    return True


def single() -> None:
    """From now on, in this process."""
    SessionState.__contains__ = has  # type: ignore[method-assign]
    SafeSessionState.filtered_state = property(Lookup)  # type: ignore[method-assign, assignment]
    components.make_bidi_component_presenter = lambda *_: None  # type: ignore[assignment]
