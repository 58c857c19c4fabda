"""The settings of `valence.server.adapters`: which other services' APIs are answered, and with which labels."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode

Adapter = Literal["hugging-face", "openai"]


@dataclass(frozen=True)
class Answer:
    """What answers a name of another service: a label of a classifier.

    Attributes:
        name: an attribute of Perspective or a category of OpenAI.
        classifier: name of the classifier.
        label: the label whose probability is the score.
    """

    name: str
    classifier: str
    label: str

    @classmethod
    def parse(cls, text: str) -> Answer:
        """Parses NAME=CLASSIFIER:LABEL. Raises ValueError.

        >>> Answer.parse("TOXICITY=bundled:negative")
        Answer(name='TOXICITY', classifier='bundled', label='negative')
        """
        name, _, answer = text.partition("=")
        classifier, _, label = answer.partition(":")
        parts = [part.strip() for part in (name, classifier, label)]
        if not all(parts):
            raise ValueError(f"{text!r} isn't NAME=CLASSIFIER:LABEL, such as TOXICITY=bundled:negative")
        return cls(*parts)


class AdapterSettings(BaseSettings):
    """Part of `valence.server.settings.Settings`."""

    adapters: Annotated[tuple[Adapter, ...], NoDecode] = Field(
        ("hugging-face", "openai"),
        description="APIs of other services that are answered in their own form, separated by commas: hugging-face "
        "(also TEI and Discourse), openai; or none. Both need the same scope and count against the same limits as "
        "`/api/v1/predict`. Perspective and Coral have settings of their own.",
    )
    discourse_labels: Annotated[tuple[tuple[str, str], ...], NoDecode] = Field(
        (),
        description="What Discourse calls the classifier's labels, separated by commas: positive=LABEL, "
        "negative=LABEL, neutral=LABEL. If not set, labels of these names in upper or lower case.",
    )
    flag_labels: Annotated[tuple[str, ...], NoDecode] = Field(
        ("negative", "toxic", "spam"),
        description="Labels that flag a text for OpenAI's clients and Coral, separated by commas, in upper or lower "
        "case: LABEL if it is the answer, or LABEL=0.8 from this probability on.",
    )
    openai_categories: Annotated[tuple[Answer, ...], NoDecode] = Field(
        (),
        description="OpenAI's categories that a label answers, separated by commas: NAME=CLASSIFIER:LABEL, such as "
        "harassment=bundled:negative. The others are always false, with a score of 0.",
    )
    perspective_attributes: Annotated[tuple[Answer, ...], NoDecode] = Field(
        (),
        description="Perspective's attributes and what answers them, separated by commas: NAME=CLASSIFIER:LABEL, such "
        "as TOXICITY=bundled:negative. Others can be chosen in the page, at `/perspective`. If there are none, "
        "Perspective's addresses don't exist.",
    )
    perspective_languages: Annotated[tuple[str, ...], NoDecode] = Field(
        ("en",),
        description="Languages that Perspective's clients may ask for, separated by commas, or * for every language. "
        "The first is the one of a request that names none.",
    )
    coral_secrets: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (),
        description="Signing secrets of Coral's external moderation phase, separated by commas: the present one, and "
        "the next one while it is rolled. If none is set, Coral's address doesn't exist.",
    )
    coral_withhold: bool = Field(
        default=True,
        description="Whether Coral holds a flagged comment back until a moderator has seen it; if not, it is only "
        "flagged. true or false.",
    )

    @field_validator("adapters", mode="before")
    @classmethod
    def _parse_adapters(cls, value: Any) -> Any:
        return () if value == "none" else _parts(value)

    @field_validator("perspective_languages", "coral_secrets", "flag_labels", mode="before")
    @classmethod
    def _parse_list(cls, value: Any) -> Any:
        return _parts(value)

    @field_validator("flag_labels")
    @classmethod
    def _check_flags(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            flag(text)
        return value

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

    @field_validator("openai_categories", "perspective_attributes", mode="before")
    @classmethod
    def _parse_answers(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        answers = tuple(map(Answer.parse, _pairs(value)))
        twice = sorted({answer.name for answer in answers if [each.name for each in answers].count(answer.name) > 1})
        if twice:
            raise ValueError(f"{', '.join(twice)} is set more than once")
        return answers


def flag(text: str) -> tuple[str, float | None]:
    """A label of `flag_labels` in lower case, and its probability, if it has one. Raises ValueError.

    >>> flag("Toxic=0.8"), flag("spam")
    (('toxic', 0.8), ('spam', None))
    """
    label, equals, number = text.rpartition("=") if "=" in text else (text, "", "")
    try:
        probability = float(number) if equals else None
    except ValueError as error:
        raise ValueError(f"{text!r} isn't LABEL or LABEL=0.8") from error
    if probability is not None and not 0 < probability <= 1:
        raise ValueError(f"{text!r}: the probability must be above 0 and at most 1")
    return label.strip().casefold(), probability


def _pairs(text: str) -> list[str]:
    """NAME=CLASSIFIER:LABEL for each pair, of a list or of a JSON object (for labels that contain a comma)."""
    if not text.lstrip().startswith("{"):
        return list(_parts(text))
    given: dict[str, str] = json.loads(text)
    return [f"{name}={answer}" for name, answer in given.items()]


def _parts(value: Any) -> Any:
    """The parts between commas; what isn't a string is left as it is."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value
