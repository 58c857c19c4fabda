"""One answer of a WSGI application, made in a thread, piece by piece as its client takes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any
from wsgiref.types import WSGIApplication, WSGIEnvironment

# Bytes that are made before the client has taken those before them.
PIECE = 65_536


class WsgiResponse:
    """Attributes:
    status, headers: as ASGI has them, once `begin` has returned.
    whole: whether the application has nothing more to say.
    """

    def __init__(self) -> None:
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.whole = False
        self._chunks: Iterable[bytes] = ()
        self._iterator: Iterator[bytes] = iter(())

    def begin(self, application: WSGIApplication, environ: WSGIEnvironment) -> bytes:
        """Asks the application. Returns the first piece; for a short answer it is the only one."""
        self._chunks = application(environ, self._start)
        self._iterator = iter(self._chunks)
        return self.more()

    def more(self) -> bytes:
        """The next piece, at least `PIECE` bytes unless it is the last one."""
        made, size = [], 0
        try:
            for chunk in self._iterator:
                made.append(chunk)
                size += len(chunk)
                if size >= PIECE:
                    return b"".join(made)
        except BaseException:
            self.close()
            raise
        self.whole = True
        self.close()
        return b"".join(made)

    def close(self) -> None:
        """Tells the application that no more is asked of it."""
        chunks, self._chunks = self._chunks, ()
        if hasattr(chunks, "close"):
            chunks.close()

    def _start(self, status: str, headers: list[tuple[str, str]], _error: Any = None) -> Callable[[bytes], object]:
        self.status = int(status[:3])
        self.headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        return _no_write


def _no_write(_: bytes) -> None:
    raise NotImplementedError("Flask never asks for it")
