"""Rows of thresholds that were chosen for a wish: one for each version, and the latest in the classifier's rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update

from valence.server.store.database import Database
from valence.server.store.evidence_rows import Of
from valence.server.store.moderation_tables import Rules, VersionThresholds


def get(database: Database, of: Of) -> VersionThresholds | None:
    """Raises StoreError."""
    with database.reading() as session:
        return session.get(VersionThresholds, (of.classifier, of.body, of.head))


def put(database: Database, of: Of, values: Mapping[str, Any]) -> VersionThresholds | None:
    """Stores the thresholds of a version; None, storing nothing, if the community has another wish by now.

    Raises StoreError.
    """
    wish = (Rules.wish_kind == values["wish_kind"], Rules.wish_value == values["wish_value"])
    thresholds = {name: values[name] for name in ("pass_below", "flag_from")}
    with database.writing() as session:
        latest = update(Rules).where(Rules.classifier == of.classifier, *wish).values(**thresholds)
        if session.scalar(latest.returning(Rules.classifier)) is None:
            return None
        return session.merge(VersionThresholds(classifier=of.classifier, body=of.body, head=of.head, **values))
