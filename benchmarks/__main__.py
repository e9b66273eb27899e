"""`python -m benchmarks` prints every section; `python -m benchmarks engine` only that one."""

import os
import sys
from importlib import import_module

SECTIONS = ("engine", "pairs", "training", "jobs", "browser")
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def main(names: list[str]) -> None:
    unknown = [name for name in names if name not in SECTIONS]
    if unknown:
        sys.exit(f"no benchmark {', '.join(map(repr, unknown))}; there are {', '.join(SECTIONS)}")
    os.environ.update(dict.fromkeys(THREADS, "1"))  # before numpy and torch are imported, which read it only then
    for name in names or SECTIONS:
        import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
