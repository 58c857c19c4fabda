"""What fails around the server, under load: nothing acknowledged is lost or doubled, and it heals by itself."""

from __future__ import annotations

import resource
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.server.databases import address_of_file
from tests.server.faults import (
    People,
    ask,
    compared,
    kill_workers,
    readiness,
    stop_postgresql,
    until,
    worker_of,
)
from tests.server.killed_server import running
from valence.server.auth.rate_limits import RateLimits
from valence.server.settings import default_settings
from valence.server.store.database import Database


def _assert_sound(found: dict[str, Any]) -> None:
    assert found["acknowledged"] > 0
    assert (found["lost"], found["doubled"], found["wrong_answers"]) == (0, 0, {})


@pytest.mark.slow(reason="a long run of faults: workers are killed under load")
def test_a_worker_that_is_killed_is_replaced_and_loses_nothing(database: Database, address: str) -> None:
    _assert_sound(kill_workers(address, 5))


@pytest.mark.slow(reason="a long run of faults: PostgreSQL stops and starts under load")
def test_postgresql_may_come_and_go(tmp_path: Path) -> None:
    found = stop_postgresql(tmp_path / "postgresql", 2)
    _assert_sound(found)
    assert found["made_again"] > 0, "it was never missed"


def test_a_disk_without_room_refuses_feedback_until_there_is_some(tmp_path: Path) -> None:
    address = address_of_file(tmp_path / "valence.db")
    with running(address) as (server, place):
        people = People(place)
        with people.sending():
            people.wait_for_more()
            worker = worker_of(server)
            assert worker is not None
            before = resource.prlimit(worker, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))  # no file may grow
            until(lambda: people.failed > 20)
            assert ask(f"{place}/api/v1/predict", {"text": "good"})[0] == 200
            resource.prlimit(worker, resource.RLIMIT_FSIZE, before)
            people.wait_for_more()
        assert readiness(place) == (200, "ready")
        assert worker_of(server) == worker, "it did not have to begin anew"
    _assert_sound(compared(people, address))


@contextmanager
def _locked(address: str) -> Iterator[None]:
    """Another program holds the whole store for itself."""
    if address.startswith("sqlite"):
        with sqlite3.connect(address.removeprefix("sqlite:///"), isolation_level=None) as other:
            other.execute("BEGIN EXCLUSIVE")
            yield
            other.execute("ROLLBACK")
    else:
        plain = address.replace("postgresql+psycopg://", "postgresql://")
        with psycopg.connect(plain) as other:
            other.execute("LOCK TABLE feedback IN ACCESS EXCLUSIVE MODE")
            yield
            other.rollback()


def test_a_store_that_another_program_holds_is_told_within_the_routers_time(database: Database, address: str) -> None:
    with running(address) as (_, place):
        people = People(place)
        with people.sending():
            people.wait_for_more()
            with _locked(address):
                until(lambda: people.failed > 0)  # 503, and not a wait without an end
                assert ask(f"{place}/api/v1/predict", {"text": "good"})[0] == 200
            people.wait_for_more()
        assert readiness(place) == (200, "ready")
    _assert_sound(compared(people, address))


@pytest.mark.parametrize("moved_by_s", [-86_400, -60, 60, 86_400])
def test_a_clock_that_is_moved_keeps_nobody_out(moved_by_s: int, monkeypatch: pytest.MonkeyPatch) -> None:
    true: Callable[[], float] = time.time
    rates = RateLimits(default_settings().model_copy(update={"calls_per_minute": 2}))

    def take() -> bool:
        standing = rates.take("client", "192.0.2.7")
        assert standing is not None
        assert standing.reset_s <= 2 * 60, "nobody is told to wait for days"
        return standing.allowed

    assert [take() for _ in range(3)] == [True, True, False]
    for later_s in (0, 61, 121):
        monkeypatch.setattr(time, "time", lambda later_s=later_s: true() + moved_by_s + later_s)
        allowed = take()
    assert allowed
