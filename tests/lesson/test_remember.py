"""What is remembered is computed once, however it is asked for and however many ask."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from rnnviz.lesson.remember import remember


@pytest.fixture
def calls():
    return []


def test_the_same_arguments_are_the_same_however_they_are_given(calls):
    @remember
    def total(a, b=2, *, c=3):
        calls.append((a, b, c))
        return [a + b + c]

    assert total(1) is total(a=1) is total(1, 2) is total(1, c=3) is total(b=2, a=1)
    assert total(2) is not total(1) and total(1, 3) == [7] and total(1, c=4) == [7]
    assert calls == [(1, 2, 3), (2, 2, 3), (1, 3, 3), (1, 2, 4)]


def test_what_begins_with_an_underscore_does_not_count(calls):
    @remember
    def first(a, _model):
        calls.append(a)
        return _model[0]

    assert first(1, [5]) == first(1, [6]) == 5 and calls == [1]


def test_the_oldest_that_nobody_asked_for_is_forgotten(calls):
    @remember(most=2)
    def same(a):
        calls.append(a)
        return a

    for a in (1, 2, 1, 3, 1, 2):
        assert same(a) == a
    assert calls == [1, 2, 3, 2]


def test_many_who_ask_at_once_wait_for_one_computation(calls):
    ready = threading.Barrier(9)

    @remember
    def slow(a):
        calls.append(a)
        ready.wait(10)  # until all have asked
        return object()

    def ask():
        if calls:
            threading.Timer(0.05, ready.wait).start()
        else:
            threading.Timer(0.05, ready.wait).start()
        return slow(1)

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: ask(), range(8)))
    assert calls == [1] and len(set(map(id, results))) == 1


def test_a_failure_is_raised_and_not_kept(calls):
    @remember
    def once(a):
        calls.append(a)
        if len(calls) == 1:
            raise ValueError("not yet")
        return a

    with pytest.raises(ValueError, match="not yet"):
        once(1)
    assert once(1) == 1 and calls == [1, 1]


def test_a_call_that_does_not_fit_says_so():
    @remember
    def total(a, b):
        return a + b

    for wrong in ({"a": 1}, {"a": 1, "b": 2, "c": 3}):
        with pytest.raises((TypeError, KeyError)):
            total(**wrong)
