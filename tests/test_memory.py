"""What threads have allocated and freed goes back to the system, also after something larger was freed."""

import platform
import subprocess
import sys

import pytest

from rnnviz.training.cluster import ROOT

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
