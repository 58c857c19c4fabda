"""Two servers at the same time on one PostgreSQL: what holds on one holds on the other."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.server.databases import new_database
from tests.server.fakes import bearer
from tests.server.feedback.test_feedback import said
from tests.server.killed_server import running
from valence.server.auth import keys
from valence.server.store.address import database_address
from valence.server.store.database import Database

ROWS = 1600
PATIENCE_S = 120  # only a hang takes as long


@pytest.fixture
def shared(postgresql_uri: str) -> Iterator[tuple[str, Database]]:
    """The address of an empty database, and the database."""
    address = database_address(new_database(postgresql_uri))
    database = Database(address)
    database.upgrade()
    yield address, database
    database.close()


def ask(address: str, key: str = "", content: bytes | None = None, kind: str = "application/json") -> tuple[int, Any]:
    headers = {"Content-Type": kind, **(bearer(key) if key else {})}
    try:
        with urllib.request.urlopen(urllib.request.Request(address, content, headers), timeout=PATIENCE_S) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


def test_keys_feedback_and_jobs_are_those_of_all_servers(shared: tuple[str, Database]) -> None:
    address, database = shared
    with running(address) as (first, one), running(address) as (_, other):
        reader = keys.create(database, "a reader", ["read-feedback"])
        for place in (one, other):
            assert ask(f"{place}/api/v1/feedback", content=json.dumps(said()).encode())[0] == 201
        for place in (one, other):
            status, found = ask(f"{place}/api/v1/feedback", reader)
            assert (status, len(json.loads(found)["items"])) == (200, 2)
        assert keys.revoke(database, reader.split("_")[1])
        assert [ask(f"{place}/api/v1/feedback", reader)[0] for place in (one, other)] == [401, 401]

        sender = keys.create(database, "a sender", ["score-files"])
        file = "id,text\n" + "".join(f"{n},good {n}\n" for n in range(ROWS))
        status, job = ask(f"{one}/api/v1/jobs", sender, file.encode(), "text/csv")
        assert status == 202, job
        where = f"{other}/api/v1/jobs/{json.loads(job)['id']}"

        def done() -> int:
            return int(json.loads(ask(where, sender)[1])["rows_done"])

        until(lambda: done() > 0)
        os.killpg(first.pid, signal.SIGKILL)
        assert done() < ROWS, "the kill came too late to prove anything"
        until(lambda: json.loads(ask(where, sender)[1])["state"] == "done")
        found = list(csv.DictReader(io.StringIO(ask(f"{where}/result", sender)[1])))
    assert [row["id"] for row in found] == [str(n) for n in range(ROWS)]
    assert {row["predicted_label"] for row in found} == {"positive"}
