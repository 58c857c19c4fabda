"""One client's connection: uvicorn's, with limits of time.

uvicorn and h11 read and write HTTP; nothing here looks at it. This adds what uvicorn lacks: an end to waiting for a
head or for a client that takes nothing, an answer for a client that closes its own direction (uvicorn would cut it
off), and error answers that are problem documents.
"""

from __future__ import annotations

import functools
import socket
import sys
from asyncio import BaseTransport, Transport
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import h11
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    from valence.server.transport.connections import Connections

# Seconds for which somebody who has closed their direction is not asked whether they still listen.
_PROBE_AFTER_S = 0.5


class _Flow(FlowControl):
    """uvicorn's, which reads on whenever a body is asked for, even if the next requests are there already."""

    def __init__(self, transport: Transport, may_read: Callable[[], bool]) -> None:
        super().__init__(transport)
        self._may_read = may_read

    def resume_reading(self) -> None:
        if self._may_read():
            super().resume_reading()


class Connection(H11Protocol):
    """Runs in the event loop and waits for nobody.

    Attributes:
        lost: whether the connection has ended.
        received: bytes that came for the current request, framing included.
        held: bytes of the current answer that wait outside the socket's own buffer.
    """

    def __init__(self, *arguments: Any, book: Connections, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._book = book
        self.app = cast("Any", functools.partial(self.app, connection=self))
        self.lost = False
        self.received = self.held = 0
        self._since = self._head_since = book.now()
        self._half_closed_at = self._probed_at = 0.0
        self._unsent, self._unsent_since, self._sending_since = 0, 0.0, 0.0
        self._closing_since, self._discarded = 0.0, 0

    # What asyncio calls

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(cast("Transport", transport))
        # Bounds what one client sends ahead; asyncio's own 256 KB would be 512 MB of two thousand clients.
        cast("Any", transport).max_size = self._book.limits.read_bytes
        self.flow = _Flow(cast("Transport", transport), self._may_read)
        self._book.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        self._book.discard(self)
        super().connection_lost(exc)
        self._unset_keepalive_if_required()

    def data_received(self, data: bytes) -> None:
        if self._closing_since:  # it has its answer, and is only waited for until it has read that
            self._discarded += len(data)
            if self._discarded > self._book.limits.drained_bytes:
                self.transport.abort()
            return
        now, before = self._book.now(), self.cycle
        self.received += len(data)
        if not self.answering and not self._head_since:
            self._since = self._head_since = now
        super().data_received(data)
        if self.cycle is not before:
            self._since, self._head_since = now, 0.0

    def eof_received(self) -> bool:  # type: ignore[override]  # asyncio's contract; uvicorn's always returns None
        """The client will send no more. Returns whether the connection stays open for the answer."""
        if self._closing_since or not self.answering:
            return False
        if self.cycle.more_body:
            self.conn.receive_data(b"")
            self.handle_events()  # h11 finds that the body has ended early, and it is refused
            return False
        self._half_closed_at = self._book.now()
        return True

    # What uvicorn calls

    def on_response_complete(self) -> None:
        now = self._book.now()
        before = self.cycle
        self.held = self.received = 0
        super().on_response_complete()
        self._since = now
        if self.cycle is not before:
            return
        ahead = bool(self.conn.trailing_data[0])
        self._head_since = now if ahead else 0.0
        if self._half_closed_at:
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """Refuses what h11 could not read; called while its exception is being handled."""
        error = sys.exc_info()[1]
        if isinstance(error, h11.RemoteProtocolError) and error.error_status_hint == 431:
            self.refuse("headers-too-large", "")
        else:
            self.refuse("bad-request", str(error or msg))

    # What the book of all connections asks and does

    @property
    def answering(self) -> bool:
        """Whether a request is here, at least its head, that has not been answered."""
        return self.cycle is not None and not self.cycle.response_complete

    @property
    def unsent(self) -> int:
        """Bytes of answers that the client has not taken and that are in this process's memory."""
        return self.transport.get_write_buffer_size() + self.held

    @property
    def waiting_since(self) -> float | None:
        """Since when the client has kept us waiting; None while it waits for us."""
        if self.answering and not self.cycle.more_body:
            return self._sending_since or None
        return self._since

    def look(self, now: float) -> None:
        """Lets the client go where it has been waited for too long."""
        limits = self._book.limits
        unsent = self.transport.get_write_buffer_size()
        self._sending_since = (self._sending_since or now) if unsent else 0.0
        if unsent != self._unsent or not unsent:
            self._unsent, self._unsent_since = unsent, now if unsent else 0.0
        elif now - self._unsent_since > limits.send_s:
            self.transport.abort()
        if self._closing_since:
            if now - self._closing_since > limits.linger_s:
                self.transport.close()
        elif not self.answering and self._head_since and now - self._head_since > limits.head_s:
            self._end_slow_head()
        elif self._half_closed_at and self.answering:
            self._probe(now)

    def let_go(self) -> None:
        """Ends the connection without another word."""
        self.transport.abort()

    def refuse(self, code: str, reason: str) -> None:
        """Sends a problem outside h11, which can no longer tell where a request begins, and closes."""
        if self._closing_since:
            return
        started = self.answering and self.cycle.response_started
        if self.answering:  # its application is told that the client has gone
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if started:
            self.transport.abort()
            return
        self._closing_since = self._book.now()
        self.transport.write(self._book.refusal(code, reason, self.client))
        # Closing at once would reset the connection under a client that still sends, and it would not see the answer.
        if self.transport.can_write_eof() and not self.transport.is_closing():
            self.transport.write_eof()
            self.flow.resume_reading()
        else:
            self.transport.close()

    def _may_read(self) -> bool:
        """False while a client that has sent its request, and some of the next ones, waits for the answer."""
        waits = self.answering and not self.cycle.more_body and not self._closing_since
        return not (waits and self.conn.trailing_data[0])

    def _end_slow_head(self) -> None:
        if self.conn.trailing_data[0]:
            self.refuse("request-timeout", "the head did not come in time")
        else:
            self.transport.close()

    def _probe(self, now: float) -> None:
        """Finds out whether a client that has closed its direction still listens.

        Whoever has left looks the same until something is sent; then its system answers with a reset. An interim
        response is the one thing that may be sent before the answer (RFC 9110, 15.2). HTTP/1.0 has none.
        """
        connected = cast("socket.socket", self.transport.get_extra_info("socket"))
        if self._probed_at:
            if connected.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                self.transport.abort()
        elif (
            now - self._half_closed_at > _PROBE_AFTER_S
            and not self.cycle.response_started
            and self.scope["http_version"] == "1.1"
        ):
            self._probed_at = now
            self.transport.write(self.conn.send(h11.InformationalResponse(status_code=100, headers=[])))
