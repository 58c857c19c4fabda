"""Feedback, over the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, model_validator

from valence.model.results import Probability
from valence.server.schemas.base import Name, Wire
from valence.server.schemas.models import ModelVersion

FeedbackId = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
        description="A random UUID (version 4, lower case) that the sender makes once for each answer.",
        examples=["6f1c3a52-9d0e-4b7a-8c21-5e4f3d2c1b0a"],
    ),
]


RequestId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{8,64}$", examples=["4bf92f3577b34da6a3ce929d0e0e4736"])]


class FeedbackRequest(Wire):
    """Whether one answer was right."""

    id: FeedbackId
    model: ModelVersion = Field(description="As the answer named it.")
    predicted: Name = Field(description="The label of the answer.", examples=["positive"])
    probability: Probability = Field(description="The probability of the answer.")
    correct: bool = Field(description="Whether the label was right.")
    label: Name | None = Field(
        None, description="The right label, where the answer's was wrong.", examples=["negative"]
    )
    text: str | None = Field(None, description="The text; only with `consent`, and kept only where the operator does.")
    consent: bool = Field(default=False, description="Whether the person agreed that the text is kept.")
    request_id: RequestId | None = Field(None, description="The answer's X-Request-ID.")

    @model_validator(mode="after")
    def _agree(self) -> FeedbackRequest:
        if self.text is not None and not self.consent:
            raise ValueError("'text' may be sent only with 'consent': true; leave it out")
        if self.label is not None and self.correct != (self.label == self.predicted):
            raise ValueError("'correct' and 'label' contradict each other; 'label' is the right one")
        return self


class FeedbackReceipt(Wire):
    id: FeedbackId
    text_kept: bool = Field(description="Whether the text is kept too.")


class FeedbackPolicy(Wire):
    texts_kept: bool = Field(description="Whether a text is kept where the person agrees; otherwise do not ask for it.")


class FeedbackEntry(Wire):
    id: FeedbackId
    received_at: datetime
    changed_at: datetime = Field(description="When its sender last changed it; `received_at` if never.")
    model: ModelVersion
    predicted: str
    probability: Probability
    correct: bool
    label: str | None = Field(description="The right label, as far as the person said it.")
    text: str | None = Field(description="Where the person agreed and the operator keeps texts.")
    request_id: str | None = Field(description="Of the answer, as the log has it.")


class FeedbackQuery(Wire):
    limit: int = Field(50, ge=1, le=200, description="Entries on one page.")
    cursor: str | None = Field(None, max_length=100, description="`next` of the page before; the first page without.")
    correct: bool | None = Field(None, description="Only answers that were right, or only those that were wrong.")


class FeedbackPage(Wire):
    items: list[FeedbackEntry]
    next: str | None = Field(description="Cursor of the next page; null on the last one.")


class ExportQuery(Wire):
    format: Literal["csv", "jsonl"] = Field("jsonl", description="Shape of the file.")
