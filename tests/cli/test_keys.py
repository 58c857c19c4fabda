"""`valence keys` and `valence feedback`, as an operator types them."""

from __future__ import annotations

import csv
import json
import uuid
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from valence.cli import main
from valence.server.auth import keys
from valence.server.settings import load_settings
from valence.server.store import feedback_rows
from valence.server.store.database import Database


def _run(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def _key(*words: str) -> str:
    return _run("keys", "create", *words).stdout.strip()


@pytest.fixture
def kept() -> Database:
    return Database(load_settings().database_address)


def test_a_key_is_made_listed_and_revoked(kept: Database) -> None:
    key = _key("the newsroom", "--scope", "read-feedback", "--days", "30")
    holder = keys.holder_of(kept, key)
    assert holder is not None
    assert holder.scopes == {"read-feedback"}
    listed = _run("keys", "list").output
    assert "the newsroom" in listed
    assert "valid" in listed
    assert key not in listed
    assert "is revoked" in _run("keys", "revoke", holder.id).output
    assert keys.holder_of(kept, key) is None
    assert "was revoked before" in _run("keys", "revoke", holder.id).output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("keys", "create", "me"), "--scope"),
        (("keys", "create", "me", "--scope", "everything"), "everything"),
        (("keys", "create", "", "--scope", "admin"), "1 to 100 visible characters"),
        (("keys", "create", "two\nlines", "--scope", "admin"), "1 to 100 visible characters"),
        (("keys", "create", "me", "--scope", "admin", "--days", "0"), "--days"),
        (("keys", "revoke", "nobody"), "No key has the ID 'nobody'"),
    ],
)
def test_what_is_wrong_is_told(words: tuple[str, ...], said: str) -> None:
    failed = _run(*words)
    assert (failed.exit_code, said in failed.output) == (2, True)


def test_feedback_is_exported(kept: Database, tmp_path: Path) -> None:
    row = {
        "id": str(uuid.uuid4()),
        "model": "m",
        "body": "b",
        "head": "h",
        "predicted": "positive",
        "probability": 0.5,
        "correct": False,
        "label": "negative",
        "text": "=1+1",
        "request_id": None,
    }
    feedback_rows.put(kept, row)
    (line,) = _run("feedback", "export").stdout.splitlines()
    assert json.loads(line)["text"] == "=1+1"
    assert _run("feedback", "export", "--format", "csv", "--out", str(tmp_path / "all.csv")).exit_code == 0
    assert (tmp_path / "all.csv").stat().st_mode & 0o777 == 0o600, "there may be people's words in it"
    with (tmp_path / "all.csv").open(newline="") as file:
        (read,) = csv.DictReader(file)
    assert (read["id"], read["text"]) == (row["id"], "'=1+1")
