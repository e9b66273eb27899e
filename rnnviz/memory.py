"""Memory that the server is done with goes back to the system: by itself, glibc would keep much of it."""

import ctypes
import sys

TRIM, MMAP = -1, -3
"""`M_TRIM_THRESHOLD` and `M_MMAP_THRESHOLD` of malloc.h."""
MB = 2**20


def give_back() -> bool:
    """What is larger than 4 MB goes back as soon as it is free; each of glibc's arenas keeps 8 MB at most at its end.

    By itself, glibc keeps in its arenas whatever is smaller than the largest piece that was ever freed, up to 32 MB. It
    makes eight arenas a core, and a class has a thread a learner: all of them come to that, and keep it when the class
    has gone. Returns whether it could be set; it cannot where the C library is another one.
    Source: the manual page `mallopt(3)`, `M_MMAP_THRESHOLD`: it is dynamic until it or `M_TRIM_THRESHOLD` is set
    """
    mallopt = None if sys.platform == "win32" else getattr(ctypes.CDLL(None), "mallopt", None)
    return mallopt is not None and bool(mallopt(MMAP, 4 * MB)) and bool(mallopt(TRIM, 8 * MB))
