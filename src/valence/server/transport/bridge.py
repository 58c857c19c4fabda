"""From ASGI, whose server waits for clients in an event loop, to the WSGI application that answers in threads.

No thread is taken before a request's body is complete, and none waits for a client to take its answer.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from functools import partial
from typing import Any, Protocol
from wsgiref.types import WSGIApplication

from valence.server.problems import ProblemError
from valence.server.request_context import CLIENT
from valence.server.transport.bodies import Bodies, Body, Receive, declared_length
from valence.server.transport.limits import Limits
from valence.server.transport.refusals import PROBLEM_KEY, Refusals, is_for_scores
from valence.server.transport.request_heads import Scope, environ_of, fault_of, is_unsafe, path_of
from valence.server.transport.thread_pools import ThreadPools
from valence.server.transport.wsgi_response import PIECE, WsgiResponse

log = logging.getLogger(__name__)

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Client(Protocol):
    """What the bridge asks of a connection; `valence.server.transport.connection` has the real one."""

    lost: bool
    received: int
    held: int

    def let_go(self) -> None:
        """Ends the connection without another word."""


class Bridge:
    """A WSGI application as an ASGI one.

    Args:
        threads: that answer.
        refusals: answers without a thread.
        most: bytes that the body of a request with this method and path may have.
    """

    def __init__(
        self,
        application: WSGIApplication,
        *,
        threads: int,
        refusals: Refusals,
        most: Callable[[str, str], int],
        limits: Limits,
    ) -> None:
        self.thread_pools = ThreadPools(threads)
        self.bodies = Bodies(limits)
        self._application, self._refusals, self._most, self._limits = application, refusals, most, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send, connection: Client | None = None) -> None:
        call = _Call(scope, receive, send, connection or _Anybody())
        try:
            fault = fault_of(scope, self._limits)
            if fault is not None:
                raise fault
            self._admit(call)
            await self._answer(call)
        except ProblemError as problem:
            await self._refuse(call, problem)
        except Exception as error:  # whatever it is: uvicorn's own answer would have no id and no headers
            log.error("unexpected error", exc_info=error)
            if call.started:
                call.client.let_go()
            else:
                await self._refuse(
                    call, ProblemError("internal-error", "The request failed; the server's log says why.")
                )

    def _admit(self, call: _Call) -> None:
        """Raises ProblemError for a call for scores that would wait for too long."""
        if self.thread_pools.admission.full() and is_for_scores(call.scope["method"], call.path):
            raise self._refusals.full

    async def _answer(self, call: _Call) -> None:
        most, declared = self._most(call.scope["method"], call.path), declared_length(call.scope)
        if declared is not None and declared > most:  # the application says so, by the length alone
            await self._ask(call, None, declared)
            return
        body = await self.bodies.gather(call.receive, most, call.client)
        if body is None:
            return
        try:
            call.read = body.whole
            self._admit(call)
            await self._ask(call, body, body.read)
        finally:
            self.bodies.release(body)

    async def _ask(self, call: _Call, body: Body | None, length: int) -> None:
        has_body = length > 0 or any(name == b"content-length" for name, _ in call.scope["headers"])
        stream = body.file if body is not None and body.whole else io.BytesIO()
        environ = environ_of(call.scope, stream, length if has_body else None)
        environ[CLIENT] = call.client
        answer = WsgiResponse()
        piece = await self.thread_pools.answer(call.path, partial(answer.begin, self._application, environ))
        await self._send(call, answer, piece)

    async def _send(self, call: _Call, answer: WsgiResponse, piece: bytes) -> None:
        """Sends a whole answer, making each piece only when the one before it has been taken."""
        await call.start(answer)
        while not answer.whole:
            await call.write(piece)
            if call.client.lost:
                await self.thread_pools.go_on(answer.close)
                return
            piece = await self.thread_pools.go_on(answer.more)
        await self._end(call, piece)

    async def _refuse(self, call: _Call, problem: ProblemError) -> None:
        environ = environ_of(call.scope, io.BytesIO(), None)
        environ[PROBLEM_KEY] = problem
        answer = WsgiResponse()
        piece = answer.begin(self._refusals, environ)
        if is_unsafe(problem):
            call.read, call.close = False, True
        await call.start(answer)
        await self._end(call, piece)

    async def _end(self, call: _Call, piece: bytes) -> None:
        """Sends the last piece, and ends the answer once the rest of the body has come and been thrown away.

        To close instead would reset the connection under a client that is still sending, which then sees no answer.
        """
        if (call.read or call.close) and len(piece) <= PIECE:
            await call.send({"type": "http.response.body", "body": piece, "more_body": False})
            return
        await call.write(piece)
        if not call.read and not call.close and not await self.bodies.drain(call.receive):
            call.client.let_go()
            return
        await call.send({"type": "http.response.body", "body": b"", "more_body": False})


class _Call:
    """One request and its answer.

    Attributes:
        read: whether its body has come to its end.
        close: whether its connection is closed after the answer, without reading the rest of the body.
        started: whether some of the answer has been sent.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send, client: Client) -> None:
        self.scope, self.receive, self.send, self.client = scope, receive, send, client
        self.path = path_of(scope)
        names = {name for name, _ in scope["headers"]}
        self.read = not names & {b"content-length", b"transfer-encoding"}
        self.started = False
        self.close = b"expect" in names  # it has not sent the body, and now may never do so

    async def start(self, answer: WsgiResponse) -> None:
        self.started, headers = True, answer.headers
        if self.close and not self.read:
            headers = [*headers, (b"connection", b"close")]
        await self.send({"type": "http.response.start", "status": answer.status, "headers": headers})

    async def write(self, piece: bytes) -> None:
        """Sends a piece in parts of which each one waits until the client has taken most of those before it."""
        view, self.client.held = memoryview(piece), len(piece)
        for start in range(0, len(piece), PIECE):
            part = bytes(view[start : start + PIECE])
            await self.send({"type": "http.response.body", "body": part, "more_body": True})
            self.client.held -= len(part)


class _Anybody:
    """The client of another server than ours, of which nothing more is known."""

    lost, received, held = False, 0, 0

    def let_go(self) -> None:
        """The server closes the connection by itself, since the answer has not ended."""
