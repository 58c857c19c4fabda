"""Which of too many connections gives way: one that is idle, and not one that may just be about to ask."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from uvicorn.server import ServerState

from valence.server import connection
from valence.server.connection import IDLE_S, MOST_EVER, Connection
from valence.server.open_files import allow_open_files

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


class Transport(asyncio.Transport):
    """Keeps what is written, and whether it was cut off."""

    def __init__(self) -> None:
        super().__init__()
        self.cut, self.written = False, b""

    def abort(self) -> None:
        self.cut = True

    def close(self) -> None:
        pass

    def write(self, data: Any) -> None:
        self.written += data

    def is_closing(self) -> bool:
        return self.cut


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


class Crowd:
    """Connections to an application that answers once it is told to."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.answer, self.made = clock, asyncio.Event(), list[Connection]()
        self.state = ServerState()
        self.config = uvicorn.Config(self.application, interface="asgi3", proxy_headers=False, log_config=None)
        self.config.load()

    async def application(self, _scope: Any, _receive: Any, send: Any) -> None:
        await self.answer.wait()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def come(self, after_s: float = 0.0) -> Transport:
        self.clock.now += after_s
        transport = Transport()
        self.made.append(Connection(self.config, self.state, {}))
        self.made[-1].connection_made(transport)
        return transport

    def go(self) -> None:
        for each in self.made:
            each.connection_lost(None)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    clock = Clock()
    monkeypatch.setattr(connection, "time", clock)
    monkeypatch.setattr(connection, "MOST", 3)
    monkeypatch.setattr(Connection, "most_ever", 6)
    yield clock
    assert not Connection._idlest_first, "whoever has gone is forgotten"


def test_the_one_that_was_idle_for_the_longest_gives_way(clock: Clock) -> None:
    async def come() -> None:
        crowd = Crowd(clock)
        first, second, third = (crowd.come() for _ in range(3))
        clock.now += IDLE_S
        crowd.made[0].data_received(b"GET /")  # half a request
        fourth = crowd.come()
        assert [each.cut for each in (first, second, third, fourth)] == [False, True, False, False]
        crowd.go()

    asyncio.run(come())


def test_nobody_gives_way_who_may_be_about_to_ask_until_there_are_far_too_many(clock: Clock) -> None:
    async def come() -> None:
        crowd = Crowd(clock)
        early = [crowd.come(after_s=IDLE_S / 10) for _ in range(6)]
        assert not any(each.cut for each in early)
        late = [crowd.come() for _ in range(2)]
        assert [each.cut for each in early + late] == [True, True, *[False] * 6]
        crowd.go()

    asyncio.run(come())


def test_whoever_asks_does_not_give_way_and_has_a_while_after_the_answer(clock: Clock) -> None:
    async def come() -> None:
        crowd = Crowd(clock)
        asking, *others = (crowd.come() for _ in range(3))
        crowd.made[0].data_received(REQUEST)
        clock.now += 10 * IDLE_S
        crowd.come()
        assert [asking.cut, *(each.cut for each in others)] == [False, True, False]
        crowd.answer.set()
        for _ in range(5):
            await asyncio.sleep(0)
        assert asking.written.startswith(b"HTTP/1.1 204 ")
        crowd.come()
        assert [asking.cut, *(each.cut for each in others)] == [False, True, True]
        crowd.go()

    asyncio.run(come())


def test_a_newcomer_gives_way_where_everybody_else_is_being_answered(clock: Clock) -> None:
    async def come() -> None:
        crowd = Crowd(clock)
        asking = [crowd.come() for _ in range(6)]
        for each in crowd.made:
            each.data_received(REQUEST)
        assert crowd.come().cut
        assert not any(each.cut for each in asking)
        crowd.answer.set()
        await asyncio.sleep(0.01)
        crowd.go()

    asyncio.run(come())


@pytest.mark.parametrize(("files", "most"), [(1024, 924), (65_536, MOST_EVER), (150, 75)])
def test_as_many_are_let_in_as_there_may_be_files(monkeypatch: pytest.MonkeyPatch, files: int, most: int) -> None:
    monkeypatch.setattr(Connection, "most_ever", 0)
    Connection.allow(files)
    assert Connection.most_ever == most


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
    assert allow_open_files() == found
    assert held[-1][1] == limits[1], "the hard limit stays"
