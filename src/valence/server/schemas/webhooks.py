"""Webhooks, to which the decisions of moderators are sent, over the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from valence.server.schemas.base import Name, Wire

Event = Literal["decision.made", "decision.undone", "item.flagged"]
Events = Annotated[list[Event], Field(min_length=1, max_length=3, fail_fast=True)]
Url = Annotated[str, Field(min_length=1, max_length=2000, examples=["https://forum.example/hooks/valence"])]
_EVENTS = "Events that it gets: decisions, undone decisions, and items that are flagged; none in a dry run."


class NewWebhook(Wire):
    """An address to which events are sent."""

    url: Url = Field(description="HTTPS, at a public address.")
    events: Events = Field(description=_EVENTS)
    classifier: Name | None = Field(None, description="Only what belongs to this classifier's queue; by default all.")


class WebhookChange(Wire):
    """What to change; what is left out stays."""

    url: Url | None = None
    events: Events | None = Field(None, description=_EVENTS)
    enabled: bool | None = Field(
        None, description="False stops sending; true continues, with what wasn't sent meanwhile."
    )
    secret: Literal["roll", "finish"] | None = Field(
        None,
        description="`roll` makes a new secret, which the answer shows; until `finish`, everything is signed with the "
        "old one too.",
    )


class Webhook(Wire):
    id: str
    url: str
    events: list[Event]
    classifier: str | None = Field(description="Name of the only classifier whose events it gets; null for all.")
    secret: str | None = Field(
        description="Shown once, when it is made: `whsec_` and the key in base64, as Standard Webhooks have it.",
        examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    )
    rolling: bool = Field(description="Whether the old secret still signs too.")
    created_at: datetime
    waiting: int = Field(description="Events that weren't delivered yet.")
    failing_since: datetime | None = Field(description="When the first of the latest failures was.")
    disabled_at: datetime | None = Field(description="When it was turned off, by a person or after days of failures.")
    message: str = Field(description="The last failure.")


class WebhookList(Wire):
    webhooks: list[Webhook]
    most_webhooks: int = Field(description="How many this server allows.")
