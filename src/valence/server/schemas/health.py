"""Health checks, over the wire."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from valence.server.schemas.base import Wire


class Health(Wire):
    status: Literal["ok"] = "ok"
    version: str


class Readiness(Wire):
    status: Literal["ready", "starting"] = Field(description="Whether texts can be scored.")
    models: list[str]
    store: Literal["ready", "unavailable"] = Field(
        description="Whether the database (feedback, API keys, jobs) is available; texts can be scored without it."
    )
