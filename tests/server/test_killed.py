"""Processes killed with SIGKILL in the middle of a job: whoever comes next goes on, and no row is lost or doubled."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.server.fakes import bearer
from tests.server.killed_server import running
from valence.server.auth import keys
from valence.server.store import job_rows as rows
from valence.server.store.database import Database

ROWS = 3200  # a hundred parts
KILLS = ("worker", "server", "worker")
PATIENCE_S = 120  # only a hang takes as long


def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


def _ask(address: str, key: str, content: bytes | None = None) -> Any:
    headers = {**bearer(key), "Content-Type": "text/csv"}
    with urllib.request.urlopen(urllib.request.Request(address, content, headers), timeout=PATIENCE_S) as answer:
        return answer.read().decode()


def _worker_of(server: subprocess.Popen[str]) -> int:
    return int(Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()[0])


@pytest.mark.slow(reason="a long run of faults: each kind of process is killed in turn")
def test_a_job_outlives_whoever_works_on_it(database: Database, address: str) -> None:
    key = keys.create(database, "me", ["score-files"])
    file = "id,text\n" + "".join(f"{n},good {n}\n" for n in range(ROWS))
    identity = ""

    def done() -> int:
        job = rows.get(database, identity)
        assert job is not None
        assert job.state in {"waiting", "running", "done"}
        return job.rows_done

    def wait_for_more() -> None:
        before = done()
        _until(lambda: done() > before)

    for kill in KILLS:
        with running(address) as (server, place):
            if not identity:
                identity = json.loads(_ask(f"{place}/api/v1/jobs", key, file.encode()))["id"]
            wait_for_more()
            os.kill(_worker_of(server) if kill == "worker" else server.pid, signal.SIGKILL)
            if kill == "worker":
                wait_for_more()
    assert done() < ROWS, "the kills came too late to prove anything"
    with running(address) as (_, place):
        _until(lambda: done() == ROWS)
        _until(lambda: json.loads(_ask(f"{place}/api/v1/jobs/{identity}", key))["state"] == "done")
        found = list(csv.DictReader(io.StringIO(_ask(f"{place}/api/v1/jobs/{identity}/result", key))))
    assert [(row["id"], row["text"]) for row in found] == [(str(n), f"good {n}") for n in range(ROWS)]
    assert {row["predicted_label"] for row in found} == {"positive"}
