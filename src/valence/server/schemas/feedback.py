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
        description="A random UUID (version 4, lower case) that the sender creates once per prediction.",
        examples=["6f1c3a52-9d0e-4b7a-8c21-5e4f3d2c1b0a"],
    ),
]


RequestId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{8,64}$", examples=["4bf92f3577b34da6a3ce929d0e0e4736"])]


class FeedbackRequest(Wire):
    """Whether one prediction was right."""

    id: FeedbackId
    model: ModelVersion = Field(description="As in the prediction.")
    predicted: Name = Field(description="The predicted label.", examples=["positive"])
    probability: Probability = Field(description="The predicted probability.")
    correct: bool = Field(description="Whether the label was right.")
    label: Name | None = Field(
        None, description="The right label, if the predicted one was wrong.", examples=["negative"]
    )
    text: str | None = Field(None, description="The text; only with `consent`, and stored only if the operator does.")
    consent: bool = Field(default=False, description="Whether the person agreed that the text is stored.")
    request_id: RequestId | None = Field(None, description="X-Request-ID of the prediction's response.")

    @model_validator(mode="after")
    def _agree(self) -> FeedbackRequest:
        if self.text is not None and not self.consent:
            raise ValueError("'text' requires 'consent': true; otherwise leave it out")
        if self.label is not None and self.correct != (self.label == self.predicted):
            raise ValueError("'correct' and 'label' contradict each other; 'label' must be the right label")
        return self


class FeedbackReceipt(Wire):
    id: FeedbackId
    text_kept: bool = Field(description="Whether the text was stored.")


class FeedbackPolicy(Wire):
    texts_kept: bool = Field(
        description="Whether texts are stored if the person agrees; if not, don't ask for consent."
    )


class FeedbackEntry(Wire):
    id: FeedbackId
    received_at: datetime
    changed_at: datetime = Field(description="When its sender last changed it; same as `received_at` if never.")
    model: ModelVersion
    predicted: str
    probability: Probability
    correct: bool
    label: str | None = Field(description="The right label, if the person gave it.")
    text: str | None = Field(description="Only if the person agreed and the operator stores texts.")
    request_id: str | None = Field(description="Request ID of the prediction, as in the log.")


class FeedbackQuery(Wire):
    limit: int = Field(50, ge=1, le=200, description="Entries per page.")
    cursor: str | None = Field(
        None, max_length=100, description="`next` of the previous page; leave it out for the first page."
    )
    correct: bool | None = Field(None, description="Only feedback on correct predictions, or only on wrong ones.")


class FeedbackPage(Wire):
    items: list[FeedbackEntry]
    next: str | None = Field(description="Cursor of the next page; null on the last page.")


class ExportQuery(Wire):
    format: Literal["csv", "jsonl"] = Field("jsonl", description="Format of the file.")
