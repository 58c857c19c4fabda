"""Receives a request's body in the event loop, before the request gets a thread.

Each client has limits of bytes and time; all clients together have a limit of bytes, in memory and on disk. Beyond
it, the oldest large body is dropped, because one that arrives at a good rate is soon complete.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import IO, Any, Protocol

from valence.server.problems import ProblemError
from valence.server.transport.limits import Limits

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]


class Sender(Protocol):
    """Attributes:
    received: bytes of the current request so far, including framing.
    arrived: whether the whole body has been received, so that reading it doesn't wait.
    """

    received: int

    @property
    def arrived(self) -> bool: ...


@dataclass(eq=False)
class Body:
    """A body, as far as it was received.

    Attributes:
        file: the content, in memory while it is short; positioned at its start once received.
        complete: whether its end was received.
        read: bytes received.
        dropped: whether it was given up to make room for others.
        began: when receiving began.
    """

    file: IO[bytes]
    complete: bool = False
    read: int = 0
    dropped: bool = False
    began: float = field(default_factory=time.monotonic)


class Bodies:
    """Receives bodies and keeps their total within the limits. Only for the event loop."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._held: dict[Body, asyncio.Timeout | None] = {}  # oldest first
        self._bytes = 0

    async def receive_body(self, receive: Receive, limit: int, sender: Sender | None = None) -> Body | None:
        """The body: complete, or cut off after more than `limit` bytes; None if the client has disconnected.

        The caller must `release` it. Raises ProblemError if it arrives too slowly or in tiny chunks, or if there are
        too many bodies.
        """
        body = Body(tempfile.SpooledTemporaryFile(self._limits.body_memory))  # noqa: SIM115 - `release` closes it
        self._held[body] = None
        try:
            while not body.complete and body.read <= limit:
                if not await self._more(receive, body, sender):
                    self.release(body)
                    return None
        except BaseException:
            self.release(body)
            raise
        body.file.seek(0)
        return body

    def release(self, body: Body) -> None:
        """Frees the body."""
        if body in self._held:
            del self._held[body]
            self._bytes -= body.read
            body.file.close()

    @property
    def excess(self) -> int:
        """Bytes held beyond the limits, not counting dropped bodies."""
        kept = [body.read for body in self._held if not body.dropped]
        in_memory = sum(min(read, self._limits.body_memory) for read in kept)
        return max(in_memory - self._limits.bodies_bytes, sum(kept) - self._limits.bodies_disk_bytes)

    async def drain(self, receive: Receive) -> bool:
        """Reads and discards the rest of a body; False if it takes too long or is too large."""
        read, more = 0, True
        try:
            async with asyncio.timeout(self._limits.body_s):
                while more and read <= self._limits.drained_bytes:
                    message = await receive()
                    if message["type"] != "http.request":
                        return False
                    read += len(message.get("body", b""))
                    more = message.get("more_body", False)
        except TimeoutError:
            return False
        return not more

    async def _more(self, receive: Receive, body: Body, sender: Sender | None) -> bool:
        """Receives the next piece; False if the client has disconnected."""
        message = await (receive() if sender is not None and sender.arrived else self._next(receive, body))
        if message["type"] != "http.request":
            return False
        piece: bytes = message.get("body", b"")
        body.complete = not message.get("more_body", False)
        _write(body, piece)
        body.read += len(piece)
        self._bytes += len(piece)
        if sender is not None and sender.received > 2 * body.read + self._limits.chunk_overhead:
            raise ProblemError("bad-request", "The body's chunks are too small. Send larger ones, or a Content-Length.")
        if self._bytes > min(self._limits.bodies_bytes, self._limits.bodies_disk_bytes):
            self._make_room(body)
        if body.dropped:
            raise _too_many()
        return True

    async def _next(self, receive: Receive, body: Body) -> MutableMapping[str, Any]:
        try:
            async with asyncio.timeout(self._seconds_left(body)) as timeout:
                self._held[body] = timeout
                return await receive()
        except TimeoutError:
            if body.dropped:
                raise _too_many() from None
            detail = "The body took too long to arrive. Send it faster, or in smaller requests."
            raise ProblemError("request-timeout", detail) from None
        finally:
            if body in self._held:
                self._held[body] = None

    def _make_room(self, newest: Body) -> None:
        """Beyond the limits, drops the oldest large incomplete bodies, or else the newest one."""
        while self.excess > 0:
            large = sum(body.read for body in self._held) / len(self._held)
            incomplete = (body for body in self._held if not body.complete and not body.dropped and body.read >= large)
            oldest = next(incomplete, newest)
            oldest.dropped = True
            timeout = self._held[oldest]
            if timeout is not None and not timeout.expired():
                timeout.reschedule(asyncio.get_running_loop().time())
            if newest.dropped:
                return

    def _seconds_left(self, body: Body) -> float:
        limits = self._limits
        return max(0.0, limits.body_s + body.read / limits.body_rate - (time.monotonic() - body.began))


def _write(body: Body, piece: bytes) -> None:
    try:
        body.file.write(piece)
    except OSError as error:
        detail = "There is no disk space for the body. Try again in a few seconds."
        raise ProblemError("overloaded", detail, retry_after_s=5) from error


def _too_many() -> ProblemError:
    detail = "Too many request bodies are being received. Try again in a few seconds."
    return ProblemError("overloaded", detail, retry_after_s=1)


def declared_length(scope: Mapping[str, Any]) -> int | None:
    """The value of Content-Length; None without one."""
    return next((int(value) for name, value in scope["headers"] if name == b"content-length"), None)
