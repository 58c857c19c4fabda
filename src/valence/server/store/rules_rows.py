"""Rows of moderation rules: one for each classifier whose rules were changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from valence.server.store.database import Database
from valence.server.store.moderation_tables import Rules


def get(database: Database, classifier: str) -> Rules | None:
    """Raises StoreError."""
    with database.reading() as session:
        return session.get(Rules, classifier)


def put(database: Database, classifier: str, values: Mapping[str, Any], defaults: Mapping[str, Any]) -> Rules:
    """Sets some columns; where there is no row yet, the others from `defaults`. Raises StoreError.

    What somebody else changes at the same time stays, unless it is in `values` too.
    """
    dialect = sqlite if database.embedded else postgresql
    new = dialect.insert(Rules).values({**defaults, **values, "classifier": classifier})
    with database.writing() as session:
        session.execute(new.on_conflict_do_update(index_elements=["classifier"], set_=dict(values)))
        return session.scalars(select(Rules).where(Rules.classifier == classifier)).one()
