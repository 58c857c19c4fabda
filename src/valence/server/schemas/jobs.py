"""Files scored in the background, over the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from valence.server.schemas.base import Name, Wire
from valence.server.schemas.files import ReadingQuery
from valence.server.schemas.models import ModelVersion


class JobQuery(ReadingQuery):
    """How the file is read and scored."""

    model: Name | None = Field(None, description="Name of the model; the server's default if left out.")


class Job(Wire):
    """A file scored in the background."""

    id: str = Field(examples=["0b9f6c1e-2a47-4d3c-9b51-7e8f2d1c3a4b"])
    state: Literal["waiting", "running", "done", "failed"]
    reason: str | None = Field(description="Why it failed, if it did.")
    rows: int = Field(ge=1, description="Rows in the file.")
    rows_done: int = Field(ge=0, description="Rows scored so far; restarts at 0 if the model changes.")
    rows_left_out: int = Field(ge=0, description="Rows of the file that couldn't be read, with `bad_rows=skip`.")
    shape: Literal["csv", "tsv", "jsonl"] = Field(description="Format of the result.")
    text_column: str = Field(description="Column or key with the texts.")
    model: ModelVersion = Field(description="The model that scores every row.")
    created_at: datetime
    expires_at: datetime = Field(description="When it is deleted, with its file and its result.")


class JobList(Wire):
    jobs: list[Job]
