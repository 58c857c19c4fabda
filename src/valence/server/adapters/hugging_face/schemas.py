"""Requests of TEI and of the Inference API."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from valence.server.adapters.view import ForeignBody


class TeiRequest(ForeignBody):
    """As TEI reads it (version 1.9.3)."""

    inputs: Any = None
    truncate: bool | None = None
    truncation_direction: Literal["Left", "left", "Right", "right"] = "Right"
    raw_scores: bool = False
    parameters: Any = None  # not TEI's: its sender expects the Inference API's answer


class Parameters(ForeignBody):
    top_k: Annotated[int, Field(ge=1)] | None = None
    function_to_apply: Literal["sigmoid", "softmax", "none"] | None = None


class InferenceRequest(ForeignBody):
    """As the Inference API reads it."""

    inputs: Any = None
    parameters: Parameters | None = None
