"""Which threads answer which request.

Most are answered by the threads of `VALENCE_SERVER_THREADS`. Two other lots are kept free: for /healthz and /readyz,
which must answer whatever else goes on, and for all that costs little while a call for scores would be refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from valence.server.transport.admission import Admission
from valence.server.waiting import may_wait

Made = TypeVar("Made")

_HEALTH = frozenset({"/healthz", "/readyz"})
_HEALTH_THREADS, _SPARE_THREADS, _STREAM_THREADS = 2, 4, 4


class Lanes:
    """Attributes:
    admission: of the calls that wait for a thread.
    """

    def __init__(self, threads: int) -> None:
        self.admission = Admission(threads)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="answer")
        self._health = cheap_threads(_HEALTH_THREADS, "health")
        self._spare = cheap_threads(_SPARE_THREADS, "spare")
        self._streams = ThreadPoolExecutor(_STREAM_THREADS, thread_name_prefix="stream")

    def answer(self, path: str, make: Callable[[], Made]) -> Awaitable[Made]:
        """Runs what makes an answer, in a thread that this path has a right to."""
        loop = asyncio.get_running_loop()
        if path in _HEALTH:
            return loop.run_in_executor(self._health, make)
        if self.admission.full():
            return loop.run_in_executor(self._spare, make)
        self.admission.join()
        return loop.run_in_executor(self._threads, self._in_turn, make)

    def go_on(self, make: Callable[[], Made]) -> Awaitable[Made]:
        """Runs what makes the next piece of an answer; its client may have taken its time until then."""
        return asyncio.get_running_loop().run_in_executor(self._streams, make)

    def _in_turn(self, make: Callable[[], Made]) -> Made:
        since = self.admission.start()  # threads take calls in the order in which they came
        try:
            return make()
        finally:
            self.admission.finish(since)


def cheap_threads(count: int, name: str) -> ThreadPoolExecutor:
    """Threads in which a view may not wait."""
    return ThreadPoolExecutor(count, thread_name_prefix=name, initializer=may_wait.set, initargs=(False,))
