"""Receives feedback: what is accepted, and what of it is stored.

A text is stored only if the person agreed (`consent`) and the operator stores texts (VALENCE_KEEP_FEEDBACK_TEXTS).
"""

from __future__ import annotations

from valence.server.classifiers.registry import Registry
from valence.server.classifiers.scoring import version_of
from valence.server.problems import ProblemError, invalid_field
from valence.server.schemas.feedback import FeedbackReceipt, FeedbackRequest
from valence.server.settings import Settings
from valence.server.store import feedback_rows as rows
from valence.server.store.database import Database


def receive(
    request: FeedbackRequest, database: Database, registry: Registry, settings: Settings
) -> tuple[FeedbackReceipt, bool]:
    """Stores feedback. Returns the receipt and whether it is new. Raises ProblemError or StoreError."""
    _check_model(request, registry)
    _check_text(request, settings)
    text = request.text if settings.keep_feedback_texts else None
    new = rows.put(
        database,
        {
            "id": request.id,
            "model": request.model.name,
            "body": request.model.body,
            "head": request.model.head,
            "predicted": request.predicted,
            "probability": request.probability,
            "correct": request.correct,
            "label": request.predicted if request.correct else request.label,
            "text": text,
            "request_id": request.request_id,
        },
    )
    return FeedbackReceipt(id=request.id, text_kept=text is not None), new


def _check_model(request: FeedbackRequest, registry: Registry) -> None:
    model = registry.model(request.model.name)
    if version_of(model) != request.model:
        raise ProblemError(
            "model-changed",
            f"The model {request.model.name} has a new version. Score the text again, then send feedback.",
        )
    labels = ", ".join(model.facts.labels)
    if request.predicted not in model.facts.labels:
        raise invalid_field("predicted", f"isn't a label of this model; its labels are {labels}")
    if request.label is not None and request.label not in model.facts.labels:
        raise invalid_field("label", f"isn't a label of this model; its labels are {labels}")


def _check_text(request: FeedbackRequest, settings: Settings) -> None:
    if request.text is None:
        return
    if len(request.text) > settings.max_text_chars:
        raise ProblemError(
            "text-too-long",
            f"The text has {len(request.text):,} characters; the limit is {settings.max_text_chars:,}. Leave it out.",
        )
    if "\x00" in request.text:
        raise ProblemError("text-error", "The text contains a NUL character, which can't be stored. Remove it.")
