"""More than one process, as docs/deploying.md has it: nginx with deploy/nginx.conf before two processes of the app, and
a Dask scheduler with two workers that both use. How learners spread, what is lost when a process dies, what it gives.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from secrets import token_hex
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import psutil

from tests.browser.conftest import ROOT, serve

from .attending import Server, arrive, class_of, p95, study, warm
from .crowd import complain
from .learner import Learner
from .quick import QUICK
from .report import Number, Report

NGINX = next((path for path in (shutil.which("nginx"), "/usr/sbin/nginx") if path and Path(path).exists()), None)
CLASS = 6 if QUICK else 60
"""So many learners are there when a process dies."""
BEFORE, AFTER = (6.0, 10.0) if QUICK else (20.0, 40.0)
"""Seconds of load before and after that."""
HASTY, HURRY = (6, 8.0) if QUICK else (120, 30.0)
"""So many learners change something as fast as they are answered, for so many seconds."""
UNTOUCHED = "where it stands by itself"
SETTINGS = """
worker_processes 1;
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/rnnviz.conf;
}}
"""
"""What stands around the recipe where nginx is not the system's."""


Rate = tuple[float, float, list[str]]
"""Reruns a second, the share of a core that the learners took, and what went wrong."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def started(*command: str, **env: str) -> Iterator[subprocess.Popen]:
    """A process that ends with the block."""
    process = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **env}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def scheduler() -> Iterator[str]:
    """A Dask scheduler and two workers, started as the page of the recipe has it; its address."""
    address = f"tcp://127.0.0.1:{free_port()}"
    dask, local = str(Path(sys.executable).parent / "dask"), ("--host", "127.0.0.1", "--no-dashboard")
    env = {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    with (
        TemporaryDirectory() as scratch,
        started(dask, "scheduler", "--port", address.rpartition(":")[2], *local, **env),
        started(
            dask, "worker", address, "--nworkers", "2", "--nthreads", "1", "--local-directory", scratch, *local, **env
        ),
    ):
        yield address


def recipe(port: int, apps: list[str]) -> str:
    """deploy/nginx.conf with this machine's ports. Raises ValueError where it has not what is replaced."""
    text = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    upstream = re.search(r"^    server 127\.0\.0\.1:8501(.*);\n    server 127\.0\.0\.1:8502(.*);\n", text, re.MULTILINE)
    if not upstream or text.count("listen 80;") != 1:
        raise ValueError("deploy/nginx.conf has other upstream or listen lines than this benchmark knows")
    lines = "".join(f"    server {app.removeprefix('http://')}{upstream[1]};\n" for app in apps)
    return text.replace(upstream[0], lines).replace("listen 80;", f"listen 127.0.0.1:{port};")


@contextmanager
def proxy(apps: list[str]) -> Iterator[str]:
    """nginx before these processes of the app; its address."""
    if NGINX is None:
        raise RuntimeError("nginx is not on this machine: apt install nginx-light, or leave this part out")
    with TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        folder.chmod(0o755)  # where root starts nginx, its worker is somebody else
        (folder / "rnnviz.conf").write_text(recipe(port, apps), encoding="utf-8")
        (folder / "nginx.conf").write_text(SETTINGS.format(folder=folder), encoding="utf-8")
        with started(NGINX, "-p", name, "-e", f"{name}/error.log", "-c", f"{name}/nginx.conf"):
            answers(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}"


def answers(address: str) -> None:
    """Wait until it does."""
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{address}/_stcore/health", timeout=1)
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"nothing answers at {address}")


def sessions(server: Server) -> int:
    """How many sockets of learners a process holds, as it says itself."""
    with urllib.request.urlopen(f"{server.address}/_stcore/metrics", timeout=5) as answer:
        found = re.search(r"^active_sessions\S* (\d+)", answer.read().decode(), re.MULTILINE)
    if not found:
        raise ValueError("the server does not say how many sessions it has")
    return int(found[1])


def main(report: Report) -> None:
    with ExitStack() as stack:
        results = stack.enter_context(TemporaryDirectory())
        shared = {
            "RNNVIZ_RESULTS": results,
            "RNNVIZ_DASK": stack.enter_context(scheduler()),
            "STREAMLIT_SERVER_COOKIE_SECRET": token_hex(32),
        }
        apps = [stack.enter_context(app(shared)) for _ in range(2)]
        asyncio.run(measure(report, apps))


@contextmanager
def app(shared: dict[str, str]) -> Iterator[Server]:
    process, address = serve(ROOT / "app.py", **shared)
    try:
        yield Server(address, psutil.Process(process.pid))
    finally:
        process.kill()
        process.wait(20)


async def measure(report: Report, apps: list[Server]) -> None:
    for one in apps:
        await warm(one)
    rates: dict[int, list[Rate]] = {1: [], 2: []}
    for turn, many in enumerate((1, 2) if QUICK else (1, 2, 2, 1)):
        with proxy([one.address for one in apps[:many]]) as address:
            rates[many].append(await throughput(address, seed=turn))
    throughputs(report, rates)
    with proxy([one.address for one in apps]) as address:
        await death(report, address, apps)


async def throughput(address: str, seed: int) -> Rate:
    """How much gets done when nobody pauses; nobody trains."""
    class_ = [one for one in class_of(address, 2 * HASTY, seed) if one.page.name not in ("", "training")][:HASTY]
    await asyncio.gather(*(arrive(learner) for learner in class_))
    for learner in class_:
        learner.reactions.clear()
    begun, own = perf_counter(), time.process_time()

    async def hurry(learner: Learner) -> None:
        while perf_counter() - begun < HURRY and not learner.lost.is_set():
            await learner.change()

    await asyncio.gather(*(hurry(learner) for learner in class_))
    took, own = perf_counter() - begun, time.process_time() - own
    await asyncio.gather(*(learner.leave() for learner in class_))
    done = sum(len(learner.reactions) for learner in class_)
    return done / took, own / took, [error for learner in class_ for error in learner.errors]


def throughputs(report: Report, rates: dict[int, list[Rate]]) -> None:
    report.table(
        f"{HASTY} learners who change a control as soon as the last is answered",
        ["reruns a second", "learners, of a core"],
    )
    rate = {many: median(one[0] for one in found) for many, found in rates.items()}
    for many, found in rates.items():
        name = "one process" if many == 1 else "two processes"
        report.row(
            name,
            Number(f"processes.{many}.reruns_per_s", rate[many]),
            Number(f"processes.{many}.client_cpu", median(one[1] for one in found)),
        )
    report.row("two of one", Number("processes.throughput", rate[2] / rate[1], "×"), "")
    report.row(
        "errors",
        Number("processes.throughput_errors", sum(len(one[2]) for found in rates.values() for one in found)),
        "",
    )
    report.say(
        f"Through nginx, in turns. The two processes, nginx and the learners share {os.cpu_count()} cores: on more "
        "cores, two processes give more."
    )
    complain(report, [error for found in rates.values() for one in found for error in one[2]])


def settings(learner: Learner) -> dict[str, Any]:
    """What the controls that stand in the link are set to; `UNTOUCHED` where that is where they stand by themselves,
    such as at the last moment that a training has kept so far."""
    page = learner.page
    return {
        one.linked: UNTOUCHED if page.values[key] == one.kind.default(one.proto) else page.values[key]
        for key, one in page.widgets.items()
        if one.linked
    }


async def death(report: Report, address: str, apps: list[Server]) -> None:
    """A class at work, of which one process is killed: who was there comes back, every other one by the link alone."""
    class_ = [one for one in class_of(address, 2 * CLASS, seed=7) if not one.wanders][:CLASS]
    await asyncio.gather(*(arrive(learner) for learner in class_))
    spread = [sessions(one) for one in apps]
    back: dict[bool, list[float]] = {True: [], False: []}
    lost: list[str] = []
    until = perf_counter() + BEFORE + AFTER

    async def attend(k: int, learner: Learner) -> None:
        await study(learner, until)
        if not learner.lost.is_set() or perf_counter() >= until:
            return
        before, afresh = settings(learner), k % 2 == 0
        back[afresh].append(await learner.come_back(afresh=afresh))
        after = settings(learner)
        lost.extend(
            f"{learner.page.name}: {name} was {before[name]!r}, is {after[name]!r}"
            for name in before.keys() & after.keys()  # what was moved last may have brought controls or taken some away
            if after[name] != before[name]
        )
        if before and not after:
            lost.append(f"{learner.page.name}: everything")
        await study(learner, until)

    async def kill() -> None:
        await asyncio.sleep(BEFORE)
        apps[0].process.kill()

    await asyncio.gather(kill(), *(attend(k, learner) for k, learner in enumerate(class_)))
    left = sessions(apps[1])
    await asyncio.gather(*(learner.leave() for learner in class_))
    errors = [error for learner in class_ for error in learner.errors]
    report.table(f"{CLASS} learners on two processes, of which one is killed", [""])
    report.row("learners on the first", Number("processes.split.first", spread[0]))
    report.row("learners on the second", Number("processes.split.second", spread[1]))
    for afresh, words, name in (
        (False, "the page finds the server again", "page"),
        (True, "the link is opened afresh", "link"),
    ):
        times = back[afresh] or [0.0]
        report.row(f"{words}: so many", Number(f"processes.back.{name}", len(back[afresh])))
        report.row("until it stands, median ms", Number(f"processes.back.{name}_p50_ms", 1e3 * median(times)))
        report.row("until it stands, p95 ms", Number(f"processes.back.{name}_p95_ms", 1e3 * p95(times)))
    report.row("on the second in the end", Number("processes.split.after", left))
    came = len(back[True]) + len(back[False])
    report.row("who did not come back", Number("processes.gone", spread[0] - came, at_most=0))
    report.row("settings that were lost", Number("processes.lost", len(lost), at_most=0))
    report.row("errors", Number("processes.errors", len(errors), at_most=0))
    complain(report, [*errors, *lost])
