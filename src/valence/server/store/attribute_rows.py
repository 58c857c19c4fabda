"""Rows of attribute answers: which label answers an attribute of Perspective."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import delete, func, select

from valence.server.adapter_settings import Answer
from valence.server.store.database import Database
from valence.server.store.tables import AttributeAnswer


def every(database: Database) -> tuple[Answer, ...]:
    """All answers, by name. Raises StoreError."""
    with database.reading() as session:
        rows = session.scalars(select(AttributeAnswer).order_by(AttributeAnswer.name))
        return tuple(Answer(row.name, row.classifier, row.label) for row in rows)


def put(database: Database, answer: Answer, by: str, *, most: int) -> bool:
    """Stores an answer in place of an earlier one of this name; False if there would be more than `most`.

    `by`: who chose it. Raises StoreError.
    """
    with database.writing() as session:
        others = session.scalar(select(func.count()).where(AttributeAnswer.name != answer.name)) or 0
        if others >= most:
            return False
        session.merge(
            AttributeAnswer(
                name=answer.name,
                classifier=answer.classifier,
                label=answer.label,
                changed_at=datetime.now(UTC),
                changed_by=by,
            )
        )
        return True


def remove(database: Database, name: str) -> bool:
    """Deletes an answer; False if there is none. Raises StoreError."""
    with database.writing() as session:
        one = delete(AttributeAnswer).where(AttributeAnswer.name == name)
        return session.scalar(one.returning(AttributeAnswer.name)) is not None
