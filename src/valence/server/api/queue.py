"""/api/v1/queue: what moderators look at, who has it, how much is left to do, and the rules."""

from __future__ import annotations

from flask import Blueprint, Response

from valence.server.auth.access import holder
from valence.server.moderation import communities, figures, queue, wish_preview, wishes
from valence.server.openapi import moderation_examples as examples
from valence.server.openapi.contract import Media, operation
from valence.server.schemas.decisions import Report, ReportQuery
from valence.server.schemas.moderation import (
    ClaimedItems,
    ClassifierQuery,
    NextRequest,
    QueuePage,
    QueueQuery,
    Rules,
    RulesChange,
    Summary,
)
from valence.server.schemas.wishes import Preview, PreviewQuery, StoredWish, Wish
from valence.server.state import state

blueprint = Blueprint("queue", __name__, url_prefix="/api/v1/queue")

_UNKNOWN = ("unknown-classifier",)


@blueprint.get("")
@operation(
    tag="Queue",
    summary="List the queue",
    query=QueueQuery,
    responses=QueuePage,
    scope="moderate",
    store=True,
    problems=_UNKNOWN,
    response_examples=examples.QUEUE_PAGES,
)
def list_queue(query: QueueQuery) -> QueuePage:
    """One page at a time; for the next one, send `next` as `cursor`. Items with the same text are shown once."""
    current = state()
    community = communities.find(query.classifier, current.database, current.settings)
    return queue.page(query, community, current.database)


@blueprint.post("/next")
@operation(
    tag="Queue",
    summary="Take the next items",
    body=NextRequest,
    query=ClassifierQuery,
    responses=ClaimedItems,
    scope="moderate",
    store=True,
    problems=_UNKNOWN,
    request_examples=examples.NEXT_REQUESTS,
    response_examples=examples.CLAIMED_ITEMS,
)
def take_next(body: NextRequest, query: ClassifierQuery) -> ClaimedItems:
    """Items that nobody else gets for five minutes. Send it again with the same `claim` to keep them and fill up."""
    current = state()
    community = communities.find(query.classifier, current.database, current.settings)
    return queue.take(body, community, current.database)


@blueprint.delete("/claims/<identity>")
@operation(
    tag="Queue",
    summary="Release items",
    responses={204: Media()},
    scope="moderate",
    store=True,
    parameters={"identity": "The UUID with which the tab holds them."},
)
def release_items(identity: str) -> Response:
    """Lets others have the items at once that a tab holds."""
    queue.release(identity, state().database)
    return Response(status=204)


@blueprint.get("/summary")
@operation(
    tag="Queue",
    summary="Get the summary",
    query=ClassifierQuery,
    responses=Summary,
    scope="moderate",
    store=True,
    problems=_UNKNOWN,
    response_examples=examples.SUMMARIES,
)
def get_summary(query: ClassifierQuery) -> Summary:
    """What waits, what was decided today, and how many decisions the newest version hasn't learnt from."""
    current = state()
    community = communities.find(query.classifier, current.database, current.settings)
    return figures.summary(community, current.database, current.registry, current.moderation.remembered)


@blueprint.get("/report")
@operation(
    tag="Queue",
    summary="Get the weekly report",
    query=ReportQuery,
    responses=Report,
    scope="moderate",
    store=True,
    problems=_UNKNOWN,
    response_examples=examples.REPORTS,
)
def get_report(query: ReportQuery) -> Report:
    """By week: what came in and went out, how long it waited, and how often the classifier and the moderators say the
    same. A falling share for blind items says that the classifier no longer fits.
    """
    current = state()
    community = communities.find(query.classifier, current.database, current.settings)
    return figures.report(query, community, current.database, current.moderation.remembered)


@blueprint.get("/rules")
@operation(
    tag="Queue",
    summary="Get the rules",
    query=ClassifierQuery,
    responses=Rules,
    scope="moderate",
    store=True,
    problems=_UNKNOWN,
    response_examples=examples.RULES,
)
def get_rules(query: ClassifierQuery) -> Rules:
    """Which scores a person should look at, what the actions mean, and whether decisions teach the classifier."""
    current = state()
    community = communities.find(query.classifier, current.database, current.settings)
    return communities.described(community, wishes.rules_now(community, current.database, current.registry))


@blueprint.patch("/rules")
@operation(
    tag="Queue",
    summary="Change the rules",
    body=RulesChange,
    query=ClassifierQuery,
    responses=Rules,
    scope="classifiers",
    store=True,
    problems=_UNKNOWN,
    request_examples=examples.RULES_CHANGES,
    response_examples=examples.RULES,
)
def change_rules(body: RulesChange, query: ClassifierQuery) -> Rules:
    """They hold for items that are scored from now on."""
    current = state()
    community = communities.find(query.classifier, current.database, current.settings)
    communities.change(community, body, holder().id, current.database)
    return communities.described(community, wishes.rules_now(community, current.database, current.registry))


@blueprint.get("/wish")
@operation(
    tag="Queue",
    summary="Get the wish",
    query=ClassifierQuery,
    responses=StoredWish,
    scope="moderate",
    store=True,
    problems=(*_UNKNOWN, "starting"),
    response_examples=examples.STORED_WISHES,
)
def get_wish(query: ClassifierQuery) -> StoredWish:
    """What the community wants from its flags, and the thresholds that the present version has for it."""
    current = state()
    community = communities.find(query.classifier, current.database, current.settings)
    return wishes.stored(community, current.database, current.registry)


@blueprint.put("/wish")
@operation(
    tag="Queue",
    summary="Set the wish",
    body=Wish,
    query=ClassifierQuery,
    responses=StoredWish,
    scope="classifiers",
    store=True,
    problems=(*_UNKNOWN, "starting"),
    request_examples=examples.WISHES,
    response_examples=examples.STORED_WISHES,
)
def set_wish(body: Wish, query: ClassifierQuery) -> StoredWish:
    """The wish is stored, and each new version gets its own thresholds from it. To choose thresholds by hand instead,
    change the rules.
    """
    current = state()
    community = communities.find(query.classifier, current.database, current.settings)
    current.metrics.moderated("wish_evaluations", "choice")
    return wishes.put(community, body, holder().id, current.database, current.registry, current.settings)


@blueprint.get("/preview")
@operation(
    tag="Queue",
    summary="Preview a wish",
    query=PreviewQuery,
    responses=Preview,
    scope="moderate",
    store=True,
    problems=(*_UNKNOWN, "starting"),
    response_examples=examples.PREVIEWS,
)
def preview_wish(query: PreviewQuery) -> Preview:
    """What a wish, or two thresholds, would do to a day's comments: how many are flagged, flagged rightly, missed and
    read by a person, each with its 95% interval, and the comments nearest to each threshold. Nothing is changed.
    """
    current = state()
    community = communities.find(query.classifier, current.database, current.settings)
    current.metrics.moderated("wish_evaluations", "preview")
    return wish_preview.preview(query, community, current.database, current.registry, current.settings)
