"""The micro-batcher: texts from many threads meet in one bounded queue and run through the body together.

A text is checked and tokenised by the thread that brings it, so a bad text never reaches its neighbours; calls with a
lot of text are read one at a time, so that many together do not fill the memory before they are refused. A worker for
each of the engine's threads takes what is waiting as soon as it is free: nothing waits when the engine is idle, and the
busier it is the larger the batches are. Knows nothing of HTTP.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import count, islice
from typing import TYPE_CHECKING

import numpy as np

from valence.errors import CallerGoneError, OverloadedError, TextError
from valence.inference.batch_run import BatchRun
from valence.inference.packing import packed_with_first
from valence.inference.prediction import Prediction
from valence.inference.scoring import answer
from valence.inference.windows import Ints
from valence.model.head import Floats

if TYPE_CHECKING:
    from valence.inference.engine import Engine

MAX_QUEUE_TOKENS = 65_536
# Characters beyond which a call has a lot of text.
A_LOT = 20_000
# Characters that stand for a token, where it has not been counted: on the high side, so that none is refused too soon.
_CHARACTERS_A_TOKEN = 6
# Windows among which those of similar length are looked for.
LOOK_AHEAD = 128
# Seconds between two looks at whether a caller is still there.
_LOOK_S = 0.5

Gone = Callable[[], bool]


class Call:
    """One caller's windows, and their features as they come in.

    Attributes:
        abandoned: set once the caller has given up; its windows are then dropped.
    """

    def __init__(self, windows: Sequence[Ints], width: int) -> None:
        self.windows = windows
        self.tokens = sum(map(len, windows))
        self.abandoned = False
        self._rows = np.empty((len(windows), width), dtype=np.float32)
        self._missing = len(windows)
        self._error: Exception | None = None
        self._done = threading.Event()

    def take(self, index: int, row: Floats) -> None:
        self._rows[index] = row
        self._missing -= 1
        if not self._missing:
            self._done.set()

    def fail(self, error: Exception) -> None:
        self._error, self.abandoned = error, True
        self._done.set()

    def wait(self, timeout_s: float | None, gone: Gone | None = None) -> Floats:
        """Features of shape (windows, width).

        Raises what the batch raised, OverloadedError after `timeout_s`, or CallerGoneError once `gone` says so.
        """
        if not self._come(timeout_s, gone):
            self.abandoned = True
            raise OverloadedError(
                f"No answer within {timeout_s:g} seconds.", way_out="Ask again later, or with less text."
            )
        if self._error is not None:
            raise self._error
        return self._rows

    def _come(self, timeout_s: float | None, gone: Gone | None) -> bool:
        if gone is None:
            return self._done.wait(timeout_s)
        end = time.monotonic() + (math.inf if timeout_s is None else timeout_s)
        while not self._done.wait(min(_LOOK_S, max(0.0, end - time.monotonic()))):
            if time.monotonic() >= end:
                return False
            if gone():
                self.abandoned = True
                raise CallerGoneError("The caller has gone.", way_out="Wait for the answer.")
        return True


@dataclass(frozen=True)
class Entry:
    """A window that waits to be run."""

    call: Call
    index: int

    @property
    def window(self) -> Ints:
        return self.call.windows[self.index]


class WindowQueue:
    """A bounded queue with two ends: `append` a call, take the `next_batch` of windows. Safe to share by threads.

    Calls are served in turn, a window of each at a time, so a short text does not wait for a long one to end. A batch
    is the window whose turn it is, and those of similar length among the next few.
    """

    def __init__(self, max_tokens: int) -> None:
        self.max_tokens = max_tokens
        self._calls: deque[deque[Entry]] = deque()
        self._waiting_tokens = 0
        self._closed = False
        self._changed = threading.Condition()

    @property
    def waiting_tokens(self) -> int:
        return self._waiting_tokens

    def check(self, tokens: int = 1, windows: int = 1) -> None:
        """Raises OverloadedError if a call of so many has no room. An idle queue takes any one call.

        Calls take turns, so of each other one only as many windows go first as this one has: a short text has room
        behind a call of a hundred long ones, and another hundred have not.
        """
        with self._changed:
            if self._closed:
                raise OverloadedError("The engine is shutting down.", way_out="Ask again in a few seconds.")
            first = sum(len(entry.window) for entries in self._calls for entry in islice(entries, windows))
        if first and first + tokens > self.max_tokens:
            raise OverloadedError(
                f"The queue is full: {first:,} tokens would go first, and the call has {tokens:,} or more; "
                f"{self.max_tokens:,} may wait.",
                way_out="Ask again in a few seconds.",
            )

    def append(self, call: Call) -> None:
        """Raises OverloadedError, at once, if the call has no room."""
        with self._changed:
            self.check(call.tokens, len(call.windows))
            self._waiting_tokens += call.tokens
            self._calls.append(deque(Entry(call, i) for i in range(len(call.windows))))
            self._changed.notify()

    def next_batch(self, max_tokens: int) -> list[Entry]:
        """Waits until there is work, then takes up to `max_tokens` of it, with padding; empty once closed and drained.

        A window that is longer than `max_tokens` is a batch of its own.
        """
        with self._changed:
            while True:
                self._changed.wait_for(lambda: self._calls or self._closed)
                self._drop_abandoned()
                if self._calls:
                    return self._take(max_tokens)
                if self._closed:
                    return []

    def close(self) -> None:
        """Takes no more calls; what has been taken can still be fetched."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _drop_abandoned(self) -> None:
        for entries in [entries for entries in self._calls if entries[0].call.abandoned]:
            self._calls.remove(entries)
            self._waiting_tokens -= sum(len(entry.window) for entry in entries)

    def _take(self, max_tokens: int) -> list[Entry]:
        nearest = list(islice(self._in_turn(), LOOK_AHEAD))
        batch = [nearest[i] for i in packed_with_first([len(entry.window) for entry in nearest], max_tokens)]
        taken = set(map(id, batch))
        left = [deque(entry for entry in entries if id(entry) not in taken) for entries in self._calls]
        self._calls = deque(entries for entries in (*left[1:], left[0]) if entries)
        self._waiting_tokens -= sum(len(entry.window) for entry in batch)
        return batch

    def _in_turn(self) -> Iterator[Entry]:
        """The first window of each call, then the second of each, and so on."""
        for depth in count():
            entries = [entries[depth] for entries in self._calls if depth < len(entries)]
            if not entries:
                return
            yield from entries


class Batcher:
    """An engine behind a queue. Safe to share by threads; `close` it when done.

    Args:
        engine: what computes.
        max_queue_tokens: tokens that may wait, special tokens included; a call beyond them is refused at once.
        batch_tokens: tokens, with padding, that a worker takes at a time; by default what the engine runs at a time.
    """

    def __init__(
        self, engine: Engine, *, max_queue_tokens: int = MAX_QUEUE_TOKENS, batch_tokens: int | None = None
    ) -> None:
        self.engine = engine
        self.queue = WindowQueue(max_queue_tokens)
        self._batch_tokens = batch_tokens or engine.batch_tokens
        self._width = engine.body.readouts[engine.fitted.readout]
        self._reads_a_lot = threading.Lock()
        self._observer: Callable[[BatchRun], None] | None = None
        self._workers = [
            threading.Thread(target=self._work, name=f"batcher-{engine.name}-{i}", daemon=True)
            for i in range(engine.threads)
        ]
        for worker in self._workers:
            worker.start()

    def score(
        self,
        texts: Sequence[str],
        *,
        explain: bool = False,
        timeout_s: float | None = None,
        gone: Gone | None = None,
    ) -> list[Prediction | TextError]:
        """One answer for each text, in order; a text that cannot be scored gets its own TextError.

        Raises OverloadedError at once if the queue is full, or after `timeout_s` seconds without an answer, and
        CallerGoneError, with its place in the queue freed, soon after `gone` says that nobody waits for it any more.
        """
        self.queue.check()
        with ExitStack() as reading:
            self._wait_for_turn(texts, reading, timeout_s)
            compute = partial(self._compute, reading=reading, timeout_s=timeout_s, gone=gone)
            return answer(texts, self.engine.reader, self.engine.fitted, compute, explain=explain)

    @property
    def waiting_tokens(self) -> int:
        """Tokens that wait in the queue now."""
        return self.queue.waiting_tokens

    def watch(self, observer: Callable[[BatchRun], None]) -> None:
        """From now on `observer` is told of each run of the engine.

        In a worker's thread: it must be quick, and safe to call from several.
        """
        self._observer = observer

    def close(self) -> None:
        """Finishes what was accepted and ends the workers. Later calls are refused."""
        self.queue.close()
        for worker in self._workers:
            worker.join()

    def _wait_for_turn(self, texts: Sequence[str], reading: ExitStack, timeout_s: float | None) -> None:
        """Where there is a lot to read, until nobody else reads a lot. Raises OverloadedError, as `score` does."""
        characters = sum(len(text) for text in texts if isinstance(text, str))
        if characters <= A_LOT:
            return
        tokens = characters // _CHARACTERS_A_TOKEN
        windows = math.ceil(tokens / self.engine.reader.capacity)
        self.queue.check(tokens, windows)
        if not self._reads_a_lot.acquire(timeout=-1 if timeout_s is None else timeout_s):
            raise OverloadedError("Other long texts are being read.", way_out="Ask again in a few seconds.")
        reading.callback(self._reads_a_lot.release)
        self.queue.check(tokens, windows)

    def _compute(
        self, windows: Sequence[Ints], reading: ExitStack, timeout_s: float | None, gone: Gone | None
    ) -> Floats:
        call = Call(windows, self._width)
        self.queue.append(call)
        reading.close()
        return call.wait(timeout_s, gone)

    def _work(self) -> None:
        while batch := self.queue.next_batch(self._batch_tokens):
            began = time.perf_counter()
            try:
                rows = self.engine.run([entry.window for entry in batch])
            except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to these callers and no others
                for entry in batch:
                    entry.call.fail(error)
            else:
                for entry, row in zip(batch, rows, strict=True):
                    entry.call.take(entry.index, row)
            if self._observer:
                tokens = sum(len(entry.window) for entry in batch)
                self._observer(BatchRun(len(batch), tokens, time.perf_counter() - began))
