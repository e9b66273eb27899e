"""Whose page is computed: one at a time, the others wait for their turn.

Python computes no more at once anyway, and dozens of threads that all try take it from one another many times in each
run, and from the thread that sends. A turn is no longer than a page's own computing: who waits in it steps aside, and
who computes for long does not keep the others from theirs. What holds a lock of another kind must not step aside, nor
wait for a turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from threading import Condition, local
from time import monotonic, sleep

AT_ONCE = 1
"""So many turns: two threads that compute cost a class a fifth more processor than one after the other."""
LONG = 0.5
"""After so many seconds a turn does not count any more, and the next begins beside it: ten times what most take."""


class Turns:
    """Who has a turn, and since when."""

    def __init__(self) -> None:
        self._since: dict[object, float] = {}
        self._given_back = Condition()

    def take(self) -> object:
        """Waits for a turn. What it returns is given back by `give_back`."""
        turn = object()
        with self._given_back:
            while (seconds := self._full_for()) > 0:
                self._given_back.wait(seconds)
            self._since[turn] = monotonic()
        return turn

    def give_back(self, turn: object) -> None:
        with self._given_back:
            del self._since[turn]
            self._given_back.notify()

    def taken(self) -> int:
        return len(self._since)

    def _full_for(self) -> float:
        """In how many seconds one may begin, if none of those who have a turn gives it back before; 0 for now."""
        now = monotonic()
        left = sorted(seconds for since in self._since.values() if (seconds := since + LONG - now) > 0)
        return 0 if len(left) < AT_ONCE else left[len(left) - AT_ONCE]


_turns = Turns()
_mine = local()


@contextmanager
def turn() -> Iterator[None]:
    """What is done in it waits until it is this thread's turn. Who has one already goes on."""
    if _held():
        yield
        return
    _mine.turn = _turns.take()
    try:
        yield
    finally:
        _turns.give_back(_mine.turn)
        _mine.turn = None


def in_turn(part: Callable[[], None]) -> Callable[[], None]:
    """For a part of a page that is drawn anew by itself, as a fragment is."""

    @wraps(part)
    def drawn() -> None:
        with turn():
            part()

    return drawn


@contextmanager
def aside() -> Iterator[None]:
    """What waits in it, for the clock or for another thread, lets others have the turn meanwhile. Without a turn it
    changes nothing."""
    if not _held():
        yield
        return
    _turns.give_back(_mine.turn)
    _mine.turn = None
    try:
        yield
    finally:
        _mine.turn = _turns.take()


def pause(seconds: float) -> None:
    with aside():
        sleep(seconds)


def _held() -> bool:
    return getattr(_mine, "turn", None) is not None
