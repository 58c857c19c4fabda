"""The thread that keeps thresholds as communities wish them, for the versions that answer now.

A new version first answers for some recent items that an earlier one scored, among them blind ones: so its thresholds
come from the community's own comments from the first day on.
"""

from __future__ import annotations

from collections.abc import Callable

from valence.server.background_thread import BackgroundThread
from valence.server.classifiers.registry import Registry, ServedModel
from valence.server.moderation import communities, wishes
from valence.server.moderation.communities import Community
from valence.server.moderation.item_scores import scores
from valence.server.moderation.judging import answer_json
from valence.server.settings import Settings
from valence.server.store import evidence_rows
from valence.server.store.database import Database
from valence.server.store.evidence_rows import Of
from valence.system.errors import TextError

POLL_S = 30.0  # seconds between looks for new versions
_AT_ONCE = 32


class WishKeeper(BackgroundThread):
    """Works from `start` to `close`. What another server does too is done twice, with the same result.

    Attributes:
        observer: is called with what was done, how, and how often.
    """

    def __init__(self, database: Database, registry: Registry, settings: Settings) -> None:
        super().__init__("wishes", poll_s=POLL_S)
        self._database, self._registry, self._settings = database, registry, settings
        self._answered: set[Of] = set()
        self.observer: Callable[[str, str, int], None] = lambda *_: None

    def run_once(self) -> int:
        """Does some of what is to be done; returns how many items were scored. Raises StoreError, OverloadedError."""
        for name in self._registry.names:
            model, community = self._registry.model(name), communities.find(name, self._database, self._settings)
            of = Of(community.key, model.facts.body, model.facts.head)
            if of not in self._answered and (scored := self._answer(of, model)):
                return scored
            self._choose(community, model, again=of not in self._answered)
            self._answered.add(of)
        return 0

    def _answer(self, of: Of, model: ServedModel) -> int:
        """Scores some items with the version; returns how many."""
        items = evidence_rows.unanswered(self._database, of, _AT_ONCE)
        answers = {
            item.number: (item.revision, None if isinstance(scored, TextError) else answer_json(scored))
            for item, scored in zip(items, scores(items, model.scorer, self._settings), strict=True)
        }
        evidence_rows.put_answers(self._database, of, answers)
        return len(items)

    def _choose(self, community: Community, model: ServedModel, *, again: bool) -> None:
        rules = communities.rules_of(community, self._database)
        if wishes.wish_of(rules) is None:
            return
        if again or wishes.is_due(community, model.facts, rules, self._database):
            wishes.choose(community, model.facts, rules, self._database, self._settings)
            self.observer("wish_evaluations", "choice", 1)
