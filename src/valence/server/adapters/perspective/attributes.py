"""Which label answers a requested attribute, and in which languages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from valence.server.adapter_settings import Answer
from valence.server.adapters.perspective.errors import PerspectiveError
from valence.server.adapters.perspective.schemas import MAX_ITEMS, CommentRequest
from valence.server.attribute_map import AttributeMap
from valence.server.classifiers.registry import Registry
from valence.server.problems import ProblemError
from valence.server.settings import Settings

_CORRECT = "The operator can correct it in the page or in VALENCE_PERSPECTIVE_ATTRIBUTES."


def languages_of(request: CommentRequest, settings: Settings) -> list[str]:
    """The languages of the request, or the server's first one: nothing here detects a language."""
    return request.languages or [_first(settings.perspective_languages)]


def require_any(attributes: AttributeMap) -> None:
    """Raises ProblemError if nothing answers any attribute: then Perspective's addresses don't exist."""
    if not attributes.any():
        raise ProblemError("unknown-route", "This server answers no attribute of Perspective.")


def answers_of(
    names: Iterable[str],
    languages: Sequence[str],
    attributes: AttributeMap,
    supported: Sequence[str],
    *,
    drop: bool = False,
) -> list[Answer]:
    """What answers each of these attributes, in a comment in these languages, of which some are supported.

    With `drop`, attributes that nothing answers are left out, unless none would be left. Raises PerspectiveError if
    there are none, or if nothing answers one.
    """
    names = list(names)
    if not names:
        raise PerspectiveError("NO_REQUESTED_ATTRIBUTES", "Missing requested_attributes")
    if len(names) > MAX_ITEMS:
        raise PerspectiveError("INVALID_REQUEST", f"More than {MAX_ITEMS} requested attributes")
    answers = {name: attributes.find(name) for name in names}
    found = [answer for answer in answers.values() if answer is not None]
    unknown = [name for name, answer in answers.items() if answer is None]
    if unknown and not (drop and found):
        raise PerspectiveError("INVALID_REQUEST", f"Unknown requested attribute: {unknown[0]}")
    _check_languages(found, languages, supported)
    return found


def answerable(answers: Sequence[Answer], registry: Registry, *, drop: bool = False) -> list[Answer]:
    """Those whose classifier is on the server and has the label. Raises ProblemError for another one.

    With `drop`, others are left out, unless none would be left.
    """
    kept, wrong = list[Answer](), list[ProblemError]()
    for answer in answers:
        try:
            check_answer(answer, registry)
        except ProblemError as error:
            if error.kind.code == "starting" or not drop:
                raise
            wrong.append(error)
        else:
            kept.append(answer)
    if not kept:
        raise wrong[0]
    return kept


def check_answer(answer: Answer, registry: Registry) -> None:
    """Raises ProblemError, which names the attribute, unless its classifier is on the server and has the label."""
    try:
        labels = registry.model(answer.classifier).facts.labels
    except ProblemError as error:
        if error.kind.code != "unknown-model":
            raise
        message = f"The attribute {answer.name} is set to the classifier {answer.classifier!r}, which isn't there."
        raise ProblemError("unknown-model", f"{message} {_CORRECT}") from None
    check_label(answer, labels)


def check_label(answer: Answer, labels: Sequence[str]) -> None:
    """Raises PerspectiveError if the classifier doesn't have the label that is set."""
    if answer.label not in labels:
        raise PerspectiveError(
            "INVALID_REQUEST",
            f"The attribute {answer.name} is set to the label {answer.label!r}; the labels of {answer.classifier} are "
            f"{', '.join(labels)}. {_CORRECT}",
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
