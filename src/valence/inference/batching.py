"""The micro-batcher: texts from many threads go through one bounded queue and run through the body together.

The calling thread checks and tokenises its text, so a bad text affects no other. Calls with a lot of text are read one
at a time, so that many of them do not fill the memory before they are refused. As many batches are computed at once as
the engine has threads. While fewer are, a calling thread computes its texts itself; otherwise they wait for a worker,
which takes what is waiting. So nothing waits while the engine is idle, and the busier it is, the larger are the
batches. Knows nothing about HTTP.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from valence.inference.admission import Admission, Charge, OnLong
from valence.inference.batch_run import BatchRun
from valence.inference.call import Call, Entry, Gone
from valence.inference.prediction import Prediction
from valence.inference.scoring import Compute, answers_of, features_of
from valence.inference.speed import Speed
from valence.inference.times import Timed, Times
from valence.inference.window_queue import WindowQueue
from valence.inference.windows import Ints
from valence.model.folder import FittedHead
from valence.model.head import Floats
from valence.system.errors import OverloadedError, TextError

if TYPE_CHECKING:
    from valence.inference.engine import Engine

# Bounds memory; where the speed and a limit of time are known, the time is what refuses.
MAX_QUEUE_TOKENS = 262_144
# Characters beyond which a call has a lot of text.
A_LOT = 20_480
# Characters up to which a call is read before it is admitted: that takes less than a tenth of a short call.
_LITTLE = 2_048
# Characters per token before it is counted. It is a high estimate, so that no call is refused too early.
_CHARACTERS_PER_TOKEN = 6
# Batches that measure the engine's speed; the first, which also allocates memory, is not timed.
_TRIALS = 3


@dataclass(frozen=True)
class Waiting:
    """How a call waits for the engine; see `Batcher.score`."""

    timeout_s: float | None = None
    gone: Gone | None = None
    charge: Charge | None = None
    on_long: OnLong | None = None
    timed: Timed | None = None


AT_EASE = Waiting()  # as long as it takes


class Batcher:
    """An engine behind a queue. Safe to share between threads; `close` it when done.

    Args:
        engine: computes.
        max_queue_tokens: tokens that may wait, special tokens included; a call beyond them is refused at once.
        batch_tokens: tokens, with padding, that a worker takes at a time; by default what the engine runs at a time.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        max_queue_tokens: int = MAX_QUEUE_TOKENS,
        batch_tokens: int | None = None,
    ) -> None:
        self.engine = engine
        self._batch_tokens = batch_tokens or engine.batch_tokens
        self.speed = Speed(least=self._batch_tokens // 2)
        self.queue = WindowQueue(
            max_queue_tokens,
            long_from=self._batch_tokens,
            batch_tokens=self._batch_tokens,
            speed=self.speed,
            at_once=engine.threads,
        )
        self._reads_a_lot = threading.Lock()
        self._observer: Callable[[BatchRun], None] | None = None
        self._workers = [
            threading.Thread(target=self._work, name=f"batcher-{engine.name}-{i}", daemon=True)
            for i in range(engine.threads)
        ]
        for worker in self._workers:
            worker.start()

    def measure_speed(self) -> None:
        """Runs a few batches, so that even the first calls are refused if they would take too long."""
        reader = self.engine.reader
        tokens = np.resize(
            reader.read("a").ids, min(reader.capacity, self._batch_tokens)
        )  # any limit on texts allows it
        window = reader.window(tokens)
        windows = [window] * max(1, self._batch_tokens // len(window))
        for trial in range(_TRIALS):
            began = time.perf_counter()
            self.engine.run(windows)
            if trial:
                self.speed.ran(len(windows) * len(window), time.perf_counter() - began)

    def score(
        self,
        texts: Sequence[str],
        *,
        explain: bool = False,
        timeout_s: float | None = None,
        gone: Gone | None = None,
        charge: Charge | None = None,
        on_long: OnLong | None = None,
        timed: Timed | None = None,
    ) -> list[Prediction | TextError]:
        """One answer for each text, in order; a text that cannot be scored gets its own TextError.

        Raises what `charge` and `on_long` raise; OverloadedError at once if the queue is full or the call could not be
        answered within `timeout_s` seconds, or after these without an answer; TooCostlyError where it could not be
        answered in them even alone; and CallerGoneError, with its place in the queue freed, soon after `gone` says that
        nobody waits for it any more. `timed` gets the times of a call that was computed.
        """
        heads = [self.engine.fitted]
        waiting = Waiting(timeout_s, gone, charge, on_long, timed)
        return self.score_with(heads, texts, explain=explain, waiting=waiting)[0]

    def score_with(
        self, heads: Sequence[FittedHead], texts: Sequence[str], *, explain: bool = False, waiting: Waiting = AT_EASE
    ) -> list[list[Prediction | TextError]]:
        """As `score`, for each of several heads: the texts pass through the body once. Raises as `score` does."""
        readouts = {head.readout for head in heads}
        readout = next(iter(readouts)) if len(readouts) == 1 else None

        with self._computing(texts, readout, waiting) as compute:

            def by_readout(windows: Sequence[Ints]) -> dict[str, Floats]:
                rows = compute(windows)
                return {readout: rows} if readout else {name: rows[:, self.columns[name]] for name in readouts}

            return answers_of(heads, texts, self.engine.reader, by_readout, explain=explain)

    def features(
        self, texts: Sequence[str], readout: str | None = None, *, waiting: Waiting = AT_EASE
    ) -> list[Floats | TextError]:
        """The features of each text, shape (width,), of one readout or of all side by side (see `columns`), or why it
        can't be read. Raises OverloadedError as `score` does.
        """
        with self._computing(texts, readout, waiting) as compute:
            return features_of(texts, self.engine.reader, compute)

    @contextmanager
    def _computing(self, texts: Sequence[str], readout: str | None, waiting: Waiting) -> Iterator[Compute]:
        """A function that has windows computed, while they wait with those of other calls."""
        characters, timeout_s = _characters(texts), waiting.timeout_s
        least = self._tokens_at_least(texts)
        admission = Admission(self.queue, timeout_s=timeout_s, charge=waiting.charge, on_long=waiting.on_long)
        if characters > _LITTLE:
            admission.admit(least)
        began = time.perf_counter()
        with ExitStack() as reading:
            if characters > A_LOT:
                self._wait_for_turn(texts, reading, timeout_s)
            reads = time.perf_counter()

            def compute(windows: Sequence[Ints]) -> Floats:
                readouts = self.engine.body.readouts
                call = Call(windows, readouts[readout] if readout else sum(readouts.values()), readout)
                admission.admit(max(call.tokens, least))
                waits = time.perf_counter()
                batch = self.queue.append(call, timeout_s)
                reading.close()
                if batch:
                    self._compute(batch)
                rows = call.wait(timeout_s, waiting.gone)
                if waiting.timed is not None:
                    until = call.taken_at
                    times = Times(waits - reads, reads - began + until - waits, time.perf_counter() - until)
                    waiting.timed(times)
                return rows

            yield compute

    @property
    def columns(self) -> Mapping[str, slice]:
        """Where the features of each readout are, if all of them stand side by side."""
        ends = np.cumsum([*self.engine.body.readouts.values()]).tolist()
        widths = self.engine.body.readouts.items()
        return {name: slice(end - width, end) for (name, width), end in zip(widths, ends, strict=True)}

    @property
    def waiting_tokens(self) -> int:
        """Tokens that are waiting in the queue."""
        return self.queue.waiting_tokens

    def watch(self, observer: Callable[[BatchRun], None]) -> None:
        """From now on, `observer` is called with each run of the engine.

        It is called in the thread that computed, a worker's or a caller's, so it must be fast and thread-safe.
        """
        self._observer = observer

    def close(self) -> None:
        """Finishes what was accepted and ends the workers. Later calls are refused."""
        self.queue.close()
        for worker in self._workers:
            worker.join()

    def _tokens_at_least(self, texts: Sequence[str]) -> int:
        """A lower bound from the number of characters; texts that are too long are refused later."""
        most = self.engine.reader.max_characters
        return sum(1 + min(len(text), most) // _CHARACTERS_PER_TOKEN for text in texts if isinstance(text, str))

    def _wait_for_turn(self, texts: Sequence[str], reading: ExitStack, timeout_s: float | None) -> None:
        """Waits until no other call reads a lot. Raises OverloadedError as `score` does."""
        if not self._reads_a_lot.acquire(timeout=-1 if timeout_s is None else timeout_s):
            raise OverloadedError("Other long texts are being read.", hint="Ask again in a few seconds.")
        reading.callback(self._reads_a_lot.release)
        self.queue.check(self._tokens_at_least(texts), timeout_s)

    def _work(self) -> None:
        while batch := self.queue.next_batch():
            self._compute(batch)

    def _compute(self, batch: Sequence[Entry]) -> None:
        """Answers the calls of a batch from the queue."""
        began = time.perf_counter()
        try:
            rows = self._run(batch)
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to these callers and no others
            for entry in batch:
                entry.call.fail(error)
        else:
            for entry, row in zip(batch, rows, strict=True):
                entry.call.answer(entry.index, row)
            self.speed.ran(_tokens(batch), time.perf_counter() - began)
        finally:
            self.queue.finish()
        if self._observer:
            self._observer(BatchRun(len(batch), _tokens(batch), time.perf_counter() - began))

    def _run(self, batch: Sequence[Entry]) -> Sequence[Floats]:
        """The row of each entry, of the readout that its call wants; one pass through the body."""
        windows, wanted = [entry.window for entry in batch], {entry.call.readout for entry in batch}
        if len(wanted) == 1 and (readout := wanted.pop()) is not None:
            return [*self.engine.run(windows, readout)]
        rows = self.engine.run_all(windows)
        return [
            np.concatenate([features[i] for features in rows.values()])
            if entry.call.readout is None
            else rows[entry.call.readout][i]
            for i, entry in enumerate(batch)
        ]


def _characters(texts: Sequence[str]) -> int:
    return sum(len(text) for text in texts if isinstance(text, str))


def _tokens(batch: Sequence[Entry]) -> int:
    return sum(len(entry.window) for entry in batch)
