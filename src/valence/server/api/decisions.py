"""/api/v1/decisions: the log of what moderators decided, and decisions that are taken back."""

from __future__ import annotations

from flask import Blueprint, Response

from valence.server.auth.access import holder
from valence.server.moderation import communities, deciding, log_export
from valence.server.openapi import moderation_examples as examples
from valence.server.openapi.contract import Media, operation
from valence.server.schemas.decisions import Decided, DecisionExportQuery, DecisionPage, DecisionQuery, UndoRequest
from valence.server.state import state
from valence.server.store import decision_rows

blueprint = Blueprint("decisions", __name__, url_prefix="/api/v1/decisions")

_UNKNOWN = ("unknown-classifier",)
_WRITERS = {"csv": ("text/csv; charset=utf-8", log_export.as_csv), "jsonl": ("application/jsonl", log_export.as_jsonl)}


@blueprint.get("")
@operation(
    tag="Decisions",
    summary="List the decisions",
    query=DecisionQuery,
    responses=DecisionPage,
    scope="moderate",
    store=True,
    problems=_UNKNOWN,
    response_examples=examples.DECISION_PAGES,
)
def list_decisions(query: DecisionQuery) -> DecisionPage:
    """The log, newest first, one page at a time. Nothing is ever changed in it: an undo is an entry of its own."""
    current = state()
    community = communities.find(query.classifier, current.database, current.settings)
    return log_export.page(query, community, current.database)


@blueprint.post("/undo")
@operation(
    tag="Decisions",
    summary="Undo a decision",
    body=UndoRequest,
    responses=Decided,
    scope="moderate",
    store=True,
    problems=("unknown-decision", "decision-undone", "request-reused"),
    request_examples=examples.UNDO_REQUESTS,
    response_examples=examples.UNDONE,
)
def undo_decision(body: UndoRequest) -> Decided:
    """Takes a decision back, with its copies: each item has the decision before it again, or waits, and what the
    classifier learnt is as it was. Webhooks get an event.
    """
    undone = deciding.undo(body, holder().id, state().database)
    if undone.new:
        state().metrics.moderated("decisions", "undo", undone.items)
    state().moderation.deliverer.wake()
    return undone


@blueprint.get("/export")
@operation(
    tag="Decisions",
    summary="Export the decisions",
    query=DecisionExportQuery,
    responses={200: Media(("application/jsonl", "text/csv"))},
    scope="moderate",
    store=True,
    problems=_UNKNOWN,
)
def export_decisions(query: DecisionExportQuery) -> Response:
    """The whole log, oldest first, with reasons. In CSV, fields that a spreadsheet would run as formulas start with an
    apostrophe; JSON Lines has everything as it is.
    """
    current = state()
    community = communities.find(query.classifier, current.database, current.settings)
    media_type, write = _WRITERS[query.format]
    headers = {"Content-Disposition": f'attachment; filename="decisions.{query.format}"'}
    rows = decision_rows.every(current.database, community.key)
    return Response(write(rows), content_type=media_type, headers=headers)
