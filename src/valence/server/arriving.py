"""A request's body while it comes in: no thread waits for its client, except for the file of a job.

What an ordinary call may hold is gathered in the event loop. What is longer is read by the thread that answers it, once
that has seen who asks. Either way it has to come at a steady rate.
"""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import ExitStack
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from werkzeug.exceptions import ClientDisconnected

from valence.server.connection import PATIENCE_S

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

# Bytes of a body that are kept in memory; the rest of it waits on the disk.
ROOM = 65_536
# Bytes a second; an old telephone line brings half as much.
RATE = 8_192


@dataclass
class Body:
    """What has come so far.

    Attributes:
        file: at its start.
        whole: whether there is no more to come.
        read: bytes.
    """

    file: IO[bytes]
    whole: bool = False
    read: int = 0
    began: float = 0.0


async def gathered(receive: Receive, most: int) -> Body | None:
    """The body, or its first `most` bytes and some; None where the client has left or is too slow."""
    body = Body(SpooledTemporaryFile(ROOM), began=time.monotonic())  # noqa: SIM115 - closed by whoever gets it
    with ExitStack() as unless_it_comes:
        unless_it_comes.enter_context(body.file)
        if not await _gather(body, receive, most):
            return None
        unless_it_comes.pop_all()
    body.file.seek(0)
    return body


async def _gather(body: Body, receive: Receive, most: int) -> bool:
    try:
        async with asyncio.timeout(PATIENCE_S) as patience:
            while not body.whole and body.read <= most:
                came = await _more(receive, body)
                if came is None:
                    return False
                body.file.write(came)
                patience.reschedule(asyncio.get_running_loop().time() + _time_left(body))
    except TimeoutError:
        return False
    return True


class Rest(io.RawIOBase):
    """A body of which more comes, for a thread to read. Raises ClientDisconnected where it does not come."""

    def __init__(self, body: Body, receive: Receive, loop: asyncio.AbstractEventLoop) -> None:
        self._body, self._receive, self._loop = body, receive, loop
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        came = self._body.file.read(len(buffer)) or self._left or self._come()
        buffer[: len(came)], self._left = came[: len(buffer)], came[len(buffer) :]
        return min(len(came), len(buffer))

    def _come(self) -> bytes:
        while not self._body.whole:
            coming = asyncio.run_coroutine_threadsafe(_more(self._receive, self._body), self._loop)
            try:
                came = coming.result(max(0.0, _time_left(self._body)))
            except TimeoutError:
                coming.cancel()
                raise ClientDisconnected from None
            if came is None:
                raise ClientDisconnected
            if came:
                return came
        return b""


async def _more(receive: Receive, body: Body) -> bytes | None:
    message = await receive()
    if message["type"] != "http.request":
        return None
    came: bytes = message.get("body", b"")
    body.read += len(came)
    body.whole = not message.get("more_body", False)
    return came


def _time_left(body: Body) -> float:
    return PATIENCE_S + body.read / RATE - (time.monotonic() - body.began)
