"""POST /hooks/discourse and /hooks/coral: comments that go to the moderators' queue.

A signature covers the body alone: the headers and the query of a captured request can be changed, and it stays valid.
What protects is therefore in the body: the same bytes count once, and a post that is older than the stored one changes
nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, request

from valence.server.adapters.coral.signature import is_signed
from valence.server.adapters.incoming import coral, discourse
from valence.server.adapters.view import signed_adapter
from valence.server.error_forms import Address
from valence.server.error_handlers import problem_document
from valence.server.moderation import communities, intake
from valence.server.moderation.communities import Community
from valence.server.schemas.moderation import NewItem
from valence.server.state import state
from valence.server.store import item_rows, received_rows

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
    post, event = body.post, request.headers.get("X-Discourse-Event", "")
    if post is None or not discourse.is_public(post) or _is_too_old(post.updated_at):
        return {"stored": False}
    if event == discourse.DESTROYED:
        deleted = _once(lambda community: _delete(discourse.identity_of(post), community))
        return {"stored": False, "deleted": deleted}
    if event not in discourse.WRITTEN:
        return {"stored": False}
    item = discourse.item_of(post, request.headers.get("X-Discourse-Instance", ""))
    return {"stored": _once(lambda community: _store(item, community))}


@coral_blueprint.post("/hooks/coral")
@signed_adapter("Coral", verified=_from_coral, body=coral.ModerationRequest)
def receive_comment(body: coral.ModerationRequest) -> dict[str, Any]:
    """An item. Coral gets no opinion: a moderator decides later."""
    _once(lambda community: _store(coral.item_of(body), community))
    return {}


def _is_too_old(changed_at: datetime | None) -> bool:
    """Whether requests of that time aren't remembered any more, so that a repeat wouldn't be noticed."""
    span = timedelta(days=state().settings.item_days)
    return changed_at is not None and changed_at < datetime.now(UTC) - span


def _once(take_in: Callable[[Community], bool]) -> bool:
    """Takes in what the request says, unless the same body was taken in before: False then.

    It is remembered afterwards, so a request that failed can be sent again.
    """
    current = state()
    community = communities.find(request.args.get("classifier"), current.database, current.settings)
    content = community.key.encode("utf-8", "surrogatepass") + b"\0" + request.get_data()
    digest = hashlib.blake2b(content, digest_size=16).hexdigest()
    if received_rows.is_known(current.database, digest):
        return False
    done = take_in(community)
    received_rows.remember(current.database, digest)
    return done


def _store(item: NewItem, community: Community) -> bool:
    current = state()
    (put,) = intake.take_in([item], community, current.database, blind_percent=current.settings.blind_percent)
    current.metrics.moderated("items", put.outcome)
    current.moderation.items.wake()
    return True


def _delete(identity: str, community: Community) -> bool:
    row = item_rows.sent_as(state().database, community.key, identity)
    return row is not None and item_rows.remove(state().database, row.number)
