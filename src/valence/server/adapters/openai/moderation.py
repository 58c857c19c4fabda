"""A text's scores as OpenAI's moderation result: its categories, and beside them our own labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from valence.server.adapter_settings import Answer
from valence.server.adapters.flags import Flags, probability_of
from valence.server.problems import ProblemError
from valence.server.schemas.predict import Scored

# All of OpenAI's: typed clients refuse a result in which one is missing.
CATEGORIES = (
    "harassment",
    "harassment/threatening",
    "hate",
    "hate/threatening",
    "illicit",
    "illicit/violent",
    "self-harm",
    "self-harm/instructions",
    "self-harm/intent",
    "sexual",
    "sexual/minors",
    "violence",
    "violence/graphic",
)


def moderation(
    scored: Scored, flags: Flags, mapped: Sequence[Answer], scored_by: Mapping[str, Scored]
) -> dict[str, Any]:
    """One result.

    Args:
        scored: the requested classifier's answer.
        flags: the labels that flag a text.
        mapped: the categories that labels answer.
        scored_by: for each classifier among these, its answer.
    """
    own = flags.of(scored)
    categories = dict.fromkeys(CATEGORIES, False)
    scores = dict.fromkeys(CATEGORIES, 0.0)
    for item in scored.probabilities:
        categories[item.label], scores[item.label] = item.label in own, item.probability
    for answer in mapped:
        judged = scored_by[answer.classifier]
        try:
            scores[answer.name] = probability_of(judged, answer.label)
        except KeyError:
            raise _no_label(answer) from None
        categories[answer.name] = flags.reached(judged, answer.label)
    return {
        "flagged": any(categories.values()),
        "categories": categories,
        "category_scores": scores,
        "category_applied_input_types": {name: ["text"] for name in categories},
    }


def _no_label(answer: Answer) -> ProblemError:
    return ProblemError(
        "text-error",
        f"The category {answer.name} is set to the label {answer.label!r}, which the classifier {answer.classifier} "
        "doesn't have. The server's operator can correct VALENCE_OPENAI_CATEGORIES.",
    )
