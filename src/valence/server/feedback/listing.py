"""Feedback, listed for the operator one page at a time."""

from __future__ import annotations

import base64
import binascii

from valence.server.problems import invalid_field
from valence.server.schemas.feedback import FeedbackEntry, FeedbackPage, FeedbackQuery
from valence.server.schemas.models import ModelVersion
from valence.server.store import feedback_rows as rows
from valence.server.store.database import Database
from valence.server.store.tables import Feedback

_MAX_SEQUENCE = 2**63 - 1


def page(query: FeedbackQuery, database: Database) -> FeedbackPage:
    """One page of feedback, newest first. Raises ProblemError for an invalid cursor."""
    before = None if query.cursor is None else _sequence(query.cursor)
    fetched = rows.page(database, before=before, limit=query.limit + 1, correct=query.correct)
    shown = fetched[: query.limit]
    has_more = len(fetched) > query.limit
    return FeedbackPage(items=[entry(row) for row in shown], next=_cursor(shown[-1].sequence) if has_more else None)


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


def _cursor(sequence: int) -> str:
    """Opaque on purpose: its format may change."""
    return base64.urlsafe_b64encode(f"before:{sequence}".encode()).decode().rstrip("=")


def _sequence(cursor: str) -> int:
    try:
        kind, _, number = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition(":")
        sequence = int(number)
    except (ValueError, binascii.Error):
        kind, sequence = "", 0
    if kind != "before" or not 0 < sequence <= _MAX_SEQUENCE or _cursor(sequence) != cursor:
        raise invalid_field("cursor", "isn't a valid cursor; send `next` of the previous page, or leave it out")
    return sequence
