"""Counts of items and decisions: how much is left to do, and what was done by week."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import aliased

from valence.server.store.classifier_tables import Example
from valence.server.store.database import Database
from valence.server.store.moderation_tables import Decision, Item

_UNDO = aliased(Decision)


_TODO = ("scoring", "waiting", "copy", "unsure")
MANY = 10_000  # rows that are counted in some milliseconds


def states(database: Database, classifier: str) -> dict[str, int]:
    """How many items are in each state in which something is left to do. Raises StoreError."""
    query = select(Item.state, func.count()).where(Item.classifier == classifier, Item.state.in_(_TODO))
    return _by_state(database, query)


def open_items(database: Database) -> dict[str, int]:
    """The same for all classifiers together. Raises StoreError."""
    return _by_state(database, select(Item.state, func.count()).where(Item.state.in_(_TODO)))


def has_many_open(database: Database, classifier: str) -> bool:
    """Whether counting the items that are to do would take long. Raises StoreError."""
    return _has_many(database, *(_of_state(classifier, state) for state in _TODO))


def has_many(database: Database, classifier: str, begin: datetime, end: datetime) -> bool:
    """Whether counting the items and decisions of a span of time would take long. Raises StoreError."""
    items = select(Item.number).where(Item.classifier == classifier, Item.received_at >= begin, Item.received_at < end)
    decisions = select(Decision.id).where(
        Decision.classifier == classifier, Decision.made_at >= begin, Decision.made_at < end
    )
    return _has_many(database, items, decisions)


def _of_state(classifier: str, state: str) -> Any:
    return select(Item.number).where(Item.classifier == classifier, Item.state == state)


def _has_many(database: Database, *queries: Any) -> bool:
    with database.reading() as session:
        return any(session.execute(query.offset(MANY).limit(1)).first() is not None for query in queries)


def _by_state(database: Database, query: Any) -> dict[str, int]:
    with database.reading() as session:
        return dict.fromkeys(_TODO, 0) | dict(session.execute(query.group_by(Item.state)).all())


class Done(NamedTuple):
    """Decisions of a span of time that weren't taken back; `corrected` ones differ from what the classifier said."""

    decided: int
    removed: int
    corrected: int


def done(database: Database, classifier: str, begin: datetime, end: datetime) -> Done:
    """Raises StoreError."""
    columns = (func.count(), _count(Decision.action != "approve"), _count(Decision.agrees.is_(False)))
    query = _standing(select(*columns), classifier, begin, end)
    with database.reading() as session:
        decided, removed, corrected = session.execute(query).one()
        return Done(decided or 0, removed or 0, corrected or 0)


def agreement(database: Database, classifier: str, begin: datetime, end: datetime, *, blind: bool) -> tuple[int, int]:
    """(decisions that can be compared with what the classifier said, those that agree). Raises StoreError.

    Copies that were decided with another item aren't decisions of their own.
    """
    query = _standing(select(func.count(), _count(Decision.agrees.is_(True))), classifier, begin, end)
    query = query.where(Decision.agrees.is_not(None), Decision.copy_of.is_(None), Decision.blind.is_(blind))
    with database.reading() as session:
        decisions, agree = session.execute(query).one()
        return decisions or 0, agree or 0


def median_wait(database: Database, classifier: str, begin: datetime, end: datetime) -> float | None:
    """Median of the seconds that items had waited: of an even number, the higher one of the two in the middle."""
    query = _standing(select(Decision.waited_s), classifier, begin, end).where(Decision.waited_s.is_not(None))
    with database.reading() as session:
        count = session.scalar(select(func.count()).select_from(query.subquery())) or 0
        median: float | None = session.scalar(query.order_by(Decision.waited_s).offset(count // 2).limit(1))
        return median


def received(database: Database, classifier: str, begin: datetime, end: datetime) -> tuple[int, int]:
    """(items that came in, those that a person should look at); of the items that are still here."""
    span = and_(Item.classifier == classifier, Item.received_at >= begin, Item.received_at < end)
    query = select(func.count(), _count(Item.queued_at.is_not(None))).where(span)
    with database.reading() as session:
        count, queued = session.execute(query).one()
        return count or 0, queued or 0


def learnt_since(database: Database, classifier: str, moment: datetime | None) -> int:
    """How many examples come from decisions that were made after this moment. Raises StoreError."""
    query = select(func.count()).where(Example.classifier_id == classifier, Example.source == "decision")
    if moment is not None:
        query = query.where(Example.changed_at > moment)
    with database.reading() as session:
        return session.scalar(query) or 0


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _standing(query: Any, classifier: str, begin: datetime, end: datetime) -> Any:
    """Decisions of a span of time that weren't taken back, without those that only set an item aside."""
    undone = select(_UNDO.id).where(_UNDO.undoes == Decision.id).exists()
    return query.where(
        Decision.classifier == classifier,
        Decision.made_at >= begin,
        Decision.made_at < end,
        Decision.action.in_(("approve", "remove", "label")),
        ~undone,
    )
