"""Decides about items, and takes decisions back: the rules; `valence.server.store.decision_rows` saves them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from valence.server.moderation import communities, describe
from valence.server.moderation.communities import Community, approve_label, remove_label
from valence.server.moderation.queue import find
from valence.server.problems import ProblemError, invalid_field
from valence.server.schemas import decisions as wire
from valence.server.settings import Settings
from valence.server.store import decision_rows, undo_rows
from valence.server.store.classifier_tables import Classifier
from valence.server.store.database import Database
from valence.server.store.decision_rows import Choice, Lesson, RefusedError
from valence.server.store.moderation_tables import Item, Rules
from valence.server.teaching.labels import checked
from valence.server.teaching.texts import digest_of, labels_in, part_of, stored_labels
from valence.tables.posts import cleaned

_REFUSALS = {
    "gone": ("unknown-item", "There is no item with this number. It may have been deleted."),
    "unscored": ("item-unscored", "The item's text was changed, and isn't scored yet. Look at it again in a second."),
    "claimed": ("item-claimed", "Another moderator has this item open. Take the next one."),
    "decided": ("item-decided", "The item is decided already. Send `replace` to decide it again."),
    "reused": ("request-reused", "Another decision was made with this `request`. Choose a new UUID."),
}
_UNDO_REFUSALS = {
    **_REFUSALS,
    "gone": ("unknown-decision", "No decision was made with this `request`."),
    "undone": ("decision-undone", "This decision was taken back already."),
}


def decide(number: int, request: wire.NewDecision, by: str, database: Database, settings: Settings) -> wire.Decided:
    """Raises ProblemError and StoreError."""
    item = find(number, database)
    community = communities.with_key(item.classifier, database)
    if request.labels is not None:
        _check_labels(request.labels, item, community)
    choice = Choice(
        request=request.request,
        item=number,
        action=request.action,
        labels=request.labels,
        reason=request.reason,
        copies=request.copies,
        replace=request.replace,
        claim=request.claim,
        by=by,
    )
    lesson = _lesson(request, communities.rules_of(community, database), community, by, settings)
    try:
        decisions, new = decision_rows.decide(database, choice, lesson)
    except RefusedError as refused:
        raise ProblemError(*_REFUSALS[str(refused)]) from None
    return _decided(decisions, new)


def undo(request: wire.UndoRequest, by: str, database: Database) -> wire.Decided:
    """Raises ProblemError and StoreError."""
    try:
        entries, new = undo_rows.undo(database, request.request, request.undoes, by=by)
    except RefusedError as refused:
        raise ProblemError(*_UNDO_REFUSALS[str(refused)]) from None
    return _decided(entries, new)


def _decided(rows: Any, new: bool) -> wire.Decided:  # noqa: FBT001 - as the store says
    (main,) = [row for row in rows if row.copy_of is None]
    return wire.Decided(new=new, items=len(rows), decision=describe.decision(main))


def _check_labels(labels: list[str], item: Item, community: Community) -> None:
    """Raises ProblemError for labels that the classifier doesn't have."""
    if community.taught is not None:
        checked(labels, community.taught, "labels")
        return
    known = [] if item.answer is None else list(json.loads(item.answer)["probabilities"])
    unknown = [label for label in labels if label not in known]
    if unknown or len(set(labels)) < len(labels) or not labels:
        raise invalid_field("labels", f"must be labels of {community.name}, each once: {', '.join(known) or 'none'}")


def _lesson(
    request: wire.NewDecision, rules: Rules, community: Community, by: str, settings: Settings
) -> Lesson | None:
    """What the classifier learns from it; None if it doesn't."""
    classifier = community.taught
    if classifier is None or not rules.learn or request.action == "unsure":
        return None
    labels = _taught_labels(request, rules, classifier)
    if labels is None:
        return None

    def example(text: str, author: str | None) -> Mapping[str, Any] | None:
        own = cleaned(text) if classifier.clean == "forum" else text.strip()
        if not own or len(own) > settings.max_text_chars:
            return None
        digest = digest_of(own)
        rest = {"source": "decision", "picked": None, "checked": False, "added_by": by}
        return {
            "text": own,
            "author": author,
            "digest": digest,
            "part": part_of(digest),
            "labels": stored_labels(labels),
            **rest,
        }

    return Lesson(classifier.id, settings.max_examples, example)


def _taught_labels(request: wire.NewDecision, rules: Rules, classifier: Classifier) -> list[str] | None:
    """The labels of the example; None if it isn't known which label the action stands for."""
    if request.labels is not None:
        return request.labels
    names = labels_in(classifier.labels)
    label = approve_label(rules, names) if request.action == "approve" else remove_label(rules, names)
    if label is None:
        return [] if classifier.several and request.action == "approve" else None
    return [label]
