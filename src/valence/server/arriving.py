"""A request's body while it comes in: no thread waits for the client of an ordinary one.

What fits into a small buffer is gathered in the event loop. What is longer is read by the thread that answers it, once
that has seen who asks, so that many together do not fill the memory. Either way it has to come at a steady rate.
"""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.exceptions import ClientDisconnected

from valence.server.connection import PATIENCE_S

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

# Most bodies are far shorter. A thousand connections together hold 66 MB at most.
ROOM = 65_536
# Bytes a second; an old telephone line brings half as much.
RATE = 8_192
# Bytes that are thrown away of a body that nobody will read, so that its client has sent all and reads the answer.
THROWN_AWAY = 2_097_152


@dataclass
class Body:
    """What has come so far.

    Attributes:
        file: at its start.
        whole: whether there is no more to come.
        read: bytes.
        began: when it was first waited for.
    """

    file: io.BytesIO = field(default_factory=io.BytesIO)
    whole: bool = False
    read: int = 0
    began: float = field(default_factory=time.monotonic)


async def gathered(receive: Receive, declared: int) -> Body | None:
    """The body, or the beginning of one that does not fit; None where the client has left or is too slow.

    `declared` are the bytes that it will have, as its head says; 0 where it does not.
    """
    body = Body()
    try:
        async with asyncio.timeout(PATIENCE_S) as patience:
            while not body.whole and max(declared, body.read) <= ROOM:
                came = await _more(receive, body)
                if came is None:
                    return None
                body.file.write(came)
                patience.reschedule(asyncio.get_running_loop().time() + _time_left(body))
    except TimeoutError:
        return None
    body.file.seek(0)
    return body


async def thrown_away(receive: Receive) -> bool:
    """Waits for the body's end without keeping any of it; False where it does not come, or is beyond all limits."""
    body = Body()
    try:
        async with asyncio.timeout(PATIENCE_S) as patience:
            while not body.whole and body.read <= THROWN_AWAY:
                if await _more(receive, body) is None:
                    return False
                patience.reschedule(asyncio.get_running_loop().time() + _time_left(body))
    except TimeoutError:
        return False
    return body.whole


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
