"""Problem documents (RFC 9457), over the wire."""

from __future__ import annotations

from pydantic import Field

from valence.server.schemas.base import Wire


class FieldError(Wire):
    field: str = Field(examples=["texts.3"])
    detail: str


class Problem(Wire):
    """RFC 9457 problem document, sent as application/problem+json."""

    type: str = Field(examples=["/docs/errors#text-too-long"])
    title: str
    status: int
    detail: str = Field(description="What is wrong, and the way out.")
    code: str = Field(examples=["text-too-long"])
    errors: list[FieldError] = Field(
        default_factory=list, description="Which fields are wrong: the first 20, and of a list its first wrong item."
    )
