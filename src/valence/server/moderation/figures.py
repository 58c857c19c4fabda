"""How much is left to do in a queue, and a report by week: an alarm if classifier and moderators drift apart.

Counts of many rows take long, so they are remembered for some seconds; those of few rows are always exact.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from valence.evaluation.intervals import proportion
from valence.server.classifiers.registry import Registry
from valence.server.classifiers.scoring import version_of
from valence.server.moderation import communities, wishes
from valence.server.moderation.communities import Community
from valence.server.moderation.remembered import Remembered
from valence.server.problems import ProblemError
from valence.server.schemas import decisions as wire
from valence.server.schemas.models import ModelVersion
from valence.server.schemas.moderation import Summary
from valence.server.store import moderation_figures, version_rows
from valence.server.store.database import Database


def summary(community: Community, database: Database, registry: Registry, remembered: Remembered) -> Summary:
    """Raises StoreError."""
    states = _states(community.key, database, remembered)
    now = datetime.now(UTC)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    today = moderation_figures.done(database, community.key, midnight, now)
    return Summary(
        classifier=community.name,
        waiting=states["waiting"],
        copies=states["copy"],
        unsure=states["unsure"],
        scoring=states["scoring"],
        decided_today=today.decided,
        corrected_today=today.corrected,
        new_decisions=_new_decisions(community, database),
        version=_version(community, registry),
        rules=communities.described(community, wishes.rules_now(community, database, registry)),
    )


def _states(classifier: str, database: Database, remembered: Remembered) -> dict[str, int]:
    if moderation_figures.has_many_open(database, classifier):
        return remembered.get(("states", classifier), lambda: moderation_figures.states(database, classifier))
    return moderation_figures.states(database, classifier)


def _new_decisions(community: Community, database: Database) -> int:
    if community.taught is None:
        return 0
    newest = version_rows.newest(database, community.key)
    return moderation_figures.learnt_since(database, community.key, None if newest is None else newest.made_at)


def _version(community: Community, registry: Registry) -> ModelVersion | None:
    if not registry.ready:
        return None
    try:
        return version_of(registry.model(community.name))
    except ProblemError:  # no version is published
        return None


def report(query: wire.ReportQuery, community: Community, database: Database, remembered: Remembered) -> wire.Report:
    """The last weeks, this one included, oldest first. Raises StoreError."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    monday = today - timedelta(days=today.weekday())
    begins = [monday - timedelta(weeks=back) for back in range(query.weeks - 1, -1, -1)]

    def weeks() -> list[wire.Week]:
        return [_week(begin, community.key, database) for begin in begins]

    if moderation_figures.has_many(database, community.key, begins[0], monday + timedelta(weeks=1)):
        found = remembered.get(("report", community.key, monday, query.weeks), weeks)
    else:
        found = weeks()
    return wire.Report(classifier=community.name, weeks=found)


def _week(begin: datetime, classifier: str, database: Database) -> wire.Week:
    end = begin + timedelta(weeks=1)
    received, queued = moderation_figures.received(database, classifier, begin, end)
    done = moderation_figures.done(database, classifier, begin, end)
    return wire.Week(
        begins=begin.date(),
        received=received,
        queued=queued,
        decided=done.decided,
        removed=done.removed,
        median_wait_s=moderation_figures.median_wait(database, classifier, begin, end),
        shown=_agreement(*moderation_figures.agreement(database, classifier, begin, end, blind=False)),
        blind=_agreement(*moderation_figures.agreement(database, classifier, begin, end, blind=True)),
    )


def _agreement(decisions: int, agree: int) -> wire.Agreement:
    return wire.Agreement(decisions=decisions, agree=agree, share=proportion(agree, decisions) if decisions else None)
