"""An hour of coming and going compressed to ten minutes, and what it leaves in the memory of the server."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from statistics import mean
from time import perf_counter

from .attending import Server, arrive, forgotten, of_the_course, visit
from .quick import QUICK
from .report import Number, Report

SECONDS, CROWD, STAY = (30.0, 6, (5.0, 10.0)) if QUICK else (600.0, 60, (30.0, 60.0))
"""How long it lasts, how many learners are there at once, and from how many seconds to how many each stays."""
STORED = 128
"""So many sessions that were left Streamlit keeps at most, each for 120 s."""
SESSION, BACK = 2, 1.1
"""The aims: MB a session, and the memory at the end against that at the start."""


@dataclass
class Soak:
    """MB of the server: at the start, at most, in the last third, when all had gone. files: open at once, at most"""

    start: float
    most: float
    full: float
    end: float
    came: int
    errors: list[str]
    files: int


async def soak(server: Server) -> Soak:
    """Learners come and go; each place is taken again as soon as it is free."""
    start, samples, errors, came = server.memory, [], [], 0
    begun = perf_counter()

    async def seat(number: int) -> None:
        nonlocal came
        await asyncio.sleep(STAY[1] * number / CROWD)
        while perf_counter() - begun < SECONDS:
            came += 1
            learner = of_the_course(server.address, came, seed=99)
            await arrive(learner)
            await visit(learner, perf_counter() + learner.rng.uniform(*STAY))
            await learner.leave()
            errors.extend(learner.errors)

    async def watch() -> None:
        while True:
            samples.append((server.memory, server.open_files))
            await asyncio.sleep(1)

    watching = asyncio.create_task(watch())
    await asyncio.gather(*(seat(number) for number in range(CROWD)))
    watching.cancel()
    await forgotten(server)
    memories, files = zip(*samples, strict=True)
    late = memories[2 * len(memories) // 3 :]
    return Soak(start, max(memories), mean(late), server.memory, came, errors, max(files))


def tell(report: Report, found: Soak) -> None:
    there = CROWD + min(STORED, found.came - CROWD)
    title = f"Coming and going for {SECONDS / 60:g} minutes, {CROWD} there at once, {found.came} in all"
    report.table(title, [""])
    report.row("at the start, warm", Number("class.soak.start_mb", found.start, "MB"))
    report.row("at most", Number("class.soak.most_mb", found.most, "MB"))
    report.row("in the last third, mean", Number("class.soak.full_mb", found.full, "MB"))
    report.row("when all had gone and were forgotten", Number("class.soak.end_mb", found.end, "MB"))
    report.row("end of start", Number("class.soak.end_vs_start", found.end / found.start, "×", at_most=BACK))
    share = (found.full - found.start) / there
    report.row("a session", Number("class.soak.mb_per_session", share, "MB", at_most=SESSION))
    report.row(
        "left by each who came", Number("class.soak.kb_left", 1e3 * (found.end - found.start) / found.came, "kB")
    )
    report.row("errors", Number("class.soak.errors", len(found.errors), at_most=0))
    report.row("open files, at most", Number("class.soak.files", found.files))
    report.say(
        f"Streamlit keeps a session that was left for 120 s, for its learner may come back, and at most {STORED} of "
        f"these; it drops them when the next session ends. So a session's share is of {there}: those who are there and "
        "those. What is computed for one learner is kept for all, up to a fixed number of results: that grows until it "
        "is full, and stays when they leave."
    )
