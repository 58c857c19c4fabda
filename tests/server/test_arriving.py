"""Requests that come in pieces, slowly, or not at all."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valence.server.arriving import PATIENCE_S, RATE, ROOM, Arriving, SteadyUnreader

HEAD = b"POST /api/v1/predict HTTP/1.1\r\nHost: x\r\n"
LARGEST = 1_000_000
BODY = b'{"text": "good"}'
WHOLE = {
    "without a body": b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
    "with a body": HEAD + b"Content-Length: 16\r\n\r\n" + BODY,
    "with the length in other letters": HEAD + b"content-length:16 \r\n\r\n" + BODY,
}


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


@pytest.mark.parametrize("request_", WHOLE.values(), ids=list(WHOLE))
@given(data=st.data())
def test_however_a_request_is_cut_it_is_here_with_its_last_byte(request_: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(1, len(request_) - 1), max_size=5)))
    ours, theirs = socket.socketpair()
    with ours, theirs:
        arriving = Arriving(LARGEST)
        assert not arriving.read(ours), "nothing was sent"
        for start, end in zip([0, *cuts], [*cuts, len(request_)], strict=True):
            theirs.sendall(request_[start:end])
            assert arriving.read(ours) == (end == len(request_))
    assert bytes(arriving.bytes) == request_


@pytest.mark.parametrize(
    "header",
    [
        b"Transfer-Encoding: chunked",
        b"expect: 100-continue",
        b"Content-Length: 2\r\nContent-Length: 3",
        b"Content-Length: 1000001",
    ],
)
def test_where_nothing_is_gained_by_waiting_the_head_is_enough(
    ends: tuple[socket.socket, socket.socket], header: bytes
) -> None:
    ours, theirs = ends
    theirs.sendall(HEAD + header + b"\r\n\r\n")
    assert Arriving(LARGEST).read(ours)


def test_what_does_not_fit_is_for_a_thread_to_read(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    theirs.sendall(HEAD + b"Content-Length: 1000000\r\n\r\n" + b"x" * (ROOM - 200))
    arriving = Arriving(LARGEST)
    assert not arriving.read(ours)
    theirs.sendall(b"x" * 200)
    assert arriving.read(ours)
    assert len(arriving.bytes) < 2 * ROOM


def test_a_client_that_says_no_more_is_told_so_by_a_thread(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    theirs.sendall(HEAD)
    theirs.shutdown(socket.SHUT_WR)
    arriving = Arriving(LARGEST)
    assert [arriving.read(ours), arriving.read(ours)] == [False, True]


def test_what_came_with_the_request_before_counts(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, _ = ends
    assert Arriving(LARGEST, WHOLE["with a body"]).read(ours)
    assert not Arriving(LARGEST, HEAD).read(ours)


def test_the_rest_of_a_long_body_has_to_come_at_a_steady_rate(
    ends: tuple[socket.socket, socket.socket], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = ends
    now = 1000.0
    monkeypatch.setattr("valence.server.arriving.time.monotonic", lambda: now)
    unreader = SteadyUnreader(ours)
    unreader.begin(b"head")
    theirs.sendall(b"x" * 2 * RATE)
    assert unreader.read() == b"head"
    received = 0
    while received < 2 * RATE:
        received += len(unreader.read())
    theirs.sendall(b"yz")
    now += PATIENCE_S + 2
    assert unreader.read(1) == b"y", "as fast as it has to be"
    now += 0.1
    with pytest.raises(BlockingIOError):
        unreader.chunk()
    unreader.begin(b"")
    theirs.sendall(b"next")
    assert unreader.read() == b"z", "the next request has its own time"
