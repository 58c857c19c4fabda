"""Which thread answers: long calls keep no short one out, and nobody is refused while a thread is free."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest
from flask import Flask

from tests.server.transport.serving import get, one, serving, statuses
from valence.server.request_context import may_wait, release_slot
from valence.server.settings import Settings
from valence.server.state import KEY
from valence.server.transport.thread_pools import ThreadPools
from valence.system.errors import OverloadedError

URL = "/api/v1/predict"
PLACES, LONG = 2, 6


class Callers:
    """What calls do in their threads, until they are let go."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.begun = threading.Semaphore(0)

    def waits(self) -> str:
        self.begun.release()
        assert self.go_on.wait(30)
        return "answered"

    def waits_long(self) -> str:
        release_slot()
        release_slot()  # a second time changes nothing
        return self.waits()

    async def begin(self, pools: ThreadPools, make: Callable[[], str], count: int) -> list[asyncio.Task[str]]:
        """So many calls, each of which has a thread by now."""
        calls = [asyncio.create_task(pools.answer(URL, make)) for _ in range(count)]
        for _ in calls:
            assert await asyncio.to_thread(self.begun.acquire, timeout=30)
        return calls


def test_beside_long_calls_that_wait_every_place_is_free_for_short_ones() -> None:
    async def play() -> None:
        pools, callers = ThreadPools(PLACES, LONG), Callers()
        long = await callers.begin(pools, callers.waits_long, LONG)
        assert not pools.admission.full()
        assert [await pools.answer(URL, lambda: "short") for _ in range(PLACES)] == ["short"] * PLACES
        callers.go_on.set()
        assert await asyncio.gather(*long) == ["answered"] * LONG

    asyncio.run(play())


def test_short_calls_beyond_the_places_wait_although_threads_for_long_ones_are_idle() -> None:
    async def play() -> None:
        pools, callers = ThreadPools(PLACES, LONG), Callers()
        short = await callers.begin(pools, callers.waits, PLACES)
        more = asyncio.create_task(pools.answer(URL, callers.waits))
        assert not await asyncio.to_thread(callers.begun.acquire, timeout=0.05)
        callers.go_on.set()
        assert set(await asyncio.gather(*short, more)) == {"answered"}

    asyncio.run(play())


def test_long_calls_beyond_all_threads_are_refused_and_their_places_are_free_again() -> None:
    async def play() -> None:
        pools, callers = ThreadPools(PLACES, LONG), Callers()
        long = await callers.begin(pools, callers.waits_long, LONG)
        for _ in range(PLACES + 1):
            with pytest.raises(OverloadedError, match="long requests"):
                await pools.answer(URL, callers.waits_long)
        assert await pools.answer(URL, lambda: "short") == "short"
        callers.go_on.set()
        assert await asyncio.gather(*long) == ["answered"] * LONG
        assert await pools.answer(URL, callers.waits_long) == "answered"

    asyncio.run(play())


def test_a_thread_answers_the_next_call_as_if_it_had_answered_none() -> None:
    async def play() -> None:
        pools = ThreadPools(1, 1)
        for _ in range(3):
            assert await pools.answer(URL, _gives_up_twice) == "answered"
            with pytest.raises(ValueError, match="its own"):
                await pools.answer(URL, _fails)
        assert not pools.admission.full()

    asyncio.run(play())


def test_health_is_answered_while_every_place_is_taken_and_its_view_may_not_wait() -> None:
    async def play() -> None:
        pools, callers = ThreadPools(PLACES, LONG), Callers()
        short = await callers.begin(pools, callers.waits, PLACES)
        assert await pools.answer("/healthz", may_wait.get) is False
        callers.go_on.set()
        await asyncio.gather(*short)

    asyncio.run(play())


def _fails() -> None:
    raise ValueError("its own")


def _gives_up_twice() -> str:
    release_slot()
    release_slot()
    return "answered"


def test_readiness_that_waits_for_the_database_holds_up_no_health_check(
    app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers, asked = threading.Event(), threading.Event()

    def available() -> bool:
        asked.set()
        return answers.wait(30)

    monkeypatch.setattr(app.extensions[KEY].database, "available", available)
    with serving(app, settings) as place, place.connect() as first, place.connect() as second:
        for client in (first, second):
            client.sendall(get("/readyz"))
        assert asked.wait(10)
        assert statuses(place.talk(get("/healthz", "Connection: close"))) == [200]
        answers.set()
        assert [statuses(one(client)) for client in (first, second)] == [[200], [200]]
