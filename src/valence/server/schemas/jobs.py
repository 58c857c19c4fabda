"""Files scored in the background, over the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from valence.server.schemas.base import Name, Wire
from valence.server.schemas.models import ModelVersion


class JobQuery(Wire):
    text_column: str | None = Field(
        None,
        max_length=200,
        description="The column, or in JSON Lines the key, with the texts. Where it is left out: `text`, or a table's "
        "only column.",
    )
    model: Name | None = Field(None, description="Name of the model; the server's default where it is left out.")


class Job(Wire):
    """A file that is scored in the background."""

    id: str = Field(examples=["0b9f6c1e-2a47-4d3c-9b51-7e8f2d1c3a4b"])
    state: Literal["waiting", "running", "done", "failed"]
    reason: str | None = Field(description="Why it failed.")
    rows: int = Field(ge=1, description="Rows of the file.")
    rows_done: int = Field(ge=0, description="Rows that are scored; from 0 again if the model changed meanwhile.")
    shape: Literal["csv", "tsv", "jsonl"] = Field(description="Of the file, and of its result.")
    text_column: str = Field(description="Where the texts are.")
    model: ModelVersion = Field(description="What every row is scored with.")
    created_at: datetime
    expires_at: datetime = Field(description="When it is removed, with the file and the result.")


class JobList(Wire):
    jobs: list[Job]
