"""Where jobs run: the cluster at RNNVIZ_DASK, or one of this machine's own that starts when it is first needed.

Scheduler and workers of the own cluster are started by command line and listen to this machine alone. They end with
the process that started them, however it ends.
"""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

from .priority import session

WORKERS = 2
CONNECT, START = 5, 60
"""Seconds until an address counts as unreachable, and that the own cluster may take to start."""
ROOT = Path(__file__).resolve().parents[2]

ENDS_WITH_ITS_PARENT = f"""
import os, threading, time

def watch():
    while os.getppid() == {os.getpid()}:
        time.sleep(0.5)
    os._exit(0)

def dask_setup(server):
    if hasattr(os, "setsid") and os.getpgid(0) != os.getpid():
        os.setsid()
    threading.Thread(target=watch, daemon=True).start()
"""
"""The program that the own scheduler and the workers' guards load: where they were not told to end, they find out.
Ctrl-C in the terminal is for the process that started them: it stops the runs first, and them after that."""


IN_A_WORKER = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from rnnviz.training.priority import lower
lower({session()})
"""
"""What an own worker does first: it finds this package, and lets the pages go before, where both want the processor."""


class UnreachableError(Exception):
    """No cluster: a sentence that names the address."""


class Cluster:
    """A connection. address: of a scheduler, such as tcp://10.0.0.7:8786; None starts the own cluster.

    Raises UnreachableError where there is none.
    """

    def __init__(self, address: str | None = None) -> None:
        from distributed import Client

        self.address, self.own = address, None
        where = address
        if address is None:
            where = self.own = _start()
        try:
            self.client = Client(
                where, timeout=CONNECT if address else START, set_as_default=False, name="rnnviz", security=None
            )
        except Exception as error:  # a name that is unknown, a port that is closed, another program's answer, ...
            raise UnreachableError(_sentence(address, error)) from error

    @property
    def reachable(self) -> bool:
        return self.client.status == "running"

    def workers(self) -> dict[str, int]:
        """Address of each worker -> how many jobs it takes at once."""
        info = self.client.scheduler_info(n_workers=-1)
        return {address: worker["nthreads"] for address, worker in info["workers"].items()}

    def submit(self, *arguments: Any, key: str) -> Any:
        """A future of `worker.work`, which is imported where it runs: a scheduler need not have this package."""

        def work(*arguments: Any) -> None:
            from rnnviz.training.worker import work

            work(*arguments)

        return self.client.submit(work, *arguments, key=key, pure=False, retries=0)

    def warm(self, worker: str) -> Any:
        """A future: the worker loads what it needs, so that its first run does not wait for that."""

        def warm() -> None:
            from rnnviz.training.worker import warm

            warm()

        return self.client.submit(warm, key=f"warm-{worker}", pure=False, workers=[worker], retries=0, priority=-1)

    def close(self) -> None:
        for part in (self.client, self.own):
            if part is not None:
                try:
                    part.close(timeout=5)
                except Exception:  # it is gone already, or its processes see to their end themselves
                    logging.getLogger(__name__).debug("while closing", exc_info=True)


def _start() -> Any:
    from distributed.deploy.subprocess import SubprocessCluster

    # Read by the processes that start here. Nobody reads the pipe that the scheduler writes its log to.
    os.environ.setdefault("DASK_LOGGING__DISTRIBUTED", "critical")
    try:
        return SubprocessCluster(
            host="127.0.0.1",
            n_workers=WORKERS,
            threads_per_worker=1,
            dashboard_address=None,  # type: ignore[arg-type]  # None: no port is opened for it
            scheduler_kwargs={
                "dashboard": False,
                "dashboard_address": "127.0.0.1:0",
                "preload": [ENDS_WITH_ITS_PARENT],
            },
            worker_kwargs={
                "preload_nanny": [ENDS_WITH_ITS_PARENT],
                "dashboard_address": "127.0.0.1:0",
                "preload": [IN_A_WORKER],
                "env": {"OMP_NUM_THREADS": "1"},
            },
            silence_logs=logging.CRITICAL,
        )
    except Exception as error:
        raise UnreachableError(f"No process for training could be started: {_short(error)}.") from error


def _sentence(address: str | None, error: Exception) -> str:
    if address is None:
        return f"The processes for training did not answer: {_short(error)}."
    return f"No Dask scheduler answers at {address} (RNNVIZ_DASK): nothing can be trained until one does."


def _short(error: Exception) -> str:
    return (str(error) or type(error).__name__).splitlines()[0][:200]
