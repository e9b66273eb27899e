"""Whether to measure briefly, to try the benchmarks themselves: `RNNVIZ_BENCH_QUICK=1 make bench`."""

import os

QUICK = bool(os.environ.get("RNNVIZ_BENCH_QUICK"))
