"""Items that a moderator's browser holds, so that two moderators never get the same one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update

from valence.server.store.claims import free
from valence.server.store.database import Database
from valence.server.store.moderation_tables import Item

# A browser that is closed keeps its items for so long.
CLAIM = timedelta(minutes=5)


def take(database: Database, classifier: str, token: str, *, order: str, limit: int) -> Sequence[Item]:
    """The items that `token` holds already, and the next ones up to `limit`. Renews all claims. Raises StoreError."""
    now = datetime.now(UTC)
    waiting = select(Item).where(Item.classifier == classifier, Item.state == "waiting")
    by: Sequence[Any] = {
        "score": (Item.rank.desc(), Item.number.desc()),
        "newest": (Item.posted_at.desc(), Item.number.desc()),
        "oldest": (Item.posted_at, Item.number),
    }[order]
    with database.writing() as session:
        # Nobody else can have them once they are locked; items that another transaction has locked are skipped.
        ours = session.scalars(select(Item).where(Item.claim == token).order_by(*by).with_for_update())
        held = [item for item in ours if _is_held(item, classifier, now)]
        more = waiting.where(free(Item.claimed_until, now, CLAIM)).order_by(*by).limit(max(0, limit - len(held)))
        taken = held[:limit] + list(session.scalars(more.with_for_update(skip_locked=True)))
        for item in taken:
            item.claim, item.claimed_until = token, now + CLAIM
        return taken


def hold(database: Database, classifier: str, token: str, numbers: Sequence[int]) -> Sequence[Item]:
    """Of these waiting items those that nobody else holds, in their order; others that `token` held are released.
    Raises StoreError.
    """
    now = datetime.now(UTC)
    others = update(Item).where(Item.claim == token, Item.state == "waiting", Item.number.not_in(numbers))
    wanted = select(Item).where(
        Item.classifier == classifier,
        Item.state == "waiting",
        Item.number.in_(numbers),
        or_(Item.claim == token, free(Item.claimed_until, now, CLAIM)),
    )
    with database.writing() as session:
        session.execute(others.values(claim=None, claimed_until=None))
        taken = session.scalars(wanted.with_for_update(skip_locked=True)).all()
        for item in taken:
            item.claim, item.claimed_until = token, now + CLAIM
        return sorted(taken, key=lambda item: numbers.index(item.number))


def _is_held(item: Item, classifier: str, now: datetime) -> bool:
    """Whether an item with our token still is ours; as `claims.free` says of others."""
    until = item.claimed_until
    return item.classifier == classifier and item.state == "waiting" and until is not None and until >= now


def release(database: Database, token: str) -> None:
    """Lets others have the items that `token` holds. Raises StoreError."""
    held = update(Item).where(Item.claim == token, Item.state == "waiting")
    with database.writing() as session:
        session.execute(held.values(claim=None, claimed_until=None))
