"""The file of the SQLite database: who may read it, what is taken for one, and what stays in it of what was removed."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.server.databases import address_of_file
from tests.server.fakes import FakeScorer, served
from valence.server.app import create_app
from valence.server.classifiers.registry import Registry
from valence.server.jobs.runner import Runner
from valence.server.settings import Settings
from valence.server.store import database as module
from valence.server.store import feedback_rows, sqlite_file
from valence.server.store.database import HEAD, Database
from valence.system.errors import StoreError

SECRET = "zebrasecretword"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "valence.db"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    database = Database(address_of_file(path))
    yield database
    database.close()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_RETRY_S", 0.0)


def _say(database: Database, identity: str = "one", words: str = SECRET) -> None:
    values = {"id": identity, "model": "m", "body": "b", "head": "h", "predicted": "p", "probability": 0.5}
    feedback_rows.put(database, {**values, "correct": True, "label": "p", "text": words, "request_id": None})


def _holding(folder: Path, words: str = SECRET) -> set[str]:
    return {file.name for file in folder.iterdir() if words.encode() in file.read_bytes()}


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _another_programs(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE theirs (words TEXT)")
        other.commit()


def _no_database(path: Path) -> None:
    path.write_text("no database " * 800)


def _malformed(path: Path) -> None:
    """A database of ours with every page but the first overwritten."""
    whole = Database(address_of_file(path))
    for n in range(40):
        _say(whole, str(n))
    whole.close()
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xa5" * (len(content) - 4096))


def _without_our_tables(path: Path) -> None:
    whole = Database(address_of_file(path))
    whole.open()
    whole.close()
    with closing(sqlite3.connect(path)) as lost:
        lost.execute("DROP TABLE valence_version")
        lost.execute("PRAGMA application_id = 0")
        lost.commit()


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (_empty, "store-damaged"),
        (_no_database, "store-damaged"),
        (_malformed, "store-damaged"),
        (_another_programs, "store-foreign"),
        (_without_our_tables, "store-foreign"),
    ],
)
@pytest.mark.parametrize("use", ["check", "upgrade", "open"])
def test_what_is_no_sound_database_of_ours_is_told_and_left_as_it_is(
    path: Path, damage: Callable[[Path], None], code: str, use: str
) -> None:
    damage(path)
    before = path.read_bytes()
    database = Database(address_of_file(path))
    for _ in range(2):
        with pytest.raises(StoreError, match="valence restore") as caught:
            getattr(database, use)()
        assert (caught.value.code, str(path) in str(caught.value)) == (code, True)
    assert not database.available()
    database.close()
    assert path.read_bytes() == before
    path.rename(path.with_name("aside"))
    _say(database)
    assert database.available(), "the hint that it gives"
    database.close()


@pytest.mark.parametrize("damage", [_empty, _malformed])
def test_readiness_tells_of_a_damaged_database(
    path: Path, damage: Callable[[Path], None], scorer: FakeScorer, settings: Settings
) -> None:
    damage(path)
    database = Database(address_of_file(path))
    client = create_app(settings, registry=Registry([served(scorer)]), database=database).test_client()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["store"]) == (200, "unavailable"), "texts are scored without it"
    database.close()


def test_damage_while_it_is_used_is_told(path: Path, database: Database) -> None:
    for n in range(200):
        _say(database, str(n), SECRET * 50)
    assert database.available()
    assert database.forget_removed(), "all of it is in the file itself"
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (path.stat().st_size - 4096))
    database._engine.dispose()  # what a connection has read it need not read again
    with pytest.raises(StoreError):
        feedback_rows.page(database, limit=100)
    assert not database.available()
    with pytest.raises(StoreError) as caught:
        database.check()
    assert caught.value.code == "store-damaged"


@pytest.mark.parametrize("what", ["removed", "replaced", "emptied"])
def test_a_file_that_is_taken_away_while_it_is_used_takes_no_more_feedback(
    path: Path, database: Database, what: str
) -> None:
    _say(database)
    if what == "emptied":
        os.truncate(path, 0)
    else:
        path.rename(path.with_name("aside"))
    if what == "replaced":
        shutil.copyfile(path.with_name("aside"), path)
    with pytest.raises(StoreError):
        _say(database, "two")
    assert not database.available()


def test_a_file_whose_making_was_killed_is_gone_on_with(path: Path, database: Database) -> None:
    sqlite_file.make(path)
    assert path.stat().st_size > 0
    database.check()
    assert database.version() == HEAD


def test_no_half_made_file_is_left(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "link", full)
    with pytest.raises(StoreError, match="No space left"):
        sqlite_file.make(path)
    assert list(path.parent.iterdir()) == []


def test_only_its_owner_may_read_it_in_whatever_folder(path: Path) -> None:
    path.parent.chmod(0o755)
    umask = os.umask(0)
    try:
        database = Database(address_of_file(path))
        _say(database)
        modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    finally:
        os.umask(umask)
    assert modes == {"valence.db": 0o600, "valence.db-wal": 0o600, "valence.db-shm": 0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o755, "the folder is not ours"
    database.close()


def test_the_files_of_an_older_valence_are_closed_to_others(path: Path) -> None:
    older = Database(address_of_file(path))
    _say(older)
    for file in path.parent.iterdir():
        file.chmod(0o644)
    database = Database(address_of_file(path))
    database.open()
    assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}
    for each in (older, database):
        each.close()


def test_a_removed_text_is_in_no_file(path: Path, database: Database) -> None:
    _say(database)
    assert _holding(path.parent)
    assert feedback_rows.remove(database, "one")
    assert _holding(path.parent) == set()


def test_a_text_that_is_taken_back_is_in_no_file_after_the_runners_round(path: Path, database: Database) -> None:
    _say(database)
    _say(database, words="other")
    Runner(database, Registry(), jobs=False).run_once()
    assert _holding(path.parent) == set()


def test_who_still_reads_delays_it_to_the_next_round(path: Path, database: Database) -> None:
    _say(database)
    runner = Runner(database, Registry(), jobs=False)
    with database.reading() as session:
        session.execute(text("SELECT count(*) FROM feedback")).all()
        feedback_rows.remove(database, "one")
        runner.run_once()
        assert _holding(path.parent), "the reader has it yet"
    runner.run_once()
    assert _holding(path.parent) == set()


def test_what_was_removed_before_a_kill_is_cleared_at_the_next_start(path: Path, tmp_path: Path) -> None:
    database = Database(address_of_file(path))
    _say(database)
    with database.writing() as session:
        session.execute(text("DELETE FROM feedback"))
    killed = tmp_path / "killed"
    killed.mkdir()
    for file in tmp_path.glob("valence.db*"):
        shutil.copyfile(file, killed / file.name)  # a close would clear it
    database.close()
    assert _holding(killed)
    again = Database(address_of_file(killed / "valence.db"))
    again.open()
    assert _holding(killed) == set()
    again.close()
