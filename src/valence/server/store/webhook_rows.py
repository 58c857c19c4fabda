"""Rows of webhooks, and of the events that are to be sent to them.

An event is stored in the transaction of what it reports, so that neither exists without the other.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from valence.server.store.claims import free
from valence.server.store.database import Database
from valence.server.store.moderation_tables import Delivery, Rules, Webhook

# Longer than sending to all claimed receivers can take.
CLAIM = timedelta(minutes=5)
_LOCK = 8_253_623_004  # an arbitrary number; this lock serialises counting and storing webhooks


@dataclass(frozen=True)
class Event:
    """Something that webhooks receive.

    Attributes:
        name: decision.made, decision.undone or item.flagged.
        classifier: key of the classifier that it belongs to.
        data: JSON, without texts.
    """

    name: str
    classifier: str
    data: Mapping[str, Any]


@dataclass(frozen=True)
class Claimed:
    """An event that this server sends now."""

    delivery: Delivery
    webhook: Webhook


def put(database: Database, webhook: Webhook, *, limit: int) -> bool:
    """Stores a new webhook; False, storing nothing, if there are `limit` of them. Raises StoreError."""
    with database.writing() as session:
        if not database.embedded:  # SQLite has one writer anyway
            session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        if (session.scalar(select(func.count()).select_from(Webhook)) or 0) >= limit:
            return False
        session.add(webhook)
        return True


def every(database: Database) -> Sequence[Webhook]:
    """All of them, oldest first. Raises StoreError."""
    with database.reading() as session:
        return session.scalars(select(Webhook).order_by(Webhook.created_at, Webhook.id)).all()


def get(database: Database, identity: str) -> Webhook | None:
    with database.reading() as session:
        return session.get(Webhook, identity)


def change(database: Database, identity: str, values: Mapping[str, Any]) -> Webhook | None:
    """Sets some of a webhook's columns; None if it is gone. Raises StoreError."""
    with database.writing() as session:
        webhook = session.get(Webhook, identity, with_for_update=True)
        if webhook is not None:
            for name, value in values.items():
                setattr(webhook, name, value)
        return webhook


def remove(database: Database, identity: str) -> bool:
    """Deletes a webhook with the events that weren't delivered yet; False if there is none. Raises StoreError."""
    with database.writing(removes=True) as session:
        one = delete(Webhook).where(Webhook.id == identity)
        return session.scalar(one.returning(Webhook.id)) is not None


def waiting(database: Database) -> dict[str, int]:
    """How many events of each webhook weren't delivered yet. Raises StoreError."""
    undelivered = select(Delivery.webhook_id, func.count()).where(Delivery.delivered_at.is_(None))
    with database.reading() as session:
        return dict(session.execute(undelivered.group_by(Delivery.webhook_id)).all())


def tell(session: Session, event: Event) -> None:
    """Stores an event for each webhook that wants it, in the caller's transaction; none in a dry run."""
    rules = session.get(Rules, event.classifier)
    if rules is None or rules.dry_run:
        return
    now = datetime.now(UTC)
    concerned = or_(Webhook.classifier.is_(None), Webhook.classifier == event.classifier)
    # Locked against deletion, or the event would refer to a webhook that is gone.
    query = select(Webhook).where(concerned).with_for_update(read=True, key_share=True)
    for webhook in session.scalars(query):
        if event.name in json.loads(webhook.events):
            payload = {"type": event.name, "timestamp": now.isoformat(), "data": event.data}
            session.add(
                Delivery(
                    id=f"msg_{uuid.uuid4().hex[:32]}",
                    webhook_id=webhook.id,
                    event=event.name,
                    payload=json.dumps(payload, ensure_ascii=False, separators=(",", ":")),
                    created_at=now,
                    due_at=now,
                    attempts=0,
                )
            )


def claim(database: Database, *, limit: int) -> list[Claimed]:
    """Claims the events that are due, oldest first, of webhooks that weren't given up. Raises StoreError."""
    now, token = datetime.now(UTC), uuid.uuid4().hex
    due = (
        select(Delivery, Webhook)
        .join(Webhook, Webhook.id == Delivery.webhook_id)
        .where(Delivery.delivered_at.is_(None), Delivery.due_at <= now, Webhook.disabled_at.is_(None))
        .where(free(Delivery.claimed_until, now, CLAIM))
        .order_by(Delivery.due_at, Delivery.id)
        .limit(limit)
    )
    with database.writing() as session:
        rows = session.execute(due.with_for_update(skip_locked=True, of=Delivery)).all()
        for delivery, _ in rows:
            delivery.claim, delivery.claimed_until = token, now + CLAIM
        return [Claimed(delivery, webhook) for delivery, webhook in rows]


def delivered(database: Database, claimed: Claimed) -> None:
    """Records that the receiver confirmed it. Raises StoreError."""
    now = datetime.now(UTC)
    with database.writing() as session:
        healthy = update(Webhook).where(Webhook.id == claimed.webhook.id, Webhook.failing_since.is_not(None))
        session.execute(healthy.values(failing_since=None, message=""))
        _settle(session, claimed, delivered_at=now, failure=None)


def failed(database: Database, claimed: Claimed, failure: str, *, due_at: datetime, patience: timedelta) -> bool:
    """Leaves the webhook alone until `due_at`, with all its events.

    Returns whether it is turned off now, because it has failed for so long. Raises StoreError.
    """
    now = datetime.now(UTC)
    with database.writing() as session:
        webhook = session.get(Webhook, claimed.webhook.id, with_for_update=True)
        if webhook is None:
            return False
        _settle(session, claimed, failure=failure, due_at=due_at, attempts=Delivery.attempts + 1)
        others = (Delivery.webhook_id == webhook.id, Delivery.delivered_at.is_(None), Delivery.due_at < due_at)
        session.execute(update(Delivery).where(*others, Delivery.claim.is_(None)).values(due_at=due_at))
        webhook.failing_since = webhook.failing_since or now
        webhook.message = failure
        if webhook.disabled_at is None and now - webhook.failing_since >= patience:
            webhook.disabled_at = now
            return True
        return False


def _settle(session: Session, claimed: Claimed, **values: Any) -> None:
    delivery = claimed.delivery
    ours = update(Delivery).where(Delivery.id == delivery.id, Delivery.claim == delivery.claim)
    session.execute(ours.values(claim=None, claimed_until=None, **values))


def remove_old(database: Database, days: int) -> int:
    """Deletes some events that are so old; returns how many were never confirmed. Raises StoreError."""
    before = datetime.now(UTC) - timedelta(days=days)
    some = select(Delivery.id).where(Delivery.created_at <= before).limit(2_000)
    with database.writing() as session:
        removed = session.scalars(delete(Delivery).where(Delivery.id.in_(some)).returning(Delivery.delivered_at)).all()
        return removed.count(None)
