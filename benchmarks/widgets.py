"""What a learner's page knows of the widgets: their kinds, what they stand at, and what a hand would set them to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import parse_qsl, urlencode

from google.protobuf.message import Message
from streamlit.proto.WidgetStates_pb2 import WidgetState

TEXTS = ("the cat sat on the mat", "hello world", "to be or not to be", "one two three four five", "a rose is a rose")
STRIDES = (-3, -2, -1, 1, 2, 3)
"""So many steps a number is moved, if its range allows."""


def one(proto: Message) -> list[str]:
    """What a choice with one answer stands at."""
    return [proto.options[proto.default]] if proto.HasField("default") else []


@dataclass(frozen=True)
class Kind:
    """default, sent: what a new widget stands at, and what the server sets it to   field: of WidgetState"""

    default: Callable[[Any], Any]
    sent: Callable[[Any], Any]
    field: str
    options: Callable[[Any], list[str]] | None = None


KINDS = {
    "slider": Kind(lambda w: list(w.default), lambda w: list(w.value), "double_array_value"),
    "number_input": Kind(lambda w: w.default, lambda w: w.value, "double_value"),
    "checkbox": Kind(lambda w: w.default, lambda w: w.value, "bool_value"),
    "text_input": Kind(lambda w: w.default, lambda w: w.value, "string_value"),
    "button_group": Kind(
        lambda w: [w.options[k].content for k in w.default],
        lambda w: list(w.raw_values),
        "string_array_value",
        lambda w: [option.content for option in w.options],
    ),
    "radio": Kind(lambda w: "".join(one(w)), lambda w: w.raw_value, "string_value", lambda w: list(w.options)),
    "selectbox": Kind(lambda w: "".join(one(w)), lambda w: w.raw_value, "string_value", lambda w: list(w.options)),
}
"""By the name of the element: what carries a value. A button carries none."""


@dataclass(frozen=True)
class Widget:
    """One that stands on the page. fragment: whose part of the page is drawn anew when it changes, empty for all"""

    name: str
    proto: Any
    fragment: str

    @property
    def kind(self) -> Kind:
        return KINDS[self.name]

    @property
    def linked(self) -> str:
        """Its key in the link, or nothing."""
        return self.proto.query_param_key

    def state(self, value: Any) -> WidgetState:
        """As it is sent."""
        state = WidgetState(id=self.proto.id)
        if isinstance(value, list):
            getattr(state, self.kind.field).data.extend(value)
        elif value is not None:
            setattr(state, self.kind.field, value)
        return state

    def other(self, value: Any, rng: Random) -> Any:
        """What a hand sets it to next; the same where there is nothing else."""
        if self.kind.options:
            others = [text for text in self.kind.options(self.proto) if text != value and [text] != value]
            chosen = rng.choice(others) if others else value
            return [chosen] if isinstance(value, list) and others else chosen
        match value:
            case bool():
                return not value
            case str():
                return rng.choice([text for text in TEXTS if text != value])
            case list():
                return [self.moved(number, rng) for number in value]
            case _:
                return self.moved(value, rng)

    def moved(self, number: float, rng: Random) -> float:
        least, most, step = self.proto.min, self.proto.max, self.proto.step
        reached = [number + stride * step for stride in STRIDES]
        allowed = [round(one, 9) for one in reached if least <= one <= most]
        return rng.choice(allowed) if allowed else number


def written(value: Any) -> str:
    """A value as it stands in a link, which is how JavaScript writes it."""
    if isinstance(value, list):
        return written(value[0]) if value else ""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.15g}" if isinstance(value, float) else str(value)


class Link:
    """The part of an address behind its `?`."""

    def __init__(self, query: str) -> None:
        self.values = dict(parse_qsl(query, keep_blank_values=True))

    def __str__(self) -> str:
        return urlencode(self.values)

    def take(self, widget: Widget, value: Any) -> None:
        """A bound widget was moved: its value stands in the link, or nothing where that is its default."""
        if not widget.linked:
            return
        if value == widget.kind.default(widget.proto) or written(value) == "":
            self.values.pop(widget.linked, None)
        else:
            self.values[widget.linked] = written(value)
