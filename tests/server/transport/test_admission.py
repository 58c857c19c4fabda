"""Whether a call waits for a thread or is refused: never while one is free, and by the time that it would wait."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valence.server.transport.admission import WAIT_S, Admission

SECONDS = st.floats(0.001, 30)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def _serve(admission: Admission, clock: Clock, seconds: float) -> None:
    """A call that finds a free thread, which takes so long for it."""
    admission.join()
    since = admission.start()
    clock.now += seconds
    admission.finish(since)


def _fill(admission: Admission, threads: int) -> None:
    """A call for each thread, none of which ends."""
    for _ in range(threads):
        admission.join()
        admission.start()


@given(st.lists(SECONDS, min_size=1, max_size=50), st.integers(1, 64))
def test_while_a_thread_is_free_nobody_is_refused(took: list[float], threads: int) -> None:
    clock = Clock()
    admission = Admission(threads, clock=clock)
    for seconds in took:
        _serve(admission, clock, seconds)
    for _ in range(threads):  # a burst: none of them has been taken by a thread yet
        assert not admission.full()
        admission.join()


def test_a_burst_after_slow_calls_and_a_pause_is_let_in() -> None:
    clock = Clock()
    admission = Admission(16, clock=clock)
    for _ in range(50):
        _serve(admission, clock, 20.0)
    clock.now += 15
    for _ in range(100):
        assert not admission.full()
        admission.join()


def test_before_anything_is_known_the_oldest_closes_it_or_their_number() -> None:
    clock = Clock()
    admission = Admission(2, clock=clock)
    _fill(admission, 2)
    for _ in range(32):
        assert not admission.full()
        admission.join()
    assert admission.full()
    admission = Admission(2, clock=clock)
    _fill(admission, 2)
    admission.join()
    assert not admission.full()
    clock.now += WAIT_S + 0.01
    assert admission.full()


@given(SECONDS, st.integers(1, 64))
def test_as_many_wait_as_the_threads_take_in_the_time_that_a_call_may_wait(seconds: float, threads: int) -> None:
    clock = Clock()
    admission = Admission(threads, clock=clock)
    for _ in range(5):
        _serve(admission, clock, seconds)
    _fill(admission, threads)
    waiting = 0
    while not admission.full():
        admission.join()
        waiting += 1
    assert waiting == pytest.approx(min(WAIT_S * threads / seconds, 16 * threads), abs=1.5)


@given(st.lists(SECONDS, min_size=1, max_size=50), st.integers(1, 64))
def test_what_it_expects_is_no_more_than_the_slowest_and_no_less_than_the_quickest(
    took: list[float], threads: int
) -> None:
    clock = Clock()
    admission = Admission(threads, clock=clock)
    for seconds in took:
        _serve(admission, clock, seconds)
    _fill(admission, threads)
    assert min(took) / threads * 0.999 <= admission.wait_s <= max(took) / threads * 1.001


def test_one_call_that_takes_seconds_does_not_close_it() -> None:
    clock = Clock()
    admission = Admission(16, clock=clock)
    for _ in range(50):
        _serve(admission, clock, 0.05)
    _serve(admission, clock, 20.0)
    _fill(admission, 16)
    for _ in range(4):
        assert not admission.full()
        admission.join()


def test_it_learns_that_calls_have_become_slow_and_that_they_are_quick_again() -> None:
    clock = Clock()
    admission = Admission(1, clock=clock)

    def serve_in_a_row(seconds: float) -> None:
        for _ in range(50):  # there is always one that waits, so it is never idle
            since = admission.start()
            admission.join()
            clock.now += seconds
            admission.finish(since)

    admission.join()
    serve_in_a_row(0.01)
    assert admission.wait_s < WAIT_S / 5
    serve_in_a_row(0.45)
    assert admission.wait_s > WAIT_S / 2
    serve_in_a_row(0.01)
    assert admission.wait_s < WAIT_S / 5
