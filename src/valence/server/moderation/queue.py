"""The queue as moderators see it: pages, items that nobody else gets meanwhile, and an item in its discussion."""

from __future__ import annotations

import base64
import binascii
import json
import typing
from datetime import UTC, datetime

from valence.server.cursors import MAX_NUMBER
from valence.server.moderation import communities, describe
from valence.server.moderation.communities import Community
from valence.server.moderation.intake import own_words_of
from valence.server.problems import ProblemError, invalid_field
from valence.server.schemas import moderation as wire
from valence.server.store import claim_rows, item_listing, item_rows
from valence.server.store.database import Database
from valence.server.store.item_listing import Order, Place, Wanted, is_by_score
from valence.server.store.moderation_tables import Item
from valence.server.teaching.texts import cannot_be_stored

_STATES = {"open": ("waiting", "unsure"), "all": typing.get_args(wire.State)}
_EARLIER, _ANSWERS, _DECIDED, _LAST = 5, 10, 20, 5


def page(query: wire.QueueQuery, community: Community, database: Database) -> wire.QueuePage:
    """Raises ProblemError for an invalid filter or cursor, and StoreError."""
    for name in ("label", "author", "thread", "search"):
        value = getattr(query, name)
        if value is not None and cannot_be_stored(value):
            raise invalid_field(name, "contains a character that no item can contain")
    wanted = Wanted(
        states=_STATES.get(query.state, (query.state,)),
        label=None if query.label is None else json.dumps(query.label, ensure_ascii=False),
        author=query.author,
        thread=query.thread,
        why=query.why,
        text=query.search,
    )
    after = None if query.cursor is None else _place_in(query.cursor, query.order)
    found = item_listing.page(database, community.key, wanted, order=query.order, after=after, limit=query.limit)
    return wire.QueuePage(
        items=describe.items(found.items, community.name, database),
        next=None if found.next is None else _cursor_of(found.next, query.order),
    )


def _cursor_of(place: Place, order: Order) -> str:
    value = place.value.hex() if is_by_score(order) else place.value.isoformat()
    return base64.urlsafe_b64encode(f"{order}|{value}|{place.number}".encode()).decode().rstrip("=")


def _place_in(cursor: str, order: Order) -> Place:
    """What `_cursor_of` was given. Raises ProblemError for anything else."""
    try:
        kind, value, number = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split("|")
        place = float.fromhex(value) if is_by_score(order) else datetime.fromisoformat(value).astimezone(UTC)
        if kind == order and 0 < int(number) <= MAX_NUMBER:
            return Place(place, int(number))
    except (ValueError, OverflowError, binascii.Error):
        pass
    raise invalid_field("cursor", "isn't a valid cursor; send `next` of the previous page, or leave it out")


def take(request: wire.NextRequest, community: Community, database: Database) -> wire.ClaimedItems:
    """The next items, which nobody else gets meanwhile. Raises StoreError."""
    if request.items is None:
        taken = claim_rows.take(database, community.key, request.claim, order=request.order, limit=request.limit)
    else:
        taken = claim_rows.hold(database, community.key, request.claim, request.items)
    seconds = int(claim_rows.CLAIM.total_seconds())
    return wire.ClaimedItems(items=describe.items(taken, community.name, database), seconds=seconds)


def release(claim: str, database: Database) -> None:
    """Lets others have the items that a tab holds. Raises StoreError."""
    if not cannot_be_stored(claim):
        claim_rows.release(database, claim)


def find(number: int, database: Database) -> Item:
    """Raises ProblemError if there is no item with this number, and StoreError."""
    found = item_rows.get(database, number) if number <= MAX_NUMBER else None
    if found is None:
        raise ProblemError("unknown-item", "There is no item with this number. It may have been deleted.")
    return found


def detail(number: int, database: Database) -> wire.ItemDetail:
    """An item in its discussion. Raises ProblemError and StoreError."""
    row = find(number, database)
    community = communities.with_key(row.classifier, database)
    parent = None if row.parent is None else item_rows.sent_as(database, row.classifier, row.parent)
    earlier = item_rows.earlier(database, row, limit=_EARLIER)
    answers = item_rows.answers(database, row.classifier, row.sender_id, limit=_ANSWERS)
    described = describe.items([row, *filter(None, [parent]), *earlier, *answers], community.name, database)
    rest = described[1 + (parent is not None) :]
    own = own_words_of(row.text)
    return wire.ItemDetail(
        item=described[0],
        own_text=None if own == row.text else own,
        parent=None if parent is None else described[1],
        earlier=rest[: len(earlier)],
        answers=rest[len(earlier) :],
        author=None if row.author is None else _record(row, row.author, community, database),
    )


def _record(row: Item, author: str, community: Community, database: Database) -> wire.AuthorRecord:
    decided = item_rows.decided_of_author(database, row.classifier, author, limit=_DECIDED + 1)
    others = [item for item in decided if item.number != row.number][:_DECIDED]
    removed = sum(not approved(item) for item in others)
    last = describe.items(others[:_LAST], community.name, database)
    return wire.AuthorRecord(decided=len(others), removed=removed, last=last)


def approved(item: Item) -> bool:
    """Whether an item that was decided needs no action."""
    return item.action == "approve"


def stored(items: list[item_rows.Put], community: Community, database: Database) -> wire.StoredItems:
    """What became of items that were sent, in their order. Raises StoreError."""
    rows = item_rows.with_numbers(database, [put.number for put in items])
    return wire.StoredItems(
        classifier=community.name,
        items=[
            wire.StoredItem.model_validate(
                {
                    "id": row.sender_id,
                    "number": row.number,
                    "outcome": put.outcome,
                    "state": row.state,
                    "why": describe.why(row) if row.state != "scoring" else None,
                    "score": None if describe.hidden(row) else row.score,
                }
            )
            for put in items
            if (row := rows.get(put.number)) is not None
        ],
    )
