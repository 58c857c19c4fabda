"""Scores of a comment's attributes, in Perspective's form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from valence.server.adapter_settings import Answer
from valence.server.adapters.flags import probability_of
from valence.server.adapters.perspective.schemas import AnalyzeRequest, RequestedAttribute
from valence.server.adapters.perspective.spans import Span, by_sentence, whole
from valence.server.adapters.view import score_by, scored_or_raise
from valence.server.problems import ProblemError
from valence.server.schemas.predict import NotScored, Scored


def attribute_scores(request: AnalyzeRequest, answers: Sequence[Answer], max_texts: int) -> dict[str, Any]:
    """`attributeScores`: a summary for each attribute, and its spans.

    All attributes of a classifier come from one pass through its model. Raises ProblemError.
    """
    text = request.comment.text
    parts = by_sentence(text, max(1, max_texts - 1)) if request.spanAnnotations and max_texts > 1 else []
    if len(parts) == 1:
        parts = []  # the same text again
    requested = request.requestedAttributes or {}
    scores: dict[str, Any] = {}
    by_classifier = score_by((answer.classifier for answer in answers), [text, *(part.text for part in parts)])
    for answer in answers:
        results = by_classifier[answer.classifier].results
        summary = scored_or_raise(results[0])
        spans = list(zip(parts, results[1:], strict=True)) or [(whole(text), summary)]
        scores |= _attribute(answer, requested.get(answer.name), summary, spans)
    return scores


def require_text(text: str) -> None:
    """Raises ProblemError if a comment is empty, in Perspective's words."""
    if not text.strip():
        raise ProblemError("text-empty", "Comment must be non-empty.")


def require_length(text: str, most: int) -> None:
    """Raises ProblemError if a comment has too many characters to be kept."""
    if len(text) > most:
        raise ProblemError(
            "text-too-long", f"Comment text too long: {len(text):,} characters; at most {most:,} are read."
        )


def _attribute(
    answer: Answer,
    requested: RequestedAttribute | None,
    summary: Scored,
    spans: Sequence[tuple[Span, Scored | NotScored]],
) -> dict[str, Any]:
    """The attribute's scores that reach its threshold; nothing if none does."""
    least = (requested.scoreThreshold if requested else None) or 0.0
    value = probability_of(summary, answer.label)
    found = [
        {"begin": span.begin, "end": span.end, "score": _score(probability_of(result, answer.label))}
        for span, result in spans
        if isinstance(result, Scored) and probability_of(result, answer.label) >= least
    ]
    scores: dict[str, Any] = {"spanScores": found} if found else {}
    if value >= least:
        scores["summaryScore"] = _score(value)
    return {answer.name: scores} if scores else {}


def _score(value: float) -> dict[str, Any]:
    return {"value": value, "type": "PROBABILITY"}
