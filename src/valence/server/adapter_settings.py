"""The settings of `valence.server.adapters`: which other services' APIs are answered, and with which labels."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode

Adapter = Literal["hugging-face"]


class AdapterSettings(BaseSettings):
    """Part of `valence.server.settings.Settings`."""

    adapters: Annotated[tuple[Adapter, ...], NoDecode] = Field(
        ("hugging-face",),
        description="APIs of other services that are answered in their own form, separated by commas: hugging-face "
        "(also TEI and Discourse); or none. They need the same scope and count against the same limits as "
        "`/api/v1/predict`.",
    )
    discourse_labels: Annotated[tuple[tuple[str, str], ...], NoDecode] = Field(
        (),
        description="What Discourse calls the classifier's labels, separated by commas: positive=LABEL, "
        "negative=LABEL, neutral=LABEL. If not set, labels of these names in upper or lower case.",
    )

    @field_validator("adapters", mode="before")
    @classmethod
    def _parse_adapters(cls, value: Any) -> Any:
        return () if value == "none" else _parts(value)

    @field_validator("discourse_labels", mode="before")
    @classmethod
    def _parse_labels(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        pairs = [tuple(part.strip() for part in text.partition("=")[::2]) for text in _parts(value)]
        for name, label in pairs:
            if name not in {"positive", "negative", "neutral"} or not label:
                raise ValueError(f"'{name}={label}' isn't positive=LABEL, negative=LABEL or neutral=LABEL")
        return tuple(pairs)


def _parts(value: Any) -> Any:
    """The parts between commas; what isn't a string is left as it is."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value
