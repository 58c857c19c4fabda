"""The file of a SQLite database: made whole, readable by its owner alone, never begun again over what was there.

SQLite makes a file wherever there is none, and takes one of 0 bytes for an empty database: what a failed copy or a full
disk left would be a fresh start. Here a new file appears with its first page in it, under our own mark, and everything
else that is not a sound database of ours is an error that says how to go on.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from valence.errors import StoreError

log = logging.getLogger(__name__)

# "VALN", in the header of a file that was made here and may still be without tables.
_OURS = 0x56414C4E
_OWNER_ONLY = 0o600
# SQLite gives the files beside it the mode of the first.
_BESIDE = ("", "-wal", "-shm", "-journal")
# Seconds that emptying the write-ahead log may wait for those who still read from it.
_PATIENCE_S = 0.1
_DAMAGED_CODES = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}

NEEDED = "Give the server a folder that it may write to (VALENCE_DATA_FOLDER), or name a PostgreSQL database."

Identity = tuple[int, int]


def make(path: Path) -> None:
    """Makes the file and its folder, where they are not there. Raises StoreError.

    Whoever comes second, in another process, finds the file of the first.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # there may be people's words in it
    except OSError as error:
        raise _unusable(f"The folder {path.parent} cannot be made", error) from error
    if path.exists():
        return
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # which only its owner may read
        os.close(handle)
        try:
            with closing(sqlite3.connect(name)) as connection:
                connection.execute(f"PRAGMA application_id = {_OURS}")
                connection.execute("PRAGMA journal_mode = WAL")
            with suppress(FileExistsError):
                os.link(name, path)
        finally:
            Path(name).unlink()
    except (OSError, sqlite3.Error) as error:
        raise _unusable(f"The database {path} cannot be made", error) from error


def connect(path: Path, timeout_s: float) -> sqlite3.Connection:
    """A connection to a file that is there; unlike SQLite by itself, never makes one."""
    address = f"file:{quote(str(path.absolute()))}?mode=rw"
    return sqlite3.connect(address, uri=True, timeout=timeout_s, check_same_thread=False)


def prepare_connection(connection: sqlite3.Connection, _record: object = None) -> None:
    """Sets what is set for each connection; as SQLAlchemy's listeners are called."""
    connection.isolation_level = None  # Python's driver would begin and commit where it sees fit
    # secure_delete: what is removed may be a person's words, and is overwritten, not only forgotten
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")


def identity(path: Path, expected: Identity | None = None) -> Identity:
    """What tells the file from another under the same name. Raises StoreError if it is gone, empty or another one."""
    try:
        found = path.stat()
    except OSError as error:
        raise _unusable(f"The database {path} is not there", error) from error
    if not found.st_size:
        raise _damaged(path, "is empty: it has 0 bytes")
    if expected not in {None, (found.st_dev, found.st_ino)}:
        raise StoreError(
            f"The database {path} was replaced while it was in use.",
            way_out="Start the server again, so that it uses the file that is there now.",
            code="store-replaced",
        )
    return found.st_dev, found.st_ino


def check(path: Path, version_table: str, timeout_s: float) -> None:
    """Reads the whole file once. Raises StoreError if it is damaged or another program's, sqlite3.Error if it is held.

    Args:
        path: of the file.
        version_table: name of the table that every database of ours has, once it has any.
        timeout_s: seconds to wait for another program that holds it.
    """
    with closing(connect(path, timeout_s)) as connection:
        try:
            said = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
            known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (version_table,)).fetchone()
            ours = connection.execute("PRAGMA application_id").fetchone()[0] == _OURS
        except sqlite3.DatabaseError as error:
            if not says_damaged(error):
                raise
            raise _damaged(path, f"is damaged: {error}") from error
    if said != "ok":
        raise _damaged(path, f"is damaged: {' '.join(said.split())}")
    if not known and not ours:
        raise StoreError(
            f"The database {path} has none of Valence's tables: it is another program's, or has lost them.",
            way_out=_WAY_OUT.format(path=path),
            code="store-foreign",
        )


def tighten(path: Path) -> None:
    """Lets only the owner read and write the file and those beside it, whatever their folder allows."""
    for suffix in _BESIDE:
        file = path.with_name(path.name + suffix)
        try:
            if file.stat().st_mode & 0o077:
                file.chmod(_OWNER_ONLY)
        except FileNotFoundError:
            continue
        except OSError as error:
            log.warning(
                "others may read the database, and its mode cannot be changed",
                extra={"fields": {"file": str(file), "reason": error.strerror}},
            )


def empty_log(connection: sqlite3.Connection) -> bool:
    """Moves everything from the write-ahead log into the database and cuts the log to 0 bytes.

    What was removed is overwritten in the database (secure_delete), but stays in the log until then. False where
    somebody still reads from it: try again later.
    """
    with _patience(connection):
        try:
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                raise
            return False
    return not busy


def says_damaged(error: BaseException | None) -> bool:
    """Whether it is SQLite's way to say that the file is damaged."""
    return isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED_CODES


@contextmanager
def _patience(connection: sqlite3.Connection) -> Iterator[None]:
    before = connection.execute("PRAGMA busy_timeout").fetchone()[0]
    connection.execute(f"PRAGMA busy_timeout = {int(_PATIENCE_S * 1000)}")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA busy_timeout = {before}")


_WAY_OUT = (
    "Nothing in it was changed. Move {path} away, then restore a backup (valence restore FILE) or begin with an empty "
    "database; or name another folder (VALENCE_DATA_FOLDER) or database (VALENCE_DATABASE_URL)."
)


def _damaged(path: Path, said: str) -> StoreError:
    return StoreError(f"The database {path} {said}.", way_out=_WAY_OUT.format(path=path), code="store-damaged")


def _unusable(said: str, error: OSError | sqlite3.Error) -> StoreError:
    reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
    return StoreError(f"{said}: {reason}.", way_out=NEEDED)
