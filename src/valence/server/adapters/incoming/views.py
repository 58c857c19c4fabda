"""POST /hooks/discourse and /hooks/coral: comments that go to the moderators' queue."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from valence.server.adapters.coral.signature import is_signed
from valence.server.adapters.incoming import coral, discourse
from valence.server.adapters.view import signed_adapter
from valence.server.error_forms import Address
from valence.server.error_handlers import problem_document
from valence.server.moderation import communities, intake
from valence.server.schemas.moderation import NewItem
from valence.server.state import state
from valence.server.store import item_rows

discourse_blueprint = Blueprint("incoming_discourse", __name__)
coral_blueprint = Blueprint("incoming_coral", __name__)
DISCOURSE_ADDRESSES = (Address("/hooks/discourse", problem_document, scores=False),)
CORAL_ADDRESSES = (Address("/hooks/coral", problem_document, scores=False),)


def _from_discourse() -> bool:
    secrets = [secret.get_secret_value() for secret in state().settings.discourse_secrets]
    return is_signed(request.get_data(), request.headers.get("X-Discourse-Event-Signature", ""), secrets)


def _from_coral() -> bool:
    secrets = [secret.get_secret_value() for secret in state().settings.coral_queue_secrets]
    return is_signed(request.get_data(), request.headers.get("X-Coral-Signature", ""), secrets)


@discourse_blueprint.post("/hooks/discourse")
@signed_adapter("Discourse", verified=_from_discourse, body=discourse.PostEvent)
def receive_post(body: discourse.PostEvent) -> dict[str, Any]:
    """A post that was written, changed or recovered is an item; of one that was destroyed, the item is deleted."""
    event = request.headers.get("X-Discourse-Event", "")
    if body.post is None or not discourse.is_public(body.post):
        return {"stored": False}
    if event == discourse.DESTROYED:
        return {"stored": False, "deleted": _delete(discourse.identity_of(body.post))}
    if event not in discourse.WRITTEN:
        return {"stored": False}
    return _store(discourse.item_of(body.post, request.headers.get("X-Discourse-Instance", "")))


@coral_blueprint.post("/hooks/coral")
@signed_adapter("Coral", verified=_from_coral, body=coral.ModerationRequest)
def receive_comment(body: coral.ModerationRequest) -> dict[str, Any]:
    """An item. Coral gets no opinion: a moderator decides later."""
    _store(coral.item_of(body))
    return {}


def _store(item: NewItem) -> dict[str, Any]:
    current = state()
    community = communities.find(request.args.get("classifier"), current.database, current.settings)
    (put,) = intake.take_in([item], community, current.database, blind_percent=current.settings.blind_percent)
    current.metrics.moderated("items", put.outcome)
    current.moderation.items.wake()
    return {"stored": True}


def _delete(identity: str) -> bool:
    current = state()
    community = communities.find(request.args.get("classifier"), current.database, current.settings)
    row = item_rows.sent_as(current.database, community.key, identity)
    return row is not None and item_rows.remove(current.database, row.number)
