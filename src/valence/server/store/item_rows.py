"""Rows of items: stored, read, removed. Pages, scores, claims and decisions have modules of their own."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from valence.server.store.database import Database
from valence.server.store.moderation_tables import Item

_REMOVED_AT_ONCE = 2_000
_LOCK = 8_253_623_005  # an arbitrary number
# What a new text of an item puts back, so that it is scored and decided anew.
UNSCORED: Mapping[str, Any] = {
    "state": "scoring",
    "why": None,
    "copy_of": None,
    "score": None,
    "answer": None,
    "fits": None,
    "body": None,
    "head": None,
    "error": None,
    "threshold": None,
    "claim": None,
    "claimed_until": None,
    "decision": None,
    "action": None,
    "labels": None,
    "reason": None,
    "decided_by": None,
    "decider": None,
    "queued_at": None,
    "closed_at": None,
}
_ABOUT = ("author", "parent", "thread", "link")

Outcome = Literal["new", "repeat", "edited"]


class Put(NamedTuple):
    """What became of an item that was sent."""

    number: int
    outcome: Outcome


def put(database: Database, classifier: str, rows: Sequence[Mapping[str, Any]]) -> list[Put]:
    """Stores items, all or none, in their order. Their IDs must differ. Raises StoreError.

    An item whose ID is known is a repeat; if its text differs, it is an edit, and is scored anew. One that says of
    itself that it is older than what is stored (`changed_at`) is a repeat, whatever its text.
    """
    now = datetime.now(UTC)
    given = [
        {**UNSCORED, **row, "posted_at": row["posted_at"] or now, "received_at": now, "revision": 1, "rank": 0.0}
        for row in rows
    ]
    with database.writing() as session:
        dialect = sqlite if database.embedded else postgresql
        statement = dialect.insert(Item).values(given).on_conflict_do_nothing()
        returned = session.execute(statement.returning(Item.sender_id, Item.number))
        added = {row.sender_id: row.number for row in returned}
        known = _known(session, classifier, [row["sender_id"] for row in rows if row["sender_id"] not in added])
        return [
            Put(added[row["sender_id"]], "new")
            if row["sender_id"] in added
            else _again(session, known[row["sender_id"]], row)
            for row in rows
        ]


def _known(session: Session, classifier: str, identities: Sequence[str]) -> dict[str, Item]:
    if not identities:
        return {}
    hold_groups(session)
    query = select(Item).where(Item.classifier == classifier, Item.sender_id.in_(identities))
    return {item.sender_id: item for item in session.scalars(query.order_by(Item.number).with_for_update())}


def _again(session: Session, item: Item, row: Mapping[str, Any]) -> Put:
    """An item that is sent again: its new author, thread and so on count, and a new text starts over."""
    changed_at = row.get("changed_at")
    if changed_at is not None and item.changed_at is not None and changed_at < item.changed_at:
        return Put(item.number, "repeat")
    if changed_at is not None:
        item.changed_at = changed_at
    for name in _ABOUT:
        setattr(item, name, row[name])
    if row["posted_at"] is not None:
        item.posted_at = row["posted_at"]
    if item.text == row["text"]:
        return Put(item.number, "repeat")
    promote(session, [item.number])
    for name, value in UNSCORED.items():
        setattr(item, name, value)
    item.text, item.digest, item.revision = row["text"], row["digest"], item.revision + 1
    return Put(item.number, "edited")


def hold_groups(session: Session) -> None:
    """Holds back anyone else who changes which items are copies of which, until the transaction ends.

    A transaction that also holds a classifier (`version_rows.hold`) does that first.
    """
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer anyway
        session.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def promote(session: Session, leaders: Sequence[int]) -> None:
    """Shows the oldest copy of each of these items instead, because they no longer wait. Needs `hold_groups`."""
    oldest = select(Item.copy_of, func.min(Item.number)).where(Item.copy_of.in_(leaders)).group_by(Item.copy_of)
    for leader, successor in session.execute(oldest).all():
        session.execute(update(Item).where(Item.number == successor).values(state="waiting", copy_of=None))
        session.execute(update(Item).where(Item.copy_of == leader).values(copy_of=successor))


def get(database: Database, number: int) -> Item | None:
    with database.reading() as session:
        return session.get(Item, number)


def with_numbers(database: Database, numbers: Sequence[int]) -> dict[int, Item]:
    """Those that are still there, by number. Raises StoreError."""
    with database.reading() as session:
        return {item.number: item for item in session.scalars(select(Item).where(Item.number.in_(numbers)))}


def copies(database: Database, leaders: Sequence[int]) -> dict[int, int]:
    """How many copies wait behind each of these items. Raises StoreError."""
    query = select(Item.copy_of, func.count()).where(Item.copy_of.in_(leaders)).group_by(Item.copy_of)
    with database.reading() as session:
        return {leader: count for leader, count in session.execute(query) if leader is not None}


def sent_as(database: Database, classifier: str, identity: str) -> Item | None:
    """The item with this ID of its sender."""
    query = select(Item).where(Item.classifier == classifier, Item.sender_id == identity)
    with database.reading() as session:
        return session.scalars(query).first()


def answers(database: Database, classifier: str, identity: str, *, limit: int) -> Sequence[Item]:
    """The first items that answer the one with this ID of its sender. Raises StoreError."""
    query = select(Item).where(Item.classifier == classifier, Item.parent == identity)
    with database.reading() as session:
        return session.scalars(query.order_by(Item.posted_at, Item.number).limit(limit)).all()


def earlier(database: Database, item: Item, *, limit: int) -> Sequence[Item]:
    """The items of its thread that were written just before it, oldest first. Raises StoreError."""
    if item.thread is None:
        return []
    before = or_(Item.posted_at < item.posted_at, and_(Item.posted_at == item.posted_at, Item.number < item.number))
    query = select(Item).where(Item.classifier == item.classifier, Item.thread == item.thread, before)
    with database.reading() as session:
        rows = session.scalars(query.order_by(Item.posted_at.desc(), Item.number.desc()).limit(limit)).all()
    return rows[::-1]


def decided_of_author(database: Database, classifier: str, author: str, *, limit: int) -> Sequence[Item]:
    """The author's items that were decided last. Raises StoreError."""
    query = select(Item).where(Item.author == author, Item.classifier == classifier, Item.state == "decided")
    with database.reading() as session:
        return session.scalars(query.order_by(Item.closed_at.desc(), Item.number.desc()).limit(limit)).all()


def remove(database: Database, number: int) -> bool:
    """Deletes an item with its text; False if there is none. Raises StoreError."""
    return bool(_remove_some(database, Item.number == number))


def erase(database: Database, *, digests: Collection[str] = (), author: str | None = None) -> int:
    """Deletes a text, or everything by an author, from all queues; returns how many. Raises StoreError."""
    assert bool(digests) != (author is not None)
    return _remove_all(database, Item.digest.in_(digests) if author is None else Item.author == author)


def remove_of_classifier(database: Database, classifier: str) -> int:
    """Deletes all items of a classifier. Raises StoreError."""
    return _remove_all(database, Item.classifier == classifier)


def remove_expired(database: Database, days: int) -> int:
    """Deletes some items that were decided, or passed, so long ago; returns how many. Raises StoreError."""
    return _remove_some(database, Item.closed_at <= datetime.now(UTC) - timedelta(days=days))


def _remove_all(database: Database, which: ColumnElement[bool]) -> int:
    """In parts, because a statement that deletes a million rows would take too long."""
    removed = 0
    while some := _remove_some(database, which):
        removed += some
    return removed


def _remove_some(database: Database, which: ColumnElement[bool]) -> int:
    some = select(Item.number).where(which).order_by(Item.number).limit(_REMOVED_AT_ONCE).with_for_update()
    with database.writing(removes=True) as session:
        hold_groups(session)
        numbers = session.scalars(some).all()
        if numbers:
            promote(session, numbers)
            session.execute(delete(Item).where(Item.number.in_(numbers)))
        return len(numbers)
