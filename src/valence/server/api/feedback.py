"""/api/v1/feedback: anyone says whether an answer was right; the operator reads it."""

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
    summary="Say whether an answer was right",
    body=FeedbackRequest,
    answers={200: FeedbackReceipt, 201: FeedbackReceipt},
    scope="send-feedback",
    policy="feedback",
    store=True,
    problems=("unknown-model", "model-changed", "text-too-long", "text-error", "starting"),
    request_examples=examples.FEEDBACK_REQUESTS,
    answer_examples=examples.FEEDBACK_RECEIPTS,
)
def send_feedback(asked: FeedbackRequest) -> tuple[FeedbackReceipt, int]:
    """201 where it is new. What comes again under the same id takes the place of what was there (200), so a retry
    doubles nothing, and who changes their mind sends it again; without the text, a text that was kept is removed.
    """
    receipt, new = receive(asked, state().database, state().registry, state().settings)
    return receipt, 201 if new else 200


@blueprint.get("")
@operation(
    tag="Feedback",
    summary="Read what was said",
    query=FeedbackQuery,
    answers=FeedbackPage,
    scope="read-feedback",
    store=True,
    answer_examples=examples.FEEDBACK_PAGES,
)
def list_feedback(query: FeedbackQuery) -> FeedbackPage:
    """The newest first, a page at a time: give `next` of one page as `cursor` for the one after."""
    return listing.page(query, state().database)


@blueprint.get("/export")
@operation(
    tag="Feedback",
    summary="Download everything that was said",
    query=ExportQuery,
    answers={200: Media(("application/jsonl", "text/csv"))},
    scope="read-feedback",
    store=True,
)
def export_feedback(query: ExportQuery) -> Response:
    """The newest first. In CSV a field that a spreadsheet would run as a formula has an apostrophe in front; JSON Lines
    has everything as it was sent.
    """
    media_type, write = _WRITERS[query.format]
    state().database.open()  # a database that cannot be had is a problem, and not a file that ends early
    headers = {"Content-Disposition": f'attachment; filename="feedback.{query.format}"'}
    return Response(write(rows.every(state().database)), content_type=media_type, headers=headers)


@blueprint.get("/policy")
@operation(
    tag="Feedback",
    summary="What is kept of feedback",
    answers=FeedbackPolicy,
    answer_examples=examples.FEEDBACK_POLICIES,
)
def feedback_policy() -> FeedbackPolicy:
    """Ask this before you ask a person to agree that the text is kept."""
    return FeedbackPolicy(texts_kept=state().settings.keep_feedback_texts)


@blueprint.delete("/<uuid:identity>")
@operation(
    tag="Feedback",
    summary="Remove one piece of feedback",
    answers={204: Media()},
    scope="admin",
    store=True,
    problems=("unknown-feedback",),
    parameters={"identity": "The id that its sender made."},
)
def delete_feedback(identity: UUID) -> Response:
    """For good; there is no copy."""
    if not rows.remove(state().database, str(identity)):
        raise ProblemError("unknown-feedback", "There is no feedback with this id. It may have been removed before.")
    return Response(status=204)
