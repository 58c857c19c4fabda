"""Versions compared with each other, over the wire."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from valence.model.results import Estimate
from valence.server.schemas.base import Wire


class CompareQuery(Wire):
    with_version: int | None = Field(
        None, ge=1, le=2**31 - 1, description="Number of the version to compare it with; by default the published one."
    )
    limit: int = Field(50, ge=0, le=500, description="How many texts with another verdict are shown at most.")
    source: Literal["file", "hand", "feedback", "decision"] | None = Field(
        None,
        description="Only examples from this source, such as `decision`: what moderators decided.",
    )


class FlippedText(Wire):
    """An example whose verdict differs between two versions."""

    id: int
    text: str
    labels: list[str] | None = Field(description="As it was labelled; null if it wasn't.")
    part: Literal["train", "test"]
    before: list[str] = Field(description="By the version that it is compared with.")
    after: list[str] = Field(description="By this version.")


class Agreements(Wire):
    """How often two versions give the label that people gave. It flatters a version that has learnt some of them."""

    examples: int = Field(description="Labelled examples, learnt ones included.")
    this: Estimate | None = Field(description="This version's share with its 95% interval; null without examples.")
    other: Estimate | None
    gained: int = Field(description="Examples with whose label this version agrees, and the other one doesn't.")
    lost: int = Field(description="The reverse.")


class VersionComparison(Wire):
    """Two versions on the same examples: today's test examples, which neither was fitted on."""

    version: int
    with_version: int
    rows: int = Field(description="Test examples that both answered.")
    accuracy: Estimate | None = Field(
        description="Of this version minus the other's, with its paired interval; null without test examples."
    )
    macro_f1: Estimate | None
    only_this: int = Field(description="Examples that only this version gets right.")
    only_other: int = Field(description="Examples that only the other one gets right.")
    p_value: float | None = Field(description="Of McNemar's test: how often chance alone would differ as much.")
    verdict: str = Field(description="In a sentence.")
    agreement: Agreements
    flipped: int = Field(description="Examples, of all, whose verdict differs.")
    texts: list[FlippedText] = Field(description="Some of them, test examples first.")
