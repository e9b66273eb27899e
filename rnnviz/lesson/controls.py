"""Controls, declared once: the widget, its key in the URL, what is allowed, and the value to fall back on.

`more` puts a control into the popover at the end of the row. `when` = (name, value or values) shows it only while
another control, declared before it, has that value or one of these; else it counts as its default. What the link hides
or locks stands in `fixed`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from . import fixed
from .words import verbatim

LINE_END = "↵"


class Config(Mapping[str, Any]):
    """What a person set, frozen: `config.cell`, `config["cell"]`."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = MappingProxyType(dict(values))

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_values"][name]
        except KeyError:
            raise AttributeError(name) from None

    def __iter__(self):
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Config({dict(self._values)})"


@dataclass(frozen=True)
class Choice:
    """One of a few."""

    name: str
    options: Sequence[str]
    default: str
    label: str
    help: str | None = None
    more: bool = False
    when: tuple[str, str | Sequence[str]] | None = None

    def parse(self, text: str) -> str:
        """The option in a URL. Raises ValueError on anything else."""
        if text not in self.options:
            raise ValueError(f"{self.label} cannot be {verbatim(text)}: choose one of {', '.join(self.options)}")
        return text

    def widget(self) -> str:
        return st.segmented_control(
            fixed.label(self),
            self.options,
            default=fixed.start(self),
            required=True,
            help=self.help,
            **fixed.widget(self),
        )


@dataclass(frozen=True)
class Number:
    """A whole number in a range."""

    name: str
    least: int
    most: int
    default: int
    label: str
    help: str | None = None
    more: bool = False
    when: tuple[str, str | Sequence[str]] | None = None

    def parse(self, text: str) -> int:
        """The number in a URL. Raises ValueError on anything else, and out of range."""
        value = int(text) if re.fullmatch("-?[0-9]{1,15}", text) else None
        if value is None or not self.least <= value <= self.most:
            raise ValueError(
                f"{self.label} cannot be {verbatim(text)}: it is a whole number from {self.least} to {self.most}"
            )
        return value

    def widget(self) -> int:
        return st.number_input(
            fixed.label(self),
            min_value=self.least,
            max_value=self.most,
            value=fixed.start(self),
            step=1,
            help=self.help,
            width=150,
            **fixed.widget(self),
        )


@dataclass(frozen=True)
class Real:
    """A number in a range, by steps."""

    name: str
    least: float
    most: float
    default: float
    label: str
    step: float = 0.05
    help: str | None = None
    more: bool = False
    when: tuple[str, str | Sequence[str]] | None = None

    def parse(self, text: str) -> float:
        """The number in a URL. Raises ValueError on anything else, and out of range."""
        value = float(text) if re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", text) else None
        if value is None or not self.least <= value <= self.most:
            raise ValueError(
                f"{self.label} cannot be {verbatim(text)}: it is a number from {self.least:g} to {self.most:g}"
            )
        return value

    def widget(self) -> float:
        return st.number_input(
            fixed.label(self),
            min_value=float(self.least),
            max_value=float(self.most),
            value=float(fixed.start(self)),
            step=self.step,
            help=self.help,
            width=150,
            **fixed.widget(self),
        )


@dataclass(frozen=True)
class Text:
    """A line of text, `width` pixels wide. Empty text gives the last good one, longer text is cut; both are said.

    A line has no room for a line's end: `LINE_END` stands for it, and is shown for it.
    """

    name: str
    default: str
    label: str
    max_length: int = 200
    help: str | None = None
    more: bool = False
    when: tuple[str, str | Sequence[str]] | None = None
    width: int = 430

    @property
    def called(self) -> str:
        """What a sentence calls it: its label, without what stands in brackets."""
        return self.label.split(" (")[0]

    def parse(self, text: str) -> str:
        """Any text may stand in a URL; `within` looks after its length."""
        return text

    def widget(self) -> str:
        return st.text_input(
            fixed.label(self),
            value=fixed.start(self),
            help=self.help,
            width=self.width,
            **fixed.widget(self),
        )

    def within(self, text: str, last_good: str) -> tuple[str, str | None]:
        """The text to use, and a sentence where it is not the one that was typed."""
        text = text.replace("\r\n", "\n").replace(LINE_END, "\n")
        if not text:
            return last_good, f"{self.called} is empty: type at least one character. Until then you see the last one."
        if len(text) > self.max_length:
            return text[: self.max_length], (
                f"{self.called} has {len(text):,} characters; the first {self.max_length} are used, "
                f"which is the most that this page can draw."
            )
        return text, None


Control = Choice | Number | Real | Text


class Controls:
    """The controls of one lesson, in the order in which they stand. Their names are their keys in the URL."""

    def __init__(self, *controls: Control) -> None:
        self.controls = controls
        names = [control.name for control in controls]
        if len(set(names)) != len(names):
            raise ValueError(f"two controls share a name: {names}")

    def known(self) -> bool:
        """Whether every control has a value already: true from the second run of a visit on."""
        return all(
            control.name in st.session_state or fixed.known(control.name)
            for control in self.controls
            if control.when is None
        )

    def forget_what_is_not_theirs(self) -> None:
        """Another lesson may have a control of the same name with other values, and what it was set to goes along; what
        this one can have of it becomes its own kind: a number, where the other had a text.

        A page begins with it, before it asks whether they are `known`.
        """
        for control in self.controls:
            if control.name not in st.session_state or fixed.fixed(control.name):
                continue
            value = st.session_state[control.name]
            try:
                own = control.parse(f"{value:f}" if isinstance(value, float) else str(value))
            except ValueError:
                del st.session_state[control.name]
                if control.name in st.query_params:
                    del st.query_params[control.name]
                continue
            if value is not None and type(own) is not type(value):  # a choice of "1" is no number yet
                st.session_state[control.name] = own

    @staticmethod
    def value(control: Control) -> Any:
        """What a control is set to, by the link where that fixes it."""
        if fixed.fixed(control.name):
            return fixed.value(control)
        return st.session_state.get(control.name, control.default)

    def shown(self, control: Control) -> bool:
        """Whether the control that it waits for, if it does, is shown and has the value that it waits for."""
        if control.when is None:
            return True
        name, values = control.when
        allowed = (values,) if isinstance(values, str) else values
        waited = next(one for one in self.controls if one.name == name)
        value = self.value(waited) if fixed.fixed(name) else st.session_state.get(name)
        return self.shown(waited) and value in allowed

    def draw(self) -> None:
        """Draw the widgets: in a row, and those marked `more` in a popover at its end."""
        drawn = [control for control in self.controls if not fixed.hidden(control.name)]
        under = [control for control in drawn if control.more]
        self._link_what_appears()
        if not drawn:
            return
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            for control in drawn:
                if not control.more and self.shown(control):
                    control.widget()
            if under:
                with st.popover("More", width="content"):
                    for control in under:
                        if self.shown(control):
                            control.widget()

    def _link_what_appears(self) -> None:
        """Put into the URL what was set in a control before it was there, such as by a preset that brings it.

        Streamlit keeps the URL for a widget from its second run on, and does not let it be written from then on.
        """
        appeared = [
            control
            for control in self.controls
            if control.when is not None and not fixed.fixed(control.name) and self.shown(control)
        ]
        before = st.session_state.get("appeared", [])
        st.session_state["appeared"] = [control.name for control in appeared]
        for control in appeared:
            value = st.session_state.get(control.name, control.default)
            if control.name not in before and value != control.default and control.name not in st.query_params:
                with suppress(StreamlitAPIException):  # the page before had a control of this name, and still holds it
                    st.query_params[control.name] = str(value)

    def check_link(self, page: str) -> None:
        """On the first run: remember what the URL asks for and cannot have, and start again without it.

        Streamlit would pass over some of it without a word, and fail on the rest.
        """
        refused = {}
        for control in self.controls:
            raw = st.query_params.get(control.name)
            if isinstance(control, Text) and not fixed.fixed(control.name):
                # The text goes along to the next lesson, unless the link has one. There too, a line's end is a sign.
                last = st.session_state.get(f"last {control.name}", control.default) if raw is None else raw
                wanted = last.replace("\r\n", "\n").replace("\n", LINE_END)
                if wanted not in (raw, control.default):
                    st.query_params[control.name] = wanted
                    st.rerun()
            if raw is None or (control.name in st.session_state and not fixed.fixed(control.name)):
                continue
            try:
                control.parse(raw)
            except ValueError as refusal:
                refused[control.name] = f"{refusal}. You see the default instead."
                del st.query_params[control.name]
        if refused:
            st.session_state[f"{page} refused"] = refused
            st.rerun()

    def read(self, page: str) -> tuple[Config, list[str]]:
        """What is set, and sentences about what could not be taken as it came. The controls must be `known`.

        page: whose controls these are; lessons may share names
        """
        # What the link could not have is said until that control is set to something else, and then never again.
        refused = st.session_state.get(f"{page} refused", {})
        values: dict[str, Any] = {
            control.name: self.value(control) if self.shown(control) else control.default for control in self.controls
        }
        for control in self.controls:
            if values[control.name] != control.default:
                refused.pop(control.name, None)
        notices = list(refused.values())
        for control in self.controls:
            if isinstance(control, Text):
                good = f"{page} {control.name} last good"
                last = st.session_state.get(good, control.default)
                values[control.name], notice = control.within(values[control.name] or "", last)
                st.session_state[good] = values[control.name]
                st.session_state[f"last {control.name}"] = values[control.name].replace("\n", LINE_END)
                notices += [notice] if notice else []
        return Config(values), notices
