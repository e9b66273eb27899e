"""A run in a process of its own: the run that `train` makes, and nothing of torch where it was asked for."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from rnnviz.training import Plan, cluster, results, train
from rnnviz.training.apart import train_apart

PLAN = Plan(cell="gru", length=8, hidden_size=6, batch_size=4, updates=5)


@pytest.mark.parametrize("plan", [PLAN, replace(PLAN, cell="elman", optimiser="sgd", learning_rate=1e30)])
def test_a_run_apart_is_the_run_that_train_makes(plan):
    apart, here = train_apart(plan).run(), train(plan)
    assert apart.plan == plan and apart.died == here.died
    for name in results.COLUMNS:
        np.testing.assert_array_equal(getattr(apart, name), getattr(here, name).astype(np.float32))
    for one, other in zip(apart.moments, here.moments, strict=True):
        assert one.update == other.update
        for name, value in other.tensors.items():
            np.testing.assert_array_equal(one.tensors[name], value)


def test_who_asks_loads_no_torch():
    script = (
        "import sys; from rnnviz.training import Plan; from rnnviz.training.apart import train_apart; "
        "train_apart(Plan(length=4, hidden_size=1, batch_size=1, updates=1)); sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=cluster.ROOT).returncode == 0


def test_what_failed_there_is_said_here(monkeypatch):
    monkeypatch.setattr(results, "settings", lambda plan: {"task": "no such task"})
    with pytest.raises(RuntimeError, match=r"^The run could not be trained: .*no such task"):
        train_apart(PLAN)
