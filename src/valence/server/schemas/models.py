"""The served models, over the wire."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from valence.model.results import Probability, Result
from valence.server.schemas.base import Name, Wire
from valence.tables.posts import Cleaning


class LabelProbability(Wire):
    label: str
    probability: Probability


class ModelVersion(Wire):
    name: Name = Field(examples=["bundled"])
    body: Name = Field(description="Version of the encoder.", examples=["3f0c9a1be2d4"])
    head: Name = Field(description="Version of the final layer.", examples=["9b1d52c07e6a"])


class ModelSummary(Wire):
    name: str
    default: bool = Field(description="Whether it is used when a request doesn't name a model.")
    labels: list[str]
    multi_label: bool = Field(description="Whether a text can have several labels, or none.")
    thresholds: list[LabelProbability] | None = Field(
        description="For a multi-label model, the probability from which each label is assigned; otherwise null."
    )
    base: str = Field(description="The pretrained encoder it was made from.", examples=["minilm"])
    version: ModelVersion
    sure_from: Probability = Field(description="Predictions below this probability are 'not sure'.")
    clean: Cleaning = Field(description="How texts are cleaned if a request doesn't say: as in the model's training.")


class Limits(Wire):
    """Limits of one request."""

    max_texts: int = Field(description="Maximum texts.", examples=[128])
    max_explained_texts: int = Field(description="Maximum texts with `explain`.", examples=[8])
    max_text_chars: int = Field(description="Maximum Unicode code points per text.", examples=[20480])
    max_body_bytes: int = Field(description="Maximum bytes of the body.", examples=[1048576])


class ModelList(Wire):
    models: list[ModelSummary]
    limits: Limits


class ModelDetail(ModelSummary):
    card: str = Field(description="The model card, in Markdown.")
    max_tokens: int = Field(description="Tokens in one window.")
    instructions: str | None = Field(
        description="Instructions of the server's processor that its scores are computed with; they change the speed "
        "and no score.",
        examples=["avx2"],
    )
    licence: str
    readout: str
    results: list[Result] = Field(description="This model's own results.")
    comparisons: list[Result] = Field(description="Results of other methods on the same rows.")
    provenance: dict[str, Any]
