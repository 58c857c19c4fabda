"""Rows of versions: made, read, published, deleted. What is published changes in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, undefer

from valence.server.store.classifier_tables import Classifier, Version
from valence.server.store.database import Database

UPLOADED = 0  # rows that a version was fitted on: of one that was uploaded nobody knows


def of_classifier(database: Database, classifier: str) -> Sequence[Version]:
    """All versions without their heads, newest first. Raises StoreError."""
    query = select(Version).where(Version.classifier_id == classifier).order_by(Version.number.desc())
    with database.reading() as session:
        return session.scalars(query).all()


def get(database: Database, classifier: str, number: int) -> Version | None:
    """A version without its head. Raises StoreError."""
    with database.reading() as session:
        return session.get(Version, (classifier, number))


def with_head(database: Database, classifier: str, number: int) -> Version | None:
    """A version with its head. Raises StoreError."""
    columns = [undefer(Version.head), undefer(Version.provenance)]
    with database.reading() as session:
        return session.get(Version, (classifier, number), options=columns)


def with_fingerprint(database: Database, classifier: str, head: str) -> Version | None:
    """The newest version with this head, with it. Raises StoreError."""
    columns = [undefer(Version.head), undefer(Version.provenance)]
    query = select(Version).where(Version.classifier_id == classifier, Version.fingerprint == head)
    with database.reading() as session:
        return session.scalars(query.order_by(Version.number.desc()).limit(1).options(*columns)).first()


def answers(database: Database, classifier: str, head: str) -> str | None:
    """The answers (JSON) of the newest version with this head; None if there are none. Raises StoreError."""
    query = select(Version.answers).where(Version.classifier_id == classifier, Version.fingerprint == head)
    with database.reading() as session:
        return session.scalar(query.order_by(Version.number.desc()).limit(1))


def newest(database: Database, classifier: str) -> Version | None:
    """The newest version, without its head. Raises StoreError."""
    query = select(Version).where(Version.classifier_id == classifier).order_by(Version.number.desc()).limit(1)
    with database.reading() as session:
        return session.scalars(query).first()


def hold(session: Session, classifier: str) -> bool:
    """Holds back anyone else who changes the classifier or its versions, until the transaction ends; False if it is
    gone.

    Whatever locks several rows must take this lock first, so that no two wait for each other.
    """
    return session.scalar(select(Classifier.id).where(Classifier.id == classifier).with_for_update()) is not None


def add(session: Session, version: Version) -> int:
    """Adds a version, within a transaction that holds its classifier, and returns its number.

    It replaces the newest one, and takes its number, if that was made by a fit and never published.
    """
    number, replaces = _last(session, version.classifier_id)
    if replaces:
        session.execute(delete(Version).where(Version.classifier_id == version.classifier_id, Version.number == number))
    version.number = number + (not replaces)
    session.add(version)
    session.flush()
    return version.number


def add_uploaded(database: Database, version: Version) -> int | None:
    """Adds a version, replacing none, and returns its number; None if the classifier is gone. Raises StoreError."""
    with database.writing() as session:
        if not hold(session, version.classifier_id):
            return None
        number, _ = _last(session, version.classifier_id)
        version.number = number + 1
        session.add(version)
        return number + 1


def _last(session: Session, classifier: str) -> tuple[int, bool]:
    """(number of the newest version, 0 if there is none; whether the next fit replaces it)."""
    last = select(Version.number, Version.published_at, Version.rows).where(Version.classifier_id == classifier)
    found = session.execute(last.order_by(Version.number.desc()).limit(1)).first()
    if found is None:
        return 0, False
    return found.number, found.published_at is None and found.rows != UPLOADED


def publish(database: Database, classifier: str, number: int, head: str | None) -> bool:
    """Lets a version answer; False if there is none, or its fingerprint isn't `head` any more. Raises StoreError."""
    one = (Version.classifier_id == classifier, Version.number == number)
    with database.writing() as session:
        hold(session, classifier)
        found = session.execute(select(Version.fingerprint, Version.published_at).where(*one)).first()
        if found is None or head not in (None, found.fingerprint):
            return False
        if found.published_at is None:
            session.execute(update(Version).where(*one).values(published_at=datetime.now(UTC)))
        changed = update(Classifier).where(Classifier.id == classifier)
        session.execute(changed.values(published=number, published_head=found.fingerprint))
        return True


def unpublish(database: Database, classifier: str) -> None:
    """Lets no version answer. Raises StoreError."""
    with database.writing() as session:
        one = update(Classifier).where(Classifier.id == classifier)
        session.execute(one.values(published=None, published_head=None))


def remove(database: Database, classifier: str, number: int) -> bool:
    """Deletes a version unless it is published; False if it is, or there is none. Raises StoreError."""
    with database.writing(removes=True) as session:
        hold(session, classifier)
        if session.scalar(select(Classifier.published).where(Classifier.id == classifier)) == number:
            return False
        one = delete(Version).where(Version.classifier_id == classifier, Version.number == number)
        return session.scalar(one.returning(Version.number)) is not None
