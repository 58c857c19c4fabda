"""The queue in front of the engine: decides whose windows run next, and which calls are refused at once.

Half of the engine is for short calls in the order in which they came, so that none waits for a long one to end and none
is passed by those that are shorter still. Where there are none, it is for the long call that has the least left:
"shortest remaining processing time" (Schrage 1968). The other half is for the call that has waited the longest, so that
no long call starves and the time in which it is answered has a bound. Halves are counted in tokens, and what a half
does not need the other has.
"""

from __future__ import annotations

import math
import threading

from valence.inference.call import Batch, Call, Entry
from valence.inference.speed import Speed
from valence.system.errors import OverloadedError, TooCostlyError

_MOST_RETRY_S = 30


class WindowQueue:
    """A bounded queue with two ends: `append` a call, take the `next_batch` of windows. Safe to share between threads.

    Args:
        max_tokens: limit on waiting tokens, one for long calls and one for short calls; a single call may exceed it.
        long_from: a call with more tokens is long.
        batch_tokens: tokens of one batch, with padding; a window that is longer is a batch of its own.
        speed: of one batch at a time.
        at_once: number of batches that are computed at the same time.
    """

    def __init__(self, max_tokens: int, *, long_from: int, batch_tokens: int, speed: Speed, at_once: int = 1) -> None:
        self.max_tokens, self.long_from = max_tokens, long_from
        self._batch_tokens, self._speed, self._at_once = batch_tokens, speed, at_once
        self._running = 0  # batches that were taken and aren't finished
        self._calls: list[Call] = []  # in order of arrival
        self._owed = 0  # tokens by which other calls are ahead of the oldest one
        self._closed = False
        self._changed = threading.Condition()

    @property
    def waiting_tokens(self) -> int:
        with self._changed:
            return sum(call.remaining for call in self._calls)

    @property
    def retry_after_s(self) -> int:
        """Estimated seconds until there is room."""
        seconds = self._seconds(self.waiting_tokens / 2)
        return 1 if seconds is None else max(1, min(_MOST_RETRY_S, math.ceil(seconds)))

    def check(self, tokens: int, timeout_s: float | None = None) -> None:
        """Raises OverloadedError if a call of this size has no room or would take longer than `timeout_s` seconds.

        Raises TooCostlyError if even alone it would take longer.
        """
        with self._changed:
            if self._closed:
                raise OverloadedError("The engine is shutting down.", hint="Ask again in a few seconds.")
            self._check_time(tokens, timeout_s)
            is_long = tokens > self.long_from
            alike = sum(call.remaining for call in self._calls if self._is_long(call) == is_long)
            if alike and alike + tokens > self.max_tokens:
                raise self._full(
                    f"The queue is full: {alike:,} tokens are waiting, and the call has {tokens:,} or more; "
                    f"the limit is {self.max_tokens:,}."
                )

    def append(self, call: Call, timeout_s: float | None = None) -> list[Entry]:
        """Adds the call. Raises as `check` does.

        Returns a batch that the caller must compute, as one from `next_batch`, if nothing else waits and not enough
        batches are running: that is sooner than to wake another thread. Otherwise an empty list.
        """
        with self._changed:
            self.check(call.tokens, timeout_s)
            self._calls.append(call)
            if self._running < self._at_once:
                if len(self._calls) == 1:
                    return self._take()
                self._changed.notify()
            return []

    def next_batch(self) -> list[Entry]:
        """Waits until there is work and another batch may run, then takes one; empty once closed and drained.

        The thread that takes a batch calls `finish` once it is computed.
        """
        with self._changed:
            while True:
                self._changed.wait_for(self._may_take)
                self._calls = [call for call in self._calls if not call.abandoned]
                if self._calls:
                    return self._take()
                if self._closed:
                    return []

    def finish(self) -> None:
        """A batch has been computed: the next one may run."""
        with self._changed:
            self._running -= 1
            if self._calls:
                self._changed.notify()

    def close(self) -> None:
        """Takes no more calls; what has been taken can still be fetched."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _may_take(self) -> bool:
        return self._running < self._at_once if self._calls else self._closed

    def _take(self) -> list[Entry]:
        oldest = self._calls[0]
        in_turn = sorted(self._calls, key=self._rank)
        passed_over = in_turn[0] is not oldest
        if passed_over and self._owed > 0:
            half = self._batch_tokens // 2  # because a shorter call is waiting
            batch = _filled([oldest, *in_turn], half)
            self._owed -= batch.tokens
        else:
            batch = _filled(in_turn, self._batch_tokens)
            self._owed = self._owed + batch.tokens if passed_over else 0
        self._calls = [call for call in self._calls if call.remaining]
        self._running += 1
        if self._calls:
            self._changed.notify()  # another worker may be idle
        elif self._closed:
            self._changed.notify_all()  # there is nothing left to wait for
        return batch.entries

    def _is_long(self, call: Call) -> bool:
        return call.tokens > self.long_from

    def _rank(self, call: Call) -> int:
        """Short calls first, all alike; sorting keeps them as they came."""
        return call.remaining if self._is_long(call) else 0

    def _check_time(self, tokens: int, timeout_s: float | None) -> None:
        alone_s = self._seconds(tokens)
        if timeout_s is None or alone_s is None:
            return
        if alone_s > timeout_s:
            raise TooCostlyError(
                f"Even alone, the call would take about {_rounded(alone_s)} seconds; "
                f"the limit is {_rounded(timeout_s)}.",
                hint="Send it in several calls, or without an explanation.",
            )
        is_long = tokens > self.long_from
        before = sum(call.remaining for call in self._calls if is_long or not self._is_long(call))
        # What comes later may take the other half of the engine.
        if before and 2 * (alone_s + (self._seconds(before) or 0)) > timeout_s:
            limit = _rounded(timeout_s)
            raise self._full(
                f"The call might not be answered within {limit} seconds: {before:,} tokens are ahead of it."
            )

    def _seconds(self, tokens: float) -> float | None:
        per_s = self._speed.tokens_per_s
        return None if per_s is None else tokens / (per_s * self._at_once)

    def _full(self, message: str) -> OverloadedError:
        after_s = self.retry_after_s
        return OverloadedError(message, retry_after_s=after_s, hint=f"Ask again in {after_s} s.")


def _rounded(seconds: float) -> str:
    """To a tenth, without a needless zero.

    >>> _rounded(0.699931), _rounded(25.0)
    ('0.7', '25')
    """
    return f"{round(seconds, 1):g}"


def _filled(calls: list[Call], budget: int) -> Batch:
    """A batch that begins with the first call's windows, filled with those of the others that fit."""
    batch = Batch(budget)
    for call in calls:
        call.take_into(batch)
    return batch
