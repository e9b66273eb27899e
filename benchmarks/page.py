"""What a page knows of what the server says, without drawing it: the widgets with their values, the link, the messages
that the server may refer to, and what went wrong. It follows Streamlit's own page.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests.stage.decoder import decode

from .widgets import KINDS, Link, Widget

PICTURES = ("rnnviz_player", "rnnviz_chart")
APOLOGY = "Something went wrong on our side"


@dataclass
class Run:
    """What is waited for, in seconds of perf_counter. fragment: the part that runs, empty for the whole page

    first: when the first player or chart was there that shows something new; None where none does
    """

    fragment: str
    sent: float
    done: asyncio.Future[float]
    begun: bool = False
    first: float | None = None


@dataclass
class Kept:
    """A message that the server may refer to. used: in the run of this number"""

    message: ForwardMsg
    used: int


@dataclass(frozen=True)
class Button:
    key: str
    fragment: str


class Page:
    """name: of the lesson, empty for home   query: the part of its link behind the `?`"""

    def __init__(self, name: str, query: str) -> None:
        self.name, self.link = name, Link(query)
        self.errors: list[str] = []
        self.session = ""
        self.hash = ""
        self.addresses: dict[str, str] = {}
        self.states: dict[str, WidgetState] = {}
        self.values: dict[str, Any] = {}
        self.widgets: dict[str, Widget] = {}
        self.buttons: dict[str, Button] = {}
        self.kept: dict[str, Kept] = {}
        self.timers: dict[str, float] = {}
        self.pictures: dict[str, int] = {}
        self.waiting: Run | None = None
        self.awaited: str | None = None
        """The name of the first picture that the server waits for, until somebody has taken it."""
        self._found: dict[str, Widget] = {}
        self._found_buttons: dict[str, Button] = {}
        self._fragments: tuple[str, ...] = ()
        self._runs, self._most_age = 0, 2

    def hear(self, data: bytes) -> None:
        """One message of the server."""
        message = ForwardMsg.FromString(data)
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            if message.ref_hash not in self.kept:
                self.wrong("the server refers to a message that the page does not have")
                return
            kept = self.kept[message.ref_hash]
            kept.used = self._runs
            kind, message = "delta", kept.message
        elif message.metadata.cacheable:
            self.kept.setdefault(message.hash, Kept(message, self._runs))
        if handle := getattr(self, f"_{kind}", None):
            handle(getattr(message, kind), message)

    def wrong(self, what: str) -> None:
        self.errors.append(f"{self.name or 'home'}: {what}")

    def set(self, widget: Widget, value: Any) -> None:
        self.values[widget.proto.id] = value
        self.states[widget.proto.id] = widget.state(value)

    # One method for each kind of message, by its name in ForwardMsg

    def _new_session(self, new: Any, message: ForwardMsg) -> None:
        self.session = new.initialize.session_id
        self._most_age = new.config.max_cached_message_age
        self._fragments = fragments = tuple(message.metadata.run.fragment_ids)
        if fragments:
            self._found = {key: one for key, one in self.widgets.items() if one.fragment not in fragments}
            self._found_buttons = {key: one for key, one in self.buttons.items() if one.fragment not in fragments}
        else:
            self._found, self._found_buttons, self.timers = {}, {}, {}
        run = self.waiting
        if run and not run.begun:
            run.begun = run.fragment in fragments if run.fragment else not fragments

    def _delta(self, delta: Any, message: ForwardMsg) -> None:
        element = delta.new_element
        name = element.WhichOneof("type") if delta.WhichOneof("type") == "new_element" else None
        if name is None:
            return
        if name in KINDS:
            self._stands(Widget(name, getattr(element, name), delta.fragment_id))
        elif name == "bidi_component" and element.bidi_component.component_name in PICTURES:
            self._shows(element.bidi_component)
        elif name == "bidi_component" and element.bidi_component.component_name == "rnnviz_presenter":
            self.awaited = decode(element.bidi_component.bytes)[0]["awaits"]
        elif name == "button":
            self._found_buttons[element.button.label] = Button(element.button.id, delta.fragment_id)
        elif name == "exception":
            self.wrong(element.exception.type)
        elif name == "alert" and APOLOGY in element.alert.body:
            self.wrong("the app apologises")

    def _shows(self, picture: Any) -> None:
        shown = hash(picture.bytes)
        if self.pictures.get(picture.id) != shown:
            self.pictures[picture.id] = shown
            run = self.waiting
            if run and run.begun and run.first is None:
                run.first = perf_counter()

    def _stands(self, widget: Widget) -> None:
        """A widget is on the page: it keeps its value, unless it is new or the server sets it."""
        key = widget.proto.id
        self._found[key] = widget
        if widget.proto.set_value:
            self.set(widget, widget.kind.sent(widget.proto))
        elif key not in self.states:
            self.set(widget, widget.kind.default(widget.proto))

    def _script_finished(self, status: int, message: ForwardMsg) -> None:
        run = self.waiting
        if status == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            if run and run.begun:
                run.begun, run.fragment = False, ""  # the run that follows is the whole page's
            return
        if status == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
            self.wrong("the script cannot be compiled")
        self.widgets, self.buttons = self._found, self._found_buttons
        self.states = {key: state for key, state in self.states.items() if key in self.widgets}
        self.values = {key: value for key, value in self.values.items() if key in self.widgets}
        self._runs += 1
        self.kept = {key: one for key, one in self.kept.items() if self._stays(one)}
        if run and run.begun and not run.done.done():
            run.done.set_result(perf_counter())

    def _stays(self, kept: Kept) -> bool:
        """Whether a message is kept after a run: not an old one, and none of a part of the page that did not run."""
        outside = self._fragments and kept.message.delta.fragment_id not in self._fragments
        return not outside and self._runs - kept.used <= self._most_age

    def _navigation(self, navigation: Any, message: ForwardMsg) -> None:
        self.hash = navigation.page_script_hash
        self.addresses = {
            "" if one.is_default else one.url_pathname: one.page_script_hash for one in navigation.app_pages
        }

    def _page_info_changed(self, info: Any, message: ForwardMsg) -> None:
        self.link = Link(info.query_string)

    def _page_not_found(self, page: Any, message: ForwardMsg) -> None:
        self.wrong(f"no page {page.page_name}")

    def _session_event(self, event: Any, message: ForwardMsg) -> None:
        if event.WhichOneof("type") == "script_compilation_exception":
            self.wrong(event.script_compilation_exception.type)

    def _auto_rerun(self, auto: Any, message: ForwardMsg) -> None:
        self.timers[auto.fragment_id] = auto.interval

    def _stop_auto_rerun(self, stop: Any, message: ForwardMsg) -> None:
        for key in stop.fragment_ids:
            self.timers.pop(key, None)
