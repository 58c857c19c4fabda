"""Items that wait to be scored: claimed by one server, and saved with their score or the reason why they have none."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from valence.server.store import webhook_rows
from valence.server.store.claims import free
from valence.server.store.database import Database
from valence.server.store.item_rows import hold_groups
from valence.server.store.moderation_tables import Item
from valence.server.store.webhook_rows import Event

CLAIM = timedelta(seconds=30)


@dataclass(frozen=True)
class ClaimedItems:
    """Items that this server scores; `token` proves that the claim is still ours."""

    items: Sequence[Item]
    token: str


@dataclass(frozen=True)
class Judged:
    """What scoring an item changes; `event` is sent to the webhooks, if there is one."""

    number: int
    revision: int
    values: Mapping[str, Any]
    event: Event | None = None


def claim(
    database: Database, *, limit: int, numbers: Sequence[int] | None = None, without: Collection[str] = ()
) -> ClaimedItems:
    """Claims the oldest items that wait to be scored, or those of `numbers`; none of the classifiers `without`.

    Raises StoreError.
    """
    now, token = datetime.now(UTC), uuid.uuid4().hex
    query = select(Item).where(Item.state == "scoring", free(Item.claimed_until, now, CLAIM))
    if numbers is not None:
        query = query.where(Item.number.in_(numbers))
    if without:
        query = query.where(Item.classifier.not_in(without))
    with database.writing() as session:
        oldest = query.order_by(Item.number).limit(limit).with_for_update(skip_locked=True)
        items = session.scalars(oldest).all()
        for item in items:
            item.claim, item.claimed_until = token, now + CLAIM
        return ClaimedItems(items, token)


def release(database: Database, claimed: ClaimedItems) -> None:
    """Lets them be claimed again. Raises StoreError."""
    with database.writing() as session:
        session.execute(update(Item).where(Item.claim == claimed.token).values(claim=None, claimed_until=None))


def save(database: Database, claimed: ClaimedItems, judged: Sequence[Judged]) -> int:
    """Saves the scores of items that are still ours and have the same text; returns how many. Raises StoreError."""
    saved = 0
    with database.writing() as session:
        hold_groups(session)
        for each in sorted(judged, key=lambda each: each.number):
            ours = (Item.number == each.number, Item.claim == claimed.token, Item.revision == each.revision)
            values = {**each.values, "claim": None, "claimed_until": None}
            changed = session.execute(
                update(Item).where(*ours).values(**values).returning(Item.classifier, Item.digest)
            ).first()
            if changed is not None:
                saved += 1
                if values["state"] == "waiting":
                    put_behind(session, each.number, changed.classifier, changed.digest)
                if each.event is not None:
                    webhook_rows.tell(session, each.event)
    return saved


def put_behind(session: Session, number: int, classifier: str, digest: str) -> None:
    """Makes an item that begins to wait a copy of the one with the same text that waits already, if there is one.

    Needs `item_rows.hold_groups`.
    """
    same = (Item.classifier == classifier, Item.digest == digest, Item.number != number)
    first = select(Item.number).where(*same, Item.state.in_(("waiting", "unsure"))).order_by(Item.number).limit(1)
    leader = session.scalar(first)
    if leader is not None:
        session.execute(update(Item).where(Item.number == number).values(state="copy", copy_of=leader))
