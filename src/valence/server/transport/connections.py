"""All open connections: their limits, which ones are closed to make room, and the memory that their responses take."""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import Callable
from typing import Protocol

from valence.server.transport.limits import Limits

Refusal = Callable[[str, str, tuple[str, int] | None], bytes]

# Seconds between checks of all connections.
_CHECK_S = 0.5
# Connections closed at once to make room, so that not every new one requires a search.
_CLOSED_AT_ONCE = 16


class OpenConnection(Protocol):
    """What is needed of each connection; `valence.server.transport.connection` implements it."""

    @property
    def unsent(self) -> int:
        """Bytes of responses in this process's memory that the client hasn't read."""

    @property
    def waiting_since(self) -> float | None:
        """Since when we have been waiting for the client; None while it waits for us."""

    def check_timeouts(self, now: float) -> None:
        """Disconnects a client that has taken too long."""

    def abort(self) -> None:
        """Closes the connection without a response."""


class Connections:
    """The open connections. Only for the event loop.

    Args:
        refusal: from a problem's code, its reason and the client's address, makes the bytes of a response to input that
            isn't a valid request.
        now: monotonic clock, in seconds.
    """

    def __init__(self, limits: Limits, refusal: Refusal, *, now: Callable[[], float] = time.monotonic) -> None:
        self.limits, self.refusal, self.now = limits, refusal, now
        self._open: set[OpenConnection] = set()

    def __len__(self) -> int:
        return len(self._open)

    def add(self, connection: OpenConnection) -> None:
        """Adds a new connection. Beyond the limit, closes those that have kept us waiting the longest."""
        self._open.add(connection)
        if len(self._open) > min(self.limits.idle_connections, self.limits.connections):
            self._make_room(connection)

    def discard(self, connection: OpenConnection) -> None:
        self._open.discard(connection)

    async def watch(self) -> None:
        """Checks every connection twice a second, until cancelled."""
        while True:
            await asyncio.sleep(_CHECK_S)
            self.check()

    def check(self) -> None:
        """Closes connections that have timed out, and those whose responses take too much memory."""
        now, unsent = self.now(), 0
        for connection in tuple(self._open):
            connection.check_timeouts(now)
            unsent += connection.unsent
        if unsent > self.limits.responses_bytes:
            self._free_responses(unsent - self.limits.responses_bytes)

    def _make_room(self, newcomer: OpenConnection) -> None:
        now, limits = self.now(), self.limits
        waiting = [
            (since, id(connection), connection)
            for connection in self._open
            if connection is not newcomer and (since := connection.waiting_since) is not None
        ]
        longest = heapq.nsmallest(_CLOSED_AT_ONCE, waiting)
        closing = [connection for since, _, connection in longest if now - since >= limits.protected_s]
        too_many = len(self._open) - limits.connections
        if not closing and too_many > 0:
            closing = [connection for _, _, connection in longest[:too_many]] or [newcomer]
        for connection in closing:
            self._open.discard(connection)
            connection.abort()

    def _free_responses(self, surplus: int) -> None:
        """Closes the connections with the most unsent bytes first."""
        for connection in sorted(self._open, key=lambda connection: connection.unsent, reverse=True):
            if surplus <= 0:
                return
            surplus -= connection.unsent
            connection.abort()
