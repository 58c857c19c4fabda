"""Decisions that are taken back: an entry of the log for each, and what they had changed is as before."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from valence.server.store import example_rows, webhook_rows
from valence.server.store.database import Database
from valence.server.store.decision_rows import RefusedError, apply, name_of, of_request, told
from valence.server.store.item_rows import hold_groups
from valence.server.store.moderation_tables import Decision, Item
from valence.server.store.scoring_rows import put_behind
from valence.server.store.version_rows import hold
from valence.server.store.webhook_rows import Event


def undo(database: Database, request: str, undoes: str, *, by: str) -> tuple[Sequence[Decision], bool]:
    """(the entries that take back all decisions of the request `undoes`, whether they are new).

    Raises RefusedError and StoreError.
    """
    with database.writing() as session:
        undone = [row for row in of_request(session, undoes) if row.action != "undo"]
        if not undone:
            raise RefusedError("gone")
        hold(session, undone[0].classifier)
        hold_groups(session)
        numbers = [row.item for row in undone]
        locked = select(Item).where(Item.number.in_(numbers)).order_by(Item.number).with_for_update()
        items = {item.number: item for item in session.scalars(locked)}
        earlier = of_request(session, request)
        if earlier:
            if {row.undoes for row in earlier} != {row.id for row in undone}:
                raise RefusedError("reused")
            return earlier, False
        if session.scalar(select(Decision.id).where(Decision.undoes == undone[0].id).limit(1)) is not None:
            raise RefusedError("undone")
        name = name_of(session, by)
        entries = [_undone(session, row, request, by, name) for row in undone]
        session.flush()
        _restore(session, items)
        for entry in entries:
            event = Event("decision.undone", entry.classifier, told(entry, items.get(entry.item)))
            webhook_rows.tell(session, event)
        return entries, True


def _undone(session: Session, row: Decision, request: str, by: str, name: str) -> Decision:
    if row.replaced is not None:
        example_rows.take_back(session, json.loads(row.replaced))
    kept = ("classifier", "item", "sender_id", "blind", "why", "score", "answer", "body", "head", "copy_of")
    entry = Decision(
        request=request,
        **{column: getattr(row, column) for column in kept},
        action="undo",
        labels=None,
        reason=None,
        undoes=row.id,
        agrees=None,
        waited_s=None,
        replaced=None,
        by=by,
        decider=name,
        made_at=datetime.now(UTC),
    )
    session.add(entry)
    return entry


def _restore(session: Session, items: Mapping[int, Item]) -> None:
    """Gives each item the latest decision that nobody took back; without one, it waits again."""
    query = select(Decision).where(Decision.item.in_(items)).order_by(Decision.id)
    log = list(session.scalars(query))
    taken_back = {row.undoes for row in log}
    latest = {row.item: row for row in log if row.action != "undo" and row.id not in taken_back}
    for number, item in items.items():
        if number in latest:
            apply(item, latest[number])
            continue
        passed = item.why is None and not item.blind
        item.state, item.closed_at = ("passed", datetime.now(UTC)) if passed else ("waiting", None)
        for name in ("decision", "action", "labels", "reason", "decided_by", "decider", "claim", "claimed_until"):
            setattr(item, name, None)
        session.flush()
        if not passed:
            put_behind(session, number, item.classifier, item.digest)
