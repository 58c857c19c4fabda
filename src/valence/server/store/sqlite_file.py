"""The file of a SQLite database: created atomically, readable only by its owner, never silently replaced.

SQLite creates a missing file and treats an empty one as a new database, so a failed copy or a full disk would silently
lose data. Here a new file appears complete, marked as ours; any other file that isn't a valid database of ours is an
error that says what to do.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from valence.system.errors import StoreError

log = logging.getLogger(__name__)

# "VALN", in the header of files created here, which may not have tables yet.
_APPLICATION_ID = 0x56414C4E
_OWNER_ONLY = 0o600
# SQLite gives its other files the mode of the first.
_SUFFIXES = ("", "-wal", "-shm", "-journal")
# Seconds that a thread waits for its turn to write; thousands of comments take some.
_TURN_S = 20
# Seconds that emptying the write-ahead log waits for readers.
_CHECKPOINT_WAIT_S = 0.1
_DAMAGED_CODES = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}

NEEDED = "Set a writable folder (VALENCE_DATA_FOLDER) or a PostgreSQL database (VALENCE_DATABASE_URL)."

Identity = tuple[int, int]


class Turns:
    """Lets the threads of a process write one after the other.

    SQLite itself lets those who wait look now and then whether they may, so that a thread that writes often is quicker.
    """

    def __init__(self) -> None:
        self._one = threading.Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Raises StoreError if others write for too long."""
        if not self._one.acquire(timeout=_TURN_S):
            raise StoreError(f"Others have been writing to the database for {_TURN_S:.0f} s.", hint="Try again later.")
        try:
            yield
        finally:
            self._one.release()


def make(path: Path) -> None:
    """Creates the file and its folder if they don't exist. Raises StoreError.

    If two processes do this at once, the second uses the file of the first.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # it may contain people's texts
    except OSError as error:
        raise _unusable(f"Can't create the folder {path.parent}", error) from error
    if path.exists():
        return
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # readable only by its owner
        os.close(handle)
        try:
            with closing(sqlite3.connect(name)) as connection:
                connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
                connection.execute("PRAGMA journal_mode = WAL")
            with suppress(FileExistsError):
                os.link(name, path)
        finally:
            Path(name).unlink()
    except (OSError, sqlite3.Error) as error:
        raise _unusable(f"Can't create the database {path}", error) from error


def connect(path: Path, timeout_s: float) -> sqlite3.Connection:
    """A connection to an existing file; unlike SQLite's default, never creates it."""
    address = f"file:{quote(str(path.absolute()))}?mode=rw"
    return sqlite3.connect(address, uri=True, timeout=timeout_s, check_same_thread=False)


def prepare_connection(connection: sqlite3.Connection, _record: object = None) -> None:
    """Configures a new connection; a listener for SQLAlchemy."""
    connection.isolation_level = None  # Python's driver must not begin or commit by itself
    # secure_delete overwrites deleted rows, which may be people's texts
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def identity(path: Path, expected: Identity | None = None) -> Identity:
    """The file's device and inode. Raises StoreError if it is gone, empty or not the expected one."""
    try:
        status = path.stat()
    except OSError as error:
        raise _unusable(f"The database {path} doesn't exist", error) from error
    if not status.st_size:
        raise _damaged(path, "is empty (0 bytes)")
    if expected not in {None, (status.st_dev, status.st_ino)}:
        raise StoreError(
            f"The database {path} was replaced while it was in use.",
            hint="Restart the server to use the new file.",
            code="store-replaced",
        )
    return status.st_dev, status.st_ino


def check(path: Path, version_table: str, timeout_s: float) -> None:
    """Reads the whole file once. Raises StoreError if it is damaged or another program's, sqlite3.Error if locked.

    Args:
        path: the file.
        version_table: the table that every database of ours has once it has any.
        timeout_s: seconds to wait for another program's lock.
    """
    with closing(connect(path, timeout_s)) as connection:
        try:
            result = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            has_tables = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (version_table,)).fetchone()
            ours = connection.execute("PRAGMA application_id").fetchone()[0] == _APPLICATION_ID
        except sqlite3.DatabaseError as error:
            if not says_damaged(error):
                raise
            raise _damaged(path, f"is damaged: {error}") from error
    if result != "ok":
        raise _damaged(path, f"is damaged: {' '.join(result.split())}")
    if not has_tables and not ours:
        raise StoreError(
            f"The database {path} has none of Valence's tables: another program made it, or the tables were lost.",
            hint=_WAY_OUT.format(path=path),
            code="store-foreign",
        )


def tighten(path: Path) -> None:
    """Makes the file and SQLite's other files private to their owner, whatever the folder allows."""
    for suffix in _SUFFIXES:
        file = path.with_name(path.name + suffix)
        try:
            if file.stat().st_mode & 0o077:
                file.chmod(_OWNER_ONLY)
        except FileNotFoundError:
            continue
        except OSError as error:
            log.warning(
                "the database is readable by others, and its mode can't be changed",
                extra={"fields": {"file": str(file), "reason": error.strerror}},
            )


def empty_log(connection: sqlite3.Connection) -> bool:
    """Moves the write-ahead log into the database and truncates it.

    Until then, deleted rows stay in the log, though they are overwritten in the database (secure_delete). False if a
    reader still needs the log: try again later.
    """
    with _short_busy_timeout(connection):
        try:
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                raise
            return False
    return not busy


def says_damaged(error: BaseException | None) -> bool:
    """Whether SQLite reports that the file is damaged."""
    return isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED_CODES


@contextmanager
def _short_busy_timeout(connection: sqlite3.Connection) -> Iterator[None]:
    before = connection.execute("PRAGMA busy_timeout").fetchone()[0]
    connection.execute(f"PRAGMA busy_timeout = {int(_CHECKPOINT_WAIT_S * 1000)}")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA busy_timeout = {before}")


_WAY_OUT = (
    "The file wasn't changed. Move {path} away, then restore a backup (valence restore FILE) or start with an empty "
    "database; or set another folder (VALENCE_DATA_FOLDER) or database (VALENCE_DATABASE_URL)."
)


def _damaged(path: Path, problem: str) -> StoreError:
    return StoreError(f"The database {path} {problem}.", hint=_WAY_OUT.format(path=path), code="store-damaged")


def _unusable(problem: str, error: OSError | sqlite3.Error) -> StoreError:
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return StoreError(f"{problem}: {reason}.", hint=NEEDED)
