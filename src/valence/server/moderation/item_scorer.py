"""The thread that scores items, on every server; each item is scored by one of them.

It continues with items that an earlier process left. Calls that wait for an answer go first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from valence.server.background_thread import BackgroundThread
from valence.server.classifiers.registry import Registry, ServedModel
from valence.server.moderation import communities, wishes
from valence.server.moderation.communities import Community
from valence.server.moderation.item_scores import scores
from valence.server.moderation.judging import judged, unjudged
from valence.server.problems import ProblemError
from valence.server.settings import Settings
from valence.server.store import scoring_rows
from valence.server.store.database import Database
from valence.server.store.moderation_tables import Item
from valence.server.store.scoring_rows import Judged
from valence.server.store.webhook_rows import Event
from valence.system.errors import TextError

POLL_S = 2.0  # seconds between looks for items of other servers
_AT_ONCE = 64


class ItemScorer(BackgroundThread):
    """Scores items from `start` to `close`; items that aren't saved then are claimed again."""

    def __init__(self, database: Database, registry: Registry, settings: Settings) -> None:
        super().__init__("items", poll_s=POLL_S)
        self._database, self._registry, self._settings = database, registry, settings
        self._unloaded: set[str] = set()  # classifiers that are published, but don't answer here yet

    def run_once(self, numbers: Sequence[int] | None = None, charge: Callable[[int], None] | None = None) -> int:
        """Scores some items that wait for it, or those of `numbers`; returns how many were tried.

        Raises StoreError, OverloadedError, and whatever `charge` raises.
        """
        limit = _AT_ONCE if numbers is None else len(numbers)
        without = self._unloaded if numbers is None else ()
        claimed = scoring_rows.claim(self._database, limit=limit, numbers=numbers, without=without)
        if not claimed.items:
            self._unloaded.clear()  # to try them again at the next look
            return 0
        try:
            judgements = [
                each
                for key in dict.fromkeys(item.classifier for item in claimed.items)
                for each in self._of_community(key, [item for item in claimed.items if item.classifier == key], charge)
            ]
        except BaseException:
            scoring_rows.release(self._database, claimed)
            raise
        scoring_rows.save(self._database, claimed, judgements)
        if len(judgements) < len(claimed.items):
            scoring_rows.release(self._database, claimed)
        return len(claimed.items)

    def _of_community(self, key: str, items: Sequence[Item], charge: Callable[[int], None] | None) -> list[Judged]:
        community = communities.with_key(key, self._database)
        now = datetime.now(UTC)
        model = self._model(community)
        if model is None:
            if community.taught is not None and community.taught.published is not None:
                self._unloaded.add(key)
                return []
            return [Judged(item.number, item.revision, unjudged(item, "unscored", now)) for item in items]
        rules = wishes.rules_for(community, model.facts, self._database, self._settings)
        judgements = []
        for item, scored in zip(items, scores(items, model.scorer, self._settings, charge), strict=True):
            if isinstance(scored, TextError):
                values = unjudged(item, "unreadable", now, scored.code)
            else:
                values = judged(item, scored, rules, model.facts.body, model.facts.head, now)
            judgements.append(Judged(item.number, item.revision, values, _event(item, values, community)))
        return judgements

    def _model(self, community: Community) -> ServedModel | None:
        """The model that answers for it; None if none does."""
        if community.taught is not None and community.taught.published is None:
            return None
        try:
            return self._registry.model(community.name)
        except ProblemError:
            return None


def _event(item: Item, values: dict[str, object], community: Community) -> Event | None:
    """The event of an item that is flagged; never one of a blind item."""
    if values["why"] != "flagged" or item.blind:
        return None
    about = {"number": item.number, "id": item.sender_id, "thread": item.thread, "link": item.link}
    data = {"classifier": community.name, "item": about, "score": values["score"]}
    return Event("item.flagged", item.classifier, data)
