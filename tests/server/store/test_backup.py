"""Backups: of both databases, into both, made while the server writes, refused where they are not whole."""

from __future__ import annotations

import json
import stat
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.server.databases import address_of_file, new_database
from valence.cli import main
from valence.server.adapter_settings import Answer
from valence.server.auth import keys
from valence.server.feedback.export import as_jsonl
from valence.server.store import (
    attribute_rows,
    classifier_rows,
    decision_rows,
    example_rows,
    feedback_rows,
    item_rows,
    rules_rows,
    scoring_rows,
    version_rows,
    webhook_rows,
)
from valence.server.store.address import database_address
from valence.server.store.backup import _TABLES, backup, check, restore
from valence.server.store.classifier_tables import Classifier, Version
from valence.server.store.database import Database
from valence.server.store.example_rows import Wanted
from valence.server.store.moderation_tables import Webhook
from valence.server.store.tables import Base
from valence.system.errors import StoreError

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def _say(database: Database, number: int, **more: Any) -> None:
    identity = f"6f1c3a52-9d0e-4b7a-8c21-{number:012x}"
    said = {"id": identity, "model": "m", "body": "b", "head": "h", "predicted": "positive", "probability": 0.1 + 0.2}
    feedback_rows.put(database, {**said, "correct": True, "label": None, "text": None, "request_id": None, **more})


def _told(database: Database) -> list[str]:
    return list(as_jsonl(feedback_rows.every(database)))


def _example(text: str) -> dict[str, Any]:
    rest = {"source": "hand", "picked": None, "author": None, "checked": False, "added_by": "me"}
    return {"digest": text.rjust(32), "text": text, "labels": '["a"]', "part": "train", **rest}


def _teach(database: Database) -> None:
    """A classifier with two examples, and a version that answers."""
    values = {"several": False, "readout": "auto", "clean": "none", "created_at": NOW, "created_by": "me"}
    classifier_rows.put(database, Classifier(id="id", name="forum", labels='["a", "b"]', **values), limit=9)
    example_rows.put(database, "id", [_example("naïve 🎬 \u2028"), _example("other")], limit=9)
    version = Version(
        classifier_id="id",
        labels='["a", "b"]',
        several=False,
        head=bytes(range(256)),
        fingerprint="f" * 12,
        readout="final",
        body="b" * 64,
        engine="e",
        provenance="{}",
        results="{}",
        rows=2,
        rows_digest="d" * 64,
        note="",
        made_at=NOW,
        made_by="me",
        published_at=None,
    )
    with database.writing() as session:
        version_rows.add(session, version)
    assert version_rows.publish(database, "id", 1, "f" * 12)


def _moderate(database: Database) -> None:
    """An item that was decided, a classifier's rules and a webhook."""
    values = {"digest": "d" * 32, "author": "bob", "parent": None, "thread": None, "link": None, "posted_at": None}
    row = {"classifier": "id", "sender_id": "p", "text": "naïve 🎬 \u2028", "blind": False, **values}
    (put,) = item_rows.put(database, "id", [row])
    claimed = scoring_rows.claim(database, limit=9)
    judged = scoring_rows.Judged(put.number, 1, {"state": "waiting", "score": 0.1 + 0.2})
    scoring_rows.save(database, claimed, [judged])
    choice = decision_rows.Choice(
        "r" * 36, put.number, "remove", None, 2, copies=False, replace=False, claim=None, by="me"
    )
    decision_rows.decide(database, choice, None)
    rules = {"approve_label": None, "remove_label": "a", "pass_below": 0.1, "flag_from": 0.9, "learn": True}
    rules_rows.put(database, "id", {**rules, "dry_run": False, "changed_by": "me", "changed_at": NOW}, {})
    hook = {"id": "w", "url": "https://forum.example", "secret": "s", "events": "[]", "message": ""}
    webhook_rows.put(database, Webhook(**hook, created_by="me", created_at=NOW), limit=9)
    attribute_rows.put(database, Answer("TOXICITY", "id", "a"), "me", most=9)


def test_a_table_is_in_it_or_holds_only_what_passes() -> None:
    passing = {"jobs", "job_parts", "classifier_fits", "item_answers", "sessions", "webhook_deliveries"}
    passing.add("received_requests")
    assert set(Base.metadata.tables) - set(_TABLES) == passing


def _moderated(database: Database) -> Any:
    item = item_rows.get(database, 1)
    (decision,) = decision_rows.every(database, "id")
    rules = rules_rows.get(database, "id")
    (webhook,) = webhook_rows.every(database)
    assert item is not None
    assert rules is not None
    return (
        (item.text, item.score, item.state, item.action, item.closed_at),
        attribute_rows.every(database),
        (decision.id, decision.item, decision.action, decision.made_at),
        (rules.remove_label, rules.learn, rules.flag_from),
        (webhook.url, webhook.secret),
    )


def _taught(database: Database) -> Any:
    version = version_rows.with_head(database, "id", 1)
    assert version is not None
    examples = [(row.id, row.text, row.labels, row.part) for row in example_rows.every(database, "id", Wanted())]
    return classifier_rows.published(database), version.head, version.published_at is not None, examples


@pytest.fixture
def full(database: Database) -> Database:
    for number in range(3):
        _say(database, number, text="naïve 🎬 \u2028 =1+1")
    return database


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Another database than the one that is backed up."""
    if request.param == "sqlite":
        address = address_of_file(tmp_path / "other.db")
    else:
        address = database_address(new_database(request.getfixturevalue("postgresql_uri")))
    found = Database(address)
    found.upgrade()
    yield found
    found.close()


def test_everything_comes_back_in_either_kind_and_counting_goes_on(
    full: Database, empty: Database, tmp_path: Path
) -> None:
    key, revoked = (keys.create(full, "me", ["admin"], days=9) for _ in range(2))
    keys.revoke(full, revoked.split("_")[1])
    file = tmp_path / "backup.jsonl"
    _teach(full)
    _moderate(full)
    assert dict(backup(full, file).rows) == {
        "api_keys": 2,
        "feedback": 3,
        "classifiers": 1,
        "classifier_versions": 1,
        "examples": 2,
        "moderation_rules": 1,
        "items": 1,
        "decisions": 1,
        "webhooks": 1,
        "attribute_answers": 1,
    }
    restore(empty, file)
    assert _told(empty) == _told(full)
    assert keys.listed(empty) == keys.listed(full)
    assert keys.holder_of(empty, key) is not None
    assert keys.holder_of(empty, revoked) is None
    assert _taught(empty) == _taught(full)
    assert _moderated(empty) == _moderated(full)
    again = example_rows.put(empty, "id", [_example("new")], limit=9)
    assert (again.added, max(row.id for row in example_rows.every(empty, "id", Wanted()))) == (1, 3)
    row = {"classifier": "id", "sender_id": "q", "text": "t", "digest": "e" * 32, "blind": False}
    rest = dict.fromkeys(("author", "parent", "thread", "link", "posted_at"))
    assert item_rows.put(empty, "id", [{**row, **rest}])[0].number == 2
    _say(empty, 9)
    assert len(_told(empty)) == 4


def test_only_its_owner_may_read_it_and_it_is_not_overwritten_by_mistake(full: Database, tmp_path: Path) -> None:
    file = tmp_path / "backup.jsonl"
    backup(full, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(StoreError, match="--overwrite"):
        backup(full, file)
    backup(full, file, overwrite=True)
    assert [each.name for each in tmp_path.iterdir() if "backup" in each.name] == ["backup.jsonl"]


def test_what_is_there_is_replaced_only_when_asked(full: Database, empty: Database, tmp_path: Path) -> None:
    file = tmp_path / "backup.jsonl"
    backup(full, file)
    _say(empty, 77)
    before = _told(empty)
    with pytest.raises(StoreError, match="--replace"):
        restore(empty, file)
    assert _told(empty) == before
    restore(empty, file, replace=True)
    assert _told(empty) == _told(full)


def test_it_is_of_one_moment_while_the_server_writes(database: Database, tmp_path: Path) -> None:
    stop, wrote = threading.Event(), threading.Event()

    def write_pairs() -> None:
        number = 0
        while not stop.is_set():
            with database.writing() as session:
                for each in (number, number + 1):
                    values = {"id": f"{each:036x}", "model": "m", "body": "b", "head": "h", "predicted": "p"}
                    feedback_rows._insert(
                        session,
                        {**values, "probability": 1.0, "correct": True, "received_at": NOW, "changed_at": NOW},
                    )
            wrote.set()
            number += 2

    writer = threading.Thread(target=write_pairs)
    writer.start()
    try:
        assert wrote.wait(30)
        counts = [backup(database, tmp_path / f"{n}.jsonl").rows.get("feedback", 0) for n in range(5)]
    finally:
        stop.set()
        writer.join()
    assert [count % 2 for count in counts] == [0] * 5, "a transaction is in it whole or not at all"
    assert counts[-1] > 0


def _head(**change: Any) -> str:
    head = {"valence_backup": 1, "version": "0001", "made_at": "2026-11-25T12:00:00+00:00", **change}
    return json.dumps(head) + "\n"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines: lines[:-1], "its end is missing"),
        (lambda lines: [], "its end is missing"),
        (lambda lines: [*lines[:1], *lines[2:]], "checksum"),
        (lambda lines: [line.replace("positive", "negative") for line in lines], "checksum"),
        (lambda lines: [lines[0], "{", *lines[2:]], "line 2 isn't valid JSON"),
        (lambda lines: [lines[0], "[]\n", *lines[2:]], "line 2 isn't a JSON object"),
        (lambda lines: [lines[0], '{"jobs": {}}\n', *lines[2:]], "line 2 isn't a row"),
        (lambda lines: [lines[0], '{"feedback": {"colour": 1}}\n'], "'colour'"),
        (lambda lines: [lines[0], '{"feedback": {"id": "1"}}\n'], "'sequence'"),
        (lambda lines: [_head(version="9999"), *lines[1:]], "newer Valence"),
        (lambda lines: [_head(valence_backup=2), *lines[1:]], "newer Valence"),
        (lambda lines: [_head(made_at="yesterday"), *lines[1:]], "has no valid date"),
        (lambda lines: ['{"text": "good"}\n'], "isn't a Valence backup"),
    ],
)
def test_what_is_no_whole_backup_is_refused(tmp_path: Path, change: Any, said: str) -> None:
    database = Database(address_of_file(tmp_path / "valence.db"))
    _say(database, 1)
    file = tmp_path / "backup.jsonl"
    backup(database, file)
    file.write_text("".join(change(file.read_text("utf-8").splitlines(keepends=True))), "utf-8")
    before = _told(database)
    with pytest.raises(StoreError, match=said):
        restore(database, file, replace=True)
    assert _told(database) == before
    database.close()


def test_a_missing_file_and_a_missing_folder_are_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="Can't read"):
        check(tmp_path / "none.jsonl")
    database = Database(address_of_file(tmp_path / "valence.db"))
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="Can't write"):
        backup(database, tmp_path / "file" / "backup.jsonl")
    database.close()


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALENCE_DATA_FOLDER", str(tmp_path / "kept"))
    file = tmp_path / "backup.jsonl"
    written = CliRunner().invoke(main, ["backup", str(file)], catch_exceptions=False)
    assert f"Written: {file} (0 of api_keys, 0 of feedback" in written.output
    assert CliRunner().invoke(main, ["backup", str(file)]).exit_code == 2
    assert "Restored into" in CliRunner().invoke(main, ["restore", str(file), "--replace"]).output
