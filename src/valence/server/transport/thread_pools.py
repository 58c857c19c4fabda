"""Which threads answer which request.

Most requests need one of `VALENCE_SERVER_THREADS` slots. A long request releases its slot while it waits for the model
in its thread, so that long requests never block short ones. Other threads are reserved: one for /healthz, which must
always answer, one for /readyz, which may wait for the database, and some for cheap requests while predict requests are
being refused.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from valence.server.request_context import may_wait, slot
from valence.server.transport.admission import Admission
from valence.server.transport.patience import PatientQueue
from valence.system.errors import OverloadedError

Made = TypeVar("Made")

_OWN_THREAD = ("/healthz", "/readyz")
_CHEAP_THREADS, _STREAM_THREADS = 4, 4
# Of the slots, the part that clients in the patient queue may hold at once.
_PATIENT_PART = 4
# Threads for long requests, started when needed. They only wait; this many fill the time limit of a request.
LONG_THREADS = 128


class ThreadPools:
    """Attributes:
    admission: of the requests that wait for a slot.
    patient: the queue of those that would rather wait than be refused.

    Args:
        threads: slots, each with a thread.
        long_threads: requests that may wait for the model without a slot.
    """

    def __init__(self, threads: int, long_threads: int = LONG_THREADS) -> None:
        self.admission = Admission(threads)
        self.patient = PatientQueue(max(1, threads // _PATIENT_PART), self.admission)
        self._slots = asyncio.Semaphore(threads)
        self._long = threading.BoundedSemaphore(long_threads)
        self._threads = ThreadPoolExecutor(threads + long_threads, thread_name_prefix="answer")
        self._own = {path: cheap_threads(1, path.strip("/")) for path in _OWN_THREAD}
        self._cheap = cheap_threads(_CHEAP_THREADS, "cheap")
        self._streams = ThreadPoolExecutor(_STREAM_THREADS, thread_name_prefix="stream")

    async def answer(self, path: str, make: Callable[[], Made]) -> Made:
        """Runs `make`, which answers a request for this path, in a thread."""
        loop = asyncio.get_running_loop()
        if path in self._own:
            return await loop.run_in_executor(self._own[path], make)
        if self.admission.full():
            return await loop.run_in_executor(self._cheap, make)
        self.admission.join()
        await self._slots.acquire()  # first come, first served
        slot = _Slot(self.admission, self._long, partial(loop.call_soon_threadsafe, self._slots.release))
        try:
            return await loop.run_in_executor(self._threads, slot.answer, make)
        finally:
            if not slot.released:  # here, because waking the loop from a thread costs more
                self._slots.release()

    async def continue_response(self, make: Callable[[], Made]) -> Made:
        """Runs `make`, which produces the next piece of a response."""
        return await asyncio.get_running_loop().run_in_executor(self._streams, make)


class _Slot:
    """The slot of one request.

    Attributes:
        released: whether the slot was freed before the response.

    Args:
        long: limits the requests that have released theirs.
        free: frees the slot for the next request; can be called in any thread.
    """

    def __init__(self, admission: Admission, long: threading.Semaphore, free: Callable[[], object]) -> None:
        self._admission, self._long, self._free = admission, long, free
        self._since = 0.0
        self.released = False

    def answer(self, make: Callable[[], Made]) -> Made:
        """Runs `make` in this thread."""
        self._since = self._admission.start()
        slot.set(self.release)
        try:
            return make()
        finally:
            slot.set(None)
            if self.released:
                self._long.release()
            else:
                self._admission.finish(self._since)

    def release(self) -> None:
        """Frees the slot; the request keeps its thread. Raises OverloadedError if too many have done this."""
        if self.released:
            return
        if not self._long.acquire(blocking=False):
            raise OverloadedError(
                "Too many long requests are waiting.", hint="Try again in a few seconds, or send less text."
            )
        self.released = True
        self._admission.finish(self._since)
        self._free()


def cheap_threads(count: int, name: str) -> ThreadPoolExecutor:
    """Threads in which a view must not wait."""
    return ThreadPoolExecutor(count, thread_name_prefix=name, initializer=may_wait.set, initargs=(False,))
