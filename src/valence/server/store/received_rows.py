"""Which signed requests of forums were taken in, by a digest of their body: one that is sent again changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite

from valence.server.store.database import Database
from valence.server.store.moderation_tables import Received


def is_known(database: Database, digest: str) -> bool:
    """Raises StoreError."""
    with database.reading() as session:
        return session.get(Received, digest) is not None


def remember(database: Database, digest: str) -> None:
    """Raises StoreError."""
    dialect = sqlite if database.embedded else postgresql
    with database.writing() as session:
        row = {"digest": digest, "received_at": datetime.now(UTC)}
        session.execute(dialect.insert(Received).values(row).on_conflict_do_nothing())


def remove_expired(database: Database, days: int) -> None:
    """Forgets requests that came so long ago. Raises StoreError."""
    with database.writing() as session:
        session.execute(delete(Received).where(Received.received_at <= datetime.now(UTC) - timedelta(days=days)))
