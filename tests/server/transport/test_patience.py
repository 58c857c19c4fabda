"""The queue of clients that would rather wait: a few run at once, the rest wait, and nobody waits forever."""

from __future__ import annotations

import asyncio

import pytest

from valence.server.transport import patience
from valence.server.transport.admission import Admission
from valence.server.transport.patience import PatientQueue
from valence.system.errors import OverloadedError


class Load(Admission):
    """Of all requests; a test says whether there is room."""

    def __init__(self) -> None:
        super().__init__(4)
        self.is_full = False

    def full(self) -> bool:
        return self.is_full


async def _hold(queue: PatientQueue, go_on: asyncio.Event, order: list[int], number: int) -> None:
    async with queue.turn():
        order.append(number)
        await go_on.wait()


def test_a_few_run_and_the_rest_follow_in_their_order() -> None:
    async def play() -> None:
        queue, go_on, order = PatientQueue(2, Load()), asyncio.Event(), list[int]()
        calls = [asyncio.create_task(_hold(queue, go_on, order, number)) for number in range(5)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert order == [0, 1]
        go_on.set()
        await asyncio.gather(*calls)
        assert order == [0, 1, 2, 3, 4]

    asyncio.run(play())


def test_it_lets_nobody_in_while_there_is_no_room_for_others() -> None:
    async def play() -> None:
        load, order = Load(), list[int]()
        queue, go_on = PatientQueue(1, load), asyncio.Event()
        load.is_full = True
        go_on.set()
        call = asyncio.create_task(_hold(queue, go_on, order, 1))
        await asyncio.sleep(0.05)
        assert not order
        load.is_full = False
        await call
        assert order == [1]

    asyncio.run(play())


def test_who_waits_too_long_is_refused_and_takes_no_place_with_it() -> None:
    async def play() -> None:
        load = Load()
        queue = PatientQueue(1, load, wait_s=0.05)
        load.is_full = True
        with pytest.raises(OverloadedError):
            async with queue.turn():
                pass
        load.is_full = False
        async with queue.turn():
            assert not queue.full()

    asyncio.run(play())


def test_a_number_of_requests_waits_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "MAX_WAITING", 2)

    async def play() -> None:
        queue, go_on, order = PatientQueue(1, Load()), asyncio.Event(), list[int]()
        calls = [asyncio.create_task(_hold(queue, go_on, order, number)) for number in range(3)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert queue.full()
        go_on.set()
        await asyncio.gather(*calls)
        assert not queue.full()

    asyncio.run(play())
