"""What threads have allocated and freed goes back to the system, and so does a session that has been forgotten."""

import asyncio
import gc
import platform
import subprocess
import sys
import time
import weakref
from itertools import pairwise

import pytest

from rnnviz.memory import Collector
from rnnviz.training.cluster import ROOT

from .asynchronous import run

THREADS, PIECES, MEGABYTES = 8, 8, 5
PROGRAM = f"""
import sys
from threading import Barrier, Thread
import numpy as np, psutil
from rnnviz import memory

if "give" in sys.argv:
    assert memory.give_back()
np.ones(20 * memory.MB // 8)  # freed at once: from here on, glibc by itself keeps what is smaller
done, asked = Barrier({THREADS} + 1), Barrier({THREADS} + 1)
before = psutil.Process().memory_info().rss

def work():
    held = [np.ones({MEGABYTES} * memory.MB // 8) for _ in range({PIECES})]
    done.wait()  # each has its own arena, and holds what it took
    del held
    done.wait()
    asked.wait()

threads = [Thread(target=work) for _ in range({THREADS})]
for thread in threads:
    thread.start()
done.wait()
done.wait()
print((psutil.Process().memory_info().rss - before) / memory.MB)
asked.wait()
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="it is a setting of glibc")
def test_freed_memory_goes_back():
    kept = {}
    for how in ("keep", "give"):
        program = [sys.executable, "-c", PROGRAM, how]
        kept[how] = float(subprocess.run(program, cwd=ROOT, capture_output=True, check=True).stdout)
    taken = THREADS * PIECES * MEGABYTES
    assert kept["keep"] > taken / 2  # or else there is nothing to set
    assert kept["give"] < taken / 10


class Ring:
    """Refers to itself, as the parts of a session do to one another."""

    def __init__(self):
        self.itself = self


@pytest.fixture
def collected():
    """When there were full collections; none but those that are asked for."""
    times = []

    def called(phase, about):
        if phase == "start" and about["generation"] == 2:
            times.append(time.monotonic())

    gc.disable()
    gc.callbacks.append(called)
    yield times
    gc.callbacks.remove(called)
    gc.enable()


def test_who_left_is_collected_soon_and_the_next_after_a_pause(collected):
    async def leaving():
        collector = Collector(soon=0.05, apart=0.5)
        for _ in range(3):
            ring = weakref.ref(Ring())
            for _ in range(4):  # of a class that leaves, all together
                collector.left()
            while ring() is not None:
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.6)

    start = time.monotonic()
    run(asyncio.wait_for(leaving(), 30))
    assert len(collected) == 3 and collected[0] - start >= 0.05
    assert all(later - one >= 0.49 for one, later in pairwise(collected))


def test_the_server_collects_when_somebody_leaves():
    program = """
from unittest.mock import Mock
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager as Manager
from rnnviz import memory

left = []
Manager.disconnect_session = lambda manager, session_id: left.append(session_id)
memory.Collector.left = lambda self: left.append("collected")
memory.sparing()
Manager.disconnect_session(Mock(), "one")
assert left == ["one", "collected"], left
"""
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True)
