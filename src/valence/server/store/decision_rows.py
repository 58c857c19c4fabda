"""Rows of decisions: a log that only grows. What a decision changes is saved in its transaction: the items, the
classifier's examples, and the events for webhooks.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from valence.server.store import example_rows, webhook_rows
from valence.server.store.claim_rows import CLAIM
from valence.server.store.claims import holds
from valence.server.store.database import Database
from valence.server.store.item_rows import hold_groups, promote
from valence.server.store.moderation_tables import Decision, Item
from valence.server.store.tables import ApiKey
from valence.server.store.version_rows import hold
from valence.server.store.webhook_rows import Event

_ROWS_AT_A_TIME = 500
# Copies that one request decides at most; the next one is shown instead of them.
MOST_COPIES = 2_000
OPEN = ("waiting", "copy", "unsure")


class RefusedError(Exception):
    """Why nothing was changed: gone, claimed, decided, reused, undone or unscored."""


@dataclass(frozen=True)
class Choice:
    """A decision that was asked for.

    Attributes:
        request: ID that its sender chose.
        item: number of the item.
        labels: of a decision for labels.
        copies: whether it also holds for the copies of the item.
        replace: whether it replaces an earlier decision.
        claim: token of the browser that holds the item.
    """

    request: str
    item: int
    action: str
    labels: Sequence[str] | None
    reason: int | None
    copies: bool
    replace: bool
    claim: str | None
    by: str


@dataclass(frozen=True)
class Lesson:
    """Where a decision is learnt.

    Attributes:
        classifier: ID of the classifier.
        limit: examples that it may have.
        example: the row of the example for an item's text and author; None if the text has no words of its own.
    """

    classifier: str
    limit: int
    example: Callable[[str, str | None], Mapping[str, Any] | None]


def decide(database: Database, choice: Choice, lesson: Lesson | None) -> tuple[Sequence[Decision], bool]:
    """(the decisions of the item and of its copies, whether they are new). Raises RefusedError and StoreError."""
    with database.writing() as session:
        if lesson is not None and not hold(session, lesson.classifier):
            lesson = None  # deleted at this moment
        hold_groups(session)
        item = session.get(Item, choice.item, with_for_update=True)
        earlier = of_request(session, choice.request)
        if earlier:
            if _content(earlier[0]) != (choice.item, choice.action, _stored(choice.labels), choice.reason):
                raise RefusedError("reused")
            return earlier, False
        if item is None:
            raise RefusedError("gone")
        _check(item, choice)
        name = name_of(session, choice.by)
        others = _copies(session, item) if choice.copies else []
        decisions = [_decided(session, each, item, choice, name, lesson) for each in (item, *others)]
        # Undecided copies are no longer behind an item that is decided.
        if choice.action != "unsure":
            promote(session, [item.number])
        return decisions, True


def _content(decision: Decision) -> tuple[int, str, str | None, int | None]:
    """What a repeated request must say again."""
    return decision.item, decision.action, decision.labels, decision.reason


def _stored(labels: Sequence[str] | None) -> str | None:
    return None if labels is None else json.dumps(labels)


def _check(item: Item, choice: Choice) -> None:
    now = datetime.now(UTC)
    if item.state == "scoring":
        raise RefusedError("unscored")
    if item.state == "decided" and not choice.replace:
        raise RefusedError("decided")
    if item.state == "waiting" and item.claim != choice.claim and holds(item.claimed_until, now, CLAIM):
        raise RefusedError("claimed")


def _copies(session: Session, item: Item) -> Sequence[Item]:
    same = (Item.classifier == item.classifier, Item.digest == item.digest, Item.number != item.number)
    query = select(Item).where(*same, Item.state.in_(OPEN)).order_by(Item.number).limit(MOST_COPIES)
    return session.scalars(query.with_for_update()).all()


def _decided(session: Session, item: Item, chosen: Item, choice: Choice, name: str, lesson: Lesson | None) -> Decision:
    now = datetime.now(UTC)
    copy = item.number != chosen.number
    decision = Decision(
        request=choice.request,
        **_about(item),
        action=choice.action,
        labels=_stored(choice.labels),
        reason=choice.reason,
        undoes=None,
        copy_of=chosen.number if copy else None,
        agrees=_agrees(item, choice),
        waited_s=None if item.queued_at is None else max(0.0, (now - item.queued_at).total_seconds()),
        replaced=None if copy or lesson is None else _learnt(session, item, lesson),
        by=choice.by,
        decider=name,
        made_at=now,
    )
    session.add(decision)
    session.flush()
    apply(item, decision)
    webhook_rows.tell(session, Event("decision.made", item.classifier, told(decision, item)))
    return decision


def _about(item: Item) -> dict[str, Any]:
    """What the log keeps of an item: neither its text nor its author."""
    return {
        "classifier": item.classifier,
        "item": item.number,
        "sender_id": item.sender_id,
        "blind": item.blind,
        "why": item.why,
        "score": item.score,
        "answer": item.answer,
        "body": item.body,
        "head": item.head,
    }


def _agrees(item: Item, choice: Choice) -> bool | None:
    """Whether the classifier had given the same answer."""
    if item.answer is None or choice.action == "unsure":
        return None
    if choice.action == "label":
        return sorted(json.loads(item.answer)["labels"]) == sorted(choice.labels or [])
    return None if item.fits is None else item.fits == (choice.action == "approve")


def apply(item: Item, decision: Decision) -> None:
    """Gives an item the decision that counts."""
    unsure = decision.action == "unsure"
    item.state = "unsure" if unsure else "decided"
    item.copy_of = None
    item.decision, item.action, item.labels = decision.id, decision.action, decision.labels
    item.reason, item.decided_by, item.decider = decision.reason, decision.by, decision.decider
    item.closed_at = None if unsure else decision.made_at
    item.claim = item.claimed_until = None


def told(decision: Decision, item: Item | None) -> dict[str, Any]:
    """What an event says about a decision: no text."""
    return {
        "decision": decision.id,
        "request": decision.request,
        "item": {
            "number": decision.item,
            "id": decision.sender_id,
            "thread": None if item is None else item.thread,
            "link": None if item is None else item.link,
        },
        "action": decision.action,
        "labels": None if decision.labels is None else json.loads(decision.labels),
        "reason": decision.reason,
        "undoes": decision.undoes,
        "by": decision.decider,
        "made_at": decision.made_at.isoformat(),
        "score": decision.score,
    }


def _learnt(session: Session, item: Item, lesson: Lesson) -> str | None:
    """Makes the item's text an example, and returns what that changed; null if it can't become one."""
    row = lesson.example(item.text, item.author)
    taught = None if row is None else example_rows.teach(session, lesson.classifier, row, limit=lesson.limit)
    return None if taught is None else json.dumps(taught)


def of_request(session: Session, request: str) -> Sequence[Decision]:
    return session.scalars(select(Decision).where(Decision.request == request).order_by(Decision.id)).all()


def name_of(session: Session, by: str) -> str:
    """The name of the key; the ID itself if it isn't one of a key, such as the owner's."""
    return session.scalar(select(ApiKey.name).where(ApiKey.id == by)) or by


def page(
    database: Database, classifier: str, *, before: int | None, limit: int, item: int | None = None
) -> Sequence[Decision]:
    """The newest entries, at most `limit`, with a lower ID than `before`. Raises StoreError."""
    query = _of(select(Decision), classifier, item).order_by(Decision.id.desc()).limit(limit)
    if before is not None:
        query = query.where(Decision.id < before)
    with database.reading() as session:
        return session.scalars(query).all()


def every(database: Database, classifier: str) -> Iterator[Decision]:
    """The whole log in its order. Holds no connection between pages."""
    after = 0
    while True:
        query = _of(select(Decision), classifier, None).where(Decision.id > after).order_by(Decision.id)
        with database.reading() as session:
            rows = session.scalars(query.limit(_ROWS_AT_A_TIME)).all()
        if not rows:
            return
        yield from rows
        after = rows[-1].id


def _of(query: Select[Any], classifier: str, item: int | None) -> Select[Any]:
    query = query.where(Decision.classifier == classifier)
    return query if item is None else query.where(Decision.item == item)
