"""Rows of classifiers: created, found, changed, deleted; and which version of each one answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from sqlalchemy import delete, func, select

from valence.server.store import item_rows
from valence.server.store.classifier_tables import Classifier
from valence.server.store.database import Database
from valence.server.store.moderation_tables import Item, Rules, VersionThresholds

_LOCK = 8_253_623_003  # an arbitrary number; this lock serialises counting and storing classifiers


class Published(NamedTuple):
    """Which version of a classifier answers."""

    classifier: str  # its ID
    name: str
    number: int
    head: str  # the version's fingerprint


def put(database: Database, classifier: Classifier, *, limit: int) -> Literal["stored", "name-taken", "full"]:
    """Stores a new classifier, unless its name is taken or there are `limit` of them. Raises StoreError."""
    with database.writing() as session:
        if not database.embedded:  # SQLite has one writer anyway
            session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        if session.scalar(select(Classifier.id).where(Classifier.name == classifier.name)) is not None:
            return "name-taken"
        if (session.scalar(select(func.count()).select_from(Classifier)) or 0) >= limit:
            return "full"
        session.add(classifier)
        return "stored"


def named(database: Database, name: str) -> Classifier | None:
    """The classifier with this name. Raises StoreError."""
    with database.reading() as session:
        return session.scalars(select(Classifier).where(Classifier.name == name)).first()


def with_id(database: Database, identity: str) -> Classifier | None:
    with database.reading() as session:
        return session.get(Classifier, identity)


def every(database: Database) -> Sequence[Classifier]:
    """All of them, by name. Raises StoreError."""
    with database.reading() as session:
        return session.scalars(select(Classifier).order_by(Classifier.name)).all()


def change(database: Database, identity: str, values: Mapping[str, Any]) -> Literal["changed", "name-taken", "gone"]:
    """Sets some of a classifier's columns. Raises StoreError."""
    with database.writing() as session:
        if not database.embedded:
            session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        others = select(Classifier.id).where(Classifier.name == values.get("name"), Classifier.id != identity)
        if session.scalar(others) is not None:
            return "name-taken"
        classifier = session.get(Classifier, identity)
        if classifier is None:
            return "gone"
        for name, value in values.items():
            setattr(classifier, name, value)
        return "changed"


def remove(database: Database, identity: str) -> bool:
    """Deletes a classifier with its examples, versions, fit, items and rules; False if it is gone. Raises StoreError.

    The log of decisions about its items stays: it holds no text.
    """
    item_rows.remove_of_classifier(database, identity)
    with database.writing(removes=True) as session:
        session.execute(delete(Item).where(Item.classifier == identity))  # that came in meanwhile
        session.execute(delete(Rules).where(Rules.classifier == identity))
        session.execute(delete(VersionThresholds).where(VersionThresholds.classifier == identity))
        removed = delete(Classifier).where(Classifier.id == identity).returning(Classifier.id)
        return session.scalar(removed) is not None


def published(database: Database) -> list[Published]:
    """The version of each classifier that answers, for those that have one. Raises StoreError."""
    columns = (Classifier.id, Classifier.name, Classifier.published, Classifier.published_head)
    with database.reading() as session:
        rows = session.execute(select(*columns).where(Classifier.published.is_not(None)).order_by(Classifier.name))
        return [Published(identity, name, number or 0, head or "") for identity, name, number, head in rows]
