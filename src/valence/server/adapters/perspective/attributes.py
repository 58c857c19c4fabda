"""Which label answers a requested attribute, and in which languages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from valence.server.adapter_settings import Answer
from valence.server.adapters.perspective.errors import PerspectiveError
from valence.server.adapters.perspective.schemas import MAX_ITEMS, CommentRequest
from valence.server.settings import Settings


def languages_of(request: CommentRequest, settings: Settings) -> list[str]:
    """The languages of the request, or the server's first one: nothing here detects a language."""
    return request.languages or [_first(settings.perspective_languages)]


def answers_of(
    names: Iterable[str], languages: Sequence[str], settings: Settings, *, drop: bool = False
) -> list[Answer]:
    """What answers each of these attributes, in a comment in these languages.

    With `drop`, attributes that nothing answers are left out, unless none would be left. Raises PerspectiveError if
    there are none, or if nothing answers one.
    """
    names = list(names)
    if not names:
        raise PerspectiveError("NO_REQUESTED_ATTRIBUTES", "Missing requested_attributes")
    if len(names) > MAX_ITEMS:
        raise PerspectiveError("INVALID_REQUEST", f"More than {MAX_ITEMS} requested attributes")
    known = {answer.name: answer for answer in settings.perspective_attributes}
    found = [known[name] for name in names if name in known]
    unknown = [name for name in names if name not in known]
    if unknown and not (drop and found):
        raise PerspectiveError("INVALID_REQUEST", f"Unknown requested attribute: {unknown[0]}")
    _check_languages(found, languages, settings.perspective_languages)
    return found


def check_label(answer: Answer, labels: Sequence[str]) -> None:
    """Raises PerspectiveError if the classifier doesn't have the label that is set."""
    if answer.label not in labels:
        raise PerspectiveError(
            "INVALID_REQUEST",
            f"The attribute {answer.name} is set to the label {answer.label!r}; the labels of {answer.classifier} are "
            f"{', '.join(labels)}. The server's operator can correct VALENCE_PERSPECTIVE_ATTRIBUTES.",
        )


def _check_languages(answers: Sequence[Answer], languages: Sequence[str], supported: Sequence[str]) -> None:
    """Compares without the region: en-US is supported if en is."""
    unsupported = [language for language in languages if language.split("-")[0].lower() not in supported]
    if not unsupported or "*" in supported:
        return
    name = answers[0].name
    raise PerspectiveError(
        "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE",
        f"Attribute {name} does not support request languages: {', '.join(unsupported)}",
        languageNotSupportedByAttributeError={"detectedLanguages": list(languages), "attribute": name},
    )


def _first(languages: Sequence[str]) -> str:
    return next((language for language in languages if language != "*"), "und")
