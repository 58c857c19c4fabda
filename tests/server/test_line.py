"""The line before the threads: how long it is in seconds, and when nobody should join it any more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valence.server.line import WAIT_S, Line

SECONDS = st.floats(0.001, 30)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def _serve(line: Line, clock: Clock, seconds: float) -> None:
    """A call that finds a free thread, which takes so long for it."""
    line.join()
    since = line.leave()
    clock.now += seconds
    line.served(since)


def test_a_line_in_which_nobody_waits_is_never_full() -> None:
    clock = Clock()
    line = Line(2, clock=clock)
    for _ in range(100):
        _serve(line, clock, 25.0)
        assert not line.full()


def test_before_anything_is_known_only_the_oldest_closes_it() -> None:
    clock = Clock()
    line = Line(2, clock=clock)
    for _ in range(1000):
        line.join()
    assert not line.full()
    clock.now += WAIT_S + 0.01
    assert line.full()


@given(SECONDS, st.integers(1, 64))
def test_as_many_join_as_the_threads_take_in_the_time_that_a_call_may_wait(seconds: float, threads: int) -> None:
    clock = Clock()
    line = Line(threads, clock=clock)
    for _ in range(5):
        _serve(line, clock, seconds)
    joined = 0
    while not line.full():
        line.join()
        joined += 1
    assert joined == pytest.approx(WAIT_S * threads / seconds, abs=1.5)
    assert line.wait_s == pytest.approx(joined * seconds / threads)


@given(st.lists(SECONDS, min_size=1, max_size=50), st.integers(1, 64))
def test_what_it_expects_is_no_more_than_the_slowest_and_no_less_than_the_quickest(
    took: list[float], threads: int
) -> None:
    clock = Clock()
    line = Line(threads, clock=clock)
    for seconds in took:
        _serve(line, clock, seconds)
    line.join()
    assert min(took) / threads * 0.999 <= line.wait_s <= max(took) / threads * 1.001


def test_one_call_that_takes_seconds_does_not_close_it() -> None:
    clock = Clock()
    line = Line(16, clock=clock)
    for _ in range(50):
        _serve(line, clock, 0.05)
    _serve(line, clock, 20.0)
    for _ in range(4):
        line.join()
    assert not line.full()


def test_it_learns_that_calls_have_become_slow_and_that_they_are_quick_again() -> None:
    clock = Clock()
    line = Line(1, clock=clock)
    for _ in range(50):
        _serve(line, clock, 0.01)
    for _ in range(5):
        line.join()
    assert not line.full()
    for _ in range(50):  # each makes room for itself and takes half a second of the one thread
        since = line.leave()
        line.join()
        clock.now += 0.45
        line.served(since)
    assert line.wait_s > WAIT_S
    for _ in range(100):
        since = line.leave()
        line.join()
        clock.now += 0.01
        line.served(since)
    assert line.wait_s < WAIT_S


@given(st.lists(st.sampled_from(["join", "leave", "wait"]), max_size=200))
def test_however_they_come_and_go_it_is_full_once_the_oldest_has_waited_too_long(steps: list[str]) -> None:
    clock = Clock()
    line = Line(3, clock=clock)
    came: list[float] = []
    for step in steps:
        if step == "join":
            line.join()
            came.append(clock.now)
        elif step == "leave" and came:
            assert line.leave() == clock.now
            came.pop(0)
        else:
            clock.now += 0.2
        assert len(line) == len(came)
        assert line.full() is bool(came and clock.now - came[0] > WAIT_S)
