"""Whose queue a request means: the classifier that scores it, and the rules by which it is moderated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from valence.server.problems import ProblemError, invalid_field
from valence.server.schemas.moderation import Rules as WireRules
from valence.server.schemas.moderation import RulesChange
from valence.server.settings import Settings
from valence.server.store import classifier_rows, rules_rows
from valence.server.store.classifier_tables import Classifier
from valence.server.store.database import Database
from valence.server.store.moderation_tables import Rules
from valence.server.teaching.labels import listed
from valence.server.teaching.texts import labels_in

PASS_BELOW, FLAG_FROM = 0.3, 0.7
# Names that labels of items usually have which need no action, and of those that need some.
_GOOD = ("kept", "keep", "approve", "approved", "civil", "ok", "okay", "fine", "good", "positive", "ham", "not toxic")
_BAD = ("removed", "remove", "toxic", "negative", "hostile", "spam", "hate", "abuse", "insult", "flagged")


@dataclass(frozen=True)
class Community:
    """A classifier with a queue.

    Attributes:
        key: as in the store.
        name: as requests call it.
        taught: its row, if it is one that people teach.
    """

    key: str
    name: str
    taught: Classifier | None


def find(name: str | None, database: Database, settings: Settings) -> Community:
    """The community that a request names, or the one of the settings. Raises ProblemError and StoreError."""
    name = name or settings.queue_classifier or settings.default_name
    if name in {model.name for model in settings.models} | {settings.default_name}:
        return Community(name, name, None)
    row = None if "\0" in name else classifier_rows.named(database, name)
    if row is None:
        raise ProblemError("unknown-classifier", f"There is no classifier or model {name!r}.")
    return Community(row.id, name, row)


def with_key(key: str, database: Database) -> Community:
    """The community with this key. Raises StoreError."""
    row = classifier_rows.with_id(database, key)
    return Community(key, key if row is None else row.name, row)


def rules_of(community: Community, database: Database) -> Rules:
    """Its rules: those that were set, or the defaults. Raises StoreError."""
    found = rules_rows.get(database, community.key)
    if found is not None:
        return found
    return Rules(
        classifier=community.key,
        approve_label=None,
        remove_label=None,
        pass_below=PASS_BELOW,
        flag_from=FLAG_FROM,
        learn=False,
        dry_run=True,
    )


def approve_label(rules: Rules, labels: Sequence[str]) -> str | None:
    """The label of items that need no action: the one of the rules, or the one that looks like it; None without one.

    >>> approve_label(Rules(), ["removed", "kept"]), approve_label(Rules(), ["toxic", "friendly"])
    ('kept', 'friendly')
    >>> approve_label(Rules(), ["a", "b", "c"])
    """
    if rules.approve_label in labels:
        return rules.approve_label
    return _guessed(labels, _GOOD, _BAD)


def remove_label(rules: Rules, labels: Sequence[str]) -> str | None:
    """The label that "remove" stands for, as `approve_label`.

    >>> remove_label(Rules(), ["removed", "kept"]), remove_label(Rules(), ["not ok", "ok"])
    ('removed', 'not ok')
    """
    if rules.remove_label in labels:
        return rules.remove_label
    return _guessed(labels, _BAD, _GOOD)


def _guessed(labels: Sequence[str], names: Sequence[str], opposites: Sequence[str]) -> str | None:
    named = [label for label in labels if label.casefold() in names]
    if named:
        return named[0]
    others = [label for label in labels if label.casefold() not in opposites]
    return others[0] if len(labels) == 2 and len(others) == 1 else None


def change(community: Community, request: RulesChange, by: str, database: Database) -> None:
    """Sets what the request names. Raises ProblemError and StoreError."""
    rules = rules_of(community, database)
    wanted = request.model_dump(exclude_none=True)
    values = {**columns(rules), **wanted}
    labels = None if community.taught is None else labels_in(community.taught.labels)
    for field in ("approve_label", "remove_label"):
        if labels is not None and values[field] is not None and values[field] not in labels:
            raise invalid_field(field, f"isn't a label of {community.name}; its labels are {listed(labels)}")
    if values["pass_below"] > values["flag_from"]:
        raise invalid_field("flag_from", f"is below pass_below, {values['pass_below']}")
    if values["learn"] and community.taught is None:
        raise invalid_field("learn", f"{community.name} isn't a classifier that people teach, so it can't learn")
    if {"pass_below", "flag_from"} & wanted.keys():  # a person has chosen the thresholds, both of them
        both = {name: values[name] for name in ("pass_below", "flag_from")}
        wanted |= {**both, "wish_kind": None, "wish_value": None}
    changed = {**wanted, "changed_by": by, "changed_at": datetime.now(UTC)}
    rules_rows.put(database, community.key, changed, columns(rules))


def columns(rules: Rules) -> dict[str, Any]:
    """What requests see, and change."""
    return {name: getattr(rules, name) for name in WireRules.model_fields if name != "classifier"}


def described(community: Community, rules: Rules) -> WireRules:
    """The rules over the wire, with the labels that they stand for."""
    values = columns(rules)
    if community.taught is not None:
        labels = labels_in(community.taught.labels)
        values |= {"approve_label": approve_label(rules, labels), "remove_label": remove_label(rules, labels)}
    return WireRules.model_validate({**values, "flag_from": flag_from(rules.flag_from), "classifier": community.name})


def flag_from(stored: float) -> float | None:
    """The threshold over the wire: no score is above 1, so one that is flags nothing."""
    return None if stored > 1 else stored
