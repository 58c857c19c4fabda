"""Everything that the database keeps for good, as one portable file, and back: from SQLite to PostgreSQL too.

The file is JSON lines: a head, a row a line, an end with the counts and a checksum, so that one which was cut off or
changed is known. It holds keys' digests and, where the operator keeps them, people's words. Jobs are not in it: they
are gone by themselves in hours.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby, islice
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Table, delete, func, insert, select, text

from valence.errors import StoreError
from valence.files import file_in_place_of
from valence.server.store.database import HEAD, Database
from valence.server.store.tables import ApiKey, Base, Feedback, Job, UtcTime

FORMAT = 1
_ROWS_AT_A_TIME = 500
_TABLES: Mapping[str, Table] = {
    model.__tablename__: Base.metadata.tables[model.__tablename__] for model in (ApiKey, Feedback)
}
# The feedback's numbers are given by the database, which must be told how far they have come.
_GO_ON_COUNTING = text(
    "SELECT setval(pg_get_serial_sequence('feedback', 'sequence'), coalesce(max(sequence), 0) + 1, false) FROM feedback"
)


@dataclass(frozen=True)
class Contents:
    """What a backup holds: rows of each table, and when it was made."""

    rows: Mapping[str, int]
    made_at: datetime

    def __str__(self) -> str:
        counts = ", ".join(f"{self.rows.get(name, 0)} of {name}" for name in _TABLES)
        return f"{counts}, as of {self.made_at:%Y-%m-%d %H:%M:%S} UTC"


def backup(database: Database, path: Path, *, overwrite: bool = False) -> Contents:
    """Writes the database as it is at one moment, while servers go on using it. Raises StoreError.

    The file appears once it is whole, and only its owner may read it.
    """
    if path.exists() and not overwrite:
        raise StoreError(
            f"{path} is there already.", way_out="Name another file, or add --overwrite.", code="backup-exists"
        )
    made_at, counts, checksum = datetime.now(UTC), Counter[str](), hashlib.sha256()
    head = {"valence_backup": FORMAT, "version": HEAD, "made_at": made_at.isoformat()}
    try:
        with file_in_place_of(path, mode=0o600) as file, database.snapshot() as session:
            _put(file, head, checksum)
            for name, table in _TABLES.items():
                for row in session.execute(select(table).order_by(*table.primary_key)).mappings():
                    _put(file, {name: {key: _plain(value) for key, value in row.items()}}, checksum)
                    counts[name] += 1
            file.write(_line({"end": dict(counts), "sha256": checksum.hexdigest()}))
    except OSError as error:
        raise StoreError(
            f"{path} cannot be written: {error.strerror or error}.",
            way_out="Name a file in a folder that may be written to and has room.",
            code="backup-unwritable",
        ) from error
    return Contents(dict(counts), made_at)


def restore(database: Database, path: Path, *, replace: bool = False) -> Contents:
    """Puts a backup's rows into a database, all of them or none. Raises StoreError.

    With `replace`, what is there is removed first, jobs included; without it the tables must be empty.
    """
    contents = check(path)
    with database.writing(removes=replace) as session:
        for name, table in _TABLES.items():
            there = session.scalar(select(func.count()).select_from(table)) or 0
            if there and not replace:
                raise StoreError(
                    f"{database.place} holds {there} rows of {name} already.",
                    way_out="Restore into an empty database, or add --replace to remove what is there.",
                    code="store-occupied",
                )
            session.execute(delete(table))
        session.execute(delete(Job))
        for name, found in groupby(_rows(path), key=lambda each: each[0]):
            while some := [row for _, row in islice(found, _ROWS_AT_A_TIME)]:
                session.execute(insert(_TABLES[name]), some)
        if not database.embedded:
            session.execute(_GO_ON_COUNTING)
    return contents


def check(path: Path) -> Contents:
    """Reads a whole backup and says what is in it. Raises StoreError if it is none, damaged, or of a newer Valence."""
    checksum, counts = hashlib.sha256(), Counter[str]()
    made_at: datetime | None = None
    for number, (raw, line) in enumerate(_lines(path), start=1):
        if number == 1:
            made_at = _made_at(path, line)
        elif "end" in line:
            if (line["end"], line.get("sha256")) != (dict(counts), checksum.hexdigest()):
                raise _damaged(path, "its checksum is not that of its rows")
            assert made_at is not None, "the first line has set it"
            return Contents(dict(counts), made_at)
        else:
            counts[_checked(path, number, line)] += 1
        checksum.update(raw)
    raise _damaged(path, "its end is missing")


def _made_at(path: Path, head: Mapping[str, Any]) -> datetime:
    version = str(head.get("version"))
    if head.get("valence_backup") != FORMAT or version > HEAD:
        newer = isinstance(head.get("valence_backup"), int)
        what = f"was made by a newer Valence, with tables at version {version}" if newer else "is no backup of Valence"
        raise StoreError(
            f"{path} {what}; this one knows versions up to {HEAD}.",
            way_out="Restore it with the Valence that made it, or name another file.",
            code="backup-unknown",
        )
    try:
        return datetime.fromisoformat(head["made_at"])
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(path, "its first line does not say when it was made") from error


def _checked(path: Path, number: int, line: Mapping[str, Any]) -> str:
    """The name of the row's table, whose columns the row has."""
    name, row = next(iter(line.items()), ("", None))
    if len(line) != 1 or name not in _TABLES or not isinstance(row, dict):
        raise _damaged(path, f"line {number} is no row of a table that is kept")
    columns = _TABLES[name].columns
    odd = [key for key in row if key not in columns] or [
        column.name for column in columns if column.name not in row and not column.nullable
    ]
    if odd:
        raise _damaged(path, f"line {number} does not fit the table {name}, for its column {odd[0]!r}")
    return name


def _rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, (_, line) in enumerate(_lines(path), start=1):
        if number > 1 and "end" not in line:
            ((name, row),) = line.items()
            yield name, {key: _stored(_TABLES[name], key, value) for key, value in row.items()}


def _lines(path: Path) -> Iterator[tuple[bytes, dict[str, Any]]]:
    try:
        with path.open("rb") as file:
            for number, raw in enumerate(file, start=1):
                try:
                    line = json.loads(raw)
                except (ValueError, RecursionError) as error:
                    raise _damaged(path, f"line {number} is no JSON") from error
                if not isinstance(line, dict):
                    raise _damaged(path, f"line {number} is no JSON object")
                yield raw, line
    except OSError as error:
        raise StoreError(
            f"{path} cannot be read: {error.strerror or error}.",
            way_out="Name a file that `valence backup` has written.",
            code="backup-unreadable",
        ) from error


def _damaged(path: Path, said: str) -> StoreError:
    return StoreError(
        f"{path} is no whole backup: {said}.", way_out="Copy it again, or take an older one.", code="backup-damaged"
    )


def _put(file: IO[bytes], line: Mapping[str, Any], checksum: Any) -> None:
    written = _line(line)
    file.write(written)
    checksum.update(written)


def _line(line: Mapping[str, Any]) -> bytes:
    return json.dumps(line).encode() + b"\n"


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _stored(table: Table, column: str, value: Any) -> Any:
    is_time = isinstance(table.columns[column].type, UtcTime)
    return datetime.fromisoformat(value) if is_time and value is not None else value
