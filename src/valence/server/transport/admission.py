"""Whether a call should wait for a thread, or be refused because it would wait for too long.

Knows nothing of what is asked. `valence.server.transport.thread_pools` asks it before a thread is taken.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

# A call that would wait for longer is better refused. With what the model takes after that, answers to those that were
# let in stay under a second.
WAIT_S = 0.5
# What the newest call counts in the smoothed seconds: a change of what is asked is known after a few dozen calls, and
# one call that takes seconds does not close the door.
_NEWEST = 0.05
# Calls for each thread that may wait while it is not known how long they take.
_WAITING_EACH = 16


class Admission:
    """First come, first served, by so many threads.

    Calls a second are threads by seconds a call (Little's law, 1961), so a call before which `n` others wait for a
    thread waits for `n + 1` times the seconds that a call takes of one thread, by the number of threads. While a thread
    is free no call is refused. What was learnt from earlier calls counts for half after each second without any, since
    slow ones say nothing about those that come much later.

    Args:
        threads: that serve.
        clock: gives seconds that never go back.
    """

    def __init__(self, threads: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._threads, self._clock = threads, clock
        self._came: deque[float] = deque()
        self._running = 0
        self._served_s = 0.0
        self._idle_since = clock()
        self._lock = threading.Lock()

    @property
    def wait_s(self) -> float:
        """Seconds that a call which joins now will wait, as far as is known."""
        return self._before(1) * self._served_s / self._threads

    def full(self) -> bool:
        """Whether a call should not join: it would wait for too long, or the oldest one does already."""
        before = self._before(1)
        if before <= 0:
            return False
        if before > _WAITING_EACH * self._threads or self.wait_s > WAIT_S:
            return True
        try:
            return self._clock() - self._came[0] > WAIT_S
        except IndexError:  # the last one was taken at this moment
            return False

    def join(self) -> None:
        with self._lock:
            now = self._clock()
            if not self._came and not self._running:
                self._served_s *= 0.5 ** (now - self._idle_since)
            self._came.append(now)

    def start(self) -> float:
        """The oldest call is taken by a thread. The moment of it, for `finish`."""
        with self._lock:
            self._running += 1
            self._came.popleft()
            return self._clock()

    def finish(self, since: float) -> None:
        """A call has been answered by the thread that took it then."""
        with self._lock:
            self._idle_since = self._clock()
            took = self._idle_since - since
            self._served_s = self._served_s + _NEWEST * (took - self._served_s) if self._served_s else took
            self._running -= 1

    def _before(self, more: int) -> int:
        """Calls beyond those for which there is a thread, if so many more came."""
        return len(self._came) + self._running + more - self._threads
