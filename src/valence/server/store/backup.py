"""Backs up everything permanent in the database to one portable file, and restores it, also from SQLite to PostgreSQL.

The file is JSON Lines: a header, one line per row, and an end with counts and a checksum, which reveal a truncated or
changed file. It contains the keys' digests, webhooks with their secrets, and people's texts: the examples of
classifiers, the items of the moderators' queues, and texts of feedback if the operator stores them. Jobs, fits,
sessions and undelivered events of webhooks aren't included: they last for hours.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby, islice
from pathlib import Path
from typing import IO, Any, cast

from sqlalchemy import LargeBinary, Table, delete, func, insert, select, text

from valence.server.store.classifier_tables import Classifier, Example, Fit, Version
from valence.server.store.database import HEAD, Database
from valence.server.store.moderation_tables import Decision, Delivery, Item, Rules, VersionThresholds, Webhook
from valence.server.store.tables import ApiKey, AttributeAnswer, Base, Feedback, Job, SignedIn, UtcTime
from valence.system.errors import StoreError
from valence.system.files import file_in_place_of

FORMAT = 1
_ROWS_AT_A_TIME = 500
_TABLES: Mapping[str, Table] = {
    model.__tablename__: Base.metadata.tables[model.__tablename__]
    # Those that others refer to go first.
    for model in (
        ApiKey,
        Feedback,
        Classifier,
        Version,
        Example,
        Rules,
        VersionThresholds,
        Item,
        Decision,
        Webhook,
        AttributeAnswer,
    )
}
# PostgreSQL assigns these numbers, and must continue after the restored ones.
_ADVANCE = "SELECT setval(pg_get_serial_sequence({0!r}, {1!r}), coalesce(max({1}), 0) + 1, false) FROM {0}"
_ADVANCE_SEQUENCES = tuple(
    text(_ADVANCE.format(table, column))
    for table, column in (("feedback", "sequence"), ("examples", "id"), ("items", "number"), ("decisions", "id"))
)


@dataclass(frozen=True)
class Contents:
    """What a backup contains: rows per table, and when it was made."""

    rows: Mapping[str, int]
    made_at: datetime

    def __str__(self) -> str:
        counts = ", ".join(f"{self.rows.get(name, 0)} of {name}" for name in _TABLES)
        return f"{counts}, as of {self.made_at:%Y-%m-%d %H:%M:%S} UTC"


def backup(database: Database, path: Path, *, overwrite: bool = False) -> Contents:
    """Writes a consistent snapshot of the database while servers keep using it. Raises StoreError.

    The file appears only once it is complete, and only its owner can read it.
    """
    if path.exists() and not overwrite:
        raise StoreError(
            f"{path} already exists.", hint="Choose another file, or add --overwrite.", code="backup-exists"
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
            f"Can't write {path}: {error.strerror or error}.",
            hint="Choose a file in a writable folder with enough space.",
            code="backup-unwritable",
        ) from error
    return Contents(dict(counts), made_at)


def restore(database: Database, path: Path, *, replace: bool = False) -> Contents:
    """Restores a backup's rows into a database, all or none. Raises StoreError.

    With `replace`, everything in the database is deleted first, including jobs; without it, the tables must be empty.
    """
    contents = check(path)
    with database.writing(removes=replace) as session:
        for name, table in _TABLES.items():
            existing = session.scalar(select(func.count()).select_from(table)) or 0
            if existing and not replace:
                raise StoreError(
                    f"{database.place} already contains {existing} rows of {name}.",
                    hint="Restore into an empty database, or add --replace to delete its rows.",
                    code="store-occupied",
                )
        short_lived = (model.__table__ for model in (Job, Fit, SignedIn, Delivery))
        for table in (*short_lived, *reversed([*_TABLES.values()])):
            session.execute(delete(cast("Table", table)))
        for name, entries in groupby(_rows(path), key=lambda entry: entry[0]):
            while batch := [row for _, row in islice(entries, _ROWS_AT_A_TIME)]:
                session.execute(insert(_TABLES[name]), batch)
        if not database.embedded:
            for advance in _ADVANCE_SEQUENCES:
                session.execute(advance)
    return contents


def check(path: Path) -> Contents:
    """Reads a whole backup and returns its contents. Raises StoreError if it is invalid, damaged or too new."""
    checksum, counts = hashlib.sha256(), Counter[str]()
    made_at: datetime | None = None
    for number, (raw, line) in enumerate(_lines(path), start=1):
        if number == 1:
            made_at = _made_at(path, line)
        elif "end" in line:
            if (line["end"], line.get("sha256")) != (dict(counts), checksum.hexdigest()):
                raise _damaged(path, "its checksum doesn't match its rows")
            assert made_at is not None, "set by the first line"
            return Contents(dict(counts), made_at)
        else:
            counts[_checked(path, number, line)] += 1
        checksum.update(raw)
    raise _damaged(path, "its end is missing")


def _made_at(path: Path, head: Mapping[str, Any]) -> datetime:
    version = str(head.get("version"))
    if head.get("valence_backup") != FORMAT or version > HEAD:
        newer = isinstance(head.get("valence_backup"), int)
        what = f"was made by a newer Valence (tables at version {version})" if newer else "isn't a Valence backup"
        raise StoreError(
            f"{path} {what}; this version of Valence supports tables up to {HEAD}.",
            hint="Restore it with the version that made it, or choose another file.",
            code="backup-unknown",
        )
    try:
        return datetime.fromisoformat(head["made_at"])
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(path, "its first line has no valid date") from error


def _checked(path: Path, number: int, line: Mapping[str, Any]) -> str:
    """Checks a row and returns its table's name."""
    name, row = next(iter(line.items()), ("", None))
    if len(line) != 1 or name not in _TABLES or not isinstance(row, dict):
        raise _damaged(path, f"line {number} isn't a row of a known table")
    columns = _TABLES[name].columns
    mismatched = [key for key in row if key not in columns] or [
        column.name for column in columns if column.name not in row and not column.nullable
    ]
    if mismatched:
        raise _damaged(path, f"line {number} doesn't match the table {name}: column {mismatched[0]!r}")
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
                    raise _damaged(path, f"line {number} isn't valid JSON") from error
                if not isinstance(line, dict):
                    raise _damaged(path, f"line {number} isn't a JSON object")
                yield raw, line
    except OSError as error:
        raise StoreError(
            f"Can't read {path}: {error.strerror or error}.",
            hint="Choose a file made by `valence backup`.",
            code="backup-unreadable",
        ) from error


def _damaged(path: Path, reason: str) -> StoreError:
    return StoreError(
        f"{path} is damaged: {reason}.", hint="Copy it again, or use an older backup.", code="backup-damaged"
    )


def _put(file: IO[bytes], line: Mapping[str, Any], checksum: Any) -> None:
    raw = _line(line)
    file.write(raw)
    checksum.update(raw)


def _line(line: Mapping[str, Any]) -> bytes:
    return json.dumps(line).encode() + b"\n"


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, datetime) else value


def _stored(table: Table, column: str, value: Any) -> Any:
    kind = table.columns[column].type
    if value is None:
        return None
    if isinstance(kind, LargeBinary):
        return base64.b64decode(value)
    return datetime.fromisoformat(value) if isinstance(kind, UtcTime) else value
