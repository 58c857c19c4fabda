"""Faults on purpose, under load: python -m tests.server.faults [--kills 50] [--stops 20] [--out FILE]

People send feedback and texts to a real server without a pause, and send again what was not acknowledged, as the page
does; meanwhile its worker is killed, with SQLite and with PostgreSQL, or its PostgreSQL is stopped and started. At the
end the database is compared with what was acknowledged. The tests do the same with fewer faults.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import Any

from tests.server.databases import address_of_file, new_database, postgresql, postgresql_to_stop
from tests.server.killed_server import running
from valence.server.store import feedback_rows
from valence.server.store.address import database_address
from valence.server.store.database import Database
from valence.system.files import write_json

# What a caller meets whose server is killed before, or in the middle of, its answer.
CUT_OFF = (OSError, HTTPException, ValueError)
PATIENCE_S = 120  # only a hang takes as long
_SENDERS = 8
_MORE = 40  # pieces of feedback that are acknowledged after each fault, before the next


class People:
    """Senders of feedback and texts.

    Attributes:
        acknowledged: ids of feedback that the server said it has.
        scored: texts that were scored.
        failed: calls that had no answer or a 5xx, and were made again.
        wrong: answers that nobody should get: statuses that are neither success nor 503.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.acknowledged: list[str] = []
        self.scored = self.failed = 0
        self.wrong: Counter[int] = Counter()
        self._over = threading.Event()
        self._lock = threading.Lock()

    @contextmanager
    def sending(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._send, daemon=True) for _ in range(_SENDERS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join(PATIENCE_S)

    def wait_for_more(self, count: int = _MORE) -> None:
        """Until so much more feedback is acknowledged, and a text is scored."""
        before, scored = len(self.acknowledged), self.scored
        until(lambda: len(self.acknowledged) >= before + count and self.scored > scored)

    def _send(self) -> None:
        version = {"name": "fake", "body": "b" * 12, "head": "h" * 12}
        said = {"model": version, "predicted": "positive", "probability": 0.9, "correct": True}
        while not self._over.is_set():
            identity = str(uuid.uuid4())
            while not self._over.is_set() and not self._ask("feedback", {"id": identity, **said}):
                time.sleep(0.02)
            scored = self._ask("predict", {"text": "good"})
            with self._lock:
                self.scored += scored

    def _ask(self, operation: str, content: dict[str, Any]) -> bool:
        """Whether it went well."""
        try:
            status, _ = ask(f"{self.address}/api/v1/{operation}", content)
        except CUT_OFF:
            status = 503
        good = status in {200, 201}
        with self._lock:
            if good and operation == "feedback":
                self.acknowledged.append(str(content["id"]))
            self.failed += not good
            if not good and status != 503:
                self.wrong[status] += 1
        return good


def ask(address: str, content: dict[str, Any] | None = None) -> tuple[int, Any]:
    """Status and JSON of an answer. Raises one of CUT_OFF where there is none."""
    body = None if content is None else json.dumps(content).encode()
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.05)


def readiness(address: str) -> tuple[int, str]:
    """Status of /readyz, and what it says of the store; 0 and nothing where nobody answers."""
    try:
        status, said = ask(f"{address}/readyz")
    except CUT_OFF:
        return 0, ""
    return status, said["store"]


def worker_of(server: subprocess.Popen[str]) -> int | None:
    """Its process id; None in the moment in which there is none."""
    found = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text("utf-8").split()
    return int(found[0]) if found else None


def kill_workers(address: str, times: int) -> dict[str, Any]:
    """The worker is killed with SIGKILL so many times, each time under load and after the last one's heir serves."""
    with running(address) as (server, place):
        people, longest = People(place), 0.0
        with people.sending():
            people.wait_for_more()
            for _ in range(times):
                longest = max(longest, _kill_worker(server, place))
                people.wait_for_more()
    return {"fault": "worker killed", "times": times, "back_after_s": round(longest, 1), **compared(people, address)}


def _kill_worker(server: subprocess.Popen[str], place: str) -> float:
    """Seconds until another one was ready."""
    worker, began = worker_of(server), time.monotonic()
    assert worker is not None
    os.kill(worker, signal.SIGKILL)
    until(lambda: worker_of(server) not in {None, worker} and readiness(place) == (200, "ready"))
    return time.monotonic() - began


def kill_workers_on_postgresql(folder: Path, times: int) -> dict[str, Any]:
    """The same with a PostgreSQL of its own in `folder`."""
    with postgresql(folder) as uri:
        return kill_workers(_empty_store(uri), times)


def _empty_store(uri: str) -> str:
    """The address of a new database in the PostgreSQL at `uri`, with our tables."""
    address = database_address(new_database(uri))
    database = Database(address)
    database.upgrade()
    database.close()
    return address


def stop_postgresql(folder: Path, times: int) -> dict[str, Any]:
    """PostgreSQL is stopped and started so many times under load; scoring goes on, and /readyz tells."""
    with postgresql_to_stop(folder) as database:
        address = _empty_store(database.get_uri())
        with running(address) as (_, place):
            people, longest = People(place), 0.0
            with people.sending():
                for _ in range(times):
                    people.wait_for_more()
                    database.stop()
                    until(lambda: readiness(place) == (200, "unavailable"))
                    assert ask(f"{place}/api/v1/predict", {"text": "good"})[0] == 200
                    began = time.monotonic()
                    database.start()
                    until(lambda: readiness(place) == (200, "ready"))
                    longest = max(longest, time.monotonic() - began)
                people.wait_for_more()
        found = compared(people, address)
    return {"fault": "PostgreSQL stopped and started", "times": times, "back_after_s": round(longest, 1), **found}


def compared(people: People, address: str) -> dict[str, Any]:
    """What was acknowledged against what is there; a row that was kept and not acknowledged in time is no fault."""
    database = Database(address)
    kept = Counter(row.id for row in feedback_rows.every(database))
    database.close()
    return {
        "acknowledged": len(people.acknowledged),
        "lost": len(set(people.acknowledged) - kept.keys()),
        "doubled": sum(count > 1 for count in kept.values()),
        "scored": people.scored,
        "made_again": people.failed,
        "wrong_answers": dict(people.wrong),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--stops", type=int, default=20)
    parser.add_argument("--out", type=Path, default=Path("docs/results/faults.json"))
    options = parser.parse_args()
    found: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        for store, fault in (
            ("SQLite", partial(kill_workers, address_of_file(room / "valence.db"), options.kills)),
            ("PostgreSQL", partial(kill_workers_on_postgresql, room / "killed", options.kills)),
            ("PostgreSQL", partial(stop_postgresql, room / "stopped", options.stops)),
        ):
            began = time.monotonic()
            found.append({"store": store, **fault(), "took_s": round(time.monotonic() - began)})
            print(json.dumps(found[-1]), flush=True)  # noqa: T201
            write_json(options.out, {"faults": found})


if __name__ == "__main__":
    main()
