"""Whose page is computed: one at a time, the others wait for their turn.

Python computes no more at once anyway, and dozens of threads that all try take it from one another many times in each
run, and from the thread that sends. A turn is no longer than a page's own computing: who waits in it steps aside, and
who computes for long does not keep the others from theirs. What holds a lock that others with a turn may want must not
step aside, nor wait for a turn.

What has changed before a learner's eyes goes before what else a page says: once the first such picture is said, the
rest of that page gives way to all who still wait for theirs, but not for ever.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from math import inf
from threading import TIMEOUT_MAX, Event, Lock, local
from time import monotonic

AT_ONCE = 1
"""So many turns: two threads that compute cost a class a fifth more processor than one after the other."""
LONG = 0.5
"""After so many seconds a turn does not count any more, and the next begins beside it: ten times what most take."""
PATIENCE = 5.0
"""So many seconds the rest of a page gives way: it goes before who comes later than that."""


class Turns:
    """Who has a turn, since when, and who waits for one: who is due first begins first, and goes on first."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._since: dict[Event, float] = {}
        self._line: list[tuple[float, Event]] = []

    def take(self, due: float | None = None) -> tuple[float, Event]:
        """Waits for a turn, which is given back by `give_back`. due: by the monotonic clock, now where none is given;
        it is returned beside the turn"""
        turn = Event()
        with self._lock:
            place = (monotonic() if due is None else due, turn)
            insort(self._line, place, key=lambda one: one[0])
        try:
            while (seconds := self._begin(turn)) > 0:
                turn.wait(min(seconds, TIMEOUT_MAX))
        except BaseException:
            with self._lock:
                self._line.remove(place)
                self._call()
            raise
        return place

    def give_back(self, turn: Event) -> None:
        with self._lock:
            del self._since[turn]
            self._call()

    def taken(self) -> int:
        return len(self._since)

    def awaited_before(self, due: float) -> bool:
        """Whether somebody waits who is due before that."""
        with self._lock:
            return bool(self._line) and self._line[0][0] < due

    def _begin(self, turn: Event) -> float:
        """Begins it, 0, or says in how many seconds to ask again, if it is not called before."""
        with self._lock:
            turn.clear()
            if self._line[0][1] is not turn:
                return inf
            now = monotonic()
            left = sorted(seconds for since in self._since.values() if (seconds := since + LONG - now) > 0)
            if len(left) >= AT_ONCE:
                return left[len(left) - AT_ONCE]
            self._line.pop(0)
            self._since[turn] = now
            self._call()
            return 0

    def _call(self) -> None:
        """Has the first in line ask: it alone watches the clock."""
        if self._line:
            self._line[0][1].set()


_turns = Turns()
_mine = local()


@contextmanager
def turn(*, rest: bool = False) -> Iterator[None]:
    """What is done in it waits until it is this thread's turn. Who has one already goes on.

    rest: whether it gives way to all who wait for a picture, as the rest of a page does
    """
    if _held():
        yield
        return
    _mine.rest = rest
    _mine.due, _mine.turn = _turns.take(monotonic() + PATIENCE if rest else None)
    try:
        yield
    finally:
        if _held():
            _turns.give_back(_mine.turn)
            _mine.turn = None


def in_turn(part: Callable[[], None], *, by_clock: bool = False) -> Callable[[], None]:
    """For a part of a page that is drawn anew by itself, as a fragment is. by_clock: whether time, and not a learner,
    has it drawn: it gives way then"""

    @wraps(part)
    def drawn() -> None:
        with turn(rest=by_clock):
            part()

    return drawn


@contextmanager
def aside() -> Iterator[None]:
    """What waits in it, for the clock or for another thread, lets others have the turn meanwhile, and goes on before
    who is due later. Without a turn it changes nothing."""
    if not _held():
        yield
        return
    _turns.give_back(_mine.turn)
    _mine.turn = None
    try:
        yield
    finally:
        _, _mine.turn = _turns.take(_mine.due)


def pause(seconds: float, until: Event | None = None) -> None:
    """Let others have the turn for so long, or until something has come about. What follows is the rest of a page: who
    pauses before its picture is said loses its place."""
    rest_follows()
    with aside():
        (until or Event()).wait(seconds)


def rest_follows() -> None:
    """The picture that a learner waits for is said: from here on, this thread is due later."""
    if _held() and not _mine.rest:
        _mine.rest, _mine.due = True, monotonic() + PATIENCE


def give_way() -> None:
    """Between two parts of the rest of a page: whoever is due before goes first. A part that Streamlit is asked to draw
    by itself, a fragment, waits for the rest of its own page."""
    if _held() and _mine.rest and _turns.awaited_before(_mine.due):
        with aside():
            pass


def _held() -> bool:
    return getattr(_mine, "turn", None) is not None
