"""Memory that the server is done with goes back to the system, where Python and glibc by themselves would keep it."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import sys
from typing import Any

from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

TRIM, MMAP = -1, -3
"""`M_TRIM_THRESHOLD` and `M_MMAP_THRESHOLD` of malloc.h."""
MB = 2**20
SOON, APART = 1.0, 60.0
"""Seconds from when somebody left to a full garbage collection, and between two of these."""


def give_back() -> bool:
    """What is larger than 4 MB goes back as soon as it is free; each of glibc's arenas keeps 8 MB at most at its end.

    By itself, glibc keeps in its arenas whatever is smaller than the largest piece that was ever freed, up to 32 MB. It
    makes eight arenas a core, and a class has a thread a learner: all of them come to that, and keep it when the class
    has gone. Returns whether it could be set; it cannot where the C library is another one.
    Source: the manual page `mallopt(3)`, `M_MMAP_THRESHOLD`: it is dynamic until it or `M_TRIM_THRESHOLD` is set
    """
    mallopt = None if sys.platform == "win32" else getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and bool(mallopt(MMAP, 4 * MB)) and bool(mallopt(TRIM, 8 * MB))


class Collector:
    """Full garbage collections when somebody has left: only these find a session that Streamlit has forgotten, for its
    parts refer to one another, and it has grown old. They hold up everyone, so they are rare otherwise."""

    def __init__(self, soon: float = SOON, apart: float = APART) -> None:
        self.soon, self.apart = soon, apart
        self._due: asyncio.TimerHandle | None = None
        self._last = -apart

    def left(self) -> None:
        """For the thread of the running loop."""
        if self._due is None:
            loop = asyncio.get_running_loop()
            self._due = loop.call_at(max(loop.time() + self.soon, self._last + self.apart), self._collect)

    def _collect(self) -> None:
        self._due, self._last = None, asyncio.get_running_loop().time()
        gc.collect()


def sparing() -> None:
    """All of this, from now on, in this process."""
    give_back()
    # A full garbage collection holds up everyone, with a class of sixty for a quarter of a second: in place of every
    # two seconds, once in minutes, and when somebody has left. The small ones find what a run leaves behind: they are
    # further apart than a run is long.
    gc.set_threshold(10_000, 20, 100)
    collector, disconnect = Collector(), WebsocketSessionManager.disconnect_session

    def leave(manager: WebsocketSessionManager, *args: Any) -> None:
        disconnect(manager, *args)
        collector.left()

    WebsocketSessionManager.disconnect_session = leave  # type: ignore[method-assign, assignment]
