"""Runs in other processes: on the own cluster and on a real scheduler with two workers, the same laws."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace

import numpy as np
import psutil
import pytest

from rnnviz.training import Plan, cluster, results, train
from rnnviz.training.job import ACTIVE, Job
from rnnviz.training.jobs import MOST_PER_OWNER, Jobs, TooManyError
from rnnviz.training.probe import reach

SHORT = Plan(cell="gru", length=8, hidden_size=6, batch_size=4, updates=40)
ENDLESS = Plan(cell="gru", length=8, hidden_size=6, batch_size=4, updates=20_000)
PATIENCE = 120


def until(what, *, patience=PATIENCE):
    """The first true answer. Fails where there is none in time."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        found = what()
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("it did not happen in time")


def in_state(jobs, plan, *states):
    def look():
        view = jobs.look(plan, "test")
        assert view.state in ("waiting", "running", *states), (view.state, view.reason)
        return view if view.state in states else None

    return until(look)


def busy(jobs):
    """Tasks that the workers' threads are at, whether or not anyone still wants them."""
    return sum(
        jobs._cluster.client.run(lambda dask_worker: dask_worker.state.executing_count, on_error="return").values()
    )


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory):
    """A scheduler and two workers, as a department would start them."""
    place = tmp_path_factory.mktemp("scheduler")
    file = place / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    here = ["--host", "127.0.0.1", "--no-dashboard"]
    env = os.environ | {
        "PYTHONPATH": str(cluster.ROOT),
        "OMP_NUM_THREADS": "1",
        "DASK_LOGGING__DISTRIBUTED": "critical",
    }
    begin = {"env": env, "cwd": place, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    started = [subprocess.Popen([*dask, "scheduler", *here, "--port", "0", "--scheduler-file", str(file)], **begin)]
    for _ in range(2):
        command = [*dask, "worker", *here, "--nthreads", "1", "--scheduler-file", str(file)]
        started.append(subprocess.Popen(command, **begin))
    try:
        yield json.loads(until(lambda: file.is_file() and file.read_text()))["address"]
    finally:
        for process in started:
            process.kill()
        for process in started:
            process.wait(timeout=30)


@pytest.fixture(scope="module", params=["own", "scheduler"])
def jobs(request, tmp_path_factory):
    """One registry for the module, with both workers ready."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RNNVIZ_RESULTS", str(tmp_path_factory.mktemp("results")))
        made = Jobs(lease=600, address=None if request.param == "own" else request.getfixturevalue("scheduler"))
        try:
            made.start(replace(SHORT, updates=1), "first")
            in_state(made, replace(SHORT, updates=1), "done")
            until(lambda: len(made._warmed) == 2 and all(one.done() for one in made._warmed.values()))
            yield made
        finally:
            made.close()


@pytest.fixture(autouse=True)
def nothing_left(request):
    """Each test ends what it started, and the workers are free for the next."""
    yield
    if "jobs" in request.fixturenames:
        jobs = request.getfixturevalue("jobs")
        for job in list(jobs._jobs.values()):
            job.looked.clear()
            jobs.stop(job.plan, job.owner)
        until(lambda: busy(jobs) == 0 and len(jobs._cluster.workers()) == 2)


def test_a_job_is_the_run_that_train_makes(jobs):
    jobs.start(SHORT, "a")
    record = in_state(jobs, SHORT, "done").record
    run = train(SHORT)
    for name in results.COLUMNS:
        np.testing.assert_array_equal(record.column(name), getattr(run, name))
    assert [moment.update for moment in record.moments] == [moment.update for moment in run.moments]
    for name, value in run.moments[-1].tensors.items():
        np.testing.assert_array_equal(record.moments[-1].tensors[name], value)
    np.testing.assert_array_equal(record.reach[-1], reach(SHORT, run.moments[-1]))
    assert record.seconds > 0


def test_who_waits_for_a_run_gets_what_train_gives_and_nothing_where_no_process_is_free(jobs, monkeypatch):
    plan = replace(SHORT, seed=31)
    found, run = jobs.result(plan).run(), train(plan)
    for name in ("loss", "metric", "grad_norm", "applied_norm"):
        np.testing.assert_array_equal(getattr(found, name), getattr(run, name))
    assert (found.plan, found.died) == (run.plan, run.died)
    for ours, theirs in zip(found.moments, run.moments, strict=True):
        assert ours.update == theirs.update
        np.testing.assert_array_equal(ours.tensors["output.weight"], theirs.tensors["output.weight"])
    for seed in (32, 33):
        jobs.start(replace(ENDLESS, seed=seed), "a")
        in_state(jobs, replace(ENDLESS, seed=seed), "running")
    waited = replace(SHORT, seed=34)
    monkeypatch.setattr("rnnviz.training.jobs.BEGINS", 1.0)
    assert jobs.result(waited) is None
    assert jobs.look(waited) is None, "nobody else wanted it"
    jobs.start(waited, "b")
    assert jobs.result(waited) is None and jobs.look(waited, "b").state == "waiting"
    assert not jobs._jobs[waited.key].urgent, "no page waits for it any longer"


def test_what_a_page_waits_for_goes_before_what_others_started(jobs, monkeypatch):
    plans = [replace(ENDLESS, seed=seed) for seed in (35, 36, 37, 38)]
    for plan, owner in zip(plans, "abcd", strict=True):
        jobs.start(plan, owner)
    for plan in plans[:2]:
        in_state(jobs, plan, "running")
    waited = replace(SHORT, seed=39)
    with ThreadPoolExecutor(1) as page:
        found = page.submit(jobs.result, waited)
        until(lambda: (view := jobs.look(waited)) and view.position == 1)
        assert [jobs.look(plan).position for plan in plans] == [0, 0, 2, 3]
        with monkeypatch.context() as later:
            later.setattr("rnnviz.training.jobs.OVERDUE", 0.0)
            assert [jobs.look(plan).position for plan in (*plans, waited)] == [0, 0, 1, 2, 3]
        jobs._jobs[plans[0].key].looked.clear()
        jobs.stop(plans[0], "a")
        assert found.result(PATIENCE).state == "done"


def test_snapshots_come_while_it_trains_and_a_stopped_job_is_gone(jobs):
    plan = replace(ENDLESS, seed=1)
    jobs.start(plan, "a")
    first = until(lambda: (view := jobs.look(plan, "a")).record.updates and view)
    until(lambda: jobs.look(plan, "a").record.updates > first.record.updates)
    assert first.state == "running" and first.left > 0
    assert jobs.stop(plan, "a")
    assert jobs.look(plan, "a").state == "stopped"
    stopped = until(lambda: not (view := jobs.look(plan, "a")).ending and view)
    assert first.record.updates <= stopped.record.updates == stopped.resumes < plan.updates
    until(lambda: busy(jobs) == 0)
    assert jobs.look(plan, "a").record.updates == stopped.record.updates
    assert results.kept(plan) is None


def test_stopped_and_continued_is_never_stopped_bit_for_bit(jobs):
    plan = replace(SHORT, updates=600, seed=50)
    for _ in range(2):  # the second time it has gone on once already, and is told to go on while it still ends
        before = jobs.start(plan, "a").record.updates
        until(lambda least=before: jobs.look(plan, "a").record.updates > least + 50)
        jobs.stop(plan, "a")
    had = jobs.look(plan, "a").record.updates
    again = jobs.start(plan, "a")
    assert again.active and had <= again.record.updates
    view = in_state(jobs, plan, "done")
    assert 0 < jobs._jobs[plan.key].base < view.record.seconds, "it went on from a checkpoint"
    run = train(plan)
    for name in results.COLUMNS:
        np.testing.assert_array_equal(view.record.column(name), getattr(run, name))
    assert [moment.update for moment in view.record.moments] == [moment.update for moment in run.moments]
    for mine, theirs in zip(view.record.moments, run.moments, strict=True):
        for name, value in theirs.tensors.items():
            np.testing.assert_array_equal(mine.tensors[name], value)


@pytest.mark.parametrize(("update", "kept"), [(0, []), (3, [0, 1, 2]), (5, [0, 1, 2, 3, 4])])
def test_a_killed_run_goes_on_from_its_last_checkpoint_and_shows_what_it_had_until_it_is_there_again(update, kept):
    before, run = Job(SHORT, "a", 0), train(replace(SHORT, updates=8))
    rows = np.column_stack([getattr(run, name) for name in results.COLUMNS])
    before.rows, before.moments = [rows], [(moment, np.zeros(8)) for moment in run.moments if moment.update < 5]
    before.checkpoint = (b"checkpoint", update, 0.5)
    job = Job(SHORT, "a", 1, before)
    assert (job.resumes, job.record().updates) == (update, 8)
    assert job.take_over() == b"checkpoint"
    assert (job.resumes, job.record().updates) == (update, 8)
    more = np.arange(4.0 * (9 - update)).reshape(-1, 4)
    job.take({"rows": more.tobytes(), "moments": [], "seconds": 0.25})
    record = job.record()
    np.testing.assert_array_equal(record.rows, np.concatenate([rows[:update], more]))
    assert [moment.update for moment in record.moments] == kept and record.seconds == 0.75


def test_an_equal_plan_is_shared_and_goes_on_while_another_looks(jobs):
    plan = replace(ENDLESS, seed=2)
    jobs.start(plan, "a")
    jobs.start(replace(plan, momentum=0.3), "b")
    assert len([job for job in jobs._jobs.values() if job.state in ACTIVE]) == 1
    assert not jobs.stop(plan, "a") and jobs.look(plan, "b").active
    assert jobs.stop(plan, "b") and jobs.look(plan, "b").state == "stopped"


def test_a_run_that_nobody_looks_at_is_stopped(jobs, monkeypatch):
    monkeypatch.setattr(jobs, "lease", 1.0)
    plans = [replace(ENDLESS, seed=seed) for seed in (3, 4)]
    for plan in plans:
        jobs.start(plan, "a")
    until(lambda: jobs.look(plans[0], "a") and jobs._jobs[plans[1].key].state == "stopped")
    assert jobs.look(plans[0], "a").active
    assert "Nobody looked" in jobs.look(plans[1], "a").reason


def test_owners_take_turns_and_one_cannot_start_more_than_a_few(jobs):
    greedy = [replace(ENDLESS, seed=seed) for seed in range(10, 10 + MOST_PER_OWNER)]
    with jobs._wake:  # all have pressed before the first is sent off
        for plan in greedy:
            jobs.start(plan, "greedy")
        with pytest.raises(TooManyError, match="3 are allowed at once"):
            jobs.start(replace(ENDLESS, seed=99), "greedy")
        modest = replace(ENDLESS, seed=20)
        assert jobs.start(modest, "modest").position == 2
        assert [jobs.look(plan).position for plan in greedy] == [1, 3, 4]
    until(lambda: jobs.look(modest).state == jobs.look(greedy[0]).state == "running")
    assert [jobs.look(plan).position for plan in greedy] == [0, 1, 2]
    for plan in (greedy[0], modest):
        jobs._jobs[plan.key].looked.clear()
        jobs.stop(plan, "test")
    until(lambda: all(jobs.look(plan).state == "running" for plan in greedy[1:]))


def test_a_killed_worker_is_reported_while_the_others_go_on_and_the_next_run_trains(jobs):
    one, other = (replace(ENDLESS, seed=seed) for seed in (30, 31))
    jobs.start(one, "a")
    jobs.start(other, "b")
    until(lambda: jobs.look(one).resumes and jobs.look(other).record.updates)
    worker = jobs._jobs[one.key].worker
    pid = jobs._cluster.client.run(os.getpid, workers=[worker])[worker]
    os.kill(pid, signal.SIGKILL)
    failed = in_state(jobs, one, "failed")
    assert "has ended before" in failed.reason and failed.record.updates >= failed.resumes > 0
    assert (view := jobs.look(other)).state in ("running", "done"), view.reason
    following = replace(SHORT, seed=32)
    jobs.start(following, "a")
    in_state(jobs, following, "done")
    assert (view := jobs.look(other)).state in ("running", "done"), view.reason


def test_a_run_that_explodes_keeps_its_curve_up_to_there(jobs):
    plan = replace(SHORT, optimiser="sgd", clip="off", learning_rate=1e6)
    jobs.start(plan, "a")
    died = in_state(jobs, plan, "died").record
    assert died.updates == train(plan).died and results.kept(plan).state == "died"


def test_a_finished_run_is_not_trained_again_even_after_a_restart(jobs):
    plan = replace(SHORT, seed=40)
    jobs.start(plan, "a")
    in_state(jobs, plan, "done")
    restarted = Jobs(address="tcp://127.0.0.1:1")
    assert restarted.start(plan, "a").state == "done" and restarted._thread is None


def test_an_address_without_a_scheduler_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(cluster, "CONNECT", 0.5)
    monkeypatch.setenv("RNNVIZ_RESULTS", str(tmp_path))
    monkeypatch.setenv("RNNVIZ_DASK", "tcp://127.0.0.1:1")
    jobs = Jobs()
    jobs.start(SHORT, "a")
    assert "tcp://127.0.0.1:1" in in_state(jobs, SHORT, "failed").reason
    jobs.close()


def test_the_own_cluster_listens_here_alone_and_ends_with_its_process():
    program = (
        "from rnnviz.training.cluster import Cluster\nimport time, os, psutil\n"
        "c = Cluster()\nwhile len(c.workers()) < 2: time.sleep(0.05)\n"
        "print(*[p.pid for p in psutil.Process().children(recursive=True)], flush=True)\ntime.sleep(60)"
    )
    begin = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True, "cwd": cluster.ROOT}
    started = [(how, subprocess.Popen([sys.executable, "-c", program], **begin))
               for how in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)]  # fmt: skip
    for how, process in started:
        with process:
            pids = [int(pid) for pid in process.stdout.readline().split()]
            assert len(pids) >= 5
            listening = set()
            for pid in pids:
                with suppress(psutil.NoSuchProcess):  # one that helped another to start
                    connections = psutil.Process(pid).net_connections()
                    listening |= {one.laddr.ip for one in connections if one.status == psutil.CONN_LISTEN}
            assert listening == {"127.0.0.1"}
            process.send_signal(how)
        until(lambda pids=pids: not any(map(psutil.pid_exists, pids)))
