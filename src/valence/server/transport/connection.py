"""One client's connection: uvicorn's, with time limits.

uvicorn and h11 parse and write HTTP; nothing here touches it. This adds what uvicorn lacks: timeouts for a request's
head and for a client that doesn't read, a response for a client that has closed its sending side (uvicorn would
disconnect it), and problem documents for errors.
"""

from __future__ import annotations

import functools
import re
import socket
import sys
from asyncio import BaseTransport, Transport
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import h11
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.h11_impl import H11Protocol

from valence.server.transport.connections import Connections

# Seconds after which a client that has closed its sending side is probed.
_PROBE_AFTER_S = 0.5
# h11 ends its messages with the client's bytes as Python writes them, up to a whole body.
_QUOTED_BYTES = re.compile(r":? bytearray\(.*", re.DOTALL)


class _Flow(FlowControl):
    """uvicorn's flow control, which would keep reading for a body even if the next requests have already arrived."""

    def __init__(self, transport: Transport, may_read: Callable[[], bool]) -> None:
        super().__init__(transport)
        self._may_read = may_read

    def resume_reading(self) -> None:
        if self._may_read():
            super().resume_reading()


class _Joining:
    """asyncio's transport, which can wait with what is written, so that a head and its body are sent together.

    Two packets would cost a system call more, and wake the client twice.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._waiting: list[bytes] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if self._waiting is None:
            self._transport.write(data)
        else:
            self._waiting.append(data)

    def close(self) -> None:
        self.send()
        self._transport.close()

    def wait(self) -> None:
        """Waits with what is written until `send`."""
        self._waiting = []

    def send(self) -> None:
        """Sends what was written meanwhile."""
        waiting, self._waiting = self._waiting, None
        if waiting:
            self._transport.write(b"".join(waiting))


class Connection(H11Protocol):
    """Runs in the event loop and never blocks.

    Attributes:
        lost: whether the connection has ended.
        received: bytes of the current request so far, including framing.
        held: bytes of the current response that wait outside the socket's buffer.
    """

    def __init__(self, *arguments: Any, connections: Connections, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._connections = connections
        self.app = cast("Any", functools.partial(self.app, connection=self))
        self.lost = False
        self.received = self.held = 0
        self._since = self._head_since = connections.now()
        self._half_closed_at = self._probed_at = 0.0
        self._unsent, self._unsent_since, self._sending_since = 0, 0.0, 0.0
        self._closing_since, self._discarded = 0.0, 0

    # What asyncio calls

    def connection_made(self, transport: BaseTransport) -> None:
        # Bounds what a client sends ahead; with asyncio's 256 KB, 2,000 clients could send 512 MB.
        cast("Any", transport).max_size = self._connections.limits.read_bytes
        self._joining = _Joining(cast("Transport", transport))
        super().connection_made(cast("Transport", self._joining))
        self.flow = _Flow(cast("Transport", transport), self._may_read)
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        self._connections.discard(self)
        super().connection_lost(exc)
        self._unset_keepalive_if_required()

    def data_received(self, data: bytes) -> None:
        if self._closing_since:  # it has its response, and only gets time to read it
            self._discarded += len(data)
            if self._discarded > self._connections.limits.drained_bytes:
                self.transport.abort()
            return
        now, before = self._connections.now(), self.cycle
        self.received += len(data)
        if not self.answering and not self._head_since:
            self._since = self._head_since = now
        super().data_received(data)
        if self.cycle is not before:
            self._since, self._head_since = now, 0.0

    def eof_received(self) -> bool:  # type: ignore[override]  # asyncio's contract; uvicorn's always returns None
        """The client has closed its sending side. Returns whether the connection stays open for the response."""
        if self._closing_since or not self.answering:
            return False
        if self.cycle.more_body:
            self.conn.receive_data(b"")
            self.handle_events()  # h11 sees that the body is incomplete, and the request is refused
            return False
        self._half_closed_at = self._connections.now()
        return True

    # What uvicorn calls

    def on_response_complete(self) -> None:
        now = self._connections.now()
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
        """Refuses what h11 couldn't parse; called while its exception is being handled."""
        error = sys.exc_info()[1]
        if isinstance(error, h11.RemoteProtocolError) and error.error_status_hint == 431:
            self.refuse("headers-too-large", "")
        else:
            self.refuse("bad-request", _QUOTED_BYTES.sub("", str(error or msg)))

    # What `Connections` and `Bridge` call

    @property
    def answering(self) -> bool:
        """Whether a request, or at least its head, was received and not yet answered."""
        return self.cycle is not None and not self.cycle.response_complete

    @property
    def arrived(self) -> bool:
        """Whether the whole body of the current request has been received."""
        return not self.cycle.more_body

    @property
    def unsent(self) -> int:
        """Bytes of responses in this process's memory that the client hasn't read."""
        return self.transport.get_write_buffer_size() + self.held

    @property
    def waiting_since(self) -> float | None:
        """Since when we have been waiting for the client; None while it waits for us."""
        if self.answering and not self.cycle.more_body:
            return self._sending_since or None
        return self._since

    def check_timeouts(self, now: float) -> None:
        """Disconnects a client that has taken too long."""
        limits = self._connections.limits
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

    @contextmanager
    def joined(self) -> Iterator[None]:
        """What is written in this block is sent at its end, together."""
        self._joining.wait()
        try:
            yield
        finally:
            self._joining.send()

    def abort(self) -> None:
        """Closes the connection without a response."""
        self._leave_request()
        self.transport.abort()

    def close_once_read(self) -> None:
        """Closes the connection after the response was sent, and discards what still arrives.

        Closing at once would reset the connection of a client that is still sending, which wouldn't see the response.
        """
        self._leave_request()
        self._closing_since = self._connections.now()
        if self.transport.can_write_eof() and not self.transport.is_closing():
            self.transport.write_eof()
            self.flow.resume_reading()
        else:
            self.transport.close()

    def refuse(self, code: str, reason: str) -> None:
        """Sends a problem outside h11, which can no longer tell where a request begins, and closes."""
        if self._closing_since:
            return
        if self.answering and self.cycle.response_started:
            self.abort()
            return
        self.transport.write(self._connections.refusal(code, reason, self.client))
        self.close_once_read()

    def _leave_request(self) -> None:
        """Tells whatever is answering the request that the client has gone."""
        if self.answering:
            self.cycle.disconnected = True
            self.cycle.message_event.set()

    def _may_read(self) -> bool:
        """False while a client that has sent further requests ahead waits for a response."""
        waits = self.answering and not self.cycle.more_body and not self._closing_since
        return not (waits and self.conn.trailing_data[0])

    def _end_slow_head(self) -> None:
        if self.conn.trailing_data[0]:
            self.refuse("request-timeout", "the head took too long to arrive")
        else:
            self.transport.close()

    def _probe(self, now: float) -> None:
        """Finds out whether a client that has closed its sending side is still reading.

        A client that has left looks the same until something is sent; then its system answers with a reset. Only an
        interim response may be sent before the response (RFC 9110, 15.2). HTTP/1.0 has none.
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
