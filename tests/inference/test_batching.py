"""The micro-batcher under many threads: answers, refusals, failures, giving up and closing.

Its engine is the real one; where a test must decide when a batch runs, `Gate` holds the engine's `run`.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.models import BLAME, PRAISE
from valence.inference.batch_run import BatchRun
from valence.inference.batching import Batcher
from valence.inference.engine import Engine
from valence.inference.times import Times
from valence.inference.windows import Ints, Reading
from valence.model.head import Floats
from valence.model.readable import Readable
from valence.system.errors import ModelFolderError, OverloadedError, TextError, TooCostlyError


class Gate(Engine):
    """A real engine whose batches wait until the test lets them go, and fail where it says so.

    Attributes:
        batches: the windows of each batch, in order.
        poison: a token id; a batch that holds it fails.
    """

    def __init__(self, folder: Path, threads: int = 1) -> None:
        super().__init__(folder, threads=threads)
        self.open, self.entered = threading.Event(), threading.Semaphore(0)
        self.batches: list[list[Ints]] = []
        self.poison = -1

    def run(self, windows: Sequence[Ints], readout: str | None = None) -> Floats:
        self.batches.append(list(windows))
        self.entered.release()
        assert self.open.wait(30)
        if any(self.poison in window for window in windows):
            raise ModelFolderError("poisoned")
        return super().run(windows, readout)


@pytest.fixture
def gate(tiny_model: Path) -> Gate:
    return Gate(tiny_model)


@pytest.fixture
def batcher(gate: Gate) -> Iterator[Batcher]:
    batcher = Batcher(gate, max_queue_tokens=100)
    yield batcher
    gate.open.set()
    batcher.close()


def test_a_text_that_one_head_can_not_read_is_scored_by_the_other(tiny_model: Path) -> None:
    engine = Engine(tiny_model, threads=1)
    film = int(engine.reader.read("film").ids[0])
    weight = np.zeros(engine.reader.read("x" * 200).ids.max() + film + 1, np.float32)
    weight[film] = 1
    strict = replace(engine.fitted, readable=Readable("English", weight, 0, -0.5, -1, ""))
    batcher = Batcher(engine)
    refused, scored = batcher.score_with([strict, engine.fitted], ["good", "good film", "dull", ""])
    assert [getattr(each, "code", None) for each in refused] == [None, "text-other-language", None, "text-empty"]
    assert [getattr(each, "code", None) for each in scored] == [None, None, None, "text-empty"]
    assert refused[2] == scored[2] == engine.score(["dull"])[0]
    (alone,) = batcher.score_with([strict], ["good film", "dull"])
    assert str(alone[0]) == str(refused[1])
    assert alone[1] == scored[2]
    batcher.close()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(16) as pool:
        yield pool


def _hold(gate: Gate, batcher: Batcher, pool: ThreadPoolExecutor, text: str = "good") -> Future[Any]:
    """Sends a text into the closed gate, so that whatever follows waits in the queue."""
    future: Future[Any] = pool.submit(batcher.score, [text])
    assert gate.entered.acquire(timeout=30)
    return future


def _wait_until(condition: Callable[[], bool]) -> None:
    for _ in range(3000):
        if condition():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it never came about")


def test_answers_are_the_engines_own_whatever_the_company(engine: Engine, pool: ThreadPoolExecutor) -> None:
    calls = [[f"a {word} film", f"{word} " * 50] for word in (*PRAISE, *BLAME)]
    batcher = Batcher(engine)
    for explain in (False, True):
        found = pool.map(lambda texts, explain=explain: batcher.score(texts, explain=explain), calls)
        for texts, answers in zip(calls, found, strict=True):
            for answer, expected in zip(answers, engine.score(texts, explain=explain), strict=True):
                assert not isinstance(answer, TextError)
                assert answer.label == expected.label
                assert answer.probabilities == pytest.approx(expected.probabilities, abs=1e-5)
    batcher.close()
    assert batcher.queue.waiting_tokens == 0


def test_a_bad_text_fails_alone(engine: Engine) -> None:
    batcher = Batcher(engine)
    first, second, third = batcher.score(["good", "", "bad"])
    assert isinstance(second, TextError)
    assert not isinstance(first, TextError)
    assert not isinstance(third, TextError)
    assert [type(answer) for answer in batcher.score([""])] == [TextError]
    assert batcher.score([]) == []
    batcher.close()


def test_what_waits_is_run_together(gate: Gate, batcher: Batcher, pool: ThreadPoolExecutor) -> None:
    held = _hold(gate, batcher, pool)
    waiting = [pool.submit(batcher.score, [word]) for word in ("bad", "dull", "great")]
    _wait_until(lambda: batcher.queue.waiting_tokens == 9)
    gate.open.set()
    assert all(future.result(30) for future in [held, *waiting])
    assert [len(batch) for batch in gate.batches] == [1, 3]


def test_a_short_text_does_not_wait_for_a_long_one_to_end(gate: Gate, pool: ThreadPoolExecutor) -> None:
    batcher = Batcher(gate, batch_tokens=64)
    held = _hold(gate, batcher, pool)
    long = pool.submit(batcher.score, ["bad " * 600])
    _wait_until(lambda: batcher.queue.waiting_tokens > 600)
    short = pool.submit(batcher.score, ["dull"])
    _wait_until(lambda: len(batcher.queue._calls) == 2)
    gate.open.set()
    assert all(future.result(30) for future in (held, long, short))
    batcher.close()
    assert [min(map(len, batch)) for batch in gate.batches[1:3]] == [3, 32], (
        "the short one first, although it came last"
    )


def test_windows_of_similar_length_are_run_together(gate: Gate, batcher: Batcher, pool: ThreadPoolExecutor) -> None:
    held = _hold(gate, batcher, pool)
    texts = ["bad", "dull " * 20, "great", "good " * 19, "dull"]
    waiting = []
    for text in texts:
        waiting.append(pool.submit(batcher.score, [text]))
        _wait_until(lambda: len(batcher.queue._calls) == len(waiting))
    gate.open.set()
    assert all(future.result(30) for future in [held, *waiting])
    assert [sorted(map(len, batch)) for batch in gate.batches[1:]] == [[3, 3, 3], [21, 22]]


def test_a_worker_for_each_thread_of_the_engine_runs_a_batch(tiny_model: Path, pool: ThreadPoolExecutor) -> None:
    gate = Gate(tiny_model, threads=2)
    batcher = Batcher(gate)
    first, second = _hold(gate, batcher, pool), _hold(gate, batcher, pool, "dull")  # both are in the gate at once
    gate.open.set()
    assert first.result(30)
    assert second.result(30)
    batcher.close()


def test_a_full_queue_refuses_at_once(gate: Gate, batcher: Batcher, pool: ThreadPoolExecutor) -> None:
    held = _hold(gate, batcher, pool)
    accepted = pool.submit(batcher.score, ["bad " * 200])  # more than the limit, but nothing else waits
    _wait_until(lambda: batcher.queue.waiting_tokens > 100)
    with pytest.raises(OverloadedError, match="the limit is 100") as caught:
        batcher.score(["good " * 100])
    assert caught.value.retry_after_s >= 1
    gate.open.set()
    assert accepted.result(30)
    assert held.result(30)
    assert batcher.score(["good"])


def test_a_call_of_many_long_texts_keeps_out_its_like_and_holds_up_no_short_one(
    gate: Gate, pool: ThreadPoolExecutor
) -> None:
    batcher = Batcher(gate, max_queue_tokens=2000, batch_tokens=64)
    held = _hold(gate, batcher, pool)
    many = pool.submit(batcher.score, ["bad " * 2000] * 10)
    _wait_until(lambda: batcher.queue.waiting_tokens > 20_000)
    short = [pool.submit(batcher.score, ["dull"]) for _ in range(5)]
    _wait_until(lambda: len(batcher.queue._calls) == 6)
    with pytest.raises(OverloadedError, match="queue is full"):
        batcher.score(["bad " * 2000] * 10)
    gate.open.set()
    assert all(len(future.result(60)) == 1 for future in [held, *short])
    assert len(many.result(60)) == 10
    batcher.close()
    assert len(gate.batches) > 300
    assert all(min(map(len, batch)) > 3 for batch in gate.batches[8:]), "the short ones were among the first"


def test_calls_with_a_lot_of_text_are_read_one_at_a_time(gate: Gate, pool: ThreadPoolExecutor) -> None:
    batcher = Batcher(gate, max_queue_tokens=2000)
    held = _hold(gate, batcher, pool)
    reads, most = Counter[str](), [0]
    read = gate.reader.read

    def counted(text: str, *, spans: bool = False) -> Reading:
        reads["now"] += 1
        most[0] = max(most[0], reads["now"])
        reads["ever"] += 1
        threading.Event().wait(0.001)  # the others would come in here
        reads["now"] -= 1
        return read(text, spans=spans)

    gate.reader.read = counted  # type: ignore[method-assign]
    calls = [pool.submit(batcher.score, ["bad " * 2000] * 5) for _ in range(8)]
    _wait_until(lambda: sum(call.done() for call in calls) == 7)
    assert (most[0], reads["ever"]) == (1, 5), "those that are refused have not been read"
    gate.open.set()
    assert held.result(60)
    refused = [call for call in calls if isinstance(call.exception(60), OverloadedError)]
    assert len(refused) == 7
    assert len(batcher.score(["bad " * 2000] * 5)) == 5, "and the next one has its turn"
    batcher.close()


def test_whoever_waits_too_long_for_others_to_be_read_is_told(gate: Gate, batcher: Batcher) -> None:
    with batcher._reads_a_lot, pytest.raises(OverloadedError, match="long texts"):
        batcher.score(["bad " * 6000], timeout_s=0.01)
    assert not batcher._reads_a_lot.locked()


def test_whoever_watches_is_told_of_each_run(gate: Gate, batcher: Batcher, pool: ThreadPoolExecutor) -> None:
    runs: list[BatchRun] = []
    batcher.watch(runs.append)
    held = _hold(gate, batcher, pool)
    waiting = [pool.submit(batcher.score, [word]) for word in ("bad", "dull")]
    _wait_until(lambda: batcher.waiting_tokens == 6)
    gate.open.set()
    assert all(future.result(30) for future in [held, *waiting])
    _wait_until(lambda: len(runs) == 2)
    assert [(run.windows, run.tokens) for run in runs] == [(1, 3), (2, 6)]
    assert all(run.seconds > 0 for run in runs)


def test_a_failing_batch_reaches_its_own_callers_only(gate: Gate, batcher: Batcher, pool: ThreadPoolExecutor) -> None:
    gate.poison = int(gate.reader.read("dull").ids[0])
    held = _hold(gate, batcher, pool)
    victims = [pool.submit(batcher.score, [text]) for text in ("dull", "great")]
    _wait_until(lambda: batcher.queue.waiting_tokens == 6)
    gate.open.set()
    assert held.result(30)
    for victim in victims:
        with pytest.raises(ModelFolderError, match="poisoned"):
            victim.result(30)
    assert batcher.score(["great"])  # and the worker lives on


def test_who_gives_up_is_dropped(gate: Gate, batcher: Batcher, pool: ThreadPoolExecutor) -> None:
    held = _hold(gate, batcher, pool)
    with pytest.raises(OverloadedError, match=r"within 0\.01 seconds"):
        batcher.score(["dull"], timeout_s=0.01)
    gate.open.set()
    assert held.result(30)
    assert batcher.score(["great"])
    assert batcher.queue.waiting_tokens == 0
    assert [len(batch) for batch in gate.batches] == [1, 1]  # "dull" never ran


def test_closing_finishes_what_was_accepted(gate: Gate, batcher: Batcher, pool: ThreadPoolExecutor) -> None:
    held = _hold(gate, batcher, pool)
    waiting = pool.submit(batcher.score, ["dull"])
    _wait_until(lambda: batcher.queue.waiting_tokens == 3)
    closing = pool.submit(batcher.close)
    _wait_until(lambda: batcher.queue._closed)
    with pytest.raises(OverloadedError, match="shutting down"):
        batcher.score(["good"])
    gate.open.set()
    assert held.result(30)
    assert waiting.result(30)
    closing.result(30)
    assert not any(worker.is_alive() for worker in batcher._workers)


def test_a_long_call_says_so_once_before_it_waits_and_a_short_one_does_not(
    gate: Gate, pool: ThreadPoolExecutor
) -> None:
    batcher, told = Batcher(gate, batch_tokens=64), list[int]()
    held = _hold(gate, batcher, pool)

    def note() -> None:
        told.append(batcher.waiting_tokens)

    short = pool.submit(batcher.score, ["dull"], on_long=note)
    _wait_until(lambda: batcher.waiting_tokens == 3)
    # The first is known to be long by its characters, the second only by its tokens, of which each has one.
    long = [pool.submit(batcher.score, [text], on_long=note) for text in ("bad " * 100, "." * 100)]
    _wait_until(lambda: len(batcher.queue._calls) == 3)
    assert len(told) == 2
    gate.open.set()
    assert all(future.result(30) for future in (held, short, *long))
    assert len(told) == 2
    batcher.close()


def test_a_call_is_told_where_its_time_went(gate: Gate, batcher: Batcher, pool: ThreadPoolExecutor) -> None:
    held, told = _hold(gate, batcher, pool), list[Times]()
    began = time.perf_counter()
    waiting = pool.submit(batcher.score, ["dull"], timed=told.append)
    _wait_until(lambda: batcher.waiting_tokens == 3)
    queued, opened = time.perf_counter(), time.perf_counter()
    gate.open.set()
    assert all(future.result(30) for future in (held, waiting))
    (times,) = told
    assert times.waiting_s >= opened - queued
    assert min(times) >= 0
    assert sum(times) <= time.perf_counter() - began


def test_long_calls_wait_together_as_long_as_they_are_answered_in_time(gate: Gate, pool: ThreadPoolExecutor) -> None:
    batcher = Batcher(gate, batch_tokens=64)
    batcher.speed.ran(1_000, 1.0)
    held = _hold(gate, batcher, pool)
    long = [pool.submit(batcher.score, ["bad " * 100], timeout_s=25) for _ in range(12)]
    _wait_until(lambda: len(batcher.queue._calls) == len(long))
    gate.open.set()
    assert all(future.result(30) for future in (held, *long))
    batcher.close()


def test_what_a_call_costs_is_told_before_anything_is_computed(engine: Engine) -> None:
    batcher, told = Batcher(engine), list[int]()
    batcher.score(["the film was dull"], explain=True, charge=told.append)
    windows = 6 + 4 * 5  # as it is, and without each of its words; two special tokens each
    assert told == [windows], "a short text is read first, a longer one is charged before it is read"
    batcher.score(["dull " * 500], charge=told.append)
    assert told[1] == 1 + 2500 // 6
    assert told[2] > 500
    del told[1:]

    def refuse(tokens: int) -> None:
        told.append(tokens)
        if tokens > 3:
            raise OverloadedError("no")

    runs: list[BatchRun] = []
    batcher.watch(runs.append)
    with pytest.raises(OverloadedError, match="no"):
        batcher.score(["the film was dull"], explain=True, charge=refuse)
    batcher.close()
    assert (told[1:], runs) == ([windows], [])


def test_a_call_that_takes_too_long_is_refused_before_it_is_read(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    batcher = Batcher(engine)
    batcher.speed.ran(10_000, 100.0)
    monkeypatch.setattr(engine.reader, "read", lambda *_, **__: pytest.fail("it was read"))
    with pytest.raises(TooCostlyError):
        batcher.score(["good " * 2000] * 2, timeout_s=25)
    batcher.close()


def test_the_speed_can_be_measured_before_anybody_asks(engine: Engine) -> None:
    batcher = Batcher(engine)
    assert batcher.speed.tokens_per_s is None
    batcher.measure_speed()
    assert batcher.speed.tokens_per_s
    batcher.close()


def test_the_speed_is_measured_whatever_the_limit_on_a_text(tiny_model: Path) -> None:
    batcher = Batcher(Engine(tiny_model, max_characters=20))
    batcher.measure_speed()
    assert batcher.speed.tokens_per_s
    batcher.close()
