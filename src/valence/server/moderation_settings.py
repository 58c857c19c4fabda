"""The settings of `valence.server.moderation`."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode


class ModerationSettings(BaseSettings):
    """Part of `valence.server.settings.Settings`."""

    queue_classifier: str | None = Field(
        None,
        description="Name of the classifier whose queue is meant if a request doesn't name one; if not set, the "
        "default model.",
    )
    blind_percent: int = Field(
        10,
        ge=0,
        le=100,
        description="Percentage of all items that a moderator sees without a score, chosen by a hash of their ID. Only "
        "decisions on these say how good the classifier is.",
    )
    item_days: int = Field(
        30, ge=1, le=3650, description="Days until an item, with its text, is deleted after it was decided or passed."
    )
    webhook_days: int = Field(
        5, ge=1, le=365, description="Days of failures after which a webhook is turned off, with a message."
    )
    max_webhooks: int = Field(10, ge=0, le=1000, description="Maximum webhooks; 0 for none.")
    webhook_private: bool = Field(
        default=False,
        description="Whether webhooks may be sent to private addresses, such as those of the server's own network, and "
        "over plain HTTP. true or false.",
    )
    discourse_secrets: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (),
        description="Secrets of Discourse's webhook for posts, separated by commas: the present one, and the next one "
        "while it is rolled. If none is set, its address doesn't exist.",
    )
    coral_queue_secrets: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (),
        description="Signing secrets of the external moderation phase by which Coral sends its comments to the queue, "
        "separated by commas. If none is set, its address doesn't exist.",
    )

    @field_validator("discourse_secrets", "coral_queue_secrets", mode="before")
    @classmethod
    def _parse_secrets(cls, value: Any) -> Any:
        return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value
