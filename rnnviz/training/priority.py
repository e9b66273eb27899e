"""Work that lets the web process go before, where both want the processor."""

from __future__ import annotations

import os
import time
from pathlib import Path

NICE = 10
GROUP = Path("/proc/self/autogroup")
"""Where Linux weighs whole sessions against each other (`sched(7)`, "The autogroup feature"): a nice value counts only
among the processes of one session there, and the session has one of its own."""
TRIES, BETWEEN = 10, 0.2
"""The kernel takes such a value once in a tenth of a second, of all processes together. Seconds between two tries."""


def session() -> int:
    """Of this process; 0 where there are none."""
    return os.getsid(0) if hasattr(os, "getsid") else 0


def lower(others: int) -> None:
    """Have this process go after those of another session, and after the others of its own. others: that session"""
    if not hasattr(os, "nice"):
        return
    os.nice(NICE)
    if session() == others or not GROUP.exists():
        return
    for _ in range(TRIES):
        try:
            GROUP.write_text(str(NICE))
            return
        except BlockingIOError:
            time.sleep(BETWEEN)
        except OSError:  # not ours to set here
            return
