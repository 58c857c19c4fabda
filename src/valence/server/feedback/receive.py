"""Feedback that is sent: what is accepted, and what of it is stored.

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
    asked: FeedbackRequest, database: Database, registry: Registry, settings: Settings
) -> tuple[FeedbackReceipt, bool]:
    """Keeps what was said; gives the receipt and whether it is new. Raises ProblemError or StoreError."""
    _check_model(asked, registry)
    _check_text(asked, settings)
    text = asked.text if settings.keep_feedback_texts else None
    new = rows.put(
        database,
        {
            "id": asked.id,
            "model": asked.model.name,
            "body": asked.model.body,
            "head": asked.model.head,
            "predicted": asked.predicted,
            "probability": asked.probability,
            "correct": asked.correct,
            "label": asked.predicted if asked.correct else asked.label,
            "text": text,
            "request_id": asked.request_id,
        },
    )
    return FeedbackReceipt(id=asked.id, text_kept=text is not None), new


def _check_model(asked: FeedbackRequest, registry: Registry) -> None:
    model = registry.model(asked.model.name)
    if version_of(model) != asked.model:
        raise ProblemError(
            "model-changed",
            f"The model {asked.model.name} has another version now. Score the text again, then tell us.",
        )
    known = ", ".join(model.facts.labels)
    if asked.predicted not in model.facts.labels:
        raise invalid_field("predicted", f"the model has no such label; it has {known}")
    if asked.label is not None and asked.label not in model.facts.labels:
        raise invalid_field("label", f"the model has no such label; it has {known}")


def _check_text(asked: FeedbackRequest, settings: Settings) -> None:
    if asked.text is None:
        return
    if len(asked.text) > settings.max_text_chars:
        raise ProblemError(
            "text-too-long",
            f"The text has {len(asked.text)} characters; at most {settings.max_text_chars} are kept. Leave it out.",
        )
    if "\x00" in asked.text:
        raise ProblemError("text-error", "The text holds a NUL character, which cannot be kept. Send it without.")
