"""Kills on purpose while somebody teaches: python -m tests.server.teaching.kills [--kills 50] [--out FILE]

A person adds examples, requests fits and publishes what they make, without a pause; meanwhile the server's worker is
killed with SIGKILL at random moments, with SQLite and with PostgreSQL. Afterwards the database must hold every example
that was acknowledged, and whole versions; and whatever was published last must answer. Then two servers on one
PostgreSQL: how long it takes until one answers with what was published on the other. The tests do the same with fewer
kills and publications. Writes docs/results/teaching-kills.json; the exit code is 1 if anything was lost, or if the
other server took more than five seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from tests.server.databases import address_of_file, new_database, postgresql
from tests.server.fakes import bearer
from tests.server.faults import CUT_OFF, PATIENCE_S, readiness, until, worker_of
from tests.server.killed_server import running
from tests.server.teaching.conftest import comments
from valence.server.auth import keys
from valence.server.store import classifier_rows, example_rows, version_rows
from valence.server.store.address import database_address
from valence.server.store.database import Database
from valence.server.store.example_rows import Wanted
from valence.server.teaching.heads import fitted_head, outcome_of
from valence.system.files import write_json
from valence.system.machine import processor

_AT_ONCE = 20
_PUBLICATIONS, _WITHIN_S = 10, 5.0


class Owner:
    """Teaches without a pause, and remembers what was acknowledged.

    Attributes:
        added: texts that the server said it has.
        published: fingerprints that it said it publishes.
        fits: that ended with a version.
    """

    def __init__(self, place: str, key: str) -> None:
        self.place, self._key = place, bearer(key)
        self.added: list[str] = []
        self.published: list[str] = []
        self.fits = 0
        self.over = threading.Event()

    def teach(self) -> None:
        """Until it is over."""
        count = 0
        while not self.over.is_set():
            examples = comments(_AT_ONCE, first=count)
            if self._call("POST", "/classifiers/forum/examples", {"examples": examples}) is not None:
                self.added += [each["text"] for each in examples]
                count += _AT_ONCE
            self._call("POST", "/classifiers/forum/fit", {})
            self._wait_for_fit()
            newest = (self._call("GET", "/classifiers/forum") or {}).get("newest")
            if newest and self._call("POST", "/classifiers/forum/published", {"version": newest["number"]}):
                self.published.append(newest["head"])
                self.fits += 1

    def answering(self) -> str | None:
        """Fingerprint of the head that answers."""
        answer = self._call("POST", "/predict", {"text": "very kind", "model": "forum"})
        return None if answer is None else str(answer["model"]["head"])

    def _wait_for_fit(self) -> None:
        while not self.over.is_set():
            fit = self._call("GET", "/classifiers/forum/fit")
            if fit is not None and fit["state"] in {"done", "failed"}:
                return
            time.sleep(0.05)

    def _call(self, method: str, path: str, content: Mapping[str, Any] | None = None) -> Any:
        """None if there was no answer, or another one than success."""
        body = None if content is None else json.dumps(content).encode()
        headers = {**self._key, "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.place}/api/v1{path}", body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            error.close()
            return None
        except CUT_OFF:
            return None


def kill_workers(address: str, times: int, *, seed: int = 0) -> dict[str, Any]:
    """What was found after so many kills at random moments."""
    database = Database(address)
    database.upgrade()
    database.open()
    key = keys.create(database, "the owner", ["classifiers"])
    moments = random.Random(seed)
    with running(address) as (server, place):
        owner = Owner(place, key)
        until(lambda: readiness(place) == (200, "ready"))
        assert owner._call("POST", "/classifiers", {"name": "forum", "labels": ["removed", "kept"]})
        person = threading.Thread(target=owner.teach, daemon=True)
        person.start()
        until(lambda: owner.fits > 0)
        for _ in range(times):
            time.sleep(moments.uniform(0.05, 2.0))
            worker = worker_of(server)
            assert worker is not None
            os.kill(worker, signal.SIGKILL)
            until(partial(_has_heir, server, place, worker))
        fits = owner.fits
        until(lambda: owner.fits > fits)
        owner.over.set()
        person.join(PATIENCE_S)
        found = _compared(database, owner)
        answers = owner.answering() == found.pop("answering")
    database.close()
    return {"kills": times, **found, "answers": answers}


def _has_heir(server: subprocess.Popen[str], place: str, killed: int) -> bool:
    """Whether another worker serves."""
    return worker_of(server) not in {None, killed} and readiness(place)[0] == 200


def _compared(database: Database, owner: Owner) -> dict[str, Any]:
    """What was acknowledged beside what is there."""
    (answering,) = classifier_rows.published(database)
    texts = {row.text for row in example_rows.every(database, answering.classifier, Wanted())}
    half = 0
    for row in version_rows.of_classifier(database, answering.classifier):
        version = version_rows.with_head(database, answering.classifier, row.number)
        whole = version is not None and fitted_head(version).version == version.fingerprint
        half += not (whole and version is not None and outcome_of(version).verdict)
    return {
        "examples": len(owner.added),
        "lost_examples": len(set(owner.added) - texts),
        "fits": owner.fits,
        "half_versions": half,
        "answering": answering.head,
    }


def seconds_until_the_other_answers(address: str, times: int) -> list[float]:
    """For each publication on one server: how long another server on the same database took to answer with it."""
    database = Database(address)
    database.upgrade()
    database.open()
    key = keys.create(database, "the owner", ["classifiers"])
    took = []
    with running(address) as (_, place), running(address) as (_, other_place):
        owner, other = Owner(place, key), Owner(other_place, key)
        until(lambda: readiness(place) == readiness(other_place) == (200, "ready"))
        assert owner._call("POST", "/classifiers", {"name": "forum", "labels": ["removed", "kept"]})
        for turn in range(times):
            examples = {"examples": comments(_AT_ONCE, first=turn * _AT_ONCE)}
            assert owner._call("POST", "/classifiers/forum/examples", examples)
            assert owner._call("POST", "/classifiers/forum/fit", {})
            owner._wait_for_fit()
            newest = owner._call("GET", "/classifiers/forum")["newest"]
            assert owner._call("POST", "/classifiers/forum/published", {"version": newest["number"]})
            began = time.monotonic()
            until(lambda head=newest["head"]: other.answering() == head)  # type: ignore[misc]
            took.append(time.monotonic() - began)
    database.close()
    return took


def held(found: Mapping[str, Any]) -> bool:
    """Whether nothing was lost by kills."""
    return (found["lost_examples"], found["half_versions"], found["answers"]) == (0, 0, True)


def main() -> int:
    """Kills, and writes what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--out", type=Path, default=Path("docs/results/teaching-kills.json"))
    given = parser.parse_args()
    found: dict[str, Any] = {"processor": processor()}
    with tempfile.TemporaryDirectory() as folder, postgresql(Path(folder) / "postgresql") as server:
        found["sqlite"] = kill_workers(address_of_file(Path(folder) / "valence.db"), given.kills)
        sys.stdout.write(json.dumps(found, indent=2) + "\n")
        found["postgresql"] = kill_workers(database_address(new_database(server)), given.kills)
        took = seconds_until_the_other_answers(database_address(new_database(server)), _PUBLICATIONS)
    found["other_server"] = {"publications": len(took), "most_s": round(max(took), 2)}
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    write_json(given.out, found)
    return int(not (held(found["sqlite"]) and held(found["postgresql"]) and max(took) <= _WITHIN_S))


if __name__ == "__main__":
    sys.exit(main())
