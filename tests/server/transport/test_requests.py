"""Requests as no library sends them, over raw sockets: where one ends and the next begins, and what is refused."""

from __future__ import annotations

import logging
import re
from asyncio import selector_events
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from tests.server.transport.serving import PREDICT, Place, get, head, headers, one, post, problem, serving, statuses
from valence.server.settings import Settings
from valence.server.transport.limits import Limits
from valence.server.web import security_headers

GOOD = b'{"text": "good"}'
CLOSE = "Connection: close"
LIMITS = Limits(head_s=1, body_s=1, linger_s=0.3)
CHUNKED = ("POST /api/v1/predict HTTP/1.1", "Host: x", "Content-Type: application/json", "Transfer-Encoding: chunked")
IN_CHUNKS = b"6\r\n" + GOOD[:6] + b"\r\na\r\n" + GOOD[6:] + b"\r\n0\r\n\r\n"
# What a body would be if it were read as a request of its own.
SMUGGLED = get("/api/v1/models", "X-Smuggled: 1")


@pytest.fixture
def place(app: Flask, settings: Settings) -> Iterator[Place]:
    with serving(app, settings, LIMITS) as place:
        yield place


UPGRADES = {
    "h2c": ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQ"),
    "websocket": ("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: x", "Sec-WebSocket-Version: 13"),
    "unknown": ("Connection: Upgrade", "Upgrade: foo"),
    "tls": ("Connection: Upgrade", "Upgrade: TLS/1.0"),
}


@pytest.mark.parametrize("offered", UPGRADES.values(), ids=list(UPGRADES))
@pytest.mark.parametrize("apart", [True, False])
def test_an_offer_of_another_protocol_is_ignored_and_the_body_read(
    place: Place, offered: tuple[str, ...], apart: bool
) -> None:
    sent = post(b"", *offered, length=len(GOOD)), GOOD
    with place.connect() as client:
        for piece in sent if apart else (b"".join(sent),):
            client.sendall(piece)
            if apart:
                place.settle()
        assert b'"positive"' in one(client)
        client.sendall(get("/healthz"))
        assert statuses(one(client)) == [200], "the connection goes on with the next request"


@pytest.mark.parametrize("offered", UPGRADES.values(), ids=list(UPGRADES))
def test_no_byte_of_a_body_is_read_as_a_request(place: Place, offered: tuple[str, ...]) -> None:
    answer = place.talk(post(b"", *offered, CLOSE, length=len(SMUGGLED)), SMUGGLED)
    assert (statuses(answer), problem(answer)["code"]) == ([400], "not-json")


@pytest.mark.parametrize(
    "request_of",
    [
        lambda: post(SMUGGLED, path="/nowhere"),
        lambda: post(SMUGGLED, path="/healthz"),
        lambda: get("/healthz", f"Content-Length: {len(SMUGGLED)}") + SMUGGLED,
        lambda: post(SMUGGLED * 50),  # more than a body may have
        lambda: get("/" + "x" * 9000, f"Content-Length: {len(SMUGGLED)}") + SMUGGLED,
        lambda: head("OPTIONS * HTTP/1.1", "Host: x", f"Content-Length: {len(SMUGGLED)}") + SMUGGLED,
    ],
)
def test_a_body_that_nobody_wants_is_not_read_as_a_request(place: Place, request_of: object) -> None:
    answer = place.talk(request_of() + get("/healthz", CLOSE))  # type: ignore[operator]
    assert len(statuses(answer)) == 2, answer
    assert statuses(answer)[1] == 200
    assert b'"models"' not in answer


@pytest.mark.parametrize(
    "pieces",
    [
        (head(*CHUNKED, CLOSE) + IN_CHUNKS,),
        (head(*CHUNKED, CLOSE), IN_CHUNKS),
        (head(*CHUNKED, CLOSE) + IN_CHUNKS[:-5], IN_CHUNKS[-5:]),
        (head(*CHUNKED, CLOSE) + IN_CHUNKS[:4], IN_CHUNKS[4:15], IN_CHUNKS[15:]),
        (head(*CHUNKED, CLOSE) + b"10;name=value\r\n" + GOOD + b"\r\n0\r\n\r\n",),
    ],
)
def test_a_body_in_chunks_is_read_however_it_is_cut(place: Place, pieces: tuple[bytes, ...]) -> None:
    assert b'"positive"' in place.talk(*pieces)


def test_trailers_are_not_headers(app: Flask, settings: Settings) -> None:
    trailer = b"X-Forwarded-For: 198.51.100.7\r\nX-Request-ID: chosen-by-trailer\r\nAuthorization: Bearer x\r\n"
    sent = head(*CHUNKED, "X-Request-ID: chosen-by-header", CLOSE) + IN_CHUNKS[:-2] + trailer + b"\r\n"
    with serving(app, settings, LIMITS) as place:
        answer = place.talk(sent)
    assert (statuses(answer), headers(answer)["x-request-id"]) == ([200], "chosen-by-header")


REFUSED = {
    "no HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    "no Host": (head("GET /healthz HTTP/1.1"), 400),
    "two Hosts": (head("GET /healthz HTTP/1.1", "Host: x", "Host: y"), 400),
    "two Hosts that are the same": (head("GET /healthz HTTP/1.1", "Host: x", "Host: x"), 400),
    "two Hosts in HTTP/1.0": (head("GET /healthz HTTP/1.0", "Host: x", "Host: y"), 400),
    "an empty Host": (head("GET /healthz HTTP/1.1", "Host: "), 400),
    "a Host with a path": (head("GET /healthz HTTP/1.1", "Host: x/y"), 400),
    "a Host with a user": (head("GET /healthz HTTP/1.1", "Host: a@b"), 400),
    "two lengths": (head("POST /api/v1/predict HTTP/1.1", "Host: x", "Content-Length: 2", "Content-Length: 3"), 400),
    "two lengths in one": (head("POST /api/v1/predict HTTP/1.1", "Host: x", "Content-Length: 2, 3"), 400),
    "a negative length": (head("POST /api/v1/predict HTTP/1.1", "Host: x", "Content-Length: -2"), 400),
    "a length with a sign": (head("POST /api/v1/predict HTTP/1.1", "Host: x", "Content-Length: +2"), 400),
    "a length in hexadecimal": (head("POST /api/v1/predict HTTP/1.1", "Host: x", "Content-Length: 0x2"), 400),
    "a length of a thousand digits": (
        head("POST /api/v1/predict HTTP/1.1", "Host: x", f"Content-Length: {'1' * 1000}"),
        400,
    ),
    "length and chunks": (head(*CHUNKED, "Content-Length: 5") + IN_CHUNKS, 400),
    "chunks, then length": (head(CHUNKED[0], "Content-Length: 5", *CHUNKED[1:]) + IN_CHUNKS, 400),
    "length and chunks and a long URL": (
        head(f"POST /{'x' * 9_000} HTTP/1.1", *CHUNKED[1:], "Content-Length: 5") + IN_CHUNKS,
        400,
    ),
    "length and chunks and many headers": (
        head(*CHUNKED, "Content-Length: 5", *(f"X-{n}: 1" for n in range(150))) + IN_CHUNKS,
        400,
    ),
    "chunks twice": (head(*CHUNKED, "Transfer-Encoding: chunked") + IN_CHUNKS, 400),
    "chunks and something else": (head(*CHUNKED[:3], "Transfer-Encoding: gzip, chunked") + IN_CHUNKS, 400),
    "chunks by another name": (head(*CHUNKED[:3], "Transfer-Encoding: xchunked") + IN_CHUNKS, 400),
    "chunks after a tab": (head(*CHUNKED[:3], "Transfer-Encoding:\x0bchunked") + IN_CHUNKS, 400),
    "chunks in HTTP/1.0": (head("POST /api/v1/predict HTTP/1.0", *CHUNKED[1:]) + IN_CHUNKS, 400),
    "chunks that are none": (head(*CHUNKED) + b"zz\r\nabc\r\n0\r\n\r\n", 400),
    "a chunk longer than it says": (head(*CHUNKED) + b"2\r\nabc\r\n0\r\n\r\n", 400),
    "a chunk's length with a sign": (head(*CHUNKED) + b"+2\r\nab\r\n0\r\n\r\n", 400),
    "a chunk's length in 0x": (head(*CHUNKED) + b"0x2\r\nab\r\n0\r\n\r\n", 400),
    "a chunk's length of 30 digits": (head(*CHUNKED) + b"0" * 29 + b"2\r\nab\r\n0\r\n\r\n", 400),
    "a chunk's line that ends early": (head(*CHUNKED) + b"2;\nab\r\n0\r\n\r\n", 400),
    "a space before a colon": (head("GET /healthz HTTP/1.1", "Host: x", "X-A : b"), 400),
    "a header without a colon": (head("GET /healthz HTTP/1.1", "Host: x", "bad"), 400),
    "a header without a name": (head("GET /healthz HTTP/1.1", "Host: x", ": bad"), 400),
    "NUL in a header": (head("GET /healthz HTTP/1.1", "Host: x", "X-A: a\0b"), 400),
    "a bare CR in a header": (head("GET /healthz HTTP/1.1", "Host: x", "X-A: a\rX-B: b"), 400),
    "a folded line at the start": (head("GET /healthz HTTP/1.1", " Host: x"), 400),
    "NUL in a path": (head("GET /\0 HTTP/1.1", "Host: x"), 400),
    "a space in a path": (head("GET /a b HTTP/1.1", "Host: x"), 400),
    "bytes beyond ASCII in a path": (head("GET /é HTTP/1.1", "Host: x"), 400),
    "another version": (head("GET /healthz HTTP/2.0", "Host: x"), 400),
    "HTTP/2 from the start": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "a URL that is too long": (get("/" + "x" * 9_000, CLOSE), 414),
    "a query that is too long": (get("/?" + "x" * 9_000, CLOSE), 414),
    "a header that is too long": (get("/healthz", f"X-Long: {'x' * 17_000}", CLOSE), 431),
    "too many headers": (get("/healthz", *(f"X-{n}: 1" for n in range(150)), CLOSE), 431),
    "a head that is far too long": (get("/healthz", f"X-Long: {'x' * 200_000}"), 431),
    "a body that is too long": (post(b"x" * 5000, CLOSE), 413),
    "a body in chunks that is too long": (head(*CHUNKED, CLOSE) + b"1388\r\n" + b"x" * 5000 + b"\r\n0\r\n\r\n", 413),
    "a length that nobody sends": (post(b"", CLOSE, length=99_999_999_999), 413),
    "a tunnel": (head("CONNECT example.org:443 HTTP/1.1", "Host: example.org", CLOSE), 400),
    "a method in small letters": (post(GOOD).replace(b"POST", b"post"), 400),
    "a method that is none": (head("!#$%&'*+-.^_`|~ /healthz HTTP/1.1", "Host: x"), 400),
    "a method of 20 KB": (head(f"{'A' * 20_000} /healthz HTTP/1.1", "Host: x"), 400),
    "a target without a slash": (head("GET healthz HTTP/1.1", "Host: x"), 400),
    "a target of another scheme": (head("GET ftp://x/healthz HTTP/1.1", "Host: x"), 400),
    "a target with a user": (head("GET http://a:b@x/healthz HTTP/1.1", "Host: x"), 400),
    "a target that names no host": (head("GET http:///healthz HTTP/1.1", "Host: x"), 400),
    "a target whose host is script": (head("GET http://<script>/ HTTP/1.1", "Host: x"), 400),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_one_problem_with_id_headers_and_log_line(
    place: Place, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    sent, status = REFUSED[name]
    with caplog.at_level(logging.DEBUG, "valence.server.monitoring.logs"):
        answer = place.talk(sent + get("/api/v1/models"))
    assert statuses(answer)[0] == status, answer
    if status == 400:
        assert len(statuses(answer)) == 1, "what follows is not read"
    got = headers(answer)
    assert {name.lower(): value for name, value in security_headers.HEADERS.items()}.items() <= got.items()
    assert got["content-security-policy"] == security_headers.NOTHING
    assert got["content-type"] == "application/problem+json"
    logged = [record.__dict__["fields"] for record in caplog.records if "fields" in record.__dict__]
    assert (got["x-request-id"], status) in [(each["request_id"], each["status"]) for each in logged]


@pytest.mark.parametrize(
    "heads",
    [
        ("POST /api/v1/predict HTTP/1.1", "Host: a b", "Content-Length: 1000000"),
        ("POST /api/v1/predict HTTP/1.1", "Host: x", "Content-Length: 1000000", "Transfer-Encoding: chunked"),
        ("POST /api/v1/predict HTTP/1.1", "Host: x", "Content-Length: 1000000", "Expect: 100-continue"),
        ("POST /api/v1/predict HTTP/1.1", "Host: x", "bad"),
    ],
)
def test_who_still_sends_when_it_is_refused_reads_why(place: Place, heads: tuple[str, ...]) -> None:
    answer = place.talk(head(*heads) + b"x" * 1_000_000)
    assert len(statuses(answer)) == 1
    assert not answer.endswith(b"<reset>")


def test_who_sends_far_too_much_is_cut_off_and_is_no_fault_of_ours(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    with place.connect() as client:
        client.sendall(post(b"", length=99_999_999))
        assert statuses(one(client)) == [413]
        with pytest.raises(OSError, match=r"reset|pipe"):
            client.sendall(b"x" * 50_000_000)
    place.settle()
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.mark.parametrize(
    "target", [PREDICT, f"/{PREDICT}", f"//{PREDICT}", "/%61pi/v1/predict", f"http://x/{PREDICT}", "/%2fapi/v1/predict"]
)
def test_however_its_path_is_written_a_call_for_scores_is_refused_while_too_many_wait(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    with serving(app, settings) as place:
        monkeypatch.setattr(place.served.bridge.thread_pools.admission, "full", lambda: True)
        call = head(f"POST {target} HTTP/1.1", "Host: x", "Content-Type: application/json", "Content-Length: 2", CLOSE)
        assert statuses(place.talk(call + b"{}")) == [503]


def test_what_h11_cannot_read_says_why(place: Place) -> None:
    found = problem(place.talk(head("GET /healthz HTTP/1.1", "Host: x", "X-A : b")))
    assert (found["status"], found["code"]) == (400, "bad-request")
    assert "illegal header line" in found["detail"]


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (head("GET /healthz HTTP/1.1", "Host: x", "X-A : secret"), "illegal header line"),
        (head("GET /secret secret HTTP/1.1", "Host: x"), "illegal request line"),
        (head(*CHUNKED) + b"6\nsecret\r\n" + GOOD, "illegal chunk header"),
        (head(*CHUNKED) + b"2\r\nsecret\r\n0\r\n\r\n", "malformed chunk footer"),
    ],
)
def test_the_reason_does_not_quote_the_clients_bytes(place: Place, sent: bytes, reason: str) -> None:
    detail = problem(place.talk(sent))["detail"]
    assert detail.startswith(f"Malformed request: {reason}. ")
    assert "bytearray" not in detail
    assert "secret" not in detail


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (head("GET /healthz HTTP/1.0"), 200),
        (head("GET http://x:80/healthz HTTP/1.1", "Host: x", CLOSE), 200),
        (head("GET HTTP://x/healthz?a=1 HTTP/1.1", "Host: y", CLOSE), 200),
        (head("GET /healthz HTTP/1.1", "Host: [::1]:8000", CLOSE), 200),
        (head("HEAD /healthz HTTP/1.1", "Host: x", CLOSE), 200),
        (head("GET /healthz HTTP/1.1", "Host: x", "X-A: a", "\tfolded", CLOSE), 200),
        (b"\r\n".join((b"GET /healthz HTTP/1.1", b"Host: x", b"X-A: \xff", b"Connection: close", b"", b"")), 200),
        (post(GOOD, "Content-Length: 16", CLOSE), 200),  # the same twice is one (RFC 9110, 8.6)
    ],
)
def test_what_is_unusual_and_sound_is_answered(place: Place, sent: bytes, status: int) -> None:
    assert statuses(place.talk(sent)) == [status]


def test_an_absolute_target_names_the_host(place: Place) -> None:
    answer = place.talk(head("GET http://example.org/ HTTP/1.1", "Host: other", "Accept: text/html", CLOSE))
    assert b"http://example.org" in answer
    assert b"other" not in answer


def test_pipelined_requests_are_answered_in_turn(place: Place) -> None:
    bad = b'{"text": "bad"}'
    answer = place.talk(post(GOOD) + get("/api/v1/models") + post(bad) + post(GOOD, CLOSE))
    assert statuses(answer) == [200] * 4
    assert re.findall(rb'"label":"(positive|negative)","labels"', answer) == [b"positive", b"negative", b"positive"]


def test_a_header_with_an_underscore_is_not_taken_for_another(app: Flask, settings: Settings) -> None:
    with serving(app, settings, LIMITS) as place:
        answer = place.talk(get("/healthz", "X-Request-ID: the-real-one", "X_Request_ID: another-one", CLOSE))
    assert headers(answer)["x-request-id"] == "the-real-one"


def test_a_body_is_asked_for_only_where_it_is_read(place: Place) -> None:
    with place.connect() as client:
        client.sendall(post(b"", "Expect: 100-continue", length=len(GOOD)))
        assert client.recv(100).startswith(b"HTTP/1.1 100 ")
        client.sendall(GOOD)
        assert b'"positive"' in one(client)
    answer = place.talk(post(b"", "Expect: 100-continue", length=5_000_000))
    assert (statuses(answer), headers(answer)["connection"]) == ([413], "close")


def test_an_application_that_breaks_is_a_problem_like_any_other(app: Flask, settings: Settings) -> None:
    def broken(environ: object, start_response: object) -> list[bytes]:
        raise RuntimeError("broken")

    app.wsgi_app = broken  # type: ignore[method-assign]
    with serving(app, settings, LIMITS) as place, place.connect() as client:
        client.sendall(post(GOOD))
        answer = one(client)
    assert (statuses(answer), problem(answer)["code"]) == ([500], "internal-error")
    assert "x-request-id" in headers(answer)


@pytest.mark.parametrize("last", ["", CLOSE])
def test_head_and_body_of_a_short_response_are_sent_together(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    written: list[bytes] = []
    transports: Any = selector_events._SelectorSocketTransport  # type: ignore[attr-defined]  # what asyncio makes here
    write = transports.write

    def record(transport: Any, content: bytes) -> None:
        written.append(bytes(content))
        write(transport, content)

    with serving(app, settings) as place, place.connect() as client:
        monkeypatch.setattr(transports, "write", record)
        client.sendall(post(GOOD, *([last] if last else [])))
        answer = one(client)
        assert statuses(answer) == [200]
        assert [content for content in written if content] == [answer]
