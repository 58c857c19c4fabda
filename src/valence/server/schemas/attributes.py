"""Which label answers which attribute of Perspective, over the wire."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from valence.server.schemas.base import Wire


class AttributeChoice(Wire):
    """What is to answer an attribute: the probability of a label."""

    classifier: str = Field(max_length=100, description="A model, or a published classifier.")
    label: str = Field(max_length=200, description="One of its labels.")


class Attribute(Wire):
    """An attribute, and what answers it."""

    name: str
    classifier: str
    label: str
    source: Literal["settings", "chosen"] = Field(
        description="`settings`: VALENCE_PERSPECTIVE_ATTRIBUTES, which nothing overrides; `chosen`: in the page or "
        "through this API."
    )
    problem: str | None = Field(description="Why it can't be answered at present; null if it can.")


class AttributeList(Wire):
    """All attributes that are answered."""

    attributes: list[Attribute]
    unanswered: list[str] = Field(
        description="Perspective's other attributes. Asking for one is an error in Perspective's form."
    )
    languages: list[str] = Field(description="Languages that clients may ask for; `*` for every language.")
