"""One response of a WSGI application, produced in a thread, piece by piece as its client reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any
from wsgiref.types import WSGIApplication, WSGIEnvironment

# Bytes that are produced before the client has read the previous ones.
PIECE_BYTES = 65_536


class WsgiResponse:
    """Attributes:
    status, headers: in ASGI's form, once `begin` has returned.
    complete: whether the application has no more to send.
    """

    def __init__(self) -> None:
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.complete = False
        self._chunks: Iterable[bytes] = ()
        self._iterator: Iterator[bytes] = iter(())

    def begin(self, application: WSGIApplication, environ: WSGIEnvironment) -> bytes:
        """Calls the application and returns the first piece, for a short response the only one."""
        self._chunks = application(environ, self._start)
        self._iterator = iter(self._chunks)
        return self.more()

    def more(self) -> bytes:
        """The next piece: at least `PIECE_BYTES` bytes unless it is the last."""
        pieces, size = [], 0
        try:
            for chunk in self._iterator:
                pieces.append(chunk)
                size += len(chunk)
                if size >= PIECE_BYTES:
                    return b"".join(pieces)
        except BaseException:
            self.close()
            raise
        self.complete = True
        self.close()
        return b"".join(pieces)

    def close(self) -> None:
        """Tells the application that no more will be read."""
        chunks, self._chunks = self._chunks, ()
        if hasattr(chunks, "close"):
            chunks.close()

    def _start(self, status: str, headers: list[tuple[str, str]], _error: Any = None) -> Callable[[bytes], object]:
        self.status = int(status[:3])
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return _no_write


def _no_write(_: bytes) -> None:
    raise NotImplementedError("Flask never asks for it")
