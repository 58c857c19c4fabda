"""From ASGI, whose server waits for clients in an event loop, to the WSGI application, which answers in threads.

No thread is taken before a request's body is complete, and none waits for a client to read its response.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from typing import Any, Protocol
from wsgiref.types import WSGIApplication

from valence.server.problems import ProblemError
from valence.server.request_context import CLIENT
from valence.server.transport.bodies import Bodies, Body, Receive, declared_length
from valence.server.transport.limits import Limits
from valence.server.transport.refusals import PROBLEM_KEY, Refusals
from valence.server.transport.request_heads import Scope, environ_of, error_in, is_unsafe, path_of
from valence.server.transport.thread_pools import ThreadPools
from valence.server.transport.wsgi_response import PIECE_BYTES, WsgiResponse
from valence.system.errors import OverloadedError

log = logging.getLogger(__name__)

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Client(Protocol):
    """What the bridge needs of a connection; `valence.server.transport.connection` implements it."""

    lost: bool
    received: int
    held: int

    @property
    def arrived(self) -> bool:
        """Whether the whole body of the current request has been received."""

    def joined(self) -> AbstractContextManager[None]:
        """A block in which what is sent waits until its end, and is then sent together."""

    def abort(self) -> None:
        """Closes the connection without a response."""

    def close_once_read(self) -> None:
        """Ends the connection after what was sent, and throws away what still comes."""


class Bridge:
    """A WSGI application as an ASGI one.

    Args:
        threads: number of threads.
        refusals: answers without a thread.
        max_body: maximum bytes of a body, by method and path.
    """

    def __init__(
        self,
        application: WSGIApplication,
        *,
        threads: int,
        refusals: Refusals,
        max_body: Callable[[str, str], int],
        limits: Limits,
    ) -> None:
        self.thread_pools = ThreadPools(threads)
        self.bodies = Bodies(limits)
        self._application, self._refusals, self._max_body, self._limits = application, refusals, max_body, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send, connection: Client | None = None) -> None:
        call = _Call(scope, receive, send, connection or _UnknownClient())
        call.waits = self._refusals.waits(scope["method"], call.path)
        try:
            problem = error_in(scope, self._limits)
            if problem is not None:
                raise problem
            self._admit(call)
            await self._answer(call)
        except ProblemError as error:
            await self._refuse(call, error)
        except Exception as error:  # whatever it is: uvicorn's own response would have no request ID and no headers
            log.error("unexpected error", exc_info=error)
            if call.started:
                call.client.abort()
            else:
                await self._refuse(call, ProblemError("internal-error", "The request failed. See the server's log."))

    def _admit(self, call: _Call) -> None:
        """Raises ProblemError for a request for scores that would wait too long."""
        queue = self.thread_pools.patient if call.waits else self.thread_pools.admission
        if queue.full() and self._refusals.for_load(call.scope["method"], call.path):
            raise self._refusals.full

    async def _answer(self, call: _Call) -> None:
        limit, declared = self._max_body(call.scope["method"], call.path), declared_length(call.scope)
        if declared is not None and declared > limit:  # the application refuses it, without the body
            await self._call_application(call, None, declared)
            return
        body = await self.bodies.receive_body(call.receive, limit, call.client)
        if body is None:
            return
        try:
            call.read = body.complete
            self._admit(call)
            if call.waits:
                await self._wait_for_turn(call, body)
            else:
                await self._call_application(call, body, body.read)
        finally:
            self.bodies.release(body)

    async def _wait_for_turn(self, call: _Call, body: Body) -> None:
        """As `_call_application`, once it is this request's turn. Raises ProblemError if that takes too long."""
        try:
            async with self.thread_pools.patient.turn():
                if not call.client.lost:
                    await self._call_application(call, body, body.read)
        except OverloadedError:
            raise self._refusals.full from None

    async def _call_application(self, call: _Call, body: Body | None, length: int) -> None:
        has_body = length > 0 or any(name == b"content-length" for name, _ in call.scope["headers"])
        stream = body.file if body is not None and body.complete else io.BytesIO()
        environ = environ_of(call.scope, stream, length if has_body else None)
        environ[CLIENT] = call.client
        response = WsgiResponse()
        piece = await self.thread_pools.answer(call.path, partial(response.begin, self._application, environ))
        await self._send(call, response, piece)

    async def _send(self, call: _Call, response: WsgiResponse, piece: bytes) -> None:
        """Sends a whole response, producing each piece only once the client has read the previous one."""
        if response.complete and call.read and len(piece) <= PIECE_BYTES:
            with call.client.joined():
                await call.start(response)
                await self._end(call, piece)
            return
        await call.start(response)
        while not response.complete:
            await call.write(piece)
            if call.client.lost:
                await self.thread_pools.continue_response(response.close)
                return
            piece = await self.thread_pools.continue_response(response.more)
        await self._end(call, piece)

    async def _refuse(self, call: _Call, problem: ProblemError) -> None:
        environ = environ_of(call.scope, io.BytesIO(), None)
        environ[PROBLEM_KEY] = problem
        response = WsgiResponse()
        piece = response.begin(self._refusals, environ)
        if is_unsafe(problem):
            call.read, call.close = False, True
        await call.start(response)
        await self._end(call, piece)

    async def _end(self, call: _Call, piece: bytes) -> None:
        """Sends the last piece, and ends the response once the rest of the body was read and discarded.

        Closing instead would reset the connection of a client that is still sending, which then sees no response.
        """
        if call.read and len(piece) <= PIECE_BYTES:
            await call.send({"type": "http.response.body", "body": piece, "more_body": False})
            return
        await call.write(piece)
        if not call.read and call.close:
            call.client.close_once_read()
            return
        if not call.read and not await self.bodies.drain(call.receive):
            call.client.abort()
            return
        await call.send({"type": "http.response.body", "body": b"", "more_body": False})


class _Call:
    """One request and its response.

    Attributes:
        read: whether its whole body was received.
        close: whether the connection closes after the response, without reading the rest of the body.
        started: whether sending the response has begun.
        waits: whether its client would rather wait than be refused.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send, client: Client) -> None:
        self.scope, self.receive, self.send, self.client = scope, receive, send, client
        self.path = path_of(scope)
        names = {name for name, _ in scope["headers"]}
        self.read = not names & {b"content-length", b"transfer-encoding"}
        self.started = self.waits = False
        self.close = b"expect" in names  # it hasn't sent the body, and may never do so

    async def start(self, response: WsgiResponse) -> None:
        self.started, headers = True, response.headers
        if self.close and not self.read:
            headers = [*headers, (b"connection", b"close")]
        await self.send({"type": "http.response.start", "status": response.status, "headers": headers})

    async def write(self, piece: bytes) -> None:
        """Sends a piece in parts, each once the client has read most of the previous ones."""
        view, self.client.held = memoryview(piece), len(piece)
        for start in range(0, len(piece), PIECE_BYTES):
            part = bytes(view[start : start + PIECE_BYTES])
            await self.send({"type": "http.response.body", "body": part, "more_body": True})
            self.client.held -= len(part)


class _UnknownClient:
    """The client of another ASGI server, without a connection of ours."""

    lost, received, held, arrived = False, 0, 0, False

    def joined(self) -> AbstractContextManager[None]:
        return nullcontext()

    def abort(self) -> None:
        """The server closes the connection by itself, because the response is incomplete."""

    close_once_read = abort
