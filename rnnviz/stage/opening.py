"""The browser says when the first picture of a page that opens stands: the rest of the page may follow then.

It draws what has come together, so the picture would be seen after the page's last word; and how long it takes for it,
from a tenth of a second to a whole one, it alone knows.
"""

from __future__ import annotations

from secrets import token_hex
from threading import Event
from typing import NamedTuple
from weakref import WeakValueDictionary

_awaited: WeakValueDictionary[str, Event] = WeakValueDictionary()


class FirstPicture(NamedTuple):
    """name: by which the browser speaks of it   stands: set when the browser has said so"""

    name: str
    stands: Event


def awaited() -> FirstPicture:
    """That of a page that opens now. It is forgotten when nobody waits for it any longer."""
    picture = FirstPicture(token_hex(8), Event())
    _awaited[picture.name] = picture.stands
    return picture


def told(name: str) -> None:
    """It stands. A name that nobody waits for changes nothing."""
    if (stands := _awaited.get(name)) is not None:
        stands.set()
