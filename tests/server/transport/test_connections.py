"""Connections that keep the server waiting: let go in time, and in favour of those that ask."""

from __future__ import annotations

import resource
import select
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from flask import Flask, Response

from tests.inference.test_batching import _wait_until
from tests.server.fakes import FakeScorer
from tests.server.transport.serving import Place, get, headers, one, post, problem, rest, serving, statuses
from valence.server.settings import Settings, default_settings
from valence.server.transport import process
from valence.server.transport.connection import Connection
from valence.server.transport.connections import Connections
from valence.server.transport.limits import Limits
from valence.server.transport.worker import limits_for

GOOD = b'{"text": "good"}'
CLOSE = "Connection: close"


@contextmanager
def _clients(place: Place, count: int, said: bytes = b"", **options: Any) -> Iterator[list[socket.socket]]:
    with ExitStack() as stack:
        clients = []
        for _ in range(count):
            clients.append(stack.enter_context(place.connect(**options)))
            clients[-1].sendall(said)
        yield clients


def _ended(clients: list[socket.socket]) -> int:
    """How many have been answered, or cut off."""
    poll = select.poll()
    for client in clients:
        poll.register(client, select.POLLIN)
    return len(poll.poll(0))


def test_a_head_that_does_not_end_is_told_and_a_silent_client_let_go(app: Flask, settings: Settings) -> None:
    with serving(app, settings, Limits(head_s=0.5)) as place:
        with (
            _clients(place, 20, b"POST /api/v1/predict HTTP/1.1\r\nHost: x\r\n") as slow,
            _clients(place, 20) as silent,
        ):
            assert statuses(place.talk(post(GOOD, CLOSE))) == [200]
            for client in slow:
                answer = rest(client)
                assert (statuses(answer), problem(answer)["code"]) == ([408], "request-timeout")
                assert "x-request-id" in headers(answer)
            assert all(rest(client) == b"" for client in silent)
        with place.connect() as client:
            client.sendall(get("/healthz"))
            assert statuses(one(client)) == [200]
            client.sendall(b"GET /he")
            assert statuses(rest(client)) == [408], "also for the second request of a connection"


def test_a_head_that_trickles_has_no_more_time(app: Flask, settings: Settings) -> None:
    with serving(app, settings, Limits(head_s=0.5)) as place, place.connect() as client:
        client.sendall(b"GET /healthz HTTP/1.1\r\n")
        answer = b""
        while not answer:
            try:
                client.sendall(b"X-A: b\r\n")
            except OSError:
                break
            if select.select([client], [], [], 0.05)[0]:
                answer = rest(client)
        assert statuses(answer) in ([408], []), "408, unless the client wrote on and its system dropped the answer"
        assert place.served.connections.now() > 0


def test_a_connection_is_kept_between_requests(app: Flask, settings: Settings) -> None:
    with serving(app, settings, Limits(head_s=0.2)) as place, place.connect() as client:
        for _ in range(2):
            client.sendall(get("/healthz"))
            assert statuses(one(client)) == [200]
            time.sleep(0.9)
    assert Limits().idle_s > 90, "for which Heroku's router keeps one"


@pytest.fixture
def large(app: Flask) -> Flask:
    """With an answer that fits into no buffer, whole and in pieces."""
    app.add_url_rule("/whole", "whole", lambda: Response(b"x" * 3_000_000))
    app.add_url_rule("/pieces", "pieces", lambda: Response(b"x" * 10_000 for _ in range(300)))
    return app


@pytest.mark.parametrize("path", ["/whole", "/pieces"])
def test_clients_that_never_read_hold_no_thread_and_are_let_go(large: Flask, settings: Settings, path: str) -> None:
    few = settings.model_copy(update={"server_threads": 2})
    with (
        serving(large, few, Limits(send_s=1)) as place,
        _clients(place, 30, get(path) * 20, receive_bytes=4096) as deaf,
    ):
        for _ in range(3):
            assert statuses(place.talk(post(GOOD, CLOSE))) == [200]
        _wait_until(lambda: len(place.served.connections) == 0)
        assert all(not rest(client).endswith(b"x" * 3_000_000) for client in deaf)


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="Linux has it")
def test_clients_that_never_read_what_fits_into_the_kernel_are_let_go_too(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_UNREAD_MS", 500)
    with (
        serving(app, settings) as place,
        _clients(place, 5, get("/healthz") * 60, receive_bytes=1024) as deaf,
    ):
        _wait_until(lambda: len(place.served.connections) > 0)
        _wait_until(lambda: len(place.served.connections) == 0)
        assert deaf


def test_a_client_that_reads_slowly_gets_everything(large: Flask, settings: Settings) -> None:
    with serving(large, settings, Limits(send_s=1)) as place, place.connect(receive_bytes=4096) as client:
        client.sendall(get("/pieces", CLOSE))
        got = 0
        while piece := client.recv(65_536):
            got += len(piece)
            time.sleep(0.0005)
        assert got > 3_000_000


def test_answers_that_nobody_takes_are_bounded_together(large: Flask, settings: Settings) -> None:
    with (
        serving(large, settings, Limits(responses_bytes=10_000_000)) as place,
        _clients(place, 10, get("/whole"), receive_bytes=4096) as deaf,
    ):
        _wait_until(lambda: len(place.served.connections) <= 4)
        assert statuses(place.talk(post(GOOD, CLOSE))) == [200]
        assert deaf


def test_what_one_client_sends_ahead_is_bounded(app: Flask, settings: Settings) -> None:
    """Pipelined requests wait in the client's own buffers, not as objects in the server's memory."""
    limits = Limits(read_bytes=2000)
    with serving(app, settings, limits) as place, place.connect(receive_bytes=4096) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16_384)
        client.setblocking(False)
        flood, sent = get("/nowhere") * 200_000, 0
        while select.select([], [client], [], 0.5)[1]:
            sent += client.send(flood[sent : sent + 65_536])
        assert sent < len(flood) / 3, "they are not read while nobody takes the answers"
        (connection,) = place.served.connections._open
        assert isinstance(connection, Connection)
        assert len(connection.conn.trailing_data[0]) <= limits.read_bytes
        assert connection.unsent < 200_000


def test_a_client_that_has_said_everything_hears_the_answers(
    app: Flask, settings: Settings, scorer: FakeScorer
) -> None:
    _slow(scorer, 1.5)
    with serving(app, settings) as place:
        answer = place.talk(post(GOOD), half_closed=True)
        assert statuses(answer) in ([100, 200], [200])
        assert b'"positive"' in answer
        assert statuses(place.talk(get("/healthz") * 3, half_closed=True)) == [200] * 3
        plain = b"POST /api/v1/predict HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n"
        assert statuses(place.talk(plain + GOOD, half_closed=True)) == [200], "HTTP/1.0 knows no interim answers"


@pytest.mark.parametrize("abruptly", [True, False])
def test_whoever_leaves_is_noticed(app: Flask, settings: Settings, scorer: FakeScorer, abruptly: bool) -> None:
    gone = _watched(scorer)
    with serving(app, settings) as place:
        client = place.connect()
        client.sendall(post(GOOD))
        _wait_until(lambda: gone == [False])
        if abruptly:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        client.close()
        _wait_until(lambda: gone == [True])


def _slow(scorer: FakeScorer, seconds: float) -> None:
    score = scorer.score

    def slowly(*arguments: Any, **named: Any) -> Any:
        time.sleep(seconds)
        return score(*arguments, **named)

    scorer.score = slowly  # type: ignore[method-assign]


def _watched(scorer: FakeScorer) -> list[bool]:
    """Whether the caller has gone, as the scorer is told while it waits; empty until it is asked."""
    said: list[bool] = []
    score = scorer.score

    def watch(*arguments: Any, gone: Any, **named: Any) -> Any:
        said.append(False)
        for _ in range(500):
            if gone():
                said[0] = True
                break
            time.sleep(0.01)
        return score(*arguments, **named)

    scorer.score = watch  # type: ignore[method-assign,assignment]
    return said


def test_idle_connections_give_way_to_those_that_ask(app: Flask, settings: Settings) -> None:
    limits = Limits(idle_connections=50, connections=80, protected_s=0.3)
    with serving(app, settings, limits) as place, _clients(place, 40) as idle:
        time.sleep(0.4)
        with _clients(place, 20):
            place.settle()
            assert _ended(idle) > 0, "those that waited the longest"
            assert statuses(place.talk(post(GOOD, CLOSE))) == [200]


@pytest.mark.parametrize(
    "said", [b"", b"GET / HTTP/1.1\r\n", post(b"{", length=1500)], ids=["silent", "half a head", "half a body"]
)
def test_however_many_wait_there_is_room_for_those_that_ask(app: Flask, settings: Settings, said: bytes) -> None:
    limits = Limits(idle_connections=20, connections=30, protected_s=60)
    with serving(app, settings, limits) as place, _clients(place, 100, said):
        for _ in range(5):
            assert statuses(place.talk(post(GOOD, CLOSE))) == [200]
        assert len(place.served.connections) <= 31


def test_those_that_are_being_answered_do_not_give_way(app: Flask, settings: Settings, scorer: FakeScorer) -> None:
    _slow(scorer, 1.0)
    limits = Limits(idle_connections=4, connections=6, protected_s=0)
    with serving(app, settings, limits) as place, _clients(place, 4, post(GOOD, CLOSE)) as asking:
        opened = place.served.connections._open
        _wait_until(lambda: sum(isinstance(each, Connection) and each.answering for each in tuple(opened)) == 4)
        with _clients(place, 20):
            assert [statuses(rest(client)) for client in asking] == [[200]] * 4


def test_a_server_of_few_files_has_few_connections() -> None:
    most = [limits_for(files, default_settings()).connections for files in (1024, 65_536, 150)]
    assert most == [924, Limits().connections, 75]


def test_checking_no_connections_changes_nothing() -> None:
    connections = Connections(Limits(), lambda *_: b"")
    connections.check()
    assert len(connections) == 0


@pytest.mark.parametrize(
    ("limits", "allowed", "found"),
    [
        ((1024, 4096), True, 4096),
        ((1024, resource.RLIM_INFINITY), True, 65_536),
        ((1024, 4096), False, 1024),
        ((4096, 4096), True, 4096),
        ((resource.RLIM_INFINITY, resource.RLIM_INFINITY), True, 65_536),
    ],
)
def test_the_process_allows_itself_what_the_system_does(
    monkeypatch: pytest.MonkeyPatch, limits: tuple[int, int], allowed: bool, found: int
) -> None:
    held = [limits]

    def set_limits(_which: int, wanted: tuple[int, int]) -> None:
        if not allowed:
            raise ValueError("not allowed to raise maximum limit")
        held.append(wanted)

    monkeypatch.setattr(resource, "getrlimit", lambda _which: held[-1])
    monkeypatch.setattr(resource, "setrlimit", set_limits)
    assert process.allow_open_files() == found
    assert held[-1][1] == limits[1], "the hard limit stays"


def test_the_first_of_a_flood_of_clients_are_answered_before_all_are_accepted(app: Flask, settings: Settings) -> None:
    """All connect while the event loop is busy, so the queue for them is long enough too."""
    open_at_request: list[int] = []
    released, busy = threading.Event(), threading.Event()
    places: list[Place] = []

    @app.before_request
    def count() -> None:
        open_at_request.extend(len(place.served.connections) for place in places)

    def wait() -> None:
        busy.set()
        assert released.wait(30)

    with serving(app, settings) as place:
        places.append(place)
        place.loop.call_soon_threadsafe(wait)
        assert busy.wait(10)
        try:
            with _clients(place, 400, get("/healthz")) as clients:
                released.set()
                assert all(statuses(one(client)) == [200] for client in clients)
        finally:
            released.set()
    assert open_at_request[0] < 200
