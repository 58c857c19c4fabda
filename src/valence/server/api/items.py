"""/api/v1/items: comments that forums send to be moderated, each in its discussion, and what is decided about it."""

from __future__ import annotations

from typing import IO

from flask import Blueprint, Response

from valence.model.readable import NOT_READABLE
from valence.server.auth.access import charge_tokens, holder
from valence.server.moderation import communities, deciding, explaining, files, intake, queue
from valence.server.openapi import moderation_examples as examples
from valence.server.openapi.contract import Media, operation
from valence.server.schemas.decisions import Decided, NewDecision
from valence.server.schemas.moderation import (
    MOST_ITEM_FIELDS,
    Explanation,
    FileItems,
    FileQuery,
    ItemDetail,
    ItemsQuery,
    NewItems,
    StoredItems,
)
from valence.server.state import state
from valence.server.store import item_rows

blueprint = Blueprint("items", __name__, url_prefix="/api/v1/items")

_ONE = {"number": "The item's number."}
_SCORING = ("text-empty", "text-only-quotes", *NOT_READABLE, "text-too-long", "text-error", "too-costly", "overloaded")


@blueprint.post("")
@operation(
    tag="Items",
    summary="Send items",
    body=NewItems,
    max_fields=MOST_ITEM_FIELDS,
    query=ItemsQuery,
    responses=StoredItems,
    scope="items",
    store=True,
    problems=("unknown-classifier", "too-costly", "too-many-tokens", "overloaded"),
    request_examples=examples.NEW_ITEMS,
    response_examples=examples.STORED_ITEMS,
)
def add_items(body: NewItems, query: ItemsQuery) -> StoredItems:
    """Up to 100 comments, all stored or none. Sending one again is safe: with the same text it is a repeat, with
    another text it is an edit, which is scored and decided anew. They are scored in the background, and deleted
    VALENCE_ITEM_DAYS after their decision.
    """
    current = state()
    community = communities.find(query.classifier, current.database, current.settings)
    put = intake.take_in(body.items, community, current.database, blind_percent=current.settings.blind_percent)
    for each in put:
        current.metrics.moderated("items", each.outcome)
    if query.wait:
        current.moderation.items.run_once([each.number for each in put], charge=charge_tokens)
    current.moderation.items.wake()
    return queue.stored(put, community, current.database)


@blueprint.post("/file")
@operation(
    tag="Items",
    summary="Send a file of items",
    upload=Media(files.FILE_TYPES),
    query=FileQuery,
    responses=FileItems,
    scope="items",
    store=True,
    problems=("unknown-classifier", "invalid-file", "too-many-rows", "overloaded"),
    response_examples=examples.FILE_ITEMS,
)
def add_item_file(query: FileQuery, upload: IO[bytes]) -> FileItems:
    """The body is the file itself: an export of Discourse, Reddit, Hacker News, Disqus, WordPress or Isso, a table, or
    a discussion as people copy it from a page; its content says which. If it stops half way, send it again: what is
    stored is a repeat.
    """
    current = state()
    community = communities.find(query.classifier, current.database, current.settings)
    stored = files.take_in(upload, query.split, community, current.database, current.settings)
    for outcome, count in (("new", stored.new), ("repeat", stored.repeats), ("edited", stored.edited)):
        current.metrics.moderated("items", outcome, count)
    current.moderation.items.wake()
    return stored


@blueprint.get("/<int:number>")
@operation(
    tag="Items",
    summary="Get an item",
    responses=ItemDetail,
    scope="moderate",
    store=True,
    problems=("unknown-item",),
    parameters=_ONE,
    response_examples=examples.ITEM_DETAILS,
)
def get_item(number: int) -> ItemDetail:
    """The item with the comments around it, and what was decided about its author's last items."""
    return queue.detail(number, state().database)


@blueprint.delete("/<int:number>")
@operation(
    tag="Items",
    summary="Delete an item",
    responses={204: Media()},
    scope="moderate",
    store=True,
    problems=("unknown-item",),
    parameters=_ONE,
)
def delete_item(number: int) -> Response:
    """Deletes it permanently, with its text. Decisions about it stay in the log, which holds no text."""
    queue.find(number, state().database)
    item_rows.remove(state().database, number)
    return Response(status=204)


@blueprint.get("/<int:number>/explanation")
@operation(
    tag="Items",
    summary="Explain an item",
    responses=Explanation,
    scope="moderate",
    store=True,
    problems=("unknown-item", "unknown-model", "item-blind", *_SCORING, "too-many-tokens", "starting"),
    parameters=_ONE,
    response_examples=examples.EXPLANATIONS,
)
def explain_item(number: int) -> Explanation:
    """How much each word, or in a longer text each phrase or sentence, changed the score. Not for a blind item before
    it is decided.
    """
    current = state()
    current.registry.model()  # loaded
    return explaining.explained(number, current.database, current.registry, current.settings, charge=charge_tokens)


@blueprint.post("/<int:number>/decisions")
@operation(
    tag="Decisions",
    summary="Decide about an item",
    body=NewDecision,
    responses=Decided,
    scope="moderate",
    store=True,
    problems=("unknown-item", "item-unscored", "item-claimed", "item-decided", "request-reused"),
    parameters=_ONE,
    request_examples=examples.NEW_DECISIONS,
    response_examples=examples.DECIDED,
)
def decide_item(number: int, body: NewDecision) -> Decided:
    """Adds an entry to the log. A request that is repeated adds nothing, so retries are safe. If the community's rules
    say so (`learn`), the item's text becomes an example of its classifier.
    """
    current = state()
    decided = deciding.decide(number, body, holder().id, current.database, current.settings)
    if decided.new:
        current.metrics.moderated("decisions", body.action, decided.items)
    current.moderation.deliverer.wake()
    return decided
