"""Problem documents (RFC 9457), over the wire."""

from __future__ import annotations

from pydantic import Field

from valence.server.schemas.base import Wire


class FieldError(Wire):
    field: str = Field(examples=["texts.3"])
    detail: str


class Offer(Wire):
    """Parameters that would help."""

    purpose: str = Field(description="What they do. May be empty.", examples=["To leave such rows out"])
    parameters: dict[str, str | None] = Field(
        description="Each with the value to send; null where you choose it.", examples=[{"bad_rows": "skip"}]
    )


class Problem(Wire):
    """RFC 9457 problem document, sent as application/problem+json."""

    type: str = Field(examples=["/docs/errors#text-too-long"])
    title: str
    status: int
    detail: str = Field(description="What is wrong and what to do about it.")
    code: str = Field(examples=["text-too-long"])
    errors: list[FieldError] = Field(
        default_factory=list, description="The invalid fields: the first 20, and only the first invalid item of a list."
    )
    offers: list[Offer] = Field(default_factory=list, description="For a file that isn't valid: what would read it.")
