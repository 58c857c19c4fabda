"""Requests as no library sends them, over raw sockets to a real server: each gets a prompt answer, or is let go."""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from tests.server.databases import address_of_file
from tests.server.killed_server import running
from valence.server.connection import IDLE_S

PATIENCE_S = 60  # only a hang takes as long


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    address = address_of_file(tmp_path_factory.mktemp("sockets") / "valence.db")
    with running(address) as (_, place):
        yield int(place.rpartition(":")[2])


def _post(body: bytes, *headers: str, path: str = "/api/v1/predict") -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: x", "Content-Type: application/json", "Connection: close", *headers]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def _length(body: bytes) -> str:
    return f"Content-Length: {len(body)}"


def _answer(port: int, sent: bytes, *, half_closed: bool = False) -> bytes:
    """Everything that comes back until the server closes the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
        connection.sendall(sent)
        if half_closed:
            connection.shutdown(socket.SHUT_WR)
        answer = b""
        try:
            while piece := connection.recv(65536):
                answer += piece
        except ConnectionResetError:  # it has answered, and closes on what it did not want to read
            assert answer
        return answer


NESTED = b'{"text": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
LATIN = '{"text": "gré"}'.encode("latin-1")
REQUESTS: dict[str, tuple[bytes, int]] = {
    "sound": (_post(b'{"text": "good"}', _length(b'{"text": "good"}')), 200),
    "deeply nested": (_post(NESTED, _length(NESTED)), 400),
    "not UTF-8": (_post(LATIN, _length(LATIN)), 400),
    "an oversized length": (_post(b"", "Content-Length: 99999999999"), 413),
    "a length that is no number": (_post(b"{}", "Content-Length: two"), 400),
    "a negative length": (_post(b"{}", "Content-Length: -2"), 400),
    "two lengths": (_post(b"{}", "Content-Length: 2", "Content-Length: 3"), 400),
    "length and chunks": (_post(b"0\r\n\r\n", "Content-Length: 5", "Transfer-Encoding: chunked"), 400),
    "broken chunks": (_post(b"zz\r\nabc\r\n0\r\n\r\n", "Transfer-Encoding: chunked"), 400),
    "a request line that is none": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    "a header that is too long": (_post(b"{}", f"X-Long: {'x' * 20_000}", "Content-Length: 2"), 431),
    "a request line that is too long": (b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
    "too many headers": (_post(b"{}", *(f"X-{n}: 1" for n in range(500)), "Content-Length: 2"), 431),
}


@pytest.mark.parametrize("name", REQUESTS)
def test_a_broken_request_gets_its_answer_at_once(port: int, name: str) -> None:
    sent, status = REQUESTS[name]
    assert _answer(port, sent).split(b" ")[1].decode() == str(status)


def test_a_client_that_has_said_everything_still_hears_the_answer(port: int) -> None:
    body = b'{"text": "good"}'
    assert b'"label":"positive"' in _answer(port, _post(body, _length(body)), half_closed=True)


def test_a_body_that_ends_early_is_told(port: int) -> None:
    assert b" 400 " in _answer(port, _post(b'{"text"', "Content-Length: 500"), half_closed=True)


@contextmanager
def _clients(port: int, count: int, said: bytes) -> Iterator[list[socket.socket]]:
    """So many connections that say this and no more."""
    with ExitStack() as stack:
        clients = []
        for _ in range(count):
            clients.append(stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)))
            clients[-1].sendall(said)
        yield clients


def _let_go(clients: list[socket.socket]) -> int:
    """How many of them the server has answered, or closed the connection to."""
    poll = select.poll()
    for client in clients:
        poll.register(client, select.POLLIN)
    return len(poll.poll(0))


SOUND = _post(b'{"text": "good"}', _length(b'{"text": "good"}'))
HALVES = {
    "silent": b"",
    "half a head": b"POST /api/v1/predict HTTP/1.1\r\nHost: x\r\n",
    "half a body": SOUND[:-3],
    "a request, and half of another": b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" + SOUND[:-3],
}


@pytest.mark.parametrize("said", HALVES.values(), ids=list(HALVES))
def test_slow_clients_hold_up_nobody_and_are_let_go(port: int, said: bytes) -> None:
    with _clients(port, 100, said) as slow:
        for client in slow if said.startswith(b"GET") else ():
            answer = b""
            while not answer.rstrip().endswith(b"}"):
                answer += client.recv(65536)
            assert b" 200 " in answer
        assert b" 200 " in _answer(port, SOUND)
        assert _let_go(slow) == 0
        assert all(client.recv(1000) == b"" for client in slow)


def test_idle_connections_give_way_to_those_that_ask(port: int) -> None:
    with _clients(port, 1200, b"") as idle:
        time.sleep(IDLE_S)
        assert b" 200 " in _answer(port, SOUND)
        assert idle[0].recv(1) == b"", "the one that waited the longest"
        assert _let_go(idle[-100:]) == 0
