"""Whether a call is let in: its cost against the queue, the room for long calls and its caller's own limit."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from valence.errors import OverloadedError
from valence.inference.turns import WindowQueue

# Told what a call costs in all, in tokens, as far as that is known, before anything is computed for it: first what it
# costs at least, then, once its texts are read, all of it. Refuses the call by an exception.
Charge = Callable[[int], None]


class LongCalls:
    """Room for so many long calls at once. Each holds one of the server's threads, which short calls need too."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._free = threading.Semaphore(most)

    def enter(self) -> bool:
        """Whether there was room; then `leave` has to follow."""
        return self._free.acquire(blocking=False)

    def leave(self) -> None:
        self._free.release()


class Admission:
    """One call's way in, to be entered as a context: it holds its place among the long calls until that ends.

    Args:
        timeout_s: seconds in which the call has to be answered.
        charge: the caller's own limit.
    """

    def __init__(
        self, queue: WindowQueue, long_calls: LongCalls, *, timeout_s: float | None, charge: Charge | None
    ) -> None:
        self._queue, self._long_calls = queue, long_calls
        self._timeout_s, self._charge = timeout_s, charge
        self._is_long = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._is_long:
            self._long_calls.leave()

    def admit(self, tokens: int) -> None:
        """Called again once more is known. Raises OverloadedError, TooCostlyError, or what `charge` raises."""
        self._queue.check(tokens, self._timeout_s)
        if tokens > self._queue.long_from and not self._is_long:
            self._take_long_place()
        if self._charge is not None:
            self._charge(tokens)

    def _take_long_place(self) -> None:
        self._is_long = self._long_calls.enter()
        if not self._is_long:
            after_s = self._queue.retry_after_s
            raise OverloadedError(
                f"{self._long_calls.most} calls of more than {self._queue.long_from:,} tokens are being scored, which "
                "is as many as are taken at once.",
                retry_after_s=after_s,
                way_out=f"Ask again in {after_s} s, or with less text.",
            )
