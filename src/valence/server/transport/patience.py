"""A queue for clients that would rather wait than be refused: some send many requests at once and never try again.

Discourse scores its posts like this, up to 40 requests at a time. A few run at once, like anybody's, so that they never
keep the others waiting; the rest wait in the event loop, without a thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from valence.server.transport.admission import Admission
from valence.system.errors import OverloadedError

# Seconds that a request waits at most. With the time for scoring it, below the 30 s of Heroku's router.
WAIT_S = 15.0
# Requests that may wait, with their bodies in memory.
MAX_WAITING = 256
# Seconds between two looks at whether the others have room.
_LOOK_S = 0.02


class PatientQueue:
    """First come, first served.

    Args:
        running: requests that run at once.
        admission: of all requests; one of this queue starts only when anybody's could.
        wait_s: seconds that a request waits at most.
    """

    def __init__(self, running: int, admission: Admission, *, wait_s: float = WAIT_S) -> None:
        self._running, self._admission, self._wait_s = asyncio.Semaphore(running), admission, wait_s
        self._waiting = 0

    def full(self) -> bool:
        """Whether no further request may wait."""
        return self._waiting >= MAX_WAITING

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Waits for the request's turn, which lasts as long as the block. Raises OverloadedError after `wait_s`."""
        self._waiting += 1
        try:
            async with asyncio.timeout(self._wait_s):
                await self._running.acquire()
                await self._until_anybody_could_start()
        except TimeoutError:
            raise OverloadedError("Too many requests are waiting.", hint="Try again in a few seconds.") from None
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._running.release()

    async def _until_anybody_could_start(self) -> None:
        try:
            while self._admission.full():
                await asyncio.sleep(_LOOK_S)
        except asyncio.CancelledError:
            self._running.release()
            raise
