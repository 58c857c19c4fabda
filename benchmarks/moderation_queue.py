"""How fast the moderators' queue is when it is full.

    python benchmarks/moderation_queue.py [--out docs/results/queue.json]

SQLite with 100,000 items and PostgreSQL with 1,000,000: the time of a page of the queue, of the next items, of an item
in its discussion and of a decision, through the API without a socket. Then the intake: items in requests of 100, scored
by the bundled model, in processor time, and how many a second two cores take therefore.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import text

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.server.databases import address_of_file, new_database, postgresql
from tests.server.fakes import FakeBody, FakeScorer, bearer, served
from valence.server.app import create_app
from valence.server.auth import keys
from valence.server.classifiers.loading import load_model
from valence.server.classifiers.registry import Registry
from valence.server.settings import default_settings
from valence.server.state import KEY, State
from valence.server.store.address import database_address
from valence.server.store.database import Database
from valence.system.files import write_json
from valence.system.machine import processor

REPEATS = 15
_NUMBERS = {
    "SQLite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) ",
    "PostgreSQL": "WITH n(i) AS (SELECT i::bigint FROM generate_series(1, {rows}) AS s(i)) ",
}
# Half of the items are decided, a quarter waits, a quarter has passed; twenty items per author, ten per thread.
_FILL = """
INSERT INTO items (classifier, sender_id, text, digest, author, parent, thread, posted_at, received_at, revision, blind,
  state, why, score, rank, answer, fits, body, head, threshold, action, decider, queued_at, closed_at)
{numbers} SELECT 'fake', 'post-' || i,
  'comment number ' || i || ' is about ' || (i * 7919 % 10007) || ' things and rude',
  'digest' || i, 'author-' || (i % {authors}), 'post-' || (i - 1), 'thread-' || (i / 10), {moment}, {moment}, 1,
  i % 10 = 0, CASE i % 4 WHEN 0 THEN 'waiting' WHEN 1 THEN 'passed' ELSE 'decided' END,
  CASE i % 4 WHEN 1 THEN NULL ELSE 'flagged' END, (i * 7919 % 100003) / 100003.0, (i * 7919 % 100003) / 100003.0,
  '{{"labels": ["negative"], "probabilities": {{"negative": 0.9, "positive": 0.1}}}}', {false}, 'b', 'h', 0.7,
  CASE WHEN i % 4 > 1 THEN 'remove' END, CASE WHEN i % 4 > 1 THEN 'Ann' END, {moment},
  CASE i % 4 WHEN 0 THEN NULL ELSE {moment} END FROM n
"""
_MOMENT = {
    "SQLite": "datetime('now', '-' || ({rows} - i) || ' seconds')",
    "PostgreSQL": "now() - ({rows} - i) * interval '1 second'",
}


def fill(database: Database, store: str, rows: int) -> None:
    """Puts so many items into an empty database."""
    statement = _FILL.format(
        numbers=_NUMBERS[store].format(rows=rows),
        moment=_MOMENT[store].format(rows=rows),
        authors=max(50, rows // 20),
        false="0" if store == "SQLite" else "false",
    )
    with database.writing() as session:
        if store == "PostgreSQL":
            session.execute(text("SET LOCAL statement_timeout = 0"))
        session.execute(text(statement))
    if store == "PostgreSQL":
        with database.writing() as session:
            session.execute(text("SET LOCAL statement_timeout = 0"))
            session.execute(text("ANALYZE items"))


def pages(address: str, store: str, rows: int) -> dict[str, Any]:
    """Milliseconds of each operation on a full queue: the first time, then median and slowest of the repeats.

    Counts of many rows are remembered for some seconds, so the first time takes longer.
    """
    database = Database(address)
    database.upgrade()
    began = time.perf_counter()
    fill(database, store, rows)
    filled_s = time.perf_counter() - began
    settings = default_settings().model_copy(update={"default_model": "fake", "key_calls_per_minute": 0})
    app = create_app(settings, registry=Registry([served(FakeScorer(), FakeBody())]), database=database)
    key = bearer(keys.create(database, "me", ["moderate"]))
    client = app.test_client()
    cursor = _get(client, key, "/queue?limit=50")["next"]
    asked = {
        "first page": "/queue?limit=50",
        "second page": f"/queue?limit=50&cursor={cursor}",
        "newest": "/queue?limit=50&order=newest",
        "decided, oldest": "/queue?limit=50&order=oldest&state=decided",
        "of an author": "/queue?limit=50&author=author-4",
        "of a thread": "/queue?limit=50&thread=thread-7",
        "with a label": "/queue?limit=50&label=negative",
        "with a common word": "/queue?limit=50&search=rude",
        "with a rare word": f"/queue?limit=50&search=number {rows // 2} is",
        "item": "/items/4004",
        "summary": "/queue/summary",
        "report": "/queue/report?weeks=8",
    }
    found = {name: _timed(lambda path=path: _get(client, key, path)) for name, path in asked.items()}  # type: ignore[misc]  # bound at once
    claim = str(uuid.uuid4())
    found["next 20"] = _timed(lambda: _post(client, key, "/queue/next", {"claim": claim, "limit": 20}))
    waiting = iter(_get(client, key, "/queue?limit=100&order=oldest")["items"])
    found["decision"] = _timed(lambda: _decide(client, key, next(waiting)["number"]))
    database.close()
    return {"store": store, "items": rows, "filled_s": round(filled_s, 1), "ms": found}


def _get(client: FlaskClient, key: dict[str, str], path: str) -> Any:
    answer = client.get(f"/api/v1{path}", headers=key)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def _post(client: FlaskClient, key: dict[str, str], path: str, content: dict[str, Any]) -> Any:
    answer = client.post(f"/api/v1{path}", json=content, headers=key)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def _decide(client: FlaskClient, key: dict[str, str], number: int) -> Any:
    content = {"request": str(uuid.uuid4()), "action": "remove", "reason": 1}
    return _post(client, key, f"/items/{number}/decisions", content)


def _timed(call: Callable[[], Any]) -> dict[str, float]:
    began = time.perf_counter()
    call()
    first = (time.perf_counter() - began) * 1000
    took = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        call()
        took.append((time.perf_counter() - began) * 1000)
    return {"first": round(first, 1), "median": round(statistics.median(took), 1), "slowest": round(max(took), 1)}


def intake(address: str, store: str, comments: int) -> dict[str, Any]:
    """Comments that come in and are scored by the bundled model, per second of this process's processor time."""
    database = Database(address)
    database.upgrade()
    settings = default_settings().model_copy(update={"key_calls_per_minute": 0, "threads": 1})
    registry = Registry(default=settings.default_name)
    registry.load([lambda: load_model(settings.models[0], settings)])
    app = create_app(settings, registry=registry, database=database)
    state: State = app.extensions[KEY]
    key, client = bearer(keys.create(database, "forum", ["items"])), app.test_client()
    texts = [
        f"I read comment number {i} twice, and it is a dull and pointless mess, as usual." for i in range(comments)
    ]
    stored = _cost(lambda: [_send(client, key, texts[i : i + 100], i) for i in range(0, comments, 100)])
    scored = _cost(lambda: [*iter(state.moderation.items.run_once, 0)])
    registry.close()
    database.close()
    return {
        "store": store,
        "items": comments,
        "words": len(texts[0].split()),
        "stored_cpu_s": round(stored, 2),
        "scored_cpu_s": round(scored, 2),
        "items_per_s_of_two_cores": round(2 * comments / (stored + scored)),
    }


def _send(client: FlaskClient, key: dict[str, str], texts: list[str], first: int) -> Any:
    items = [
        {"id": f"post-{first + i}", "text": each, "author": f"author-{i}", "thread": "t"}
        for i, each in enumerate(texts)
    ]
    return _post(client, key, "/items", {"items": items})


def _cost(call: Callable[[], Any]) -> float:
    """Seconds of processor time, all threads together."""
    began = time.process_time()
    call()
    return time.process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sqlite", type=int, default=100_000, help="items in SQLite")
    parser.add_argument("--postgresql", type=int, default=1_000_000, help="items in PostgreSQL")
    parser.add_argument("--comments", type=int, default=5_000, help="comments that come in")
    parser.add_argument("--out", type=Path, default=Path("docs/results/queue.json"))
    given = parser.parse_args()
    found: dict[str, Any] = {"processor": processor(), "repeats": REPEATS, "queue": [], "intake": []}
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        with postgresql(room / "postgresql") as uri:
            for store, rows in (("SQLite", given.sqlite), ("PostgreSQL", given.postgresql)):
                for name, measure, count in (("queue", pages, rows), ("intake", intake, given.comments)):
                    address = _address(store, room / f"{name}.db", uri)
                    found[name].append(measure(address, store, count))
                    sys.stdout.write(json.dumps(found[name][-1]) + "\n")
                    sys.stdout.flush()
                    write_json(given.out, found)


def _address(store: str, file: Path, uri: str) -> str:
    return address_of_file(file) if store == "SQLite" else database_address(new_database(uri))


if __name__ == "__main__":
    main()
