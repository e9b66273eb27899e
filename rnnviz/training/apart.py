"""One run in a process of its own, which ends with it: for where no cluster trains it. No torch in who asks.

The web process trains nothing itself: its pages would wait for every update, and torch would stay in its memory.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from . import results
from .cluster import ROOT
from .plan import Plan
from .priority import lower, session
from .results import Record


def train_apart(plan: Plan) -> Record:
    """The plan's run, when it has ended.

    Raises RuntimeError with what the other process said last where that one failed.
    """
    with TemporaryDirectory() as place:
        done = subprocess.run(
            [sys.executable, "-m", __name__, place],
            input=json.dumps(results.settings(plan)),
            capture_output=True,
            text=True,
            cwd=ROOT,
        )
        if done.returncode:
            said = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
            raise RuntimeError(f"The run could not be trained: {said[-1]}.")
        return results.read(Path(place) / f"{plan.key}.safetensors", plan)


def main() -> None:
    """The other process: the plan's settings come in by its input, and the run goes to the folder that is named."""
    from .run import train
    from .standard_runs import record_of

    lower(session())
    results.keep(record_of(train(Plan.of(json.load(sys.stdin)))), Path(sys.argv[1]))


if __name__ == "__main__":
    main()
