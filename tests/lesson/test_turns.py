"""Turns: so many at once, whoever waits steps aside, and nobody waits for ever."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from rnnviz.lesson import turns
from rnnviz.lesson.remember import remember

PATIENCE = 30


def all_of(work, count):
    """What that many threads return."""
    with ThreadPoolExecutor(count) as pool:
        return [one.result(PATIENCE) for one in [pool.submit(work) for _ in range(count)]]


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
            for _ in range(turns.AT_ONCE):  # and all turns are taken by those who want it, too
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
    for _ in range(turns.AT_ONCE):
        assert turns._free.acquire(blocking=False)
    turns._free.release(turns.AT_ONCE)


def test_without_a_turn_stepping_aside_changes_nothing():
    with turns.aside():
        pass
    with pytest.raises(ValueError, match="released too many"):  # all are free, and not one more
        turns._free.release()
