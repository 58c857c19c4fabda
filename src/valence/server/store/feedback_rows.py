"""Rows of feedback: stored, paged and removed. `valence.server.feedback.receive` decides what may be stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from valence.server.store.database import Database
from valence.server.store.tables import Feedback

_ROWS_AT_A_TIME = 500


def put(database: Database, values: Mapping[str, Any]) -> bool:
    """Stores feedback under the ID that its sender chose; returns whether it is new.

    Feedback with the same ID replaces the earlier row, so retries are safe and people can change their minds or
    withdraw the text. Raises StoreError.
    """
    now = datetime.now(UTC)
    with database.writing() as session:
        if _insert(session, {**values, "received_at": now, "changed_at": now}):
            return True
        row = session.scalars(select(Feedback).where(Feedback.id == values["id"])).one()
        if any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            row.changed_at = now
        return False


def page(
    database: Database, *, before: int | None = None, limit: int, correct: bool | None = None
) -> Sequence[Feedback]:
    """The newest rows, at most `limit`, older than number `before`. Raises StoreError."""
    query = select(Feedback).order_by(Feedback.sequence.desc()).limit(limit)
    if before is not None:
        query = query.where(Feedback.sequence < before)
    if correct is not None:
        query = query.where(Feedback.correct.is_(correct))
    with database.reading() as session:
        return session.scalars(query).all()


def every(database: Database) -> Iterator[Feedback]:
    """Every row, newest first. Holds no connection between pages, however slowly they are read."""
    before: int | None = None
    while rows := page(database, before=before, limit=_ROWS_AT_A_TIME):
        yield from rows
        before = rows[-1].sequence


def remove(database: Database, identity: str) -> bool:
    """Deletes feedback; False if there is none with this ID. Raises StoreError."""
    with database.writing(removes=True) as session:
        removed = session.scalar(delete(Feedback).where(Feedback.id == identity).returning(Feedback.sequence))
        return removed is not None


def _insert(session: Session, values: Mapping[str, Any]) -> bool:
    """Inserts the row unless its ID exists; returns whether it is new. Safe for concurrent requests."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(Feedback).values(**values).on_conflict_do_nothing(index_elements=["id"])
    return session.scalar(statement.returning(Feedback.sequence)) is not None
