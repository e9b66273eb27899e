"""What stands at the right of a lesson's title: the popover that makes links, and the switch of presentation mode.

Both read the browser's own address, which holds what the stage keeps there: the step, the unit, the view.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from rnnviz.engine import Trace
from rnnviz.engine.wiring import WIRING, operations

from .assets import component
from .payload import encode

SPEEDS = ("0.25", "0.5", "1", "2", "4", "8")
"""How fast the player can play, beside 1 in the URL."""
LINKED = ("t", "pin", "view", "show", "span", "speed", "repeat", "operation")
"""What the player keeps in the URL."""

_share = component("share")
_presenter = component("presenter", isolate_styles=False)  # its style is that of the whole page in presentation mode


class Shared(NamedTuple):
    """Something that a link can hide and, unless it is a part of the page, lock. how: "hide", "lock" or "" now"""

    name: str
    label: str
    how: str
    part: bool = False


def operations_of(trace: Trace) -> list[str]:
    """What the player can be asked to keep in sight inside the cell, by name."""
    return [one.key for one in operations(trace.cell)] if trace.cell.name in WIRING else []


def share(shared: Sequence[Shared], state: Mapping[str, Any], *, name: str, key: str) -> None:
    """A link to what is seen, to copy, with what it hides and locks; and the state as a file.

    state: what the file holds beside the link, as JSON can write it   name: of the file, without its end
    """
    _share(key=key, data=encode({"shared": [one._asdict() for one in shared], "state": state, "name": name}, {}))


def presenter(*, key: str, awaits: str | None = None) -> None:
    """The switch of presentation mode, and its keys. awaits: the page's first picture, see `opening.awaited`"""
    _presenter(key=key, data=encode({"awaits": awaits}, {}), width="content")
