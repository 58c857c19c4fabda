"""What goes over the wire, as pydantic models. The OpenAPI document and the TypeScript client are made from these."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Probability = Annotated[float, Field(ge=0, le=1)]


class Wire(BaseModel):
    """Unknown fields are refused, so that a misspelt one is an error and not silence.

    What we answer always holds every field, so the document says so: a client need not guess which may be left out.
    """

    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True)


class PredictRequest(Wire):
    """Either `text` or `texts`."""

    text: str | None = Field(None, description="One text to score.", examples=["A wonderful, moving film."])
    texts: list[str] | None = Field(None, min_length=1, description="Several texts to score; answered in this order.")
    model: str | None = Field(None, description="Name of the model; the server's default where it is left out.")
    explain: bool = Field(default=False, description="Also say how much each word pushed the score.")

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
    name: str = Field(examples=["bundled"])
    body: str = Field(description="Version of the encoder.", examples=["3f0c9a1be2d4"])
    head: str = Field(description="Version of the final layer.", examples=["9b1d52c07e6a"])


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
    predicted: str = Field(description="The label of the answer.", examples=["positive"])
    probability: Probability = Field(description="The probability of the answer.")
    correct: bool = Field(description="Whether the label was right.")
    label: str | None = Field(None, description="The right label, where the answer's was wrong.", examples=["negative"])
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
    model: str | None = Field(None, description="Name of the model; the server's default where it is left out.")


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


class Estimate(Wire):
    value: float
    low: float = Field(description="Lower end of the 95 % interval.")
    high: float = Field(description="Upper end of the 95 % interval.")


class LabelFigures(Wire):
    label: str
    precision: float
    recall: float
    f1: float
    support: int = Field(description="Rows that are of the label.")
    roc_auc: float | None = Field(None, description="Against the rest; null where no row, or every row, is of it.")


class Reliability(Wire):
    """Calibration in 15 equal bins of the confidence, from 0 to 1; each list has one number a bin. Where a row may have
    several labels, each pair of a row and a label counts, and the confidence is the label's probability.
    """

    rows: list[float]
    confidence: list[float] = Field(description="Mean confidence of the bin's rows; 0 where it has none.")
    accuracy: list[float] = Field(description="Share of the bin's rows that are right; 0 where it has none.")


class Calibration(Wire):
    """The calibration error beside those that chance would show on as many rows if every percentage were true."""

    by_chance: Estimate = Field(description="Their mean, and between what 95 % of them lie.")
    p_value: float = Field(description="How often chance makes one at least as large as the measured one.")


class RocCurve(Wire):
    """One label against the rest, from (0, 0) to (1, 1), at most 200 points."""

    label: str
    area: float = Field(description="Of the whole curve, before it was thinned.")
    false_positive_rate: list[float]
    true_positive_rate: list[float]
    threshold: list[float | None] = Field(description="A row counts from this probability on; null: none counts.")


class PrecisionRecallCurve(Wire):
    """One label against the rest, from the highest threshold down, at most 200 points."""

    label: str
    average_precision: float = Field(description="Of the whole curve, before it was thinned.")
    recall: list[float]
    precision: list[float]
    threshold: list[float] = Field(description="A row counts from this probability on.")


class ScoreHistogram(Wire):
    """Rows in each of 20 equal bins of one label's probability, from 0 to 1."""

    label: str
    own: list[int] = Field(description="Rows that are of the label.")
    others: list[int] = Field(description="Rows that are not.")


class Threshold(Wire):
    """From which probability a label reaches an aim on these rows; null where none does."""

    label: str
    aim: Literal["precision", "recall"]
    target: Probability
    threshold: Probability | None
    precision: float | None
    recall: float | None


class Slice(Wire):
    """Accuracy on a part of the rows."""

    by: str = Field(description="What the rows are told apart by.", examples=["words"])
    name: str = Field(description="What these have in common.", examples=["1 to 9"])
    rows: int
    accuracy: Estimate = Field(description="With Wilson's interval.")


class KnownFailure(Wire):
    """A mistake that the model's maker chose to name."""

    text: str
    truth: str = Field(description="The label that it has.")
    predicted: str = Field(description="The label that the model gives it.")
    probability: float = Field(description="Of the label given.")


class LearningPoint(Wire):
    rows: int = Field(description="Training rows.")
    penalty: float = Field(description="Of the head, chosen on validation.")
    metrics: dict[str, Estimate]


class LearningCurve(Wire):
    """The head fitted on nested parts of the training rows."""

    split: Literal["validation"]
    rows: int = Field(description="Rows that it was measured on.")
    points: list[LearningPoint]


class Result(Wire):
    """One figure set: a model, on one split of one data set. What an older Valence did not save is null."""

    name: str = Field(description="What was measured.", examples=["SST-2, only the final layer changed"])
    data: str = Field(examples=["sst2"])
    split: str = Field(examples=["test"])
    rows: int
    metrics: dict[str, Estimate] = Field(
        description="Each with its 95 % interval: accuracy, macro_f1 and more; of a multi-label model subset_accuracy, "
        "micro_f1 and more."
    )
    multi_label: bool = Field(default=False, description="Whether a row may have several labels, or none.")
    labels: list[str] | None = Field(None, description="In the order of `confusion`.")
    confusion: list[list[int]] | None = Field(
        None, description="Rows: true label; columns: predicted label; null where a row may have several."
    )
    per_class: list[LabelFigures] | None = None
    reliability: Reliability | None = None
    calibration: Calibration | None = None
    roc: list[RocCurve] | None = Field(None, description="Of two labels the second one's; of more, each one's.")
    precision_recall: list[PrecisionRecallCurve] | None = Field(None, description="Of the same labels as `roc`.")
    score_histogram: list[ScoreHistogram] | None = Field(None, description="Of the same labels as `roc`.")
    thresholds: list[Threshold] | None = None
    slices: list[Slice] | None = None
    known_failures: list[KnownFailure] | None = Field(None, description="The surest first; null where none are named.")
    learning_curve: LearningCurve | None = None
    command: str = Field(description="The command that printed it.")
    data_checksum: str
    seed: int
    wall_time_s: float = Field(description="Seconds that training and testing took.")
    peak_memory_mb: float
    trained_parameters: int = Field(description="How many of the network's numbers were changed.")
    processor: str


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
    errors: list[FieldError] = Field(default_factory=list, description="Which fields, where several are wrong.")
