"""Decides whether a request may queue for a thread, or is refused because it would wait too long.

Knows nothing about the requests. `valence.server.transport.thread_pools` asks it before a thread is taken.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

# A request that would wait longer is better refused. Including the model's time, admitted requests are answered within
# a second.
WAIT_S = 0.5
# Weight of the newest request in the smoothed time: it follows changes after a few dozen requests, and one
# slow request doesn't lead to refusals.
_NEWEST_WEIGHT = 0.05
# Requests per thread that may queue while their duration is unknown.
_QUEUE_PER_THREAD = 16


class Admission:
    """A first-come, first-served queue for a number of threads.

    By Little's law (1961), a request with `n` others before it in the queue waits for `n + 1` times the duration of a
    request, divided by the number of threads. No request is refused while a thread is free. Without requests, the
    measured duration is halved every second, because old ones say little about later ones.

    Args:
        threads: number of threads.
        clock: monotonic clock, in seconds.
    """

    def __init__(self, threads: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._threads, self._clock = threads, clock
        self._queued: deque[float] = deque()
        self._running = 0
        self._duration_s = 0.0
        self._idle_since = clock()
        self._lock = threading.Lock()

    @property
    def wait_s(self) -> float:
        """Expected wait of a request that joins now, in seconds."""
        return self._before(1) * self._duration_s / self._threads

    def full(self) -> bool:
        """Whether a request should be refused: it would wait too long, or the oldest one already does."""
        before = self._before(1)
        if before <= 0:
            return False
        if before > _QUEUE_PER_THREAD * self._threads or self.wait_s > WAIT_S:
            return True
        try:
            return self._clock() - self._queued[0] > WAIT_S
        except IndexError:  # a thread just took the last one
            return False

    def join(self) -> None:
        with self._lock:
            now = self._clock()
            if not self._queued and not self._running:
                self._duration_s *= 0.5 ** (now - self._idle_since)
            self._queued.append(now)

    def start(self) -> float:
        """A thread takes the oldest request. Returns the time, for `finish`."""
        with self._lock:
            self._running += 1
            self._queued.popleft()
            return self._clock()

    def finish(self, since: float) -> None:
        """The request that was taken at `since` has been answered."""
        with self._lock:
            self._idle_since = self._clock()
            took = self._idle_since - since
            self._duration_s = (
                self._duration_s + _NEWEST_WEIGHT * (took - self._duration_s) if self._duration_s else took
            )
            self._running -= 1

    def _before(self, more: int) -> int:
        """Requests without a thread, if this many more came."""
        return len(self._queued) + self._running + more - self._threads
