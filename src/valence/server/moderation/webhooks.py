"""Webhooks: registered, changed and described."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import Any

from valence.server.moderation import communities
from valence.server.moderation.public_address import AddressRefusedError, check_url
from valence.server.moderation.signing import new_secret
from valence.server.problems import ProblemError, invalid_field
from valence.server.schemas import webhooks as wire
from valence.server.settings import Settings
from valence.server.store import webhook_rows
from valence.server.store.database import Database
from valence.server.store.moderation_tables import Webhook
from valence.server.teaching.texts import cannot_be_stored


def register(request: wire.NewWebhook, by: str, database: Database, settings: Settings) -> wire.Webhook:
    """Stores a webhook, and shows its secret this once. Raises ProblemError and StoreError."""
    _check_url(request.url, settings)
    key = None if request.classifier is None else communities.find(request.classifier, database, settings).key
    row = Webhook(
        id=str(uuid.uuid4()),
        classifier=key,
        url=request.url,
        secret=new_secret(),
        old_secret=None,
        events=json.dumps(sorted(set(request.events))),
        failing_since=None,
        disabled_at=None,
        message="",
        created_by=by,
        created_at=datetime.now(UTC),
    )
    if not webhook_rows.put(database, row, limit=settings.max_webhooks):
        raise ProblemError(
            "too-many-webhooks",
            f"This server allows {settings.max_webhooks} webhooks (VALENCE_MAX_WEBHOOKS). Delete one.",
        )
    return _described(row, 0, database, secret=row.secret)


def change(identity: str, request: wire.WebhookChange, database: Database, settings: Settings) -> wire.Webhook:
    """Changes what the request names. Raises ProblemError and StoreError."""
    row = _find(identity, database)
    values: dict[str, Any] = {}
    if request.url is not None:
        _check_url(request.url, settings)
        values["url"] = request.url
    if request.events is not None:
        values["events"] = json.dumps(sorted(set(request.events)))
    if request.enabled is not None:
        disabled = None if request.enabled else row.disabled_at or datetime.now(UTC)
        values |= {"disabled_at": disabled, "failing_since": None}
    if request.secret == "roll":  # noqa: S105 - not a password
        values |= {"secret": new_secret(), "old_secret": row.secret}
    elif request.secret == "finish":  # noqa: S105 - not a password
        values["old_secret"] = None
    changed = webhook_rows.change(database, identity, values)
    if changed is None:
        raise _unknown()
    shown = changed.secret if request.secret == "roll" else None  # noqa: S105 - not a password
    return _described(changed, webhook_rows.waiting(database).get(identity, 0), database, secret=shown)


def every(database: Database, settings: Settings) -> wire.WebhookList:
    """Oldest first. Raises StoreError."""
    waiting = webhook_rows.waiting(database)
    rows = webhook_rows.every(database)
    return wire.WebhookList(
        webhooks=[_described(row, waiting.get(row.id, 0), database) for row in rows],
        most_webhooks=settings.max_webhooks,
    )


def remove(identity: str, database: Database) -> None:
    """Deletes it, with the events that weren't delivered yet. Raises ProblemError and StoreError."""
    if cannot_be_stored(identity) or not webhook_rows.remove(database, identity):
        raise _unknown()


def _find(identity: str, database: Database) -> Webhook:
    found = None if cannot_be_stored(identity) else webhook_rows.get(database, identity)
    if found is None:
        raise _unknown()
    return found


def _unknown() -> ProblemError:
    return ProblemError("unknown-webhook", "There is no webhook with this ID. It may have been deleted.")


def _check_url(url: str, settings: Settings) -> None:
    try:
        check_url(url, private=settings.webhook_private)
    except AddressRefusedError as error:
        raise invalid_field("url", str(error)) from error


def _described(row: Webhook, waiting: int, database: Database, *, secret: str | None = None) -> wire.Webhook:
    name = None if row.classifier is None else communities.with_key(row.classifier, database).name
    return wire.Webhook.model_validate(
        {
            "id": row.id,
            "url": row.url,
            "events": json.loads(row.events),
            "classifier": name,
            "secret": secret,
            "rolling": row.old_secret is not None,
            "created_at": row.created_at,
            "waiting": waiting,
            "failing_since": row.failing_since,
            "disabled_at": row.disabled_at,
            "message": row.message,
        }
    )
