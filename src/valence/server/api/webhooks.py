"""/api/v1/webhooks: addresses to which the decisions of moderators are sent."""

from __future__ import annotations

from flask import Blueprint, Response

from valence.server.auth.access import holder
from valence.server.moderation import webhooks
from valence.server.openapi import moderation_examples as examples
from valence.server.openapi.contract import Media, operation
from valence.server.schemas.webhooks import NewWebhook, Webhook, WebhookChange, WebhookList
from valence.server.state import state

blueprint = Blueprint("webhooks", __name__, url_prefix="/api/v1/webhooks")

_ONE = {"identity": "The webhook's ID."}


@blueprint.get("")
@operation(
    tag="Webhooks",
    summary="List the webhooks",
    responses=WebhookList,
    scope="classifiers",
    store=True,
    response_examples=examples.WEBHOOK_LISTS,
)
def list_webhooks() -> WebhookList:
    """Oldest first, with the number of events that weren't delivered yet, and why. Their secrets aren't shown."""
    return webhooks.every(state().database, state().settings)


@blueprint.post("")
@operation(
    tag="Webhooks",
    summary="Register a webhook",
    body=NewWebhook,
    responses={201: Webhook},
    scope="classifiers",
    store=True,
    problems=("unknown-classifier", "too-many-webhooks"),
    request_examples=examples.NEW_WEBHOOKS,
    response_examples=examples.NEW_WEBHOOK,
)
def register_webhook(body: NewWebhook) -> tuple[Webhook, int]:
    """It gets the events that you choose, each at least once and in any order, signed as Standard Webhooks specifies. A
    repeat has the same `webhook-id`. Answer with a 2xx within five seconds; otherwise it is sent again, less and less
    often, for VALENCE_WEBHOOK_DAYS. The `secret` is shown this once.
    """
    return webhooks.register(body, holder().id, state().database, state().settings), 201


@blueprint.patch("/<identity>")
@operation(
    tag="Webhooks",
    summary="Change a webhook",
    body=WebhookChange,
    responses=Webhook,
    scope="classifiers",
    store=True,
    problems=("unknown-webhook",),
    parameters=_ONE,
    request_examples=examples.WEBHOOK_CHANGES,
    response_examples=examples.WEBHOOKS,
)
def change_webhook(identity: str, body: WebhookChange) -> Webhook:
    """Another address or other events; turned off, or on again; or a new secret."""
    changed = webhooks.change(identity, body, state().database, state().settings)
    state().moderation.deliverer.wake()
    return changed


@blueprint.delete("/<identity>")
@operation(
    tag="Webhooks",
    summary="Delete a webhook",
    responses={204: Media()},
    scope="classifiers",
    store=True,
    problems=("unknown-webhook",),
    parameters=_ONE,
)
def delete_webhook(identity: str) -> Response:
    """Deletes it permanently, with the events that weren't delivered yet."""
    webhooks.remove(identity, state().database)
    return Response(status=204)
