"""`python -m benchmarks` measures everything; `python -m benchmarks engine player` these parts alone."""

import os
import sys
from importlib import import_module

from .report import Report

PARTS = {
    "engine": ("engine", "pairs"),
    "training": ("training", "jobs"),
    "reaction": ("reaction",),
    "sweeps": ("sweeps",),
    "paint": ("paint",),
    "player": ("player",),
    "class": ("crowd",),
    "processes": ("processes",),
}
"""Part, with which the names of its numbers begin -> the modules that measure it."""
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def main(names: list[str]) -> None:
    unknown = [name for name in names if name not in PARTS]
    if unknown:
        sys.exit(f"no benchmark {', '.join(map(repr, unknown))}; there are {', '.join(PARTS)}")
    os.environ.update(dict.fromkeys(THREADS, "1"))  # before numpy and torch are imported, which read it only then
    for name in names or PARTS:
        report = Report(name)
        for module in PARTS[name]:
            import_module(f"benchmarks.{module}").main(report)
        report.save()


if __name__ == "__main__":
    main(sys.argv[1:])
