"""Signing in, over the wire."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field, model_validator

from valence.server.schemas.base import Wire


class SignInRequest(Wire):
    """Either an API `key`, or the one-time `token` of the address that `valence serve` prints."""

    key: str | None = Field(None, max_length=200, description="An API key.")
    token: str | None = Field(None, max_length=200, description="A one-time token.")

    @model_validator(mode="after")
    def _one_of_two(self) -> SignInRequest:
        if (self.key is None) == (self.token is None):
            raise ValueError("send either 'key' or 'token'")
        return self


class Session(Wire):
    """Who is signed in."""

    signed_in: bool
    scopes: list[str] = Field(description="What the session allows; `admin` includes every scope.")
    owner: bool = Field(description="Whether the browser was signed in by the address that `valence serve` printed.")
    expires_at: datetime | None
