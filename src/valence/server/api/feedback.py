"""/api/v1/feedback: users say whether a prediction was right, and the operator reads it."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response

from valence.server.feedback import export, listing
from valence.server.feedback.receive import receive
from valence.server.openapi import examples
from valence.server.openapi.contract import Media, operation
from valence.server.problems import ProblemError
from valence.server.schemas.feedback import (
    ExportQuery,
    FeedbackPage,
    FeedbackPolicy,
    FeedbackQuery,
    FeedbackReceipt,
    FeedbackRequest,
)
from valence.server.state import state
from valence.server.store import feedback_rows as rows

blueprint = Blueprint("feedback", __name__, url_prefix="/api/v1/feedback")

_WRITERS = {"csv": ("text/csv; charset=utf-8", export.as_csv), "jsonl": ("application/jsonl", export.as_jsonl)}


@blueprint.post("")
@operation(
    tag="Feedback",
    summary="Send feedback",
    body=FeedbackRequest,
    responses={200: FeedbackReceipt, 201: FeedbackReceipt},
    scope="send-feedback",
    policy="feedback",
    store=True,
    problems=("unknown-model", "model-changed", "text-too-long", "text-error", "starting"),
    request_examples=examples.FEEDBACK_REQUESTS,
    response_examples=examples.FEEDBACK_RECEIPTS,
)
def send_feedback(body: FeedbackRequest) -> tuple[FeedbackReceipt, int]:
    """Says whether a prediction was right. Returns 201 if the feedback is new. Feedback with the same ID replaces the
    earlier one (200), so retries are safe and people can change their minds; without `text`, a stored text is removed.
    """
    receipt, new = receive(body, state().database, state().registry, state().settings)
    return receipt, 201 if new else 200


@blueprint.get("")
@operation(
    tag="Feedback",
    summary="List feedback",
    query=FeedbackQuery,
    responses=FeedbackPage,
    scope="read-feedback",
    store=True,
    response_examples=examples.FEEDBACK_PAGES,
)
def list_feedback(query: FeedbackQuery) -> FeedbackPage:
    """Newest first, one page at a time. For the next page, send `next` as `cursor`."""
    return listing.page(query, state().database)


@blueprint.get("/export")
@operation(
    tag="Feedback",
    summary="Export feedback",
    query=ExportQuery,
    responses={200: Media(("application/jsonl", "text/csv"))},
    scope="read-feedback",
    store=True,
)
def export_feedback(query: ExportQuery) -> Response:
    """Everything, newest first. In CSV, fields that a spreadsheet would run as formulas start with an apostrophe; JSON
    Lines has everything as it was sent.
    """
    media_type, write = _WRITERS[query.format]
    state().database.open()  # so an unavailable database is a problem document and not a truncated file
    headers = {"Content-Disposition": f'attachment; filename="feedback.{query.format}"'}
    return Response(write(rows.every(state().database)), content_type=media_type, headers=headers)


@blueprint.get("/policy")
@operation(
    tag="Feedback",
    summary="Get the feedback policy",
    responses=FeedbackPolicy,
    response_examples=examples.FEEDBACK_POLICIES,
)
def feedback_policy() -> FeedbackPolicy:
    """Says whether texts are stored. Check this before you ask a person for consent."""
    return FeedbackPolicy(texts_kept=state().settings.keep_feedback_texts)


@blueprint.delete("/<uuid:identity>")
@operation(
    tag="Feedback",
    summary="Delete feedback",
    responses={204: Media()},
    scope="admin",
    store=True,
    problems=("unknown-feedback",),
    parameters={"identity": "The ID that its sender chose."},
)
def delete_feedback(identity: UUID) -> Response:
    """Deletes it permanently; there is no copy."""
    if not rows.remove(state().database, str(identity)):
        raise ProblemError("unknown-feedback", "There is no feedback with this ID. It may have been deleted.")
    return Response(status=204)
