"""Opening, migrating and losing a database; all of it with SQLite and with PostgreSQL."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, select, text

from tests.server.databases import address_of_file, new_database
from valence.server.store import database as module
from valence.server.store.address import database_address
from valence.server.store.database import HEAD, Database
from valence.server.store.tables import VERSION_TABLE, ApiKey, Base
from valence.system.errors import StoreError

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def _key(identity: str) -> ApiKey:
    return ApiKey(id=identity, name="a key", digest="d" * 64, scopes="admin", created_at=NOW)


def _count(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(ApiKey)) or 0


def test_the_newest_step_is_the_one_that_the_code_needs() -> None:
    assert ScriptDirectory(str(module._MIGRATIONS)).get_current_head() == HEAD


def test_the_migrations_make_the_tables_of_the_code(database: Database) -> None:
    with database._engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_upgrading_twice_keeps_what_is_there(database: Database) -> None:
    with database.writing() as session:
        session.add(_key("one"))
    database.upgrade()
    assert (_count(database), database.version()) == (1, HEAD)


def test_a_thread_waits_until_another_has_written(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    database.close()  # so that the next connection takes the new time
    monkeypatch.setattr(module, "_BUSY_S", 0.01)

    def write(name: str) -> None:
        with database.writing() as session:
            session.add(_key(name))

    with ThreadPoolExecutor(1) as pool:
        with database.writing() as session:
            session.add(_key("first"))
            session.flush()
            other = pool.submit(write, "second")
            wait([other], timeout=0.2)
        other.result()
    assert _count(database) == 2


def test_several_processes_may_upgrade_at_once(address: str) -> None:
    databases = [Database(address) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(Database.upgrade, databases))
    assert {each.version() for each in databases} == {HEAD}
    for each in databases:
        each.close()


def test_a_moment_comes_back_with_its_zone(database: Database) -> None:
    with database.writing() as session:
        session.add(_key("one"))
    with database.reading() as session:
        found = session.get_one(ApiKey, "one")
        assert (found.created_at, found.created_at.tzinfo, found.revoked_at) == (NOW, UTC, None)


def test_a_block_that_fails_changes_nothing(database: Database) -> None:
    def half_done() -> None:
        with database.writing() as session:
            session.add(_key("one"))
            session.flush()
            raise KeyError

    with pytest.raises(KeyError):
        half_done()
    assert _count(database) == 0


def test_many_threads_write_at_once(database: Database) -> None:
    def write(i: int) -> None:
        with database.writing() as session:
            session.scalar(select(func.count()).select_from(ApiKey))  # read, then write: the order that can deadlock
            session.add(_key(f"key-{i}"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))
    assert _count(database) == 40


def test_what_a_statement_held_is_not_in_the_error(database: Database) -> None:
    with database.writing() as session:
        session.add(_key("a-private-word"))
    with pytest.raises(RuntimeError) as caught, database.writing() as session:
        session.add(_key("a-private-word"))
    assert "private" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_newer_database_is_left_alone(database: Database) -> None:
    with database.writing() as session:
        session.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    later = Database(database._url.render_as_string(hide_password=False))
    for attempt in (later.upgrade, later.check):
        with pytest.raises(StoreError, match="newer Valence") as caught:
            attempt()
        assert caught.value.code == "store-newer"
    later.close()


def test_an_embedded_file_is_made_at_the_first_use(tmp_path: Path) -> None:
    database = Database(address_of_file(tmp_path / "new" / "folder" / "valence.db"))
    assert not (tmp_path / "new").exists()
    assert _count(database) == 0
    with database._engine.connect() as connection:
        pragmas = [
            connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "foreign_keys", "busy_timeout")
        ]
    assert pragmas == ["wal", 1, 5000]
    assert (tmp_path / "new" / "folder").stat().st_mode & 0o077 == 0, "only ours to read"
    database.close()


def test_a_file_that_is_up_to_date_is_opened_without_alembic(tmp_path: Path) -> None:
    address = address_of_file(tmp_path / "valence.db")
    first = Database(address)
    first.upgrade()
    first.close()
    code = (
        "import sys; sys.modules['alembic'] = None\n"
        "from valence.server.store.database import Database\n"
        "database = Database(sys.argv[1]); database.check(); database.close()"
    )
    done = subprocess.run([sys.executable, "-c", code, address], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_server_is_not_migrated_behind_the_operators_back(postgresql_uri: str) -> None:
    database = Database(database_address(new_database(postgresql_uri)))
    with pytest.raises(StoreError, match="valence db upgrade") as caught:
        database.check()
    assert caught.value.code == "store-outdated"
    assert database.version() is None
    database.close()


@pytest.mark.parametrize("damage", ["folder", "content"])
def test_a_file_that_cannot_be_had_is_told_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    monkeypatch.setattr(module, "_RETRY_S", 0.0)
    path = tmp_path / "folder" / "valence.db"
    if damage == "folder":
        path.parent.write_text("a file where the folder should be")
    else:
        path.parent.mkdir()
        path.write_text("no database " * 200)
    database = Database(address_of_file(path))
    with pytest.raises(StoreError, match="VALENCE_DATA_FOLDER"):
        database.check()
    (path.parent if damage == "folder" else path).unlink()
    assert _count(database) == 0
    database.close()


def test_a_failure_is_answered_from_memory_for_a_while(tmp_path: Path) -> None:
    (tmp_path / "folder").write_text("")
    database = Database(address_of_file(tmp_path / "folder" / "valence.db"))
    with pytest.raises(StoreError) as first:
        database.open()
    (tmp_path / "folder").unlink()
    with pytest.raises(StoreError) as second:
        database.open()
    assert second.value is first.value


def test_a_lost_server_is_told_without_its_password(tmp_path: Path) -> None:
    database = Database("postgresql+psycopg://me:secret@127.0.0.1:1/valence")
    with pytest.raises(StoreError, match="VALENCE_DATABASE_URL") as caught:
        database.check()
    assert "secret" not in str(caught.value)
    assert "***" in database.place


def test_a_connection_that_the_server_closed_is_replaced(postgresql_uri: str) -> None:
    database = Database(database_address(new_database(postgresql_uri)))
    database.upgrade()
    database.check()
    with psycopg.connect(postgresql_uri, autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE 'test%'")
    database.check()
    database.close()
