"""What goes over the wire, as pydantic models. The OpenAPI document and the TypeScript client are made from these."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from valence.model.results import Probability, Result

# Texts in one call, whatever the settings allow: a list is refused before its items are looked at.
MOST_TEXTS = 10_000
# What a caller names: a model, a version, a label. Longer ones are refused, so that no answer or log repeats them.
MOST_NAME = 1000
Name = Annotated[str, Field(max_length=MOST_NAME)]


class Wire(BaseModel):
    """Unknown fields are refused, so that a misspelt one is an error and not silence.

    What we answer always holds every field, so the document says so: a client need not guess which may be left out.
    """

    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True)


class PredictRequest(Wire):
    """Either `text` or `texts`."""

    text: str | None = Field(None, description="One text to score.", examples=["A wonderful, moving film."])
    texts: list[str] | None = Field(
        None,
        min_length=1,
        max_length=MOST_TEXTS,
        fail_fast=True,
        description="Several texts to score; answered in this order.",
    )
    model: Name | None = Field(None, description="Name of the model; the server's default where it is left out.")
    explain: bool = Field(
        default=False,
        description="Also say how much each word pushed the score; in a text of more than about 80 words, each phrase "
        "or sentence.",
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> PredictRequest:
        if (self.text is None) == (self.texts is None):
            raise ValueError("give either 'text' or 'texts'")
        return self


class WordEffect(Wire):
    start: int = Field(ge=0, description="Where the word begins, in Unicode code points.")
    end: int = Field(ge=0, description="Where it ends; the end is not included.")
    effect: float = Field(
        ge=-1,
        le=1,
        description="Probability of the predicted label minus that probability with the word left out. "
        "Positive: the word speaks for the predicted label.",
    )


class LabelProbability(Wire):
    label: str
    probability: Probability


class TextError(Wire):
    code: str = Field(examples=["text-empty"])
    detail: str = Field(description="What is wrong with this text, and what to do about it.")


class Scored(Wire):
    """One text's answer."""

    kind: Literal["scored"] = "scored"
    label: str = Field(
        description="The most probable label; of a multi-label model the most probable one that is given, if any is.",
        examples=["positive"],
    )
    labels: list[str] | None = Field(
        None,
        description="Of a multi-label model the labels that are given, the most probable first, perhaps none; null "
        "where every text has exactly one label.",
    )
    probability: Probability = Field(description="Calibrated probability of `label`.")
    sure: bool = Field(
        description="Whether `probability` reaches the model's `sure_from`; where false, say 'not sure'. Of a "
        "multi-label model whether each label's probability of being decided rightly does."
    )
    probabilities: list[LabelProbability] = Field(description="Every label, in the model's order.")
    tokens: int = Field(ge=0, description="Tokens read.")
    windows: int = Field(ge=1, description="Overlapping windows that the text was read in; 1 unless it is long.")
    words: list[WordEffect] | None = Field(None, description="Only where `explain` was asked for.")


class NotScored(Wire):
    """A text that could not be scored; the others in its call are."""

    kind: Literal["error"] = "error"
    error: TextError


class ModelVersion(Wire):
    name: Name = Field(examples=["bundled"])
    body: Name = Field(description="Version of the encoder.", examples=["3f0c9a1be2d4"])
    head: Name = Field(description="Version of the final layer.", examples=["9b1d52c07e6a"])


class PredictResponse(Wire):
    model: ModelVersion
    results: list[Annotated[Scored | NotScored, Field(discriminator="kind")]] = Field(
        description="One for each text, in the order asked."
    )
    took_ms: float = Field(ge=0, description="Milliseconds that the server spent on this call.")


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


class ModelSummary(Wire):
    name: str
    default: bool = Field(description="Whether `predict` uses it when no model is named.")
    labels: list[str]
    multi_label: bool = Field(description="Whether a text may have several labels, or none.")
    thresholds: list[LabelProbability] | None = Field(
        description="Of a multi-label model the probability from which each label is given; otherwise null."
    )
    base: str = Field(description="The pre-trained encoder that it began as.", examples=["minilm"])
    version: ModelVersion
    sure_from: Probability = Field(description="Below this probability an answer is 'not sure'.")


class Limits(Wire):
    """What this server takes in one call."""

    max_texts: int = Field(description="Texts that one call may hold.", examples=[128])
    max_explained_texts: int = Field(description="Texts that one call may hold with `explain`.", examples=[8])
    max_text_chars: int = Field(description="Unicode code points that one text may have.", examples=[20000])
    max_body_bytes: int = Field(description="Bytes that the body of one call may have.", examples=[1048576])


class ModelList(Wire):
    models: list[ModelSummary]
    limits: Limits


class ModelDetail(ModelSummary):
    card: str = Field(description="The model card, Markdown.")
    max_tokens: int = Field(description="Tokens in one window.")
    licence: str
    readout: str
    results: list[Result] = Field(description="This model's own results.")
    comparisons: list[Result] = Field(description="Other ways, measured on the same rows.")
    provenance: dict[str, Any]


class Health(Wire):
    status: Literal["ok"] = "ok"
    version: str


class Readiness(Wire):
    status: Literal["ready", "starting"] = Field(description="Whether texts can be scored.")
    models: list[str]
    store: Literal["ready", "unavailable"] = Field(
        description="Whether feedback and API keys can be read and written; texts are scored without."
    )


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
