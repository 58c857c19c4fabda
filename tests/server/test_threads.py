"""Flask's side of a request that uvicorn has read: what the application sees, and what its client gets."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from valence.server import arriving, threads
from valence.server.line import Line
from valence.server.presence import KEY, Presence
from valence.server.spare import in_spare_thread
from valence.server.threads import PIECE, InThreads

BODY = b'{"text": "good"}'


class Connection:
    """A client's end: it says one request, and takes what is sent until it has had enough."""

    def __init__(
        self,
        *headers: tuple[bytes, bytes],
        body: bytes = b"",
        takes: float = float("inf"),
        ends: bool = True,
        silent: bool = False,
    ) -> None:
        self.presence = Presence(let_go=self.let_go)
        self.sent: list[dict[str, Any]] = []
        self.scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": "/café",
            "raw_path": b"/caf%C3%A9",
            "query_string": b"a=1",
            "server": ("127.0.0.1", 8000),
            "client": ("192.0.2.7", 40000),
            "headers": list(headers),
            KEY: self.presence,
        }
        self._said = [] if silent else [{"type": "http.request", "body": body, "more_body": not ends}]
        self._takes = takes
        self.left = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        if not self._said:
            await self.left.wait()
            return {"type": "http.disconnect"}
        return self._said.pop(0)

    async def send(self, message: Any) -> None:
        if len(self.sent) >= self._takes:
            await asyncio.sleep(3600)
        self.sent.append(message)

    def let_go(self) -> None:
        self.presence.lost = True
        self.left.set()

    @property
    def content(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)


def _asked(application: Any, *headers: tuple[bytes, bytes], **options: Any) -> Connection:
    async def ask() -> Connection:
        connection = Connection(*headers, **options)
        bridge = InThreads(application, threads=2)
        await bridge(connection.scope, connection.receive, connection.send)
        return connection

    return asyncio.run(ask())


def _seen(*headers: tuple[bytes, bytes], **options: Any) -> dict[str, Any]:
    seen: dict[str, Any] = {}

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        seen.update(environ, content=environ["wsgi.input"].read())
        start_response("204 No Content", [])
        return []

    _asked(application, *headers, **options)
    return seen


def test_the_application_sees_the_request_as_wsgi_has_it() -> None:
    seen = _seen((b"content-type", b"application/json"), (b"content-length", b"16"), (b"x-a", b"b"), body=BODY)
    assert seen["content"] == BODY
    assert (seen["CONTENT_TYPE"], seen["CONTENT_LENGTH"]) == ("application/json", "16")
    assert seen["PATH_INFO"].encode("latin-1").decode() == "/café"
    assert (seen["QUERY_STRING"], seen["REMOTE_ADDR"], seen["HTTP_X_A"]) == ("a=1", "192.0.2.7", "b")


def test_a_body_in_chunks_gets_the_length_that_it_had() -> None:
    assert _seen((b"transfer-encoding", b"chunked"), body=BODY)["CONTENT_LENGTH"] == "16"


def test_a_header_that_comes_twice_is_joined_and_one_with_an_underscore_is_left_out() -> None:
    seen = _seen((b"accept", b"a"), (b"accept", b"b"), (b"x_forwarded_for", b"127.0.0.1"))
    assert seen["HTTP_ACCEPT"] == "a,b"
    assert "HTTP_X_FORWARDED_FOR" not in seen


def test_a_short_answer_is_sent_at_once_however_it_is_cut() -> None:
    def application(_environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain"), ("X-Of", "1")])
        return [b"a", b"b", b"", b"c"]

    start, body = _asked(application).sent
    assert (start["status"], start["headers"]) == (200, [(b"content-type", b"text/plain"), (b"x-of", b"1")])
    assert body == {"type": "http.response.body", "body": b"abc", "more_body": False}


class Refusing:
    """Refuses whatever comes once the line is full."""

    def concerns(self, scope: Any) -> bool:
        return True

    def __call__(self, environ: Any, start_response: Any) -> list[bytes]:
        start_response("503 Service Unavailable", [("Content-Length", "2")])
        return [b"no"]


class Full(Line):
    def full(self) -> bool:
        return True


def _refused(*headers: tuple[bytes, bytes], **options: Any) -> Connection:
    async def ask() -> Connection:
        connection = Connection(*headers, **options)
        bridge = InThreads(_never, threads=2, refusal=Refusing())
        bridge.line = Full(2)
        await bridge(connection.scope, connection.receive, connection.send)
        return connection

    return asyncio.run(ask())


def _never(_environ: Any, _start_response: Any) -> list[bytes]:
    raise AssertionError("answered in a thread")


def test_where_the_line_is_full_a_call_is_refused_without_a_thread() -> None:
    connection = _refused(body=BODY)
    assert connection.sent[0]["status"] == 503
    assert connection.content == b"no"
    assert connection.sent[-1]["more_body"] is False
    assert not connection.presence.lost, "the next call may come over the same connection"


def test_a_refused_client_that_goes_on_sending_has_its_answer_and_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arriving, "THROWN_AWAY", 10)
    connection = _refused(body=b"x" * 20, ends=False)
    assert connection.content == b"no"
    assert connection.presence.lost


def test_a_refused_client_that_asked_whether_to_send_need_not() -> None:
    connection = _refused((b"expect", b"100-continue"), silent=True)
    assert (b"connection", b"close") in connection.sent[0]["headers"]
    assert connection.content == b"no"


def test_what_may_not_be_refused_is_answered_in_a_spare_thread_where_the_line_is_full() -> None:
    async def ask() -> Connection:
        connection = Connection(body=BODY)
        bridge = InThreads(_spare, threads=2)
        bridge.line = Full(2)
        await bridge(connection.scope, connection.receive, connection.send)
        return connection

    assert asyncio.run(ask()).content == b"in a spare thread"


def _spare(_environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    return [b"in a spare thread" if in_spare_thread() else b"in another"]


class Long:
    """An answer of four pieces; says whether it was closed."""

    def __init__(self) -> None:
        self.closed, self.made = False, 0

    def __call__(self, _environ: Any, start_response: Any) -> Long:
        start_response("200 OK", [])
        return self

    def __iter__(self) -> Iterator[bytes]:
        for n in range(4):
            self.made += 1
            yield bytes([n]) * PIECE

    def close(self) -> None:
        self.closed = True


def test_a_long_answer_is_sent_in_pieces_as_they_are_made() -> None:
    answer = Long()
    connection = _asked(answer)
    assert [message.get("more_body") for message in connection.sent] == [None, True, True, True, False]
    assert connection.content == b"".join(bytes([n]) * PIECE for n in range(4))
    assert answer.closed


def test_a_client_that_does_not_take_a_long_answer_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "PATIENCE_S", 0.05)
    answer = Long()
    connection = _asked(answer, takes=2)
    assert connection.presence.lost
    assert answer.closed
    assert answer.made < 4, "what nobody takes is not made"
