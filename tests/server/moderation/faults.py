"""Faults on purpose while moderators work: python -m tests.server.moderation.faults [--kills 50] [--stops 20]

A forum sends items and moderators decide and undo without a pause, each sending again what wasn't acknowledged;
meanwhile the server's worker is killed with SIGKILL, or its PostgreSQL is stopped and started. A receiver of webhooks,
which fails now and then too, remembers what it got. Afterwards the log of decisions, the items and the events
are compared with what was acknowledged. The test does the same with fewer faults.
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
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update

from tests.server.databases import address_of_file, postgresql, postgresql_to_stop
from tests.server.fakes import bearer
from tests.server.faults import CUT_OFF, PATIENCE_S, _empty_store, readiness, until, worker_of
from tests.server.killed_server import running
from tests.server.moderation.receiver import Receiver, receiving
from valence.server.auth import keys
from valence.server.store import decision_rows, rules_rows, webhook_rows
from valence.server.store.database import Database
from valence.server.store.moderation_tables import Delivery, Item, Webhook
from valence.system.files import write_json

_MODERATORS, _MORE = 4, 10
# A claim has this left once its server has had half a minute to send, which takes it five seconds: it was killed.
_NEARLY_OVER = webhook_rows.CLAIM - timedelta(seconds=30)


class Community:
    """A forum and its moderators.

    Attributes:
        sent: IDs of items that the server said it has.
        decided: request -> (action, number of the item), acknowledged.
        undone: request of the undo -> request that it undoes, acknowledged.
        wrong: statuses that nobody should get.
    """

    def __init__(self, place: str, key: str) -> None:
        self.place, self._key = place, bearer(key)
        self.sent: list[str] = []
        self.decided: dict[str, tuple[str, int]] = {}
        self.undone: dict[str, str] = {}
        self.wrong: Counter[int] = Counter()
        self.over = threading.Event()

    @contextmanager
    def at_work(self) -> Iterator[None]:
        work = [self._forum, *[self._moderator] * _MODERATORS]
        threads = [threading.Thread(target=each, daemon=True) for each in work]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.over.set()
            for thread in threads:
                thread.join(PATIENCE_S)

    def wait_for_more(self) -> None:
        """Until some more decisions are acknowledged."""
        before = len(self.decided)
        until(lambda: len(self.decided) >= before + _MORE)

    def _forum(self) -> None:
        while not self.over.is_set():
            items = [{"id": str(uuid.uuid4()), "text": f"bad {uuid.uuid4().hex[:30]}"} for _ in range(10)]
            self._until_done("POST", "/items", {"items": items})
            if not self.over.is_set():
                self.sent += [each["id"] for each in items]
            while not self.over.is_set() and self._waiting() > 200:
                time.sleep(0.05)

    def _waiting(self) -> int:
        summary = self.call("GET", "/queue/summary")
        return 0 if summary is None else int(summary["waiting"])

    def _moderator(self) -> None:
        chance, claim = random.Random(threading.get_ident()), str(uuid.uuid4())
        while not self.over.is_set():
            taken = self.call("POST", "/queue/next", {"claim": claim, "limit": 5})
            for item in (taken or {"items": []})["items"]:
                self._decide(item["number"], claim, chance)
            if not taken or not taken["items"]:
                time.sleep(0.05)

    def _decide(self, number: int, claim: str, chance: random.Random) -> None:
        action, request = chance.choice(["approve", "remove"]), str(uuid.uuid4())
        body = {"request": request, "action": action, "claim": claim}
        if not self._until_done("POST", f"/items/{number}/decisions", body):
            return
        self.decided[request] = (action, number)
        if chance.random() < 0.2:
            undo = str(uuid.uuid4())
            if self._until_done("POST", "/decisions/undo", {"request": undo, "undoes": request}):
                self.undone[undo] = request

    def _until_done(self, method: str, path: str, content: dict[str, Any]) -> bool:
        """Sends it again until it is acknowledged; False if it is over before, or another has decided."""
        while not self.over.is_set():
            if self.call(method, path, content) is not None:
                return True
            if self._conflict():
                return False
            time.sleep(0.02)
        return False

    def _conflict(self) -> bool:
        """Whether the last call of this thread was refused because another moderator was faster."""
        return getattr(_last, "status", 0) == 409

    def call(self, method: str, path: str, content: dict[str, Any] | None = None) -> Any:
        """None if there was no answer, or another one than success."""
        body = None if content is None else json.dumps(content).encode()
        headers = {**self._key, "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.place}/api/v1{path}", body, headers, method=method)
        _last.status = 0
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            _last.status = error.code
            if error.code not in {409, 503}:
                self.wrong[error.code] += 1
            error.close()
        except CUT_OFF:
            pass
        return None


_last = threading.local()


def _register(database: Database, url: str) -> None:
    webhook = Webhook(
        id=str(uuid.uuid4()),
        classifier=None,
        url=url,
        secret="whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        old_secret=None,
        events='["decision.made", "decision.undone"]',
        message="",
        created_by="me",
        created_at=datetime.now(UTC),
    )
    assert webhook_rows.put(database, webhook, limit=9)
    thresholds = {"pass_below": 0.3, "flag_from": 0.7, "learn": False}
    changed = {"dry_run": False, "changed_by": "me", "changed_at": webhook.created_at}
    rules_rows.put(database, "fake", changed, thresholds)


def kill_workers(address: str, times: int, *, seed: int = 0) -> dict[str, Any]:
    """The worker is killed so many times at random moments."""
    moments = random.Random(seed)
    with _working(address) as (server, community, receiver, database):
        for _ in range(times):
            receiver.status = moments.choice([200, 200, 200, 503])
            community.wait_for_more()
            time.sleep(moments.uniform(0.0, 0.5))
            worker = worker_of(server)
            assert worker is not None
            os.kill(worker, signal.SIGKILL)
            until(partial(_has_heir, server, community.place, worker))
        community.wait_for_more()
        return {"fault": "worker killed", "times": times, **_found(community, receiver, database)}


def kill_workers_on_postgresql(folder: Path, times: int) -> dict[str, Any]:
    """The same with the other database."""
    with postgresql(folder) as uri:
        return kill_workers(_empty_store(uri), times)


def stop_postgresql(folder: Path, times: int) -> dict[str, Any]:
    """PostgreSQL is stopped and started so many times."""
    with postgresql_to_stop(folder) as postgresql:
        address = _empty_store(postgresql.get_uri())
        with _working(address) as (_, community, receiver, database):
            for _ in range(times):
                community.wait_for_more()
                postgresql.stop()
                until(lambda: readiness(community.place) == (200, "unavailable"))
                postgresql.start()
                until(lambda: readiness(community.place) == (200, "ready"))
            community.wait_for_more()
            return {"fault": "PostgreSQL stopped and started", "times": times, **_found(community, receiver, database)}


@contextmanager
def _working(address: str) -> Iterator[tuple[subprocess.Popen[str], Community, Receiver, Database]]:
    database = Database(address)
    database.open()
    key = keys.create(database, "the moderators", ["items", "moderate"])
    with receiving() as receiver:
        _register(database, receiver.url)
        with running(address) as (server, place):
            until(lambda: readiness(place) == (200, "ready"))
            community = Community(place, key)
            with community.at_work():
                community.wait_for_more()
                yield server, community, receiver, database
    database.close()


def _has_heir(server: subprocess.Popen[str], place: str, killed: int) -> bool:
    return worker_of(server) not in {None, killed} and readiness(place)[0] == 200


def _all_delivered(database: Database) -> bool:
    """Whether no event waits. Those that do are due at once, though they failed or a killed server had claimed them."""
    if not webhook_rows.waiting(database):
        return True
    now = datetime.now(UTC)
    with database.writing() as session:
        session.execute(update(Webhook).values(failing_since=None))
        late = update(Delivery).where(Delivery.delivered_at.is_(None), Delivery.claimed_until < now + _NEARLY_OVER)
        session.execute(late.values(claim=None, claimed_until=None))
        session.execute(update(Delivery).where(Delivery.delivered_at.is_(None)).values(due_at=now))
    time.sleep(1)
    return False


def _found(community: Community, receiver: Receiver, database: Database) -> dict[str, Any]:
    """What was acknowledged beside what is there."""
    community.over.set()
    receiver.status = 200
    time.sleep(2)  # calls that are on their way
    until(partial(_all_delivered, database))
    log = [*decision_rows.every(database, "fake")]
    made = {row.request: row for row in log if row.action != "undo"}
    undone = {row.request: row for row in log if row.action == "undo"}
    told = Counter(content["data"]["request"] for _, content in receiver.got)
    acknowledged = {**dict.fromkeys(community.decided, 1), **community.undone}
    per_item = Counter(row.item for row in log if row.action != "undo")
    per_item.subtract(Counter(row.item for row in log if row.action == "undo"))
    with database.reading() as session:
        items = session.scalar(select(func.count()).select_from(Item)) or 0
        known = set(session.scalars(select(Item.sender_id)))
    return {
        "items": items,
        "lost_items": len(set(community.sent) - known),
        "decisions": len(community.decided),
        "lost_decisions": len(community.decided.keys() - made.keys()),
        "changed_decisions": sum(
            (made[request].action, made[request].item) != decided
            for request, decided in community.decided.items()
            if request in made
        ),
        "doubled_decisions": len(log) - len({row.request for row in log}) + sum(n > 1 for n in per_item.values()),
        "undone": len(community.undone),
        "lost_undone": len(community.undone.keys() - undone.keys()),
        "events_received": len(receiver.got),
        "lost_events": len({row.request for row in log} - told.keys()) + len(acknowledged.keys() - told.keys()),
        "events_of_nothing": len(told.keys() - {row.request for row in log}),
        "repeated_events": len(receiver.ids) - len(set(receiver.ids)),
        "wrong_answers": dict(community.wrong),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--stops", type=int, default=20)
    parser.add_argument("--out", type=Path, default=Path("docs/results/moderation-faults.json"))
    given = parser.parse_args()
    found: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        for store, fault in (
            ("SQLite", partial(kill_workers, address_of_file(room / "valence.db"), given.kills)),
            ("PostgreSQL", partial(kill_workers_on_postgresql, room / "killed", given.kills)),
            ("PostgreSQL", partial(stop_postgresql, room / "stopped", given.stops)),
        ):
            found.append({"store": store, **fault()})
            sys.stdout.write(json.dumps(found[-1]) + "\n")
            sys.stdout.flush()
            write_json(given.out, {"faults": found})


if __name__ == "__main__":
    main()
