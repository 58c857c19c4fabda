"""Feedback, listed for the operator one page at a time."""

from __future__ import annotations

from valence.server.cursors import cursor_of, number_in
from valence.server.schemas.feedback import FeedbackEntry, FeedbackPage, FeedbackQuery
from valence.server.schemas.models import ModelVersion
from valence.server.store import feedback_rows as rows
from valence.server.store.database import Database
from valence.server.store.tables import Feedback


def page(query: FeedbackQuery, database: Database) -> FeedbackPage:
    """One page of feedback, newest first. Raises ProblemError for an invalid cursor."""
    before = None if query.cursor is None else number_in(query.cursor)
    fetched = rows.page(database, before=before, limit=query.limit + 1, correct=query.correct)
    shown = fetched[: query.limit]
    has_more = len(fetched) > query.limit
    return FeedbackPage(items=[entry(row) for row in shown], next=cursor_of(shown[-1].sequence) if has_more else None)


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
