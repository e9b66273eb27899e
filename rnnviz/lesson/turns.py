"""Whose page is computed: a few at a time, the others wait for their turn.

Python computes no more at once anyway, and dozens of threads that all try take it from one another many times in each
run, and from the thread that sends. A turn is no longer than a page's own computing: who waits in it steps aside.
Parts of a page that are drawn anew by themselves are short, and take none. What holds a lock of another kind must not
step aside, nor wait for a turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, local
from time import sleep

AT_ONCE = 2
"""So many pages: one computes while the other is in what releases Python's lock."""

_free = BoundedSemaphore(AT_ONCE)
_mine = local()


@contextmanager
def turn() -> Iterator[None]:
    """What is done in it waits until it is this thread's turn."""
    with _free:
        _mine.held = True
        try:
            yield
        finally:
            _mine.held = False


@contextmanager
def aside() -> Iterator[None]:
    """What waits in it, for the clock or for another thread, lets others have the turn meanwhile. Without a turn, as
    in a fragment that is drawn anew by itself, it changes nothing."""
    if not getattr(_mine, "held", False):
        yield
        return
    _mine.held = False
    _free.release()
    try:
        yield
    finally:
        _free.acquire()
        _mine.held = True


def pause(seconds: float) -> None:
    with aside():
        sleep(seconds)
