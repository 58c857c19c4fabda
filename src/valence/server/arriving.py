"""A request while it comes in: no thread waits for its client before it is here, and none for long after that.

What fits into a small buffer is gathered without a thread. The rest of a longer body is read by the thread that answers
it, and has to come at a steady rate. Knows nothing of what is in a request but where it ends.
"""

from __future__ import annotations

import re
import socket
import time

from gunicorn.http.unreader import SocketUnreader

# Most requests are far shorter. A thousand connections together hold 32 MB at most.
ROOM = 32_768
# Seconds that a client may take for what is gathered, and may fall behind the rate with the rest.
PATIENCE_S = 10
# Bytes a second; an old telephone line brings half as much.
RATE = 8_192
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*(?=\r)", re.IGNORECASE)
# After these the client waits for us, or only the parser knows where the end is.
_OPEN_ENDED = re.compile(rb"\r\n(?:expect|transfer-encoding):", re.IGNORECASE)


class Arriving:
    """The bytes of a request that have come so far.

    Args:
        largest: bytes that a body may have; a longer one is refused for its length, so nobody waits for it.
        bytes_: those that came with the request before it.
    """

    def __init__(self, largest: int, bytes_: bytes = b"") -> None:
        self.largest = largest
        self.bytes = bytearray(bytes_)

    def read(self, connection: socket.socket) -> bool:
        """Takes what is there, without waiting; whether a thread need not wait for more.

        That is so when the request is whole or does not fit, and when no more will come: the thread tells the client.
        """
        if self._enough():
            return True
        try:
            came = connection.recv(ROOM, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError:  # reset
            return True
        self.bytes += came
        return not came or self._enough()

    def _enough(self) -> bool:
        if len(self.bytes) >= ROOM:
            return True
        end = self.bytes.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = self.bytes[: end + 2]
        if _OPEN_ENDED.search(head):
            return True
        lengths = _LENGTH.findall(head)
        length = int(lengths[0]) if len(lengths) == 1 else 0
        return length > self.largest or len(self.bytes) - end - 4 >= length


class SteadyUnreader(SocketUnreader):  # type: ignore[misc]  # gunicorn has no types
    """What gunicorn's parser reads a request from: what has arrived, then the connection, at `RATE` at least.

    A client that is too slow is given up like one that stalls: by a BlockingIOError.
    """

    def __init__(self, connection: socket.socket) -> None:
        super().__init__(connection)
        self.begin(b"")

    def begin(self, arrived: bytes) -> None:
        """Of the next request so much is here; its time begins now."""
        self.unread(arrived)
        self._began, self._read = time.monotonic(), 0

    def chunk(self, size_hint: int | None = None) -> bytes:
        if time.monotonic() - self._began > PATIENCE_S + self._read / RATE:
            raise BlockingIOError("the client is too slow")
        came: bytes = super().chunk(size_hint)
        self._read += len(came)
        return came
