"""Thresholds by wish: a community says what it wants from its flags, and each version gets its own thresholds from it.

The thresholds of a version are chosen when it first scores an item, and again once a day, because the load changes.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from valence.evaluation.wishes.choosing import NOTHING
from valence.evaluation.wishes.handles import Handles, handles_for
from valence.evaluation.wishes.wish import Wish
from valence.server.classifiers.registry import ModelFacts, Registry, ServedModel
from valence.server.classifiers.scoring import version_of
from valence.server.moderation import communities, evidence
from valence.server.moderation.communities import Community
from valence.server.schemas import wishes as wire
from valence.server.settings import Settings
from valence.server.store import rules_rows, threshold_rows
from valence.server.store.database import Database
from valence.server.store.evidence_rows import Of
from valence.server.store.moderation_tables import Rules, VersionThresholds

_AGAIN = timedelta(days=1)
_ABOUT = ("kept", "best", "needed", "is_estimate", "decisions")


def wish_of(rules: Rules) -> Wish | None:
    """What the community wishes for; None if its thresholds were set by hand."""
    if rules.wish_kind is None or rules.wish_value is None:
        return None
    return Wish(rules.wish_kind, rules.wish_value)  # type: ignore[arg-type]  # the API stores nothing else


def rules_for(community: Community, facts: ModelFacts, database: Database, settings: Settings) -> Rules:
    """The rules with the thresholds of this version. Raises StoreError."""
    rules = communities.rules_of(community, database)
    if wish_of(rules) is None:
        return rules
    chosen = _stored(community, facts, rules, database) or choose(community, facts, rules, database, settings)
    if chosen is not None:
        rules.pass_below, rules.flag_from = chosen.pass_below, chosen.flag_from
    return rules


def rules_now(community: Community, database: Database, registry: Registry) -> Rules:
    """The rules with the thresholds of the version that answers, as people see them. Raises StoreError.

    Until these are chosen, a person decides on everything.
    """
    rules = communities.rules_of(community, database)
    if wish_of(rules) is None or not registry.ready:
        return rules
    model = answering(community, registry)
    chosen = None if model is None else _stored(community, model.facts, rules, database)
    now = (0.0, NOTHING) if chosen is None else (chosen.pass_below, chosen.flag_from)
    rules.pass_below, rules.flag_from = now
    return rules


def is_due(community: Community, facts: ModelFacts, rules: Rules, database: Database) -> bool:
    """Whether the version has no thresholds for the wish yet, or old ones. Raises StoreError."""
    chosen, now = _stored(community, facts, rules, database), datetime.now(UTC)
    return chosen is None or not now - _AGAIN < chosen.chosen_at < now + _AGAIN


def choose(
    community: Community, facts: ModelFacts, rules: Rules, database: Database, settings: Settings
) -> VersionThresholds | None:
    """Chooses the thresholds of a version, and stores them; None without a wish. Raises StoreError."""
    wish = wish_of(rules)
    if wish is None:
        return None
    known = evidence.of_version(community, facts, rules, database, settings)
    handles = handles_for(wish, known.decided, known.recent)
    return threshold_rows.put(database, _of(community, facts), _columns(handles))


def _columns(handles: Handles) -> dict[str, Any]:
    return {
        "wish_kind": handles.wish.kind,
        "wish_value": handles.wish.value,
        "pass_below": handles.approve_below,
        "flag_from": handles.flag_from,
        **{name: getattr(handles, name) for name in _ABOUT},
        "chosen_at": datetime.now(UTC),
    }


def _stored(community: Community, facts: ModelFacts, rules: Rules, database: Database) -> VersionThresholds | None:
    """The thresholds that the version has for the present wish."""
    found = threshold_rows.get(database, _of(community, facts))
    same = found is not None and (found.wish_kind, found.wish_value) == (rules.wish_kind, rules.wish_value)
    return found if same else None


def _of(community: Community, facts: ModelFacts) -> Of:
    return Of(community.key, facts.body, facts.head)


def put(
    community: Community, wish: wire.Wish, by: str, database: Database, registry: Registry, settings: Settings
) -> wire.StoredWish:
    """Stores the wish, and chooses the thresholds of the version that answers. Raises ProblemError and StoreError."""
    rules = communities.rules_of(community, database)
    # Until thresholds are chosen, a person decides on everything.
    values = {"wish_kind": wish.kind, "wish_value": wish.value, "pass_below": 0.0, "flag_from": NOTHING}
    changed = {"changed_by": by, "changed_at": datetime.now(UTC)}
    rules = rules_rows.put(database, community.key, {**values, **changed}, communities.columns(rules))
    model = answering(community, registry)
    if model is not None:
        choose(community, model.facts, rules, database, settings)
    return stored(community, database, registry)


def answering(community: Community, registry: Registry) -> ServedModel | None:
    """The model that answers for a community; None if no version is published. Raises ProblemError `starting`."""
    return next((model for model in registry.all() if model.facts.name == community.name), None)


def stored(community: Community, database: Database, registry: Registry) -> wire.StoredWish:
    """The wish, and the thresholds of the version that answers. Raises ProblemError and StoreError."""
    rules, model = rules_now(community, database, registry), answering(community, registry)
    wish = wish_of(rules)
    chosen = None if model is None or wish is None else _stored(community, model.facts, rules, database)
    return wire.StoredWish(
        classifier=community.name,
        wish=described(wish),
        words=None if wish is None else str(wish),
        pass_below=rules.pass_below,
        flag_from=communities.flag_from(rules.flag_from),
        chosen=None if chosen is None or model is None else _described(chosen, model),
    )


def described(wish: Wish | None) -> wire.Wish | None:
    return None if wish is None else wire.Wish(kind=wish.kind, value=wish.value)


def _described(chosen: VersionThresholds, model: ServedModel) -> wire.ChosenThresholds:
    about = {name: getattr(chosen, name) for name in _ABOUT}
    return wire.ChosenThresholds(version=version_of(model), chosen_at=chosen.chosen_at, **about)
