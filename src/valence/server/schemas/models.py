"""The served models, over the wire."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from valence.model.results import Probability, Result
from valence.server.schemas.base import Name, Wire


class LabelProbability(Wire):
    label: str
    probability: Probability


class ModelVersion(Wire):
    name: Name = Field(examples=["bundled"])
    body: Name = Field(description="Version of the encoder.", examples=["3f0c9a1be2d4"])
    head: Name = Field(description="Version of the final layer.", examples=["9b1d52c07e6a"])


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
