"""Which threads answer which request.

Most are answered at once by as many threads as `VALENCE_SERVER_THREADS` says. A call that turns out to be long gives up
its place among them and waits for the model in a further thread, so that long calls never keep short ones out. Two
other lots are kept free: for /healthz and /readyz, which must answer whatever else goes on, and for all that costs
little while a call for scores would be refused.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from valence.errors import OverloadedError
from valence.server.request_context import may_wait, place
from valence.server.transport.admission import Admission

Made = TypeVar("Made")

_HEALTH = frozenset({"/healthz", "/readyz"})
_HEALTH_THREADS, _SPARE_THREADS, _STREAM_THREADS = 2, 4, 4
# Threads for long calls, started when needed. They sleep; with so many, what waits fills the time of an answer.
LONG_THREADS = 128


class ThreadPools:
    """Attributes:
    admission: of the calls that wait for a place.

    Args:
        threads: places, each with a thread.
        long_threads: calls that may wait for the model without a place.
    """

    def __init__(self, threads: int, long_threads: int = LONG_THREADS) -> None:
        self.admission = Admission(threads)
        self._places = asyncio.Semaphore(threads)
        self._long = threading.BoundedSemaphore(long_threads)
        self._threads = ThreadPoolExecutor(threads + long_threads, thread_name_prefix="answer")
        self._health = cheap_threads(_HEALTH_THREADS, "health")
        self._spare = cheap_threads(_SPARE_THREADS, "spare")
        self._streams = ThreadPoolExecutor(_STREAM_THREADS, thread_name_prefix="stream")

    async def answer(self, path: str, make: Callable[[], Made]) -> Made:
        """Runs what makes an answer, in a thread that this path has a right to."""
        loop = asyncio.get_running_loop()
        if path in _HEALTH:
            return await loop.run_in_executor(self._health, make)
        if self.admission.full():
            return await loop.run_in_executor(self._spare, make)
        self.admission.join()
        await self._places.acquire()  # first come, first served
        free = partial(loop.call_soon_threadsafe, self._places.release)
        return await loop.run_in_executor(self._threads, _Place(self.admission, self._long, free).answer, make)

    async def go_on(self, make: Callable[[], Made]) -> Made:
        """Runs what makes the next piece of an answer; its client may have taken its time until then."""
        return await asyncio.get_running_loop().run_in_executor(self._streams, make)


class _Place:
    """One call's place among those that are answered at once.

    Args:
        long: room for calls that have given up theirs.
        free: lets the next call have the place; called in any thread.
    """

    def __init__(self, admission: Admission, long: threading.Semaphore, free: Callable[[], object]) -> None:
        self._admission, self._long, self._free = admission, long, free
        self._since = 0.0
        self._given_up = False

    def answer(self, make: Callable[[], Made]) -> Made:
        """Makes an answer in this thread."""
        self._since = self._admission.start()
        place.set(self.give_up)
        try:
            return make()
        finally:
            place.set(None)
            if self._given_up:
                self._long.release()
            else:
                self._leave()

    def give_up(self) -> None:
        """The place goes to another call; this one keeps its thread. Raises OverloadedError if there is no room."""
        if self._given_up:
            return
        if not self._long.acquire(blocking=False):
            raise OverloadedError(
                "As many long calls wait as may wait.", way_out="Ask again in a few seconds, or with less text."
            )
        self._given_up = True
        self._leave()

    def _leave(self) -> None:
        self._admission.finish(self._since)
        self._free()


def cheap_threads(count: int, name: str) -> ThreadPoolExecutor:
    """Threads in which a view may not wait."""
    return ThreadPoolExecutor(count, thread_name_prefix=name, initializer=may_wait.set, initargs=(False,))
