"""What thresholds are chosen from: the answers of one version for items, and what moderators decided about these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import aliased

from valence.server.store.classifier_tables import Example, Version
from valence.server.store.database import Database
from valence.server.store.moderation_tables import Decision, Item, ItemAnswer

DAYS = 30  # that count as recent
# The newest rows that are read: enough for the figures, within a few milliseconds.
MOST_DECISIONS, MOST_RECENT = 5_000, 5_000
# The most blind items, and the most of all, that are scored again because another version scored them.
_SAMPLE = 1_000
_UNDO = aliased(Decision)


@dataclass(frozen=True)
class Of:
    """Whose evidence it is: a classifier's key, and the body and head of one of its versions."""

    classifier: str
    body: str
    head: str

    def gave(self, table: Any) -> ColumnElement[bool]:
        """Whether this version gave the answer of a row."""
        return and_(table.body == self.body, table.head == self.head)


class Decided(NamedTuple):
    """A blind decision, with what the version answers for the item's text (JSON).

    Attributes:
        example: ID of the classifier's example with the same text, if there is one.
    """

    answer: str
    action: str
    labels: str | None
    example: int | None


class Recent(NamedTuple):
    """An item of the last days, with what the version answers for its text (JSON)."""

    number: int
    answer: str
    blind: bool
    action: str | None


def decided(database: Database, of: Of) -> list[Decided]:
    """The newest blind decisions that stand, about texts that the version hasn't learnt. Raises StoreError.

    The answer is the one that the moderator didn't see. If another version gave that, it is this version's for the
    same text, as long as the item is still there.
    """
    answer = case((of.gave(Decision), Decision.answer), else_=ItemAnswer.answer)
    columns = (answer, Decision.action, Decision.labels, Example.id, Example.part, Example.added_at)
    undone = select(_UNDO.id).where(_UNDO.undoes == Decision.id).exists()
    query = (
        select(*columns)
        .outerjoin(Item, and_(Item.number == Decision.item, Item.decision == Decision.id))
        .outerjoin(ItemAnswer, _again(of))
        .outerjoin(Example, and_(Example.classifier_id == Decision.classifier, Example.digest == Item.digest))
        .where(Decision.classifier == of.classifier, Decision.blind, Decision.copy_of.is_(None), ~undone)
        .where(Decision.action.in_(("approve", "remove", "label")), answer.is_not(None))
        .order_by(Decision.made_at.desc())
        .limit(MOST_DECISIONS)
    )
    version = select(Version.made_at).where(Version.classifier_id == of.classifier, Version.fingerprint == of.head)
    with database.reading() as session:
        made_at = session.scalar(version.order_by(Version.number.desc()).limit(1))
        return [
            Decided(given, action, labels, example)
            for given, action, labels, example, part, added_at in session.execute(query)
            if made_at is None or part != "train" or added_at > made_at
        ]


def recent(database: Database, of: Of) -> list[Recent]:
    """The newest items of the last days for which the version has an answer. Raises StoreError."""
    answer = case((of.gave(Item), Item.answer), else_=ItemAnswer.answer)
    query = (
        select(Item.number, answer, Item.blind, Item.action)
        .outerjoin(ItemAnswer, _again(of))
        .where(*_of_days(of.classifier), answer.is_not(None))
        .order_by(Item.received_at.desc())
        .limit(MOST_RECENT)
    )
    with database.reading() as session:
        return [Recent(*row) for row in session.execute(query)]


def per_day(database: Database, classifier: str, days: int) -> float | None:
    """Items a day that came in during the last `days`, or since the first one; None without any. Raises StoreError."""
    query = select(func.count(), func.min(Item.received_at)).where(*_of_days(classifier, days))
    with database.reading() as session:
        count, first = session.execute(query).one()
    if not count:
        return None
    return float(count) / max(1.0, (datetime.now(UTC) - first).total_seconds() / 86_400)


def unanswered(database: Database, of: Of, limit: int) -> Sequence[Item]:
    """Some items that another version scored, of those that figures of this one come from. Raises StoreError."""
    newest = select(Item.number).where(*_of_days(of.classifier)).order_by(Item.received_at.desc()).limit(_SAMPLE)
    blind = newest.where(Item.blind)
    query = (
        select(Item)
        .outerjoin(ItemAnswer, _again(of))
        .where(or_(Item.number.in_(newest), Item.number.in_(blind)), Item.answer.is_not(None))
        .where(~of.gave(Item), ItemAnswer.item.is_(None))
        .order_by(Item.number.desc())
        .limit(limit)
    )
    with database.reading() as session:
        return session.scalars(query).all()


def put_answers(database: Database, of: Of, answers: Mapping[int, tuple[int, str | None]]) -> None:
    """Stores the version's (revision, answer) for items, by their numbers; those that are gone are left out.

    Raises StoreError.
    """
    dialect = sqlite if database.embedded else postgresql
    locked = select(Item.number).where(Item.number.in_(answers)).order_by(Item.number)
    with database.writing() as session:
        rows = [
            {"item": number, "body": of.body, "head": of.head, "revision": revision, "answer": answer}
            for number in session.scalars(locked.with_for_update(key_share=True))
            for revision, answer in [answers[number]]
        ]
        if rows:
            new = dialect.insert(ItemAnswer).values(rows)
            changed = {"revision": new.excluded.revision, "answer": new.excluded.answer}
            session.execute(new.on_conflict_do_update(index_elements=["item", "body", "head"], set_=changed))


def _again(of: Of) -> ColumnElement[bool]:
    """Joins the version's answer for the text that an item has now."""
    return and_(ItemAnswer.item == Item.number, ItemAnswer.revision == Item.revision, of.gave(ItemAnswer))


def _of_days(classifier: str, days: int = DAYS) -> tuple[ColumnElement[bool], ...]:
    return Item.classifier == classifier, Item.received_at >= datetime.now(UTC) - timedelta(days=days)
