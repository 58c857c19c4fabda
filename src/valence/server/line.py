"""The line of calls that wait for a thread, and whether it is too long to join. Knows nothing of what they ask."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

# A call that would wait for longer is better refused. With what the model takes after that, answers to those that were
# let in stay under a second.
WAIT_S = 0.5
# What the newest call counts in the smoothed seconds: a change of what is asked is known after a few dozen calls, and
# one call that takes seconds does not close the door.
_NEWEST = 0.05


class Line:
    """First come, first served, by so many threads. Joined in one thread; those that serve may be any.

    Calls a second are threads by seconds a call, as Little's law has it (1961), so whoever joins `n` waiting ones
    waits for `n` times the seconds that a call takes of one thread, by the number of threads.

    Args:
        threads: that serve.
        clock: gives seconds that never go back.
    """

    def __init__(self, threads: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._threads, self._clock = threads, clock
        self._came: deque[float] = deque()
        self._served_s = 0.0

    def __len__(self) -> int:
        return len(self._came)

    @property
    def wait_s(self) -> float:
        """Seconds that a call which joins now will wait, as far as is known."""
        return len(self._came) * self._served_s / self._threads

    def full(self) -> bool:
        """Whether a call should not join: it would wait too long, or the oldest one does already."""
        try:
            return self.wait_s > WAIT_S or self._clock() - self._came[0] > WAIT_S
        except IndexError:  # nobody waits, or the last one was taken at this moment
            return False

    def join(self) -> None:
        self._came.append(self._clock())

    def leave(self) -> float:
        """The oldest call is taken by a thread. The moment of it, for `served`."""
        self._came.popleft()
        return self._clock()

    def served(self, since: float) -> None:
        """A call has been answered by the thread that took it then. Two at the same moment may count as one."""
        took = self._clock() - since
        self._served_s = self._served_s + _NEWEST * (took - self._served_s) if self._served_s else took
