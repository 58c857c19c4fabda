"""The database: how it is reached, opened, brought up to date, and what is said when it cannot be had.

Nothing is opened before the first use, and a database that fails is tried again later, so a server without one still
starts and scores. Whatever the database says enters as a StoreError, without the values of the statement: they may be
a person's words.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from sqlalchemy import Connection, Engine, create_engine, event, exc, inspect, make_url, text
from sqlalchemy.orm import Session

from valence.errors import StoreError
from valence.server.store import sqlite_file
from valence.server.store.tables import VERSION_TABLE

log = logging.getLogger(__name__)

# The newest step in migrations/versions; a test holds the two together. Here so that serving need not load Alembic.
HEAD = "0002"
_MIGRATIONS = Path(__file__).parent / "migrations"
# Seconds: how long SQLite waits for another writer, a free connection or a new one may take, a statement may run.
_BUSY_S, _POOL_S, _CONNECT_S, _STATEMENT_S = 5, 5, 3, 10
# Seconds for which a failure is answered from memory, so that a flood of requests is no flood of attempts.
_TRY_AGAIN_S = 2.0
_POSTGRESQL_NEEDED = "See whether the database runs and VALENCE_DATABASE_URL is its address."
# Any number that other programs in the same database are unlikely to lock.
_MIGRATION_LOCK = 8_253_623_001
# A statement that is wrong, and no database that is out of reach.
_OUR_MISTAKES = (exc.IntegrityError, exc.DataError, exc.ProgrammingError, exc.NotSupportedError)


class Database:
    """A database and its connections; share one between threads, and `close` it when done.

    Args:
        address: as `valence.server.store.address.database_address` gives it.
        connections: to PostgreSQL, at most.
    """

    def __init__(self, address: str, *, connections: int = 8) -> None:
        self._url = make_url(address)
        self._engine = self._sqlite() if self.embedded else self._postgresql(connections)
        self._opening = threading.Lock()
        self._opened = False
        self._file: sqlite_file.Identity | None = None
        self._asking = threading.Lock()
        self._ask_again, self._reason = 0.0, ""
        self._failure: tuple[float, StoreError] | None = None  # when, and what

    @property
    def embedded(self) -> bool:
        """Whether it is a file of ours (SQLite), and no server."""
        return self._url.get_backend_name() == "sqlite"

    @property
    def place(self) -> str:
        """Where it is, for people; never with the password."""
        return str(self._url.database) if self.embedded else self._url.render_as_string(hide_password=True)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session to read with. Raises StoreError."""
        self.open()
        with self._told(), Session(self._engine) as session:
            yield session

    @contextmanager
    def writing(self, *, removes: bool = False) -> Iterator[Session]:
        """A session whose changes are kept if the block ends without an error. Raises StoreError.

        With `removes`, what the block removes leaves SQLite's log too, at once or with the next `forget_removed`.
        """
        self.open()
        with self._told(), self._write() as connection, Session(connection, expire_on_commit=False) as session:
            yield session
            session.flush()
        if removes:
            self.forget_removed()

    def forget_removed(self) -> bool:
        """Clears what was removed out of SQLite's log; False where somebody still reads from it. Raises StoreError.

        PostgreSQL clears its tables by itself (autovacuum).
        """
        if not self.embedded:
            return True
        self.open()
        with self._told(), self._raw() as connection:
            return sqlite_file.empty_log(connection)

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A session that reads everything as it was at one moment, whatever is written meanwhile. Raises StoreError."""
        self.open()
        engine = self._engine if self.embedded else self._engine.execution_options(isolation_level="REPEATABLE READ")
        with self._told(), Session(engine) as session:
            yield session

    def open(self) -> None:
        """Makes it ready for use: a file of ours is created and brought up to date, a server's version is checked.

        Raises StoreError; for the next two seconds the same one, without a new attempt.
        """
        if self._opened:
            if self.embedded:
                sqlite_file.identity(self._path, self._file)  # what is written to a removed file is lost
            return
        with self._opening:
            if self._opened:
                return
            if self._failure and time.monotonic() - self._failure[0] < _TRY_AGAIN_S:
                raise self._failure[1]
            try:
                self._prepare()
            except StoreError as error:
                self._failure = time.monotonic(), error
                raise
            self._opened = True

    def check(self) -> None:
        """Asks it for an answer, whatever it said before. Raises StoreError."""
        self.open()
        self._check_version()

    def available(self) -> bool:
        """Whether it answers. It is asked every two seconds at most; what has changed is logged with its reason."""
        with self._asking:
            if time.monotonic() >= self._ask_again:
                reason = self._reason_against()
                if reason != self._reason:
                    said = "the database cannot be used" if reason else "the database can be used again"
                    log.warning(said, extra={"fields": {"reason": reason}})
                self._reason, self._ask_again = reason, time.monotonic() + _TRY_AGAIN_S
            return not self._reason

    def upgrade(self) -> str | None:
        """Brings the tables up to date, or changes nothing; gives the version before, as `version` does.

        Safe where several processes do it at once. Raises StoreError.
        """
        from alembic import command
        from alembic.config import Config
        from alembic.util import CommandError

        if self.embedded:
            self._prepare_file()
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        with self._told(), self._write() as connection:
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
        """Number of the newest step that it has been brought to; None for one without our tables."""
        with self._told(), self._engine.connect() as connection:
            return _version(connection)

    def close(self) -> None:
        self._engine.dispose()

    def _prepare(self) -> None:
        if self.embedded:
            self._prepare_file()
            if self.version() != HEAD:  # asked first, since Alembic takes memory that a small dyno has better uses for
                self.upgrade()
            with self._told(), self._raw() as connection:
                sqlite_file.empty_log(connection)  # what was removed before a kill
        self._check_version()

    def _prepare_file(self) -> None:
        """Makes the file where there is none, checks it where there is one. Raises StoreError."""
        path = self._path
        sqlite_file.make(path)
        self._engine.dispose()  # connections to a file that was here before
        self._file = sqlite_file.identity(path)
        sqlite_file.tighten(path)
        with self._told():
            sqlite_file.check(path, VERSION_TABLE, _BUSY_S)

    def _reason_against(self) -> str:
        try:
            self.check()
        except StoreError as error:
            return str(error)
        return ""

    def _check_version(self) -> None:
        found = self.version()
        if found is None or found < HEAD:
            raise StoreError(
                f"The tables in {self.place} are at version {found or 'none'}, and this Valence needs {HEAD}.",
                way_out="Bring them up to date: valence db upgrade",
                code="store-outdated",
            )
        if found > HEAD:
            raise self._newer(f"Its version is {found}.")

    def _newer(self, said: str) -> StoreError:
        return StoreError(
            f"The tables in {self.place} were made by a newer Valence; this one knows versions up to {HEAD}. {said}",
            way_out="Run the newer version, or name another database (VALENCE_DATABASE_URL).",
            code="store-newer",
        )

    @property
    def _path(self) -> Path:
        return Path(self.place).absolute()

    @contextmanager
    def _raw(self) -> Iterator[sqlite3.Connection]:
        """SQLite's own connection, outside of any transaction."""
        pooled = self._engine.raw_connection()
        try:
            yield cast("sqlite3.Connection", pooled.driver_connection)
        finally:
            pooled.close()

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        """A connection within a transaction that takes SQLite's one place for a writer at once: a transaction that
        reads first and then wants to write is refused, without waiting, if another has written meanwhile.
        """
        with self._engine.connect().execution_options(begin="BEGIN IMMEDIATE") as connection, connection.begin():
            yield connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        """The border where the database's errors become ours; none is passed on as a cause, for its words may quote
        a row.
        """
        try:
            yield
        except exc.TimeoutError:
            raise StoreError(
                f"No connection to {self.place} came free within {_POOL_S} seconds.",
                way_out="Ask again, or allow more with VALENCE_DATABASE_CONNECTIONS.",
            ) from None
        except _OUR_MISTAKES as error:
            raise RuntimeError(f"The database refused a statement: {type(error.orig).__name__}") from None
        except (exc.DBAPIError, sqlite3.Error) as error:
            original = getattr(error, "orig", error)
            if sqlite_file.says_damaged(original):
                self._opened = False  # the next use reads all of it and says what is the matter
            said = " ".join(str(original).split())
            way_out = sqlite_file.NEEDED if self.embedded else _POSTGRESQL_NEEDED
            raise StoreError(f"The database {self.place} does not answer: {said}", way_out=way_out) from None

    def _sqlite(self) -> Engine:
        engine = create_engine(
            self._url, hide_parameters=True, creator=lambda: sqlite_file.connect(self._path, _BUSY_S)
        )
        event.listen(engine, "connect", sqlite_file.prepare_connection)
        event.listen(
            engine, "begin", lambda each: each.exec_driver_sql(each.get_execution_options().get("begin", "BEGIN"))
        )
        return engine

    def _postgresql(self, connections: int) -> Engine:
        return create_engine(
            self._url,
            hide_parameters=True,
            pool_size=max(1, connections // 2),
            max_overflow=connections - max(1, connections // 2),
            pool_timeout=_POOL_S,
            pool_pre_ping=True,  # a provider's maintenance closes connections without a word
            pool_recycle=300,
            connect_args={
                "connect_timeout": _CONNECT_S,
                "options": f"-c statement_timeout={_STATEMENT_S}s -c timezone=UTC",
                "prepare_threshold": None,  # a pooler in front (PgBouncer) loses prepared statements
                "application_name": "valence",
            },
        )


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    return cast("str | None", connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}")))  # noqa: S608 - our own constant
