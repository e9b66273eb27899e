"""What the link to a lesson hides and what it locks. A hidden control is not drawn, a locked one cannot be changed; the
values of both stand as the link has them, whatever is pressed.

`?hide=seed,predict&lock=cell`: names as they stand in the URL, of controls, of sliders and of `PARTS`; or `all`.
Their widgets are not bound to the URL: Streamlit takes the parameter of a bound widget away where it is not drawn.
"""

from __future__ import annotations

import re
import threading
from typing import Any, Protocol

import streamlit as st

HIDE, LOCK, ALL = "hide", "lock", "all"
PARTS = {
    "predict": "Prediction",
    "presets": "Presets",
    "check": "Check yourself",
    "code": "The same in PyTorch",
    "key": "The worksheet's key",
}
"""What of a lesson can be hidden beside its controls -> what it is called."""
MOST = 40
"""So many names are read of a link."""
_STATE = "fixed by the link"
_now = threading.local()
"""A run of a page has a thread of its own, or follows in it on another run of the same visitor."""


class Linked(Protocol):
    """What is needed of a control."""

    @property
    def name(self) -> str: ...
    @property
    def default(self) -> Any: ...
    def parse(self, text: str) -> Any: ...


def begin(page: str) -> None:
    """Read what the link says, once for each page that is opened.

    page: the key of the lesson that begins
    """
    said = (page, st.query_params.get(HIDE, ""), st.query_params.get(LOCK, ""))
    if st.session_state.get(_STATE, {}).get("said") != said:
        st.session_state[_STATE] = {"said": said, HIDE: names(said[1]), LOCK: names(said[2]), "values": {}}
    _now.read = st.session_state[_STATE]


def state() -> dict[str, Any]:
    """What the link says. A page asks some hundred times, so what `begin` has read is kept for the run."""
    return getattr(_now, "read", None) or st.session_state.get(_STATE, {})


def names(text: str) -> tuple[str, ...]:
    """The names in a list such as `cell,seed`, each once."""
    return tuple(dict.fromkeys(name for name in re.split(r"[,\s]+", text) if name))[:MOST]


def asked(how: str) -> tuple[str, ...]:
    """The names that the link hides (`HIDE`) or locks (`LOCK`)."""
    return state().get(how, ())


def hidden(name: str) -> bool:
    """Whether the link hides this control, slider or part. `all` hides every control and slider, and no part."""
    return name in asked(HIDE) or (ALL in asked(HIDE) and name not in PARTS)


def locked(name: str) -> bool:
    """Whether the link shows this control or slider and locks it."""
    return not hidden(name) and (name in asked(LOCK) or (ALL in asked(LOCK) and name not in PARTS))


def fixed(name: str) -> bool:
    """Whether nothing can change this control or slider."""
    return hidden(name) or locked(name)


def how(name: str) -> str:
    """HIDE, LOCK, or nothing."""
    return HIDE if hidden(name) else LOCK if locked(name) else ""


def known(name: str) -> bool:
    """Whether the link fixes this control, and `value` has been asked for it."""
    return fixed(name) and name in state()["values"]


def value(control: Linked) -> Any:
    """What a fixed control stands at: the link's value; the default where the link has none that it can be."""
    values = state()["values"]
    if control.name not in values:
        raw = st.query_params.get(control.name)
        try:
            values[control.name] = control.default if raw is None else control.parse(raw)
        except ValueError:
            values[control.name] = control.default
    return values[control.name]


def widget(control: Linked) -> dict[str, Any]:
    """How the widget of a control is tied to the URL, and what it starts with under its own name for that, `default`.

    A locked one shows its value and has a key of its own.
    """
    if not locked(control.name):
        return {"key": control.name, "bind": "query-params"}
    return {"key": f"locked {control.name} {value(control)!r}", "disabled": True}


def start(control: Linked) -> Any:
    """What the widget of a control starts with."""
    return value(control) if locked(control.name) else control.default


def label(control: Any) -> str:
    """The widget's label, with a padlock where the link locks it."""
    return f"{control.label} :material/lock:" if locked(control.name) else control.label
