"""Items and decisions, described over the wire.

A blind item that isn't decided doesn't show what the classifier says of it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from valence.server.schemas import decisions as decision_wire
from valence.server.schemas import moderation as wire
from valence.server.store import item_rows
from valence.server.store.database import Database
from valence.server.store.moderation_tables import Decision, Item


def items(rows: Sequence[Item], community: str, database: Database) -> list[wire.Item]:
    """Raises StoreError."""
    copies = item_rows.copies(database, [row.number for row in rows])
    return [item(row, community, copies) for row in rows]


def item(row: Item, community: str, copies: Mapping[int, int]) -> wire.Item:
    """`community`: name of the classifier."""
    return wire.Item.model_validate(
        {
            "number": row.number,
            "id": row.sender_id,
            "text": row.text,
            "author": row.author,
            "parent": row.parent,
            "thread": row.thread,
            "link": row.link,
            "created_at": row.posted_at,
            "received_at": row.received_at,
            "edits": row.revision - 1,
            "state": row.state,
            "blind": row.blind,
            "copies": copies.get(row.number, 0),
            "claimed_until": row.claimed_until if row.state == "waiting" else None,
            "decision": _decision(row),
            **_said(row, community),
        }
    )


def hidden(row: Item) -> bool:
    """Whether what the classifier says of it may not be shown yet."""
    return row.blind and row.state != "decided"


def why(row: Item) -> str | None:
    """Why a person should look at it, as far as it may be shown."""
    return "blind" if row.blind and (hidden(row) or row.why is None) else row.why


def _said(row: Item, community: str) -> dict[str, object]:
    """What the classifier says of it, as far as it may be shown."""
    shown = None if hidden(row) or row.answer is None else json.loads(row.answer)
    of_version = {"name": community, "body": row.body, "head": row.head}
    return {
        "why": why(row),
        "score": None if shown is None else row.score,
        "threshold": None if shown is None else row.threshold,
        "labels": None if shown is None else shown["labels"],
        "probabilities": None
        if shown is None
        else [{"label": label, "probability": value} for label, value in shown["probabilities"].items()],
        "version": of_version if row.head is not None else None,
        "error": row.error,
    }


def _decision(row: Item) -> dict[str, object] | None:
    if row.action is None:
        return None
    labels = None if row.labels is None else json.loads(row.labels)
    return {
        "action": row.action,
        "labels": labels,
        "reason": row.reason,
        "by": row.decider,
        "made_at": row.closed_at,
    }


def decision(row: Decision) -> decision_wire.Decision:
    answer = None if row.answer is None else json.loads(row.answer)["labels"]
    return decision_wire.Decision.model_validate(
        {
            "id": row.id,
            "request": row.request,
            "item": row.item,
            "item_id": row.sender_id,
            "action": row.action,
            "labels": None if row.labels is None else json.loads(row.labels),
            "reason": row.reason,
            "undoes": row.undoes,
            "copy_of": row.copy_of,
            "by": row.decider,
            "made_at": row.made_at,
            "waited_s": row.waited_s,
            "blind": row.blind,
            "why": row.why,
            "score": row.score,
            "classifier_labels": answer,
            "body": row.body,
            "head": row.head,
            "agrees": row.agrees,
            "learnt": row.replaced is not None,
        }
    )
