"""Rows of moderation rules: one for each classifier whose rules were changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from valence.server.store.database import Database
from valence.server.store.moderation_tables import Rules


def get(database: Database, classifier: str) -> Rules | None:
    """Raises StoreError."""
    with database.reading() as session:
        return session.get(Rules, classifier)


def put(database: Database, classifier: str, values: Mapping[str, Any]) -> Rules:
    """Sets all columns. Raises StoreError."""
    with database.writing() as session:
        return session.merge(Rules(classifier=classifier, **values))
