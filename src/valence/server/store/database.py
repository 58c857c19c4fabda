"""The database: connections, opening, migrations and errors.

Nothing is opened before the first use, and a failed database is retried later, so the server starts and scores without
it. Database errors become StoreErrors without the statement's values, which may be people's texts.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import cast

from sqlalchemy import Connection, Engine, create_engine, event, exc, inspect, make_url, text
from sqlalchemy.orm import Session

from valence.server.store import sqlite_file
from valence.server.store.tables import VERSION_TABLE
from valence.system.errors import StoreError

log = logging.getLogger(__name__)

# The newest revision in migrations/versions; a test compares them. Here so that serving needn't import Alembic.
HEAD = "0012"
_MIGRATIONS = Path(__file__).parent / "migrations"
# Timeouts in seconds: for another process with SQLite's write lock, a free connection, a new connection, a statement.
_BUSY_S, _POOL_S, _CONNECT_S, _STATEMENT_S = 5, 5, 3, 10
# Seconds for which a failure is repeated without a new attempt, so that many requests don't cause many attempts.
_RETRY_S = 2.0
_POSTGRESQL_NEEDED = "Check that the database is running and VALENCE_DATABASE_URL is correct."
# An arbitrary number that other programs are unlikely to lock.
_MIGRATION_LOCK = 8_253_623_001
# Our own mistakes in a statement, not an unavailable database.
_OUR_MISTAKES = (exc.IntegrityError, exc.DataError, exc.ProgrammingError, exc.NotSupportedError)


class Database:
    """A database and its connections. Thread-safe; `close` it when done.

    Args:
        address: as returned by `valence.server.store.address.database_address`.
        connections: maximum connections to PostgreSQL.
    """

    def __init__(self, address: str, *, connections: int = 8) -> None:
        self._url = make_url(address)
        self._engine = self._sqlite() if self.embedded else self._postgresql(connections)
        self._opening, self._turns = threading.Lock(), sqlite_file.Turns()
        self._opened = False
        self._file: sqlite_file.Identity | None = None
        self._availability_lock = threading.Lock()
        self._next_check, self._reason = 0.0, ""
        self._failure: tuple[float, StoreError] | None = None  # time and error

    @property
    def embedded(self) -> bool:
        """Whether it is a SQLite file rather than a server."""
        return self._url.get_backend_name() == "sqlite"

    @property
    def place(self) -> str:
        """Its path or URL for people, without the password."""
        return str(self._url.database) if self.embedded else self._url.render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session to read with. Raises StoreError."""
        self.open()
        with self._translated_errors(), Session(self._engine) as session:
            yield session

    @contextmanager
    def writing(self, *, removes: bool = False) -> Iterator[Session]:
        """A session whose changes are committed if the block ends without an error. Raises StoreError.

        With `removes`, rows deleted in the block leave SQLite's log too, at once or with the next `forget_removed`.
        """
        self.open()
        with (
            self._translated_errors(),
            self._write() as connection,
            Session(connection, expire_on_commit=False) as session,
        ):
            yield session
            session.flush()
        if removes:
            self.forget_removed()

    def forget_removed(self) -> bool:
        """Clears deleted rows from SQLite's log; False if a reader still needs it. Raises StoreError.

        PostgreSQL does this by itself (autovacuum).
        """
        if not self.embedded:
            return True
        self.open()
        with self._translated_errors(), self._raw() as connection:
            return sqlite_file.empty_log(connection)

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A session with a consistent snapshot, whatever is written meanwhile. Raises StoreError."""
        self.open()
        engine = self._engine if self.embedded else self._engine.execution_options(isolation_level="REPEATABLE READ")
        with self._translated_errors(), Session(engine) as session:
            yield session

    def open(self) -> None:
        """Opens the database: creates and migrates a SQLite file, or checks a server's version.

        Raises StoreError; for the next two seconds the same one, without a new attempt.
        """
        if self._opened:
            if self.embedded:
                sqlite_file.identity(self._path, self._file)  # writes to a deleted file would be lost
            return
        with self._opening:
            if self._opened:
                return
            if self._failure and time.monotonic() - self._failure[0] < _RETRY_S:
                raise self._failure[1]
            try:
                self._prepare()
            except StoreError as error:
                self._failure = time.monotonic(), error
                raise
            self._opened = True

    def check(self) -> None:
        """Checks now that it answers, whatever it did before. Raises StoreError."""
        self.open()
        self._check_version()

    def available(self) -> bool:
        """Whether it answers. Checked every two seconds at most; changes are logged with their reason."""
        with self._availability_lock:
            if time.monotonic() >= self._next_check:
                reason = self._unavailable_reason()
                if reason != self._reason:
                    message = "the database is unavailable" if reason else "the database is available again"
                    log.warning(message, extra={"fields": {"reason": reason}})
                self._reason, self._next_check = reason, time.monotonic() + _RETRY_S
            return not self._reason

    def upgrade(self) -> str | None:
        """Migrates the tables, all or nothing, and returns the version before.

        Safe if several processes do it at once. Raises StoreError.
        """
        from alembic import command
        from alembic.config import Config
        from alembic.util import CommandError

        if self.embedded:
            self._prepare_file()
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        with self._translated_errors(), self._write() as connection:
            if not self.embedded:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
            before = _version(connection)
            config.attributes["connection"] = connection
            try:
                command.upgrade(config, "head")
            except CommandError as error:
                raise self._newer(str(error)) from error
        return before

    def version(self) -> str | None:
        """The revision of its tables; None without our tables."""
        with self._translated_errors(), self._engine.connect() as connection:
            return _version(connection)

    def close(self) -> None:
        self._engine.dispose()

    def _prepare(self) -> None:
        if self.embedded:
            self._prepare_file()
            if self.version() != HEAD:  # checked first, because importing Alembic takes memory
                self.upgrade()
            with self._translated_errors(), self._raw() as connection:
                sqlite_file.empty_log(connection)  # rows deleted before a crash
        self._check_version()

    def _prepare_file(self) -> None:
        """Creates the file, or checks an existing one. Raises StoreError."""
        path = self._path
        sqlite_file.make(path)
        self._engine.dispose()  # connections to an earlier file
        self._file = sqlite_file.identity(path)
        sqlite_file.tighten(path)
        with self._translated_errors():
            sqlite_file.check(path, VERSION_TABLE, _BUSY_S)

    def _unavailable_reason(self) -> str:
        try:
            self.check()
        except StoreError as error:
            return str(error)
        return ""

    def _check_version(self) -> None:
        version = self.version()
        if version is None or version < HEAD:
            raise StoreError(
                f"The tables in {self.place} are at version {version or 'none'}; this version of Valence needs {HEAD}.",
                hint="Migrate them: valence db upgrade",
                code="store-outdated",
            )
        if version > HEAD:
            raise self._newer(f"Its version is {version}.")

    def _newer(self, reason: str) -> StoreError:
        return StoreError(
            f"The tables in {self.place} are from a newer Valence; this version supports tables up to {HEAD}. {reason}",
            hint="Run the newer version, or set another database (VALENCE_DATABASE_URL).",
            code="store-newer",
        )

    @property
    def _path(self) -> Path:
        return Path(self.place).absolute()

    @contextmanager
    def _raw(self) -> Iterator[sqlite3.Connection]:
        """SQLite's own connection, outside of transactions."""
        pooled = self._engine.raw_connection()
        try:
            yield cast("sqlite3.Connection", pooled.driver_connection)
        finally:
            pooled.close()

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        """A connection in a transaction that takes SQLite's write lock at once: a transaction that reads first and then
        writes would fail, without waiting, if another has written meanwhile.
        """
        turn = self._turns.turn() if self.embedded else nullcontext()
        with turn, self._engine.connect().execution_options(begin="BEGIN IMMEDIATE") as connection, connection.begin():
            yield connection

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        """Turns database errors into ours, without their cause, which may quote a row."""
        try:
            yield
        except exc.TimeoutError:
            raise StoreError(
                f"No connection to {self.place} became free within {_POOL_S} seconds.",
                hint="Try again, or raise VALENCE_DATABASE_CONNECTIONS.",
            ) from None
        except _OUR_MISTAKES as error:
            raise RuntimeError(f"The database refused a statement: {type(error.orig).__name__}") from None
        except (exc.DBAPIError, sqlite3.Error) as error:
            original = getattr(error, "orig", error)
            if sqlite_file.says_damaged(original):
                self._opened = False  # the next use checks the whole file
            reason = " ".join(str(original).split())
            hint = sqlite_file.NEEDED if self.embedded else _POSTGRESQL_NEEDED
            raise StoreError(f"Can't use the database {self.place}: {reason}", hint=hint) from None

    def _sqlite(self) -> Engine:
        engine = create_engine(
            self._url, hide_parameters=True, creator=lambda: sqlite_file.connect(self._path, _BUSY_S)
        )
        event.listen(engine, "connect", sqlite_file.prepare_connection)
        event.listen(engine, "begin", _begin)
        return engine

    def _postgresql(self, connections: int) -> Engine:
        return create_engine(
            self._url,
            hide_parameters=True,
            pool_size=max(1, connections // 2),
            max_overflow=connections - max(1, connections // 2),
            pool_timeout=_POOL_S,
            pool_pre_ping=True,  # maintenance closes connections without notice
            pool_recycle=300,
            connect_args={
                "connect_timeout": _CONNECT_S,
                "options": f"-c statement_timeout={_STATEMENT_S}s -c timezone=UTC",
                "prepare_threshold": None,  # a pooler such as PgBouncer loses prepared statements
                "application_name": "valence",
            },
        )


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return cast("str | None", connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}")))  # noqa: S608 - our own constant
