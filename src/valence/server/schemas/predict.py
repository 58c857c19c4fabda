"""Scoring texts, over the wire."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from valence.model.results import Probability
from valence.server.schemas.base import MOST_TEXTS, Name, Wire
from valence.server.schemas.models import LabelProbability, ModelVersion


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


class PredictResponse(Wire):
    model: ModelVersion
    results: list[Annotated[Scored | NotScored, Field(discriminator="kind")]] = Field(
        description="One for each text, in the order asked."
    )
    took_ms: float = Field(ge=0, description="Milliseconds that the server spent on this call.")
