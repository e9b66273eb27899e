"""What the registry of jobs makes of what it is told, message by message, without a cluster."""

from time import monotonic

import numpy as np
import pytest

from rnnviz.training import Plan
from rnnviz.training.jobs import SETTLE, WORKER_DIED, Jobs

PLAN = Plan(cell="gru", length=8, hidden_size=6, batch_size=4, updates=100)


class Future:
    status = "pending"

    def cancel(self):
        self.status = "cancelled"


class Cluster:
    """Takes what is sent off, and keeps with which checkpoint."""

    reachable = True

    def __init__(self):
        self.begun = []

    def submit(self, plan, queue, name, begun, key):
        self.begun.append(begun)
        return Future()

    def workers(self):
        return {"w": 2}

    def warm(self, worker):
        return worker


class Queue:
    name = "q"

    def __init__(self):
        self.messages = []

    def get(self, batch):
        messages, self.messages = self.messages, []
        return messages


@pytest.fixture
def jobs():
    """A registry whose thread is this test: each `_turn` is one of its own."""
    made = Jobs(keeps=False)
    made._thread, made._cluster, made._queue, made._workers = object(), Cluster(), Queue(), {"w": 2}
    return made


def tell(jobs, job, updates=0, **more):
    rows = np.ones((updates, 4)).tobytes()
    jobs._queue.messages.append({"job": job.name, "rows": rows, "seconds": 1.0, "moments": [], **more})
    jobs._turn()


def begun(jobs, owner="A", updates=50):
    """A run that has told of its first updates."""
    jobs.start(PLAN, owner)
    jobs._turn()
    job = jobs._jobs[PLAN.key]
    tell(jobs, job, updates, worker="w")
    assert jobs.look(PLAN, owner).state == "running"
    return job


def test_when_all_who_watched_have_pressed_stop_the_run_stops_though_their_pages_still_look(jobs):
    begun(jobs)
    jobs.start(PLAN, "B")
    assert jobs.stop(PLAN, "A") is False, "B still watches"
    jobs.look(PLAN, "A")
    assert jobs.stop(PLAN, "B") is True and jobs.look(PLAN, "A").state == "stopped"


def test_who_pressed_stop_and_starts_again_watches_again(jobs):
    begun(jobs)
    jobs.start(PLAN, "B")
    jobs.stop(PLAN, "A")
    jobs.start(PLAN, "A")
    assert jobs.stop(PLAN, "B") is False


def test_a_run_that_others_go_on_with_is_not_among_ones_own_any_more(jobs):
    begun(jobs)
    jobs.start(PLAN, "B")
    jobs.stop(PLAN, "A")
    for seed in (1, 2, 3):
        jobs.start(Plan(seed=seed), "A")


def test_the_last_message_of_a_stopped_run_is_waited_for_from_when_it_was_told(jobs, monkeypatch):
    """Also where the thread was busy for longer than that before it could tell it."""
    job = begun(jobs)
    jobs.stop(PLAN, "A")
    later = monotonic() + 10 * SETTLE
    monkeypatch.setattr("rnnviz.training.jobs.monotonic", lambda: later)
    tell(jobs, job, 7, stopped=True, checkpoint=b"c", update=57)
    view = jobs.look(PLAN, "A")
    assert (view.state, view.record.updates, view.resumes, view.ending) == ("stopped", 57, 57, False)


def test_a_stopped_run_that_says_nothing_more_can_go_on_after_a_while(jobs, monkeypatch):
    begun(jobs)
    jobs.stop(PLAN, "A")
    jobs._turn()
    assert jobs.look(PLAN, "A").ending
    now = jobs._jobs[PLAN.key].ending
    monkeypatch.setattr("rnnviz.training.jobs.monotonic", lambda: now + SETTLE)
    jobs._turn()
    assert not jobs.look(PLAN, "A").ending


def test_a_run_that_had_ended_before_it_was_to_go_on_is_not_trained_again(jobs):
    job = begun(jobs, updates=50)
    tell(jobs, job, checkpoint=b"c", update=50)
    jobs.stop(PLAN, "A")
    jobs.start(PLAN, "A")
    tell(jobs, job, 50, state="done")
    jobs._turn()
    view = jobs.look(PLAN, "A")
    assert (view.state, view.record.updates) == ("done", 100) and jobs._cluster.begun == [None]


def test_what_was_to_go_on_and_is_stopped_again_still_waits_for_what_the_first_start_had_to_say(jobs):
    job = begun(jobs)
    jobs.stop(PLAN, "A")
    jobs.start(PLAN, "A")
    jobs.stop(PLAN, "A")
    assert jobs.look(PLAN, "A").ending
    tell(jobs, job, 7, stopped=True, checkpoint=b"c", update=57)
    view = jobs.look(PLAN, "A")
    assert not view.ending and view.resumes == view.record.updates == 57


def test_a_run_that_another_hand_cancelled_is_reported_and_can_go_on(jobs):
    job = begun(jobs)
    tell(jobs, job, 7, stopped=True, checkpoint=b"c", update=57)
    view = jobs.look(PLAN, "A")
    assert (view.state, view.reason, view.resumes) == ("failed", WORKER_DIED, 57)
    jobs.start(PLAN, "A")
    jobs._turn()
    assert jobs._cluster.begun == [None, b"c"]


@pytest.mark.parametrize("status", ["cancelled", "lost"])
def test_a_run_that_the_cluster_gave_up_is_reported(jobs, status):
    job = begun(jobs)
    job.future.status = status
    jobs._asked = 0.0
    jobs._turn()
    assert jobs.look(PLAN, "A").state == "failed"


def test_a_finished_run_keeps_no_checkpoint(jobs):
    job = begun(jobs)
    tell(jobs, job, checkpoint=b"c", update=50)
    tell(jobs, job, 50, state="done")
    assert job.checkpoint is None and job.had is None
