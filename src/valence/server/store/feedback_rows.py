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
    """Keeps feedback under the id that its sender made; gives whether it is new.

    What comes again under the same id takes the place of what was there: sent twice it is one, and who has changed
    their mind, or takes the text back, is heard. Raises StoreError.
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
    """The newest rows that came before the one numbered `before`, at most `limit`. Raises StoreError."""
    query = select(Feedback).order_by(Feedback.sequence.desc()).limit(limit)
    if before is not None:
        query = query.where(Feedback.sequence < before)
    if correct is not None:
        query = query.where(Feedback.correct.is_(correct))
    with database.reading() as session:
        return session.scalars(query).all()


def every(database: Database) -> Iterator[Feedback]:
    """Every row, the newest first. Between pages no connection is held, however slowly they are taken."""
    before: int | None = None
    while rows := page(database, before=before, limit=_ROWS_AT_A_TIME):
        yield from rows
        before = rows[-1].sequence


def remove(database: Database, identity: str) -> bool:
    """Gives whether there was such feedback. Raises StoreError."""
    with database.writing(removes=True) as session:
        removed = session.scalar(delete(Feedback).where(Feedback.id == identity).returning(Feedback.sequence))
        return removed is not None


def _insert(session: Session, values: Mapping[str, Any]) -> bool:
    """Whether the row is new; the id decides, also between two that come at the same moment."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(Feedback).values(**values).on_conflict_do_nothing(index_elements=["id"])
    return session.scalar(statement.returning(Feedback.sequence)) is not None
