"""Which words tipped an item: asked for one at a time, because it scores the text again without each word."""

from __future__ import annotations

from collections.abc import Callable

from valence.server.classifiers.registry import Registry
from valence.server.classifiers.scoring import Call, scored_texts, version_of
from valence.server.moderation import communities, describe
from valence.server.moderation.intake import own_words_of
from valence.server.moderation.queue import find
from valence.server.problems import ProblemError
from valence.server.schemas.moderation import Explanation
from valence.server.settings import Settings
from valence.server.store.database import Database
from valence.system.errors import TextError


def explained(
    number: int, database: Database, registry: Registry, settings: Settings, *, charge: Callable[[int], None]
) -> Explanation:
    """By the version that answers now. Raises ProblemError, TextError, StoreError and OverloadedError."""
    item = find(number, database)
    if describe.hidden(item):
        raise ProblemError("item-blind", "This item is decided without the classifier's help. Decide it first.")
    model = registry.model(communities.with_key(item.classifier, database).name)
    (scored,) = scored_texts([item.text], model.scorer, "forum", settings, explain=True, call=Call(charge=charge))
    if isinstance(scored, TextError):
        raise scored
    return Explanation(
        text=scored.text or own_words_of(item.text),
        label=scored.label,
        probability=scored.probability,
        words=scored.words or [],
        version=version_of(model),
    )
