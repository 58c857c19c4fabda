"""Rows of sessions: browsers that are signed in, and tokens that sign one in once."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import delete

from valence.server.store.database import Database
from valence.server.store.tables import ApiKey, SignedIn


def put(database: Database, row: SignedIn) -> None:
    """Stores a session or a token, and deletes what has expired. Raises StoreError."""
    with database.writing() as session:
        session.execute(delete(SignedIn).where(SignedIn.expires_at <= datetime.now(UTC)))
        session.add(row)


def get(database: Database, identity: str) -> tuple[SignedIn, ApiKey | None] | None:
    """A session or token with the key that it was exchanged for, if any; None if there is none. Raises StoreError."""
    with database.reading() as session:
        row = session.get(SignedIn, identity)
        if row is None:
            return None
        return row, None if row.key_id is None else session.get(ApiKey, row.key_id)


def remove(database: Database, identity: str) -> bool:
    """Deletes it; False if there is none. Of two calls at the same moment, one gets True. Raises StoreError."""
    with database.writing(removes=True) as session:
        one = delete(SignedIn).where(SignedIn.id == identity)
        return session.scalar(one.returning(SignedIn.id)) is not None
