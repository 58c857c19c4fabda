"""Bodies are gathered before a thread is taken, within limits of time and of bytes."""

from __future__ import annotations

import asyncio
import errno
import io
import tempfile
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

import pytest
from flask import Flask

from tests.server.transport.serving import (
    get,
    head,
    headers,
    one,
    post,
    problem,
    rest,
    serving,
    statuses,
)
from valence.server.problems import ProblemError
from valence.server.settings import Settings
from valence.server.transport.bodies import Bodies
from valence.server.transport.limits import Limits
from valence.server.transport.worker import body_limits

GOOD = b'{"text": "good"}'
CLOSE = "Connection: close"
JOBS = "/api/v1/jobs"


class Pieces:
    """Hands over pieces of a body as an ASGI server does; after the last it is silent, or says that it has left."""

    arrived = False

    def __init__(
        self, pieces: Sequence[bytes], *, whole: bool = True, leaves: bool = False, pause_s: float = 0
    ) -> None:
        self.pieces, self.complete, self.leaves, self.pause_s = list(pieces), whole, leaves, pause_s
        self.received = 0

    async def receive(self) -> dict[str, Any]:
        await asyncio.sleep(self.pause_s)
        if not self.pieces:
            if self.leaves:
                return {"type": "http.disconnect"}
            await asyncio.sleep(3600)
        piece = self.pieces.pop(0)
        self.received += len(piece)
        return {"type": "http.request", "body": piece, "more_body": bool(self.pieces) or not self.complete}


def _gathered(limits: Limits, pieces: Pieces, limit: int = 1000) -> tuple[bool, bytes] | None:
    """Whether it is whole, and what has come."""

    async def gather() -> tuple[bool, bytes] | None:
        bodies = Bodies(limits)
        body = await bodies.receive_body(pieces.receive, limit, pieces)
        if body is None:
            return None
        content = body.file.read()
        bodies.release(body)
        return body.complete, content

    return asyncio.run(gather())


def test_a_body_is_put_together() -> None:
    assert _gathered(Limits(), Pieces([b"ab", b"", b"c"])) == (True, b"abc")
    assert _gathered(Limits(body_memory=2), Pieces([b"ab", b"", b"c"])) == (True, b"abc")


def test_no_more_than_the_limit_is_gathered() -> None:
    pieces = Pieces([b"x" * 600] * 10)
    assert _gathered(Limits(), pieces) == (False, b"x" * 1200)
    assert len(pieces.pieces) == 8


def test_who_leaves_has_no_body() -> None:
    assert _gathered(Limits(), Pieces([b"a"], whole=False, leaves=True)) is None


@pytest.mark.parametrize("pieces", [[], [b"a"]])
def test_a_body_that_does_not_come_is_refused(pieces: list[bytes]) -> None:
    with pytest.raises(ProblemError) as told:
        _gathered(Limits(body_s=0.05), Pieces(pieces, whole=False))
    assert told.value.kind.status == 408


def test_a_body_that_trickles_has_only_the_time_that_its_bytes_are_worth() -> None:
    with pytest.raises(ProblemError) as told:
        _gathered(Limits(body_s=0.1), Pieces([b"x"] * 1000, pause_s=0.02))
    assert told.value.kind.status == 408


def test_a_long_body_has_the_time_that_its_bytes_are_worth() -> None:
    slow = Pieces([b"x" * 100] * 5, pause_s=0.08)
    assert _gathered(Limits(body_s=0.3, body_rate=300), slow) == (True, b"x" * 500)


def test_a_body_in_crumbs_is_refused() -> None:
    pieces = Pieces([b"x"] * 100)
    pieces.received = 10_000  # what their framing took
    with pytest.raises(ProblemError, match="chunks are too small"):
        _gathered(Limits(chunk_overhead=5000), pieces)


@pytest.mark.parametrize("limits", [Limits(bodies_bytes=1000), Limits(body_memory=10, bodies_disk_bytes=1000)])
def test_all_bodies_together_are_bounded_and_the_oldest_large_one_gives_way(limits: Limits) -> None:
    async def gather() -> tuple[list[Any], Bodies]:
        bodies = Bodies(limits)
        slow = [
            asyncio.create_task(bodies.receive_body(Pieces([b"x" * size], whole=False).receive, 2000))
            for size in (10, 450, 450)
        ]
        await asyncio.sleep(0.01)
        new = await bodies.receive_body(Pieces([b"y" * 300]).receive, 2000)
        await asyncio.sleep(0.01)
        ended = [task.done() and task.exception() for task in slow]
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
        assert new is not None
        bodies.release(new)
        return ended, bodies

    ended, bodies = asyncio.run(gather())
    assert [isinstance(error, ProblemError) for error in ended] == [False, True, False]
    assert ended[1].kind.status == 503
    assert not bodies._held, "whatever became of them, they are not counted any more"
    assert bodies._bytes == 0


def test_whole_bodies_never_give_way() -> None:
    async def gather() -> None:
        bodies = Bodies(Limits(bodies_bytes=1000))
        kept = [await bodies.receive_body(Pieces([b"x" * 450]).receive, 2000) for _ in range(2)]
        with pytest.raises(ProblemError, match="Too many request bodies"):
            await bodies.receive_body(Pieces([b"y" * 300]).receive, 2000)
        assert all(body is not None and not body.dropped for body in kept)
        for body in kept:
            assert body is not None
            bodies.release(body)

    asyncio.run(gather())


def test_a_disk_without_room_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.BytesIO):
        def write(self, _: Any) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", lambda _size: Full())
    with pytest.raises(ProblemError, match="no disk space"):
        _gathered(Limits(), Pieces([b"x"]))


def test_slow_bodies_hold_up_nobody_and_are_told(app: Flask, settings: Settings) -> None:
    few = settings.model_copy(update={"server_threads": 2, "max_body_bytes": 1_000_000})
    with serving(app, few, Limits(body_s=1)) as place, ExitStack() as stack:
        slow = [stack.enter_context(place.connect()) for _ in range(40)]
        for n, client in enumerate(slow):
            path = ("/api/v1/predict", "/api/v1/feedback", JOBS, "/healthz")[n % 4]
            client.sendall(post(b"{", path=path, length=1500))
        for _ in range(5):
            assert statuses(place.talk(post(GOOD, CLOSE))) == [200]
            assert statuses(place.talk(get("/healthz", CLOSE))) == [200]
        for client in slow:
            answer = rest(client)
            assert (statuses(answer), problem(answer)["code"]) == ([408], "request-timeout")
            assert headers(answer)["connection"] == "close"
            assert "x-request-id" in headers(answer)


def test_a_trickling_body_is_let_go(app: Flask, settings: Settings) -> None:
    with serving(app, settings, Limits(body_s=0.5)) as place, place.connect() as client:
        client.sendall(post(b"", length=1500))
        stop = threading.Event()

        def trickle() -> None:
            while not stop.wait(0.05):
                try:
                    client.sendall(b" ")
                except OSError:
                    return

        thread = threading.Thread(target=trickle)
        thread.start()
        try:
            assert statuses(rest(client)) == [408]
        finally:
            stop.set()
            thread.join()


def test_a_body_that_ends_early_is_told(app: Flask, settings: Settings) -> None:
    with serving(app, settings, Limits()) as place:
        answer = place.talk(post(b'{"text"', length=500), half_closed=True)
        assert (statuses(answer), problem(answer)["code"]) == ([400], "bad-request")
        chunked = head("POST /api/v1/predict HTTP/1.1", "Host: x", "Transfer-Encoding: chunked")
        assert statuses(place.talk(chunked + b"5\r\nab", half_closed=True)) == [400]


def test_chunks_of_one_byte_are_refused_before_they_cost_much(app: Flask, settings: Settings) -> None:
    roomy = settings.model_copy(update={"max_body_bytes": 1_000_000})
    chunked = head("POST /api/v1/predict HTTP/1.1", "Host: x", "Transfer-Encoding: chunked")
    with serving(app, roomy, Limits(chunk_overhead=3000)) as place:
        answer = place.talk(chunked + b"1\r\nx\r\n" * 10_000)
        assert (statuses(answer), problem(answer)["code"]) == ([400], "bad-request")
        assert "chunks are too small" in problem(answer)["detail"]
        long_extension = b"1;" + b"e" * 5000 + b"\r\nx\r\n"
        assert statuses(place.talk(chunked + long_extension * 20)) == [400]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (JOBS, 202),
        ("/api/v1/files/preview", 200),
        ("/api/v1/examples/preview", 200),
        ("/api/v1/classifiers/forum/examples/file", 404),  # there is no such classifier: the file was read
        ("/api/v1/predict", 413),
    ],
)
def test_a_file_longer_than_a_call_may_be_is_read_where_files_are_taken(
    path: str, status: int, app: Flask, settings: Settings, admin: dict[str, str]
) -> None:
    roomy = settings.model_copy(update={"job_max_bytes": 100_000})
    rows = b"text,label\n" + b"good film,1\n" * 5000
    with serving(app, roomy, Limits(body_memory=1000)) as place:
        lines = (f"POST {path} HTTP/1.1", "Host: x", "Content-Type: text/csv", f"Content-Length: {len(rows)}")
        sent = head(*lines, f"Authorization: {admin['Authorization']}", CLOSE) + rows
        assert statuses(place.talk(sent)) == [status]


def test_without_jobs_no_long_file_is_read_for_one(app: Flask, settings: Settings) -> None:
    limit = body_limits(app, settings.model_copy(update={"jobs": False, "job_max_bytes": 9_999_999}))
    assert limit("POST", JOBS) == settings.max_body_bytes
    assert limit("POST", "/api/v1/classifiers/forum/examples/file") == 9_999_999


def test_a_client_that_sends_far_too_much_has_its_answer_first(app: Flask, settings: Settings) -> None:
    with serving(app, settings, Limits(body_s=0.5)) as place, place.connect() as client:
        client.sendall(post(b"x" * 100_000, length=99_999_999))
        assert statuses(one(client)) == [413]
        assert rest(client) in {b"", b"<reset>"}
