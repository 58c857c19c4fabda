"""Feedback: what is taken, what of it is kept, and how it is handed to the operator. Knows nothing of Flask.

A person's words are kept only if the person agreed (`consent`) and the operator keeps texts
(VALENCE_KEEP_FEEDBACK_TEXTS).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator

from valence.server.problems import ProblemError, invalid_field
from valence.server.registry import Registry
from valence.server.schemas import (
    FeedbackEntry,
    FeedbackPage,
    FeedbackQuery,
    FeedbackReceipt,
    FeedbackRequest,
    ModelVersion,
)
from valence.server.scoring import version_of
from valence.server.settings import Settings
from valence.server.spreadsheet import line
from valence.server.store import feedback as rows
from valence.server.store.database import Database
from valence.server.store.tables import Feedback

COLUMNS = (
    "id",
    "received_at",
    "changed_at",
    "model",
    "body",
    "head",
    "predicted",
    "probability",
    "correct",
    "label",
    "text",
    "request_id",
)
_MAX_SEQUENCE = 2**63 - 1


def take(
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


def page(query: FeedbackQuery, database: Database) -> FeedbackPage:
    """One page of what was said, the newest first. Raises ProblemError for a cursor that is none of ours."""
    before = None if query.cursor is None else _sequence(query.cursor)
    found = rows.page(database, before=before, limit=query.limit + 1, correct=query.correct)
    shown = found[: query.limit]
    more = len(found) > query.limit
    return FeedbackPage(items=[entry(row) for row in shown], next=_cursor(shown[-1].sequence) if more else None)


def entry(row: Feedback) -> FeedbackEntry:
    return FeedbackEntry(
        id=row.id,
        received_at=row.received_at,
        changed_at=row.changed_at,
        model=ModelVersion(name=row.model, body=row.body, head=row.head),
        predicted=row.predicted,
        probability=row.probability,
        correct=row.correct,
        label=row.label,
        text=row.text,
        request_id=row.request_id,
    )


def as_jsonl(found: Iterable[Feedback]) -> Iterator[str]:
    """One JSON object a line, each as the API lists it."""
    for row in found:
        yield entry(row).model_dump_json() + "\n"


def as_csv(found: Iterable[Feedback]) -> Iterator[str]:
    """A table with a head. What a spreadsheet would run as a formula gets an apostrophe in front."""
    yield line(COLUMNS)
    for row in found:
        yield line(getattr(row, column) for column in COLUMNS)


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


def _cursor(sequence: int) -> str:
    """Opaque on purpose: what it is made of may change."""
    return base64.urlsafe_b64encode(f"before:{sequence}".encode()).decode().rstrip("=")


def _sequence(cursor: str) -> int:
    try:
        kind, _, number = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition(":")
        sequence = int(number)
    except (ValueError, binascii.Error):
        kind, sequence = "", 0
    if kind != "before" or not 0 < sequence <= _MAX_SEQUENCE or _cursor(sequence) != cursor:
        raise invalid_field("cursor", "this is no cursor of ours; give `next` of the page before, or leave it out")
    return sequence
