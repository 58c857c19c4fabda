"""Whose windows are run next, and which calls are refused: the queue alone, without threads or an engine."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from valence.inference.call import Call, Entry
from valence.inference.packing import SHORTEST
from valence.inference.speed import Speed
from valence.inference.window_queue import WindowQueue
from valence.system.errors import OverloadedError, TooCostlyError

BUDGET = 100


def _call(*lengths: int) -> Call:
    return Call([np.zeros(length, dtype=np.int64) for length in lengths], width=1)


def _queue(tokens_per_s: float | None = None, *, max_tokens: int = 100_000, budget: int = BUDGET) -> WindowQueue:
    """A queue whose only place is taken, so that whatever follows waits."""
    speed = Speed(least=1)
    if tokens_per_s:
        speed.ran(int(tokens_per_s), 1.0)
    queue = WindowQueue(max_tokens, long_from=BUDGET, batch_tokens=budget, speed=speed)
    assert queue.append(_call(1))
    return queue


def _next(queue: WindowQueue) -> list[Entry]:
    """The next batch, after the one that is running."""
    queue.finish()
    return queue.next_batch()


def _tokens(batch: list[Entry], call: Call) -> int:
    return sum(len(entry.window) for entry in batch if entry.call is call)


def test_a_short_call_goes_before_those_that_have_more_left() -> None:
    queue, long, middle, short = _queue(), _call(*[50] * 20), _call(*[50] * 4), _call(10)
    for call in (long, middle, short):
        queue.append(call)
    assert [entry.call for entry in _next(queue)] == [short]


def test_a_short_call_is_not_passed_by_shorter_ones_while_a_long_one_has_its_half() -> None:
    queue, long, first = _queue(), _call(*[50] * 20), _call(60)
    for call in (long, first, _call(10), _call(11)):
        queue.append(call)
    assert [entry.call for entry in _next(queue)] == [first]
    assert [entry.call for entry in _next(queue)] == [long]


def test_a_long_call_has_half_of_the_tokens_however_many_short_ones_come() -> None:
    queue, long = _queue(), _call(*[50] * 20)
    queue.append(long)
    done, others, most_in_a_row = 0, 0, 0
    while long.remaining:
        queue.append(_call(10))
        batch = _next(queue)
        mine = _tokens(batch, long)
        done, others = done + mine, others + sum(len(entry.window) for entry in batch) - mine
        most_in_a_row = max(most_in_a_row, mine)
        assert abs(done - others) <= BUDGET
    assert most_in_a_row <= BUDGET // 2, "while a short call waits, a long one has half a batch at a time"


def test_of_long_calls_the_oldest_is_finished_in_the_time_that_was_promised() -> None:
    queue, oldest = _queue(), _call(*[50] * 20)
    queue.append(oldest)
    others = 0
    while oldest.remaining:
        queue.append(_call(50, 50))  # another one that has less left, again and again
        batch = _next(queue)
        others += sum(len(entry.window) for entry in batch) - _tokens(batch, oldest)
    assert others <= oldest.tokens + 2 * BUDGET


@given(
    st.lists(st.lists(st.integers(1, 150), min_size=1, max_size=30), min_size=1, max_size=8), st.integers(1, 2 * BUDGET)
)
def test_every_window_is_taken_once_in_batches_that_keep_to_the_budget(lengths: list[list[int]], budget: int) -> None:
    queue, calls = _queue(budget=budget), [_call(*each) for each in lengths]
    for call in calls:
        queue.append(call)
    queue.close()
    taken = []
    while batch := _next(queue):
        sizes = [len(entry.window) for entry in batch]
        assert len(batch) == 1 or max(sizes) * len(batch) <= budget
        assert min(sizes) >= SHORTEST * max(sizes)
        taken += [(calls.index(entry.call), entry.index) for entry in batch]
    assert sorted(taken) == [(i, j) for i, each in enumerate(lengths) for j in range(len(each))]
    assert queue.waiting_tokens == 0


def test_a_caller_computes_its_call_itself_while_a_place_is_free_and_nothing_waits() -> None:
    queue = WindowQueue(100_000, long_from=BUDGET, batch_tokens=BUDGET, speed=Speed(least=1), at_once=2)
    first, second, third, fourth = _call(10), _call(60, 60, 60), _call(10), _call(10)
    assert [entry.call for entry in queue.append(first)] == [first]
    assert [entry.index for entry in queue.append(second)] == [2], "a batch of its windows; the others wait"
    assert queue.append(third) == [], "both places are taken"
    queue.finish()
    assert queue.append(fourth) == [], "others were here before"
    assert [entry.call for entry in queue.next_batch()] == [third, fourth]


def test_what_was_given_up_is_dropped() -> None:
    queue, gone, here = _queue(), _call(10), _call(10)
    queue.append(gone)
    queue.append(here)
    gone.abandoned = True
    assert [entry.call for entry in _next(queue)] == [here]
    assert queue.waiting_tokens == 0


def test_a_call_that_would_not_be_answered_in_time_is_refused_at_once() -> None:
    queue = _queue(100)
    queue.append(_call(*[50] * 20), 25)  # ten seconds
    with pytest.raises(OverloadedError, match="within 25 seconds: 1,000 tokens are ahead of it") as caught:
        queue.check(1000, 25)
    assert not isinstance(caught.value, TooCostlyError)
    assert caught.value.retry_after_s == 5
    queue.check(1000, 50)
    queue.check(10, 25)  # goes first


def test_a_call_that_alone_takes_too_long_is_told_that_waiting_does_not_help() -> None:
    queue = _queue(100)
    with pytest.raises(TooCostlyError, match="about 30 seconds; the limit is 25"):
        queue.check(3000, 25)
    queue.check(2400, 25)
    queue.check(3000)  # who has no limit of time may ask
    _queue().check(3000, 25)  # nor is anybody refused before the speed is known


def test_long_calls_fill_no_room_of_short_ones() -> None:
    queue = _queue(max_tokens=300)
    queue.append(_call(*[100] * 10))  # any one call may be longer
    with pytest.raises(OverloadedError, match="queue is full: 1,000 tokens are waiting"):
        queue.check(101)
    for _ in range(3):
        queue.append(_call(100))
    with pytest.raises(OverloadedError, match="queue is full: 300 tokens are waiting"):
        queue.check(1)


def test_the_speed_is_that_of_full_batches() -> None:
    speed = Speed(least=50)
    assert speed.tokens_per_s is None
    speed.ran(10, 1.0)
    assert speed.tokens_per_s is None, "what a few tokens take says little of many"
    for _ in range(3):
        speed.ran(100, 0.5)
    assert speed.tokens_per_s == pytest.approx(200)
    for _ in range(60):
        speed.ran(100, 1.0)
    assert speed.tokens_per_s == pytest.approx(100, rel=0.01), "it follows the machine"
