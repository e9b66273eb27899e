"""A class: simulated learners, each a real session, on one process of the app; and the floor app under the same load.

All learners live in this process, beside the server on the same cores; what it takes of them is said. A reaction is
from sending a changed control to the first picture that shows something new, and to the end of its script, as the
learner's end of the socket sees it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from statistics import median

from .attending import (
    LASTS,
    PERIOD,
    TRAINERS,
    Load,
    Server,
    at_the_floor,
    attend,
    class_of,
    forgotten,
    p95,
    serving,
    warm,
)
from .quick import QUICK
from .report import Number, Report
from .soak import SESSION, soak, tell

SIZES = (2, 4) if QUICK else (10, 30, 60, 120)
P95 = 300
"""The aim for the largest class, ms: for the picture, and for all of the page."""

Loads = dict[int, tuple[Load, Load]]
"""Size -> the class of that size at the app, and at the floor."""


def main(report: Report) -> None:
    with serving("app.py") as app, serving("benchmarks/floor.py") as floor:
        asyncio.run(measure(report, app, floor))


async def measure(report: Report, app: Server, floor: Server) -> None:
    await warm(app)
    loads: Loads = {}
    for n in SIZES:
        bare, _ = await asyncio.gather(attend(floor, at_the_floor(floor.address, n)), forgotten(app))
        loads[n] = await attend(app, class_of(app.address, n, seed=n)), bare
    reactions(report, loads)
    costs(report, loads)
    await forgotten(app)
    found = await soak(app)
    tell(report, found)
    complain(report, found.errors)


def reactions(report: Report, loads: Loads) -> None:
    report.table(
        "Reaction of a class on one process, ms from the changed control to its picture, and to the end of its script",
        ["picture", "its p95", "end", "its p95", "floor, p95", "p95 of floor", "errors"],
    )
    for n, (load, bare) in loads.items():
        own, its = 1e3 * p95(load.finished), 1e3 * p95(bare.finished)
        last = n == SIZES[-1]
        report.row(
            f"{n} learners, {len(load.finished)} changes",
            Number(f"class.{n}.first_p50_ms", 1e3 * median(load.first)),
            Number(f"class.{n}.first_p95_ms", 1e3 * p95(load.first), at_most=P95 if last else None),
            Number(f"class.{n}.p50_ms", 1e3 * median(load.finished)),
            Number(f"class.{n}.p95_ms", own, at_most=P95 if last else None),
            Number(f"class.{n}.floor_p95_ms", its),
            Number(f"class.{n}.vs_floor", own / its, "×"),
            Number(f"class.{n}.errors", len(load.errors) + len(bare.errors), at_most=0 if last else None),
        )
    report.say(
        f"Each learner changes a control every {PERIOD:g} s for {LASTS:g} s; every {TRAINERS}th is on the training "
        "lesson and trains networks of its own, in two more processes on the same cores, where Clipping trains, too. "
        "Nobody scrolls: what a page computes for who comes to it is not asked for. The picture is the first player or "
        "chart that shows something new; where none does, it is the end. The slowest (median of the end, ms): "
        + "; ".join(f"{n} learners: {load.slowest()}" for n, (load, _) in loads.items())
        + "."
    )
    complain(report, [error for both in loads.values() for load in both for error in load.errors])


def costs(report: Report, loads: Loads) -> None:
    report.table(
        "What that takes: share of one core, ms, MB",
        ["server", "floor", "learners", "their clock late, p95", "a page opens, p95", "memory a session"],
    )
    for n, (load, bare) in loads.items():
        report.row(
            f"{n} learners",
            Number(f"class.{n}.server_cpu", load.cpu),
            Number(f"class.{n}.floor_cpu", bare.cpu),
            Number(f"class.{n}.client_cpu", load.own),
            Number(f"class.{n}.client_late_ms", 1e3 * p95(load.late)),
            Number(f"class.{n}.open_p95_ms", 1e3 * p95(load.opened)),
            Number(f"class.{n}.mb_per_session", load.megabytes, at_most=SESSION if n == SIZES[-1] else None),
        )
    report.say(
        "Memory a session: how much the server grew from before the class came to its end, all caches, by its size."
    )


def complain(report: Report, errors: list[str]) -> None:
    if errors:
        found = Counter(errors).most_common(8)
        report.say("Errors: " + "; ".join(f"{count} × {error}" for error, count in found) + ".")
