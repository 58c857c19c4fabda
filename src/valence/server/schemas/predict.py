"""Scoring texts, over the wire."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from valence.model.results import Probability
from valence.server.schemas.base import MAX_TEXTS, Name, Wire
from valence.server.schemas.models import LabelProbability, ModelVersion
from valence.tables.posts import Cleaning

# Models in one request: each costs little where they share an encoder, but every one a pass where they don't.
MOST_MODELS = 16
# Labels that a request restricts the answer to.
MOST_LABELS = 128


class Texts(Wire):
    """Either `text` or `texts`."""

    text: str | None = Field(None, description="One text to score.", examples=["A wonderful, moving film."])
    texts: list[str] | None = Field(
        None,
        min_length=1,
        max_length=MAX_TEXTS,
        fail_fast=True,
        description="Several texts to score; the results are in the same order.",
    )
    clean: Cleaning | None = Field(
        None,
        description="`forum` leaves out what the author of a forum post did not write: quotes, code blocks and the "
        "signature, in Markdown, BBCode or HTML. `none` leaves out nothing. Default: as in the model's training, which "
        "`GET /api/v1/models` shows.",
    )
    explain: bool = Field(
        default=False,
        description="Also return how much each word changed the score; in a text of more than about 80 words, each "
        "phrase or sentence.",
    )

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.text is None) == (self.texts is None):
            raise ValueError("send either 'text' or 'texts'")
        return self


class PredictRequest(Texts):
    """Texts for one model: either `text` or `texts`."""

    model: Name | None = Field(None, description="Name of the model; the server's default if left out.")
    labels: Annotated[list[Name], Field(min_length=2, max_length=MOST_LABELS, fail_fast=True)] | None = Field(
        None,
        description="Answer with these of the model's labels alone; their probabilities are divided by their sum. Not "
        "for multi-label models.",
        examples=[["negative", "positive"]],
    )


class SeveralRequest(Texts):
    """Texts for several models: either `text` or `texts`."""

    models: Annotated[list[Name], Field(min_length=1, max_length=MOST_MODELS, fail_fast=True)] = Field(
        description="Names of the models, each once: those of the settings, and published classifiers.",
        examples=[["bundled", "my-forum"]],
    )

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len(set(self.models)) < len(self.models):
            raise ValueError("'models' names one twice")
        return self


class WordEffect(Wire):
    start: int = Field(ge=0, description="Start of the word in the scored text, in Unicode code points.")
    end: int = Field(ge=0, description="End of the word, exclusive.")
    effect: float = Field(
        ge=-1,
        le=1,
        description="Probability of the predicted label minus its probability without the word. Positive if the word "
        "supports the predicted label.",
    )
    log_odds: float = Field(
        description="The same as a difference in log-odds, which also shows where the label is almost certain: 0.7 "
        "doubles the odds.",
    )
    marked: bool = Field(
        description="Whether it is worth showing: at most five parts of a text of more than 80 words, and words such "
        "as 'the' only beside others that matter."
    )


class SentenceScore(Wire):
    """What one sentence says on its own."""

    start: int = Field(ge=0, description="Start of the sentence in the scored text, in Unicode code points.")
    end: int = Field(ge=0, description="End of the sentence, exclusive.")
    label: str = Field(examples=["negative"])
    probability: Probability = Field(description="Calibrated probability of `label`.")
    sure: bool = Field(description="As of a text.")


class TextError(Wire):
    code: str = Field(examples=["text-empty"])
    detail: str = Field(description="What is wrong with this text and what to do about it.")


class Scored(Wire):
    """The prediction for one text."""

    kind: Literal["scored"] = "scored"
    label: str = Field(
        description="The most probable label, or the best for the metric that the model was fitted for; "
        "for a multi-label model, the first of `labels`, if any.",
        examples=["positive"],
    )
    labels: list[str] | None = Field(
        None,
        description="For a multi-label model, the assigned labels, most probable first; otherwise null.",
    )
    probability: Probability = Field(description="Calibrated probability of `label`.")
    sure: bool = Field(
        description="Whether `probability` reaches the model's `sure_from`; if false, show 'not sure'. For a "
        "multi-label model, whether each label's decision does."
    )
    probabilities: list[LabelProbability] = Field(description="All labels, in the model's order.")
    text: str | None = Field(None, description="The text that was scored, if `clean` changed it.")
    tokens: int = Field(ge=0, description="Tokens scored.")
    windows: int = Field(ge=1, description="Overlapping windows that the text was split into; 1 unless it is long.")
    words: list[WordEffect] | None = Field(None, description="Only with `explain`.")
    sentences: list[SentenceScore] | None = Field(
        None, description="Each sentence on its own; only with `explain`, empty for a single sentence or more than 60."
    )
    mixed: bool | None = Field(
        None,
        description="Whether sentences disagree, so that one label says little: of those that are sure, at least a "
        "quarter have another label than the most. Only with `explain`.",
    )


class NotScored(Wire):
    """A text that couldn't be scored; the others in the request are."""

    kind: Literal["error"] = "error"
    error: TextError


class ModelAnswer(Wire):
    """What one model says of the texts."""

    model: ModelVersion
    results: list[Annotated[Scored | NotScored, Field(discriminator="kind")]] = Field(
        description="One for each text, in the same order."
    )


class PredictResponse(ModelAnswer):
    took_ms: float = Field(ge=0, description="Milliseconds that the server spent on this request.")


class SeveralResponse(Wire):
    answers: list[ModelAnswer] = Field(description="One for each model, in the order of `models`.")
    took_ms: float = Field(ge=0, description="Milliseconds that the server spent on this request.")
