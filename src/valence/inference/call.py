"""One caller's windows in the queue, and their features as they are computed."""

from __future__ import annotations

import math
import threading
import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from valence.inference.packing import SHORTEST, go_together
from valence.inference.windows import Ints
from valence.model.head import Floats
from valence.system.errors import CallerGoneError, OverloadedError

# Seconds between two checks whether a caller is still there.
_CHECK_S = 0.5

Gone = Callable[[], bool]


class Call:
    """One caller's windows, and their features as they are computed.

    Attributes:
        readout: of the body whose features are wanted; None for all of them, side by side.
        tokens: of all its windows.
        remaining: tokens of its windows that are in no batch yet. Only the queue changes it.
        taken_at: when its first window was taken, on the clock `time.perf_counter`; 0 before.
        abandoned: set when the caller has given up; its windows are then dropped.
    """

    def __init__(self, windows: Sequence[Ints], width: int, readout: str | None = None) -> None:
        self.windows = windows
        self.readout = readout
        self.tokens = self.remaining = sum(map(len, windows))
        self.abandoned = False
        self.taken_at = 0.0
        self._pending = sorted((len(window), i) for i, window in enumerate(windows))
        self._rows = np.empty((len(windows), width), dtype=np.float32)
        self._missing = len(windows)
        self._error: Exception | None = None
        self._done = threading.Event()
        self._changing = threading.Lock()

    def take_into(self, batch: Batch) -> None:
        """Moves windows that are in no batch yet into this one, the longest that fit first."""
        while self._pending:
            place = bisect_right(self._pending, (batch.longest_that_fits, len(self.windows))) - 1
            if place < 0 or not batch.add(self, *self._pending[place]):
                return
            self.remaining -= self._pending.pop(place)[0]
            self.taken_at = self.taken_at or time.perf_counter()

    def answer(self, index: int, row: Floats) -> None:
        """Stores the features of one window. Thread-safe."""
        with self._changing:
            self._rows[index] = row
            self._missing -= 1
            done = not self._missing
        if done:
            self._done.set()

    def fail(self, error: Exception) -> None:
        self._error, self.abandoned = error, True
        self._done.set()

    def wait(self, timeout_s: float | None, gone: Gone | None = None) -> Floats:
        """Features of shape (windows, width).

        Raises what the batch raised, OverloadedError after `timeout_s`, or CallerGoneError once `gone` says so.
        """
        if not self._answered_in_time(timeout_s, gone):
            self.abandoned = True
            raise OverloadedError(
                f"No answer within {timeout_s:g} seconds.", hint="Ask again later, or with less text."
            )
        if self._error is not None:
            raise self._error
        return self._rows

    def _answered_in_time(self, timeout_s: float | None, gone: Gone | None) -> bool:
        if gone is None:
            return self._done.wait(timeout_s)
        end = time.monotonic() + (math.inf if timeout_s is None else timeout_s)
        while not self._done.wait(min(_CHECK_S, max(0.0, end - time.monotonic()))):
            if time.monotonic() >= end:
                return False
            if gone():
                self.abandoned = True
                raise CallerGoneError("The caller has disconnected.", hint="Wait for the answer.")
        return True


@dataclass(frozen=True)
class Entry:
    """A window in a batch."""

    call: Call
    index: int

    @property
    def window(self) -> Ints:
        return self.call.windows[self.index]


class Batch:
    """Windows of similar length that are run together.

    Args:
        budget: at most this many tokens, including padding; a longer window is its own batch.
    """

    def __init__(self, budget: int) -> None:
        self.entries: list[Entry] = []
        self.tokens = 0
        self._budget = budget
        self._shortest, self._longest = 0, 0

    @property
    def longest_that_fits(self) -> float:
        """Tokens of the longest window that can be added."""
        if not self.entries:
            return math.inf
        return min(self._shortest / SHORTEST, max(self._longest, self._budget / (len(self.entries) + 1)))

    def add(self, call: Call, length: int, index: int) -> bool:
        """Adds a window of `length` tokens if it fits, and returns whether it does."""
        least, most = min(self._shortest or length, length), max(self._longest, length)
        if self.entries and not go_together(least, most, len(self.entries) + 1, self._budget):
            return False
        self.entries.append(Entry(call, index))
        self._shortest, self._longest = least, most
        self.tokens += length
        return True
