"""uvicorn's connection with four holes closed through which some clients could hold up everybody.

1. It waits for a head without an end, of time or of size. Here both have one.
2. It takes connections without an end, and keeps idle ones for 95 seconds. Here, once a thousand are open, the one that
   has been idle for the longest gives way.
3. It waits for ever until a client takes what was sent. Here that has an end too.
4. A client that closes its own direction, having said everything, is cut off. Here it hears the answer.
"""

from __future__ import annotations

import json
import time
from asyncio import BaseTransport, TimerHandle, Transport
from collections import OrderedDict
from http import HTTPStatus
from typing import Any, ClassVar, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from valence.server.presence import KEY, WHOLE, Presence
from valence.server.problems import KINDS, MEDIA_TYPE

# Seconds that a client may take for a head, and may fall behind with a body or with what it is sent.
PATIENCE_S = 10
# Connections that may be open at once without one that is idle giving way, and with.
MOST = 1000
MOST_EVER = 4000
# Who has been idle for less may be about to ask, or has asked already, and nobody has come to read it.
IDLE_S = 1.0
# Files that are open besides connections: the database's, those of jobs, the model's.
_OTHER_FILES = 100
_URL_BYTES = 8_190
_HEADER_BYTES = 16_380
_HEADERS = 100


class Connection(HttpToolsProtocol):
    """One client's connection. Everything here runs in the event loop, and waits for nobody.

    Attributes:
        heard: when the client last said something, or had its answer.
        most_ever: connections beyond which one that asks nothing gives way, however short it has been idle.
    """

    most_ever: ClassVar[int] = MOST
    _idlest_first: ClassVar[OrderedDict[Connection, None]] = OrderedDict()

    @classmethod
    def allow(cls, open_files: int) -> None:
        """Tells how many files this process may have open."""
        cls.most_ever = min(MOST_EVER, max(open_files - _OTHER_FILES, open_files // 2))

    def connection_made(self, transport: BaseTransport) -> None:
        super().connection_made(cast("Transport", transport))
        self.presence = Presence(let_go=self.transport.abort)
        self._idlest_first[self] = None
        self.heard = self._head_since = time.monotonic()
        self._body_since = 0.0
        self._refusal = "bad-request"
        self._unsent = 0
        self._look_again: TimerHandle = self.loop.call_later(PATIENCE_S, self._look)
        if len(self._idlest_first) > min(MOST, self.most_ever):
            self._let_the_idlest_go()

    def connection_lost(self, exc: Exception | None) -> None:
        self._look_again.cancel()
        self._idlest_first.pop(self, None)
        self.presence.gone = self.presence.lost = True
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._is_alive()
        super().data_received(data)

    def on_response_complete(self) -> None:
        self._is_alive()
        super().on_response_complete()

    def eof_received(self) -> bool:  # type: ignore[override]  # asyncio's contract; uvicorn's always says None
        """The client says no more. Whether the connection stays open for the answer."""
        self.presence.gone = True
        if not self.answering:
            return False
        self.cycle.keep_alive = False
        self.cycle.more_body = False  # what is missing is told by the length
        self.cycle.message_event.set()
        return True

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_since = self.heard
        self._header_bytes = 0
        cast("dict[str, Any]", self.scope)[KEY] = self.presence

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        self._refuse("url-too-long", len(self.url) > _URL_BYTES)

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        self._header_bytes += len(name) + len(value)
        self._refuse("headers-too-large", self._header_bytes > _HEADER_BYTES or len(self.headers) > _HEADERS)

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._head_since, self._body_since = 0.0, self.heard

    def on_message_complete(self) -> None:
        super().on_message_complete()
        cast("dict[str, Any]", self.scope)[WHOLE] = True
        self._body_since = 0.0

    def send_400_response(self, _said: str) -> None:
        """For what is no HTTP: uvicorn calls it when its parser gives up."""
        kind = KINDS[self._refusal]
        problem = {
            "type": f"/docs/errors#{kind.code}",
            "title": kind.title,
            "status": kind.status,
            "detail": f"{kind.title}. {kind.way_out}",
            "code": kind.code,
            "errors": [],
        }
        body = json.dumps(problem).encode()
        head = (
            f"HTTP/1.1 {kind.status} {HTTPStatus(kind.status).phrase}\r\nContent-Type: {MEDIA_TYPE}\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        if not (self.cycle and self.cycle.response_started and self.answering):
            self.transport.write(head.encode() + body)
        self.transport.close()

    def _refuse(self, code: str, refused: bool) -> None:  # noqa: FBT001 - reads as a sentence
        if refused:
            self._refusal = code
            raise ValueError(code)  # the parser gives up

    @property
    def answering(self) -> bool:
        """Whether a request is here, at least its head, and has not been answered."""
        return self.cycle is not None and not self.cycle.response_complete

    def _look(self) -> None:
        """Ends the connection if it has been waited for too long."""
        long_ago = time.monotonic() - PATIENCE_S
        unsent, self._unsent = self._unsent, self.transport.get_write_buffer_size()
        if self.transport.is_closing():  # and not closed, since the client has not taken everything
            if self._unsent == unsent:
                self.transport.abort()
        elif not self.answering and (0 < self._head_since <= long_ago or 0 < self._body_since <= long_ago):
            self.transport.close()
        self._look_again = self.loop.call_later(PATIENCE_S / 2, self._look)

    def _is_alive(self) -> None:
        self.heard = time.monotonic()
        if self in self._idlest_first:
            self._idlest_first.move_to_end(self)

    def _let_the_idlest_go(self) -> None:
        idlest = next((each for each in self._idlest_first if not each.answering), self)
        if time.monotonic() - idlest.heard >= IDLE_S or len(self._idlest_first) > self.most_ever:
            del self._idlest_first[idlest]
            idlest.transport.abort()
