"""A class of simulated learners at a server: who is there, what each does, what it took."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from random import Random
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import psutil
from websockets.exceptions import InvalidHandshake

from rnnviz.lesson.outline import COURSE
from tests.browser.conftest import ROOT, serve

from .learner import Learner, Reaction
from .quick import QUICK

PERIOD = 5.0
"""Seconds between two changes of one learner."""
LASTS = 12.0 if QUICK else 60.0
"""Seconds for which a class is measured, after all are there."""
BEGIN = 1.0 if QUICK else 10.0
"""Seconds within which a class opens its pages."""
KEPT = 5.0 if QUICK else 125.0
"""Seconds after which a session that nobody came back to is dropped: Streamlit keeps it for 120."""
TRAINERS = 10
"""Every so many-th learner trains."""
SMALL = "task=adding&length=10&updates=40&hidden=8&seeds=1&seed={}"
OPENING = ("open", "go", "come back")
"""What of a learner's runs opened a page."""


@dataclass
class Server:
    """A process that this benchmark started. The workers that train are its children, and are not counted in it."""

    address: str
    process: psutil.Process

    @property
    def memory(self) -> float:
        """MB (resident)."""
        return self.process.memory_info().rss / 1e6

    @property
    def cpu(self) -> float:
        """Seconds that it took so far."""
        times = self.process.cpu_times()
        return times.user + times.system

    @property
    def open_files(self) -> int:
        return self.process.num_fds()


@contextmanager
def serving(script: str) -> Iterator[Server]:
    """The app or the floor, with a folder of its own for what is trained."""
    with TemporaryDirectory() as results:
        process, address = serve(ROOT / script, RNNVIZ_RESULTS=results)
        try:
            yield Server(address, psutil.Process(process.pid))
        finally:
            process.terminate()
            process.wait(20)


@dataclass
class Load:
    """What a class of one size saw, in seconds. cpu, own: share of one core that the server took, and this process

    late: by how much this process's own clock ran late   megabytes: that the server grew, a learner
    """

    learners: list[Learner]
    opened: list[float] = field(default_factory=list)
    cpu: float = 0
    own: float = 0
    late: list[float] = field(default_factory=list)
    megabytes: float = 0

    @property
    def reactions(self) -> list[Reaction]:
        """To a moved control or a pressed button; not to an opened page."""
        return [one for learner in self.learners for one in learner.reactions if one.what not in OPENING]

    @property
    def finished(self) -> list[float]:
        return [one.finished for one in self.reactions]

    @property
    def first(self) -> list[float]:
        return [one.first for one in self.reactions]

    @property
    def errors(self) -> list[str]:
        return [error for learner in self.learners for error in learner.errors]

    def slowest(self, most: int = 3) -> str:
        """The pages by the median of their reactions (ms), in words."""
        pages: dict[str, list[float]] = {}
        for one in self.reactions:
            pages.setdefault(one.page, []).append(one.finished)
        worst = sorted(pages, key=lambda page: -median(pages[page]))[:most]
        return ", ".join(f"{page} {1e3 * median(pages[page]):.0f}" for page in worst)


def p95(values: list[float]) -> float:
    return quantiles(values, n=20, method="inclusive")[-1] if len(values) > 1 else sum(values)


def of_the_course(address: str, k: int, seed: int) -> Learner:
    """The k-th learner: they are spread over home and the lessons, and a share of them trains, each runs of its own."""
    rng = Random(1000 * seed + k)
    if k % TRAINERS == TRAINERS - 1:
        return Learner(address, "training", SMALL.format(rng.randrange(10_000)), rng)
    pages = ["", *(row.name for row in COURSE if row.name != "training")]
    page = pages[(k - k // TRAINERS) % len(pages)]
    return Learner(address, page, "", rng, wanders=page == "")


def class_of(address: str, count: int, seed: int) -> list[Learner]:
    return [of_the_course(address, k, seed) for k in range(count)]


def at_the_floor(address: str, count: int) -> list[Learner]:
    return [Learner(address, "", "", Random(k)) for k in range(count)]


async def arrive(learner: Learner) -> float:
    """Open the page: seconds. What fails is among the learner's errors."""
    try:
        return await learner.open()
    except (OSError, InvalidHandshake) as problem:
        learner.page.wrong(f"cannot be opened, {type(problem).__name__}")
        learner.lost.set()
        return 0.0


async def change(learner: Learner) -> None:
    """What a learner does once in a period: move a control, train where that is, go from home to a lesson and back."""
    page = learner.page
    if learner.wanders:
        await learner.go("" if page.name else learner.rng.choice([row.name for row in COURSE]))
    elif page.name == "training" and "Train" in page.buttons:
        await learner.press("Train")
    elif page.name == "training":
        await learner.change("seed")
    else:
        await learner.change()


async def study(learner: Learner, until: float) -> None:
    """Change something every five seconds, from a random moment on, until a time or until the server is lost."""
    await asyncio.sleep(learner.rng.uniform(0, PERIOD))
    while (begun := perf_counter()) < until and not learner.lost.is_set():
        await change(learner)
        await asyncio.sleep(max(0.0, begun + PERIOD - perf_counter()))


async def visit(learner: Learner, until: float) -> None:
    """Study, and count it as an error if the server closes the socket meanwhile."""
    await study(learner, until)
    if learner.lost.is_set():
        learner.page.wrong("the socket was closed")


@asynccontextmanager
async def watched(load: Load, server: Server) -> AsyncIterator[None]:
    """Count what is taken meanwhile."""

    async def watch() -> None:
        while True:
            begun = perf_counter()
            await asyncio.sleep(0.05)
            load.late.append(perf_counter() - begun - 0.05)

    begun, cpu, own = perf_counter(), server.cpu, process_time()
    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        watching.cancel()
        took = perf_counter() - begun
        load.cpu, load.own = (server.cpu - cpu) / took, (process_time() - own) / took


async def attend(server: Server, learners: list[Learner]) -> Load:
    """A class comes, studies and goes."""
    load, before = Load(learners), server.memory

    async def come(learner: Learner) -> None:
        await asyncio.sleep(learner.rng.uniform(0, BEGIN))
        load.opened.append(await arrive(learner))

    await asyncio.gather(*(come(learner) for learner in learners))
    async with watched(load, server):
        until = perf_counter() + LASTS
        await asyncio.gather(*(visit(learner, until) for learner in learners))
    load.megabytes = (server.memory - before) / len(learners)
    await asyncio.gather(*(learner.leave() for learner in learners))
    return load


async def forgotten(server: Server) -> None:
    """Wait until those who left are forgotten: Streamlit drops what is past its time when one more session ends."""
    await asyncio.sleep(KEPT)
    for _ in range(2):
        visitor = Learner(server.address, "", "", Random(0))
        await visitor.open()
        await visitor.leave()
        await asyncio.sleep(1)


async def warm(server: Server) -> None:
    """Every page once, one run of training, and what they import."""
    for page in ["", *(row.name for row in COURSE)]:
        visitor = Learner(server.address, page, SMALL.format(1) if page == "training" else "", Random(0))
        await visitor.open()
        if page == "training":
            await visitor.press("Train")
            await asyncio.sleep(10)
        await visitor.leave()
