"""A request's body, gathered in the event loop before any thread is taken for it.

One client has limits of bytes and of time; all of them together have a limit of bytes, in memory and on disk. Where
that is passed, the body that has been on its way the longest gives way, since one that comes at a good rate is soon
complete.
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
    received: bytes that came for the current request, framing included.
    """

    received: int


@dataclass(eq=False)
class Body:
    """What has come so far.

    Attributes:
        file: the content, in memory as long as it is short; at its start once it has been gathered.
        whole: whether there is no more to come.
        read: bytes.
        dropped: whether it had to give way to others.
        began: when it was first waited for.
    """

    file: IO[bytes]
    whole: bool = False
    read: int = 0
    dropped: bool = False
    began: float = field(default_factory=time.monotonic)


class Bodies:
    """Gathers bodies, and holds no more of all of them together than the limits allow. Only for the event loop."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._held: dict[Body, asyncio.Timeout | None] = {}  # the oldest first
        self._bytes = 0

    async def gather(self, receive: Receive, limit: int, sender: Sender | None = None) -> Body | None:
        """The body: whole, or more than `limit` bytes of it; None if the client has left.

        Whoever gets it has to `release` it. Raises ProblemError for one that comes too slowly, in crumbs, or at a time
        when there are too many.
        """
        body = Body(tempfile.SpooledTemporaryFile(self._limits.body_memory))  # noqa: SIM115 - `release` closes it
        self._held[body] = None
        try:
            while not body.whole and body.read <= limit:
                if not await self._more(receive, body, sender):
                    self.release(body)
                    return None
        except BaseException:
            self.release(body)
            raise
        body.file.seek(0)
        return body

    def release(self, body: Body) -> None:
        """Its bytes are not held any more."""
        if body in self._held:
            del self._held[body]
            self._bytes -= body.read
            body.file.close()

    @property
    def excess(self) -> int:
        """Bytes that are held beyond the limits, without those of bodies that are about to go."""
        kept = [body.read for body in self._held if not body.dropped]
        in_memory = sum(min(read, self._limits.body_memory) for read in kept)
        return max(in_memory - self._limits.bodies_bytes, sum(kept) - self._limits.bodies_disk_bytes)

    async def drain(self, receive: Receive) -> bool:
        """Waits for a body's end and keeps none of it; False if it does not come in time, or is beyond all limits."""
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
        """Takes the next piece; False if the client has left."""
        message = await self._next(receive, body)
        if message["type"] != "http.request":
            return False
        piece: bytes = message.get("body", b"")
        body.whole = not message.get("more_body", False)
        _write(body, piece)
        body.read += len(piece)
        self._bytes += len(piece)
        if sender is not None and sender.received > 2 * body.read + self._limits.chunk_overhead:
            raise ProblemError("bad-request", "The body comes in too small chunks. Send larger ones, or its length.")
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
            said = "The body did not come in time. Send it at once, or in several calls."
            raise ProblemError("request-timeout", said) from None
        finally:
            if body in self._held:
                self._held[body] = None

    def _make_room(self, newest: Body) -> None:
        """Where there is too much, the oldest large bodies that are not whole give way; else the newest one does."""
        while self.excess > 0:
            large = sum(body.read for body in self._held) / len(self._held)
            coming = (body for body in self._held if not body.whole and not body.dropped and body.read >= large)
            oldest = next(coming, newest)
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
        said = "There is no room for the body now. Ask again in a few seconds."
        raise ProblemError("overloaded", said, retry_after_s=5) from error


def _too_many() -> ProblemError:
    said = "Too many bodies are on their way. Ask again in a few seconds."
    return ProblemError("overloaded", said, retry_after_s=1)


def declared_length(scope: Mapping[str, Any]) -> int | None:
    """Bytes that the body will have, as its head says; None if it does not."""
    return next((int(value) for name, value in scope["headers"] if name == b"content-length"), None)
