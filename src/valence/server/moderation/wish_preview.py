"""What a wish would do, or two thresholds, before anybody sets them. Nothing is changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np

from valence.evaluation.wishes import outlook as outlooks
from valence.evaluation.wishes.evidence import FEWEST_BLIND, Flags, Recent
from valence.evaluation.wishes.handles import Handles, handles_for, histogram
from valence.evaluation.wishes.wish import Wish
from valence.model.head import Floats
from valence.server.classifiers.registry import Registry
from valence.server.classifiers.scoring import version_of
from valence.server.moderation import communities, describe, evidence, wishes
from valence.server.moderation.communities import Community
from valence.server.moderation.evidence import Evidence
from valence.server.schemas import wishes as wire
from valence.server.settings import Settings
from valence.server.store import item_rows
from valence.server.store.database import Database
from valence.server.store.moderation_tables import Rules

_COMMENTS = 3


def preview(
    query: wire.PreviewQuery, community: Community, database: Database, registry: Registry, settings: Settings
) -> wire.Preview:
    """For the version that answers. Raises ProblemError and StoreError."""
    rules, model = communities.rules_of(community, database), wishes.answering(community, registry)
    known = Evidence()
    if model is not None:
        known = evidence.of_version(community, model.facts, rules, database, settings)
    wish = _wish(query, rules)
    handles = None if wish is None else handles_for(wish, known.decided, known.recent)
    pass_below, flag_from = _thresholds(query, rules, handles)
    outlook = _by_hand(known, pass_below, flag_from) if handles is None else handles.outlook
    near = _Near(known, community, database)
    scores = known.recent.scores
    shown = np.array([not item.blind or item.action is not None for item in known.items], np.bool_)
    approved = np.array([item.action == "approve" for item in known.items], np.bool_) & (scores >= flag_from)
    return wire.Preview(
        classifier=community.name,
        version=None if model is None else version_of(model),
        wish=wishes.described(wish),
        words=None if wish is None else str(wish),
        pass_below=pass_below,
        flag_from=communities.flag_from(flag_from),
        promise=None if handles is None else _promise(handles),
        is_estimate=known.blind < FEWEST_BLIND if handles is None else handles.is_estimate,
        blind=known.blind,
        tested=known.tested,
        recent=len(scores),
        outlook=_described(outlook, known),
        histogram=_histogram(known),
        near_pass=near.nearest(pass_below, shown),
        near_flag=near.nearest(flag_from, shown),
        approved_flagged=near.nearest(1.0, approved),
    )


def _wish(query: wire.PreviewQuery, rules: Rules) -> Wish | None:
    """The wish to try: what was sent, or what is stored if nothing was."""
    if query.kind is not None and query.value is not None:
        return Wish(query.kind, query.value)
    return None if query.pass_below is not None else wishes.wish_of(rules)


def _thresholds(query: wire.PreviewQuery, rules: Rules, handles: Handles | None) -> tuple[float, float]:
    if handles is not None:
        return handles.approve_below, handles.flag_from
    if query.pass_below is not None and query.flag_from is not None:
        return query.pass_below, query.flag_from
    return rules.pass_below, rules.flag_from


def _by_hand(known: Evidence, pass_below: float, flag_from: float) -> outlooks.Outlook:
    """From blind decisions alone if there are enough, as for a wish."""
    decided = known.decided.take(known.decided.blind) if known.blind >= FEWEST_BLIND else known.decided
    return outlooks.outlook(decided, known.recent, pass_below, flag_from)


def _promise(handles: Handles) -> wire.Promise:
    names = wire.Promise.model_fields
    return wire.Promise(**{name: getattr(handles, name) for name in names})


def _described(outlook: outlooks.Outlook, known: Evidence) -> wire.Outlook:
    return wire.Outlook(is_day=known.recent.per_day is not None, **asdict(outlook))


def _histogram(known: Evidence) -> wire.Histogram:
    scores, bad = known.decided.scores, known.decided.bad
    return wire.Histogram(
        recent=histogram(known.recent), fine=histogram(Recent(scores[~bad])), bad=histogram(Recent(scores[bad]))
    )


class _Near:
    """The recent comments whose scores are nearest to a threshold."""

    def __init__(self, known: Evidence, community: Community, database: Database) -> None:
        self._known, self._community, self._database = known, community, database

    def nearest(self, threshold: float, among: Flags) -> list[wire.NearComment]:
        """Raises StoreError."""
        rows = np.flatnonzero(among)
        scores: Floats = self._known.recent.scores[rows]
        near = [int(rows[index]) for index in outlooks.nearest(scores, threshold, _COMMENTS)]
        return self._comments(near)

    def _comments(self, rows: Sequence[int]) -> list[wire.NearComment]:
        numbers = [self._known.items[row].number for row in rows]
        found = item_rows.with_numbers(self._database, numbers)
        items = describe.items(
            [found[number] for number in numbers if number in found], self._community.name, self._database
        )
        scores = {self._known.items[row].number: float(self._known.recent.scores[row]) for row in rows}
        return [wire.NearComment(item=item, score=scores[item.number]) for item in items]
