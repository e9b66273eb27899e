"""Turns: so many at once, whoever waits steps aside, and nobody waits for ever."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from rnnviz.lesson import clipped_runs, turns
from rnnviz.lesson.remember import remember
from rnnviz.training import train

PATIENCE = 30
COURSE = Path(__file__).resolve().parents[2] / "rnnviz" / "course.py"


def all_of(work, count):
    """What that many threads return."""
    with ThreadPoolExecutor(count) as pool:
        return [one.result(PATIENCE) for one in [pool.submit(work) for _ in range(count)]]


@pytest.fixture
def line(monkeypatch):
    """A line of its own, in which no turn takes too long."""
    monkeypatch.setattr(turns, "LONG", PATIENCE)
    monkeypatch.setattr(turns, "PATIENCE", PATIENCE)
    monkeypatch.setattr(turns, "_turns", line := turns.Turns())
    return line


def wait_for(line, many):
    """Until so many wait in it."""
    while len(line._line) < many:
        pass


def test_so_many_compute_at_once_and_no_more():
    inside, most, lock = [], [], threading.Lock()
    full = threading.Barrier(turns.AT_ONCE)

    def compute():
        with turns.turn():
            with lock:
                inside.append(1)
                most.append(len(inside))
            full.wait(PATIENCE)  # as many as may are there together
            with lock:
                inside.pop()

    all_of(compute, 4 * turns.AT_ONCE)
    assert max(most) == turns.AT_ONCE


def test_who_came_first_begins_first(line):
    order = []
    mine = [line.take()[1] for _ in range(turns.AT_ONCE)]

    def come(k):
        _, turn = line.take()
        order.append(k)
        line.give_back(turn)

    with ThreadPoolExecutor(8) as pool:
        coming = []
        for k in range(8):
            coming.append(pool.submit(come, k))
            wait_for(line, k + 1)
        line.give_back(mine.pop())
        for one in coming:
            one.result(PATIENCE)
    assert order == list(range(8))


def wait_aside(until):
    with turns.aside():
        assert until.wait(PATIENCE)


def pause(until):
    turns.pause(PATIENCE, until=until)


@pytest.mark.parametrize(
    ("wait", "patience", "order"),
    [
        pytest.param(wait_aside, PATIENCE, ["this page", "later"], id="aside: it goes on before who came later"),
        pytest.param(pause, PATIENCE, ["later", "this page"], id="pause: its rest gives way"),
        pytest.param(pause, 0, ["this page", "later"], id="pause: but not for ever"),
    ],
)
def test_who_waited_goes_on_before_or_after_who_came_meanwhile(line, monkeypatch, wait, patience, order):
    monkeypatch.setattr(turns, "PATIENCE", patience)
    waits, back, begun = threading.Event(), threading.Event(), []

    class Back(threading.Event):
        def wait(self, seconds):
            waits.set()
            return back.wait(seconds)

    def this_page():
        with turns.turn():
            wait(Back())
            begun.append("this page")

    def later():
        with turns.turn():
            begun.append("later")

    with ThreadPoolExecutor(2) as pool:
        coming = [pool.submit(this_page)]
        assert waits.wait(PATIENCE)
        mine = [line.take()[1] for _ in range(turns.AT_ONCE)]
        coming.append(pool.submit(later))
        wait_for(line, 1)
        back.set()
        wait_for(line, 2)
        for one in mine:
            line.give_back(one)
        for one in coming:
            one.result(PATIENCE)
    assert begun == order


@pytest.mark.parametrize("rest", [False, True])
def test_between_two_parts_only_the_rest_of_a_page_gives_way(line, rest):
    begun = []

    def another():
        with turns.turn():
            begun.append("another")

    with ThreadPoolExecutor(turns.AT_ONCE) as pool, turns.turn():
        others = [line.take()[1] for _ in range(turns.AT_ONCE - 1)]
        turns.give_way()  # nobody waits
        if rest:
            turns.rest_follows()
        coming = pool.submit(another)
        wait_for(line, 1)
        turns.give_way()
        begun.append("this page")
        for one in others:
            line.give_back(one)
    coming.result(PATIENCE)
    assert begun == (["another", "this page"] if rest else ["this page", "another"])


@pytest.mark.parametrize("by_clock", [False, True])
def test_what_time_has_drawn_gives_way_to_a_page(line, by_clock):
    begun = []
    part = turns.in_turn(lambda: begun.append("the part"), by_clock=by_clock)
    page = turns.in_turn(lambda: begun.append("the page"))
    mine = [line.take()[1] for _ in range(turns.AT_ONCE)]
    with ThreadPoolExecutor(2) as pool:
        coming = []
        for k, one in enumerate((part, page)):
            coming.append(pool.submit(one))
            wait_for(line, k + 1)
        for turn in mine:
            line.give_back(turn)
        for one in coming:
            one.result(PATIENCE)
    assert begun == (["the page", "the part"] if by_clock else ["the part", "the page"])


def test_a_new_turn_is_no_rest():
    with turns.turn():
        turns.rest_follows()
    with turns.turn():
        assert not turns._mine.rest


def test_who_is_called_off_while_waiting_leaves_the_line(monkeypatch):
    line = turns.Turns()
    mine = [line.take()[1] for _ in range(turns.AT_ONCE)]
    monkeypatch.setattr(turns.Event, "wait", lambda self, seconds: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        line.take()
    assert not line._line and line.taken() == turns.AT_ONCE
    for one in mine:
        line.give_back(one)


def test_who_waits_lets_the_others_go_on():
    together = threading.Barrier(3 * turns.AT_ONCE)

    def wait():
        with turns.turn(), turns.aside():
            return together.wait(PATIENCE)

    assert len(set(all_of(wait, 3 * turns.AT_ONCE))) == 3 * turns.AT_ONCE


def test_all_who_ask_for_what_one_computes_who_steps_aside_get_it():
    asked = threading.Semaphore(0)

    @remember
    def trained():
        with turns.aside():  # in another process
            for _ in range(turns.AT_ONCE + 1):  # and all turns are taken by those who want it, too
                assert asked.acquire(timeout=PATIENCE)
        return object()

    def ask():
        with turns.turn():
            asked.release()
            return trained()

    assert len(set(map(id, all_of(ask, 3 * turns.AT_ONCE)))) == 1


@pytest.mark.parametrize("problem", [ValueError, KeyboardInterrupt])
def test_a_page_that_fails_gives_its_turn_back(problem):
    for _ in range(2 * turns.AT_ONCE):
        with pytest.raises(problem), turns.turn(), turns.aside():
            raise problem
    assert turns._turns.taken() == 0


def test_what_failed_is_told_where_the_way_back_fails_too(monkeypatch):
    with pytest.raises(KeyboardInterrupt), turns.turn(), turns.aside():
        monkeypatch.setattr(turns.Turns, "take", lambda line, due: (_ for _ in ()).throw(KeyboardInterrupt))
    assert turns._turns.taken() == 0


def test_without_a_turn_stepping_aside_changes_nothing():
    with turns.aside():
        assert turns._turns.taken() == 0
    assert turns._turns.taken() == 0


def test_who_has_a_turn_and_asks_for_one_goes_on():
    with turns.turn():
        for _ in range(2 * turns.AT_ONCE):
            turns.in_turn(lambda: None)()
        assert turns._turns.taken() == 1
    assert turns._turns.taken() == 0


def test_who_takes_long_keeps_nobody_waiting(monkeypatch):
    monkeypatch.setattr(turns, "LONG", 1.0)
    done, others = threading.Event(), 3 * turns.AT_ONCE

    def hang():
        with turns.turn():
            assert done.wait(PATIENCE)

    def compute():
        with turns.turn():
            return turns._turns.taken()

    with ThreadPoolExecutor(turns.AT_ONCE) as pool:
        hanging = [pool.submit(hang) for _ in range(turns.AT_ONCE)]
        while turns._turns.taken() < turns.AT_ONCE:
            pass
        beside = all_of(compute, others)
        done.set()
        for one in hanging:
            one.result(PATIENCE)
    assert turns.AT_ONCE < max(beside) <= 2 * turns.AT_ONCE  # and those, again, one after the other
    assert turns._turns.taken() == 0


def test_who_paused_gave_the_turn_away_meanwhile():
    found = []

    class Watched(threading.Event):
        def wait(self, seconds):
            found.append((seconds, turns._turns.taken()))

    with turns.turn():
        turns.pause(0.5, until=Watched())
        assert found == [(0.5, 0)] and turns._turns.taken() == 1


def test_a_pause_lasts_its_time_or_until_something_has_come_about():
    begun, come = time.monotonic(), threading.Event()
    turns.pause(0.05)
    assert time.monotonic() - begun >= 0.05
    come.set()
    turns.pause(10 * PATIENCE, until=come)
    assert time.monotonic() - begun < PATIENCE


def test_the_course_waits_for_its_turn(monkeypatch):
    monkeypatch.setattr(turns, "LONG", PATIENCE)
    taken = [turns._turns.take()[1] for _ in range(turns.AT_ONCE)]
    page = AppTest.from_file(str(COURSE), default_timeout=PATIENCE)
    with ThreadPoolExecutor(1) as pool:
        drawn = pool.submit(page.run)
        try:
            with pytest.raises(TimeoutError):
                drawn.result(2)
        finally:
            for one in taken:
                turns._turns.give_back(one)
        assert drawn.result(PATIENCE).title and not page.exception
    assert turns._turns.taken() == 0


def test_a_pair_that_no_worker_trains_begins_with_the_same_weights_and_its_page_has_stepped_aside(monkeypatch):
    held = []
    monkeypatch.setattr(clipped_runs, "CLIPPING", replace(clipped_runs.CLIPPING, updates=3))
    monkeypatch.setattr(clipped_runs.jobs, "result", lambda plan: held.append(turns._turns.taken()))
    for seed in range(5):
        with turns.turn():
            both = clipped_runs.pair.__wrapped__(0.1, 0.5, seed)
        for name, weights in train(both.clipped.plan).moments[0].tensors.items():
            for run in both.runs.values():
                np.testing.assert_array_equal(run.moments[0].tensors[name], weights)
    assert held == [0] * 10 and turns._turns.taken() == 0
