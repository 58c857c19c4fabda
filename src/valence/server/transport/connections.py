"""All open connections: how many there may be, who gives way to whom, and how much memory their answers may take."""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from valence.server.transport.limits import Limits

if TYPE_CHECKING:
    from valence.server.transport.connection import Connection

Refusal = Callable[[str, str, tuple[str, int] | None], bytes]

# Seconds between two looks at every connection.
_LOOK_S = 0.5
# Connections that are closed at a time to make room, so that not each newcomer needs a look at all of them.
_AT_ONCE = 16


class Connections:
    """The book of open connections. Only for the event loop.

    Args:
        refusal: makes the bytes of an answer to something that is no request: of a problem's code, what is wrong, and
            the client's address.
        now: gives seconds that never go back.
    """

    def __init__(self, limits: Limits, refusal: Refusal, *, now: Callable[[], float] = time.monotonic) -> None:
        self.limits, self.refusal, self.now = limits, refusal, now
        self._open: set[Connection] = set()

    def __len__(self) -> int:
        return len(self._open)

    def add(self, connection: Connection) -> None:
        """A client has connected. If there are too many, those that have kept us waiting the longest are let go."""
        self._open.add(connection)
        if len(self._open) > min(self.limits.idle_connections, self.limits.connections):
            self._make_room(connection)

    def discard(self, connection: Connection) -> None:
        self._open.discard(connection)

    async def watch(self) -> None:
        """Looks at every connection twice a second, until it is cancelled."""
        while True:
            await asyncio.sleep(_LOOK_S)
            self.look()

    def look(self) -> None:
        """Lets those go that have been waited for too long, and those that hold too much memory."""
        now, unsent = self.now(), 0
        for connection in tuple(self._open):
            connection.look(now)
            unsent += connection.unsent
        if unsent > self.limits.answers_bytes:
            self._free_answers(unsent - self.limits.answers_bytes)

    def _make_room(self, newcomer: Connection) -> None:
        now, limits = self.now(), self.limits
        waited_for = [
            (since, id(each), each)
            for each in self._open
            if each is not newcomer and (since := each.waiting_since) is not None
        ]
        longest = heapq.nsmallest(_AT_ONCE, waited_for)
        old = [each for since, _, each in longest if now - since >= limits.gives_way_s]
        too_many = len(self._open) - limits.connections
        if not old and too_many > 0:
            old = [each for _, _, each in longest[:too_many]] or [newcomer]
        for each in old:
            self._open.discard(each)
            each.let_go()

    def _free_answers(self, surplus: int) -> None:
        """Lets those go first to whom most is still to be sent."""
        for connection in sorted(self._open, key=lambda each: each.unsent, reverse=True):
            if surplus <= 0:
                return
            surplus -= connection.unsent
            connection.let_go()
