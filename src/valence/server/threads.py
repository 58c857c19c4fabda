"""From the event loop, which waits for clients, to the threads in which Flask answers them, and back.

Calls wait for a thread in a line that has an end. Those that come once it is full are refused in the event loop, where
they ask for scores, and are answered in spare threads otherwise.
"""

from __future__ import annotations

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol
from urllib.parse import unquote_to_bytes
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from valence.server.arriving import Body, Receive, Rest, gathered, thrown_away
from valence.server.connection import PATIENCE_S
from valence.server.line import Line
from valence.server.presence import KEY, WHOLE, Presence
from valence.server.spare import spare_threads

Scope = Mapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# Bytes of an answer that are handed to the event loop at a time.
PIECE = 262_144


class Refuses(Protocol):
    """A WSGI application that answers in the event loop, so at once; `valence.server.refusal` has the real one."""

    def concerns(self, scope: Scope) -> bool:
        """Whether this call is refused where the line is full."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]: ...


class InThreads:
    """A WSGI application as an ASGI one.

    Args:
        threads: that answer.
        refusal: what answers in their place where the line is full; without one nothing is refused.

    Attributes:
        line: of the calls that wait for a thread.
    """

    def __init__(self, application: WSGIApplication, *, threads: int, refusal: Refuses | None = None) -> None:
        self.application = application
        self.line = Line(threads)
        self._refusal = refusal
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="answer")
        self._spare = spare_threads()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        presence: Presence = scope.get(KEY, Presence())
        loop = asyncio.get_running_loop()
        answer = _Answer(send, loop, presence)
        refusal = self._refusal if self._refusal and self._refusal.concerns(scope) else None
        if refusal and self.line.full():  # a body that comes slowly is not waited for
            await _refuse(refusal, answer, scope, receive, Body())
            return
        body = await gathered(receive, _declared(scope))
        if body is None:
            await _let_go(presence, receive)
            return
        full = self.line.full()
        if refusal and full:
            await _refuse(refusal, answer, scope, receive, body)
            return
        stream = body.file if body.whole else io.BufferedReader(Rest(body, receive, loop))
        environ = _environ(scope, presence, body, stream)
        if full:
            await loop.run_in_executor(self._spare, answer.make, self.application, environ)
        else:
            self.line.join()
            await loop.run_in_executor(self._threads, self._in_turn, answer, environ)
        if answer.whole:
            await answer.finish()
        else:
            await _let_go(presence, receive)

    def _in_turn(self, answer: _Answer, environ: dict[str, Any]) -> None:
        since = self.line.leave()  # threads take calls in the order in which they came
        try:
            answer.make(self.application, environ)
        finally:
            self.line.served(since)


class _Answer:
    """One answer: made in a thread, sent in the event loop; all of it at once where it is short.

    Attributes:
        whole: whether it was made to its end, and its client took what was sent of it.
    """

    def __init__(self, send: Send, loop: asyncio.AbstractEventLoop, presence: Presence) -> None:
        self.whole = False
        self._send, self._loop, self._presence = send, loop, presence
        self._start: dict[str, Any] = {}
        self._last = b""

    def make(self, application: WSGIApplication, environ: dict[str, Any]) -> None:
        """In a thread: asks the application, and sends all but the last piece."""
        chunks = application(environ, self._begin)
        try:
            for piece in _pieces(chunks):
                if self._last and not self._taken(self._last):
                    return
                self._last = piece
            self.whole = True
        finally:
            if hasattr(chunks, "close"):
                chunks.close()

    async def finish(self) -> None:
        """In the event loop: sends what is left."""
        await self._send_piece(self._last, more=False)

    async def send(self, *headers: tuple[bytes, bytes]) -> None:
        """In the event loop: sends a short answer, with these headers too, and leaves its end for `finish`."""
        self._start["headers"].extend(headers)
        await self._send_piece(self._last, more=True)
        self._last = b""

    def _begin(self, status: str, headers: list[tuple[str, str]], _error: Any = None) -> Callable[[bytes], object]:
        encoded = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
        self._start = {"type": "http.response.start", "status": int(status[:3]), "headers": encoded}
        return _no_write

    def _taken(self, piece: bytes) -> bool:
        """Sends a piece, once the client has taken what was sent before; False where it does not, or has left."""
        sending = asyncio.run_coroutine_threadsafe(self._send_piece(piece, more=True), self._loop)
        try:
            sending.result(PATIENCE_S)
        except TimeoutError:
            sending.cancel()
            return False
        return not self._presence.lost

    async def _send_piece(self, piece: bytes, *, more: bool) -> None:
        if self._start:
            await self._send(self._start)
            self._start = {}
        await self._send({"type": "http.response.body", "body": piece, "more_body": more})


async def _refuse(refusal: Refuses, answer: _Answer, scope: Scope, receive: Receive, body: Body) -> None:
    """Answers by the refusal, before the body has come; what comes of it after that is thrown away.

    To close instead would reset the connection under a client that is still sending, which then sees no answer.
    """
    presence: Presence = scope.get(KEY, Presence())
    answer.make(refusal, _environ(scope, presence, Body(whole=True), io.BytesIO()))
    if any(name == b"expect" for name, _ in scope["headers"]):  # it has not sent the body, and now may never do so
        await answer.send((b"connection", b"close"))
    elif not body.whole and not scope.get(WHOLE):
        await answer.send()
        if not await thrown_away(receive):
            await _let_go(presence, receive)
            return
    await answer.finish()


def _environ(scope: Scope, presence: Presence, body: Body, stream: Any) -> dict[str, Any]:
    """As PEP 3333 has it."""
    host, port = scope["server"] or ("", None)
    client = scope["client"] or ("", 0)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or ""),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": stream,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        KEY: presence,
    }
    for name, value in scope["headers"]:
        if b"_" in name:  # X_Real-IP would look like X-Real-IP below
            continue
        key = name.decode("latin-1").upper().replace("-", "_")
        key = key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"
        said = value.decode("latin-1")
        environ[key] = f"{environ[key]},{said}" if key in environ else said
    if "CONTENT_LENGTH" not in environ:
        if body.whole:
            environ["CONTENT_LENGTH"] = str(body.read)
        else:
            environ["wsgi.input_terminated"] = True
    return environ


def _declared(scope: Scope) -> int:
    """Bytes that the body will have, as its head says; 0 where it does not."""
    return next((int(value) for name, value in scope["headers"] if name == b"content-length"), 0)


async def _let_go(presence: Presence, receive: Receive) -> None:
    """Ends the connection, and waits until uvicorn knows: it would answer 500 otherwise."""
    presence.let_go()
    while (await receive())["type"] != "http.disconnect":
        pass


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of a good size."""
    piece = bytearray()
    for chunk in chunks:
        piece += chunk
        if len(piece) >= PIECE:
            yield bytes(piece)
            piece = bytearray()
    if piece:
        yield bytes(piece)


def _no_write(_: bytes) -> None:
    raise NotImplementedError("Flask never asks for it")
