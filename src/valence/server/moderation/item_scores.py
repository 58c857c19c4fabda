"""Scores the texts of items: one that can't be scored with others doesn't hold them up."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from valence.server.classifiers.registry import Scorer
from valence.server.classifiers.scoring import Call, scored_texts
from valence.server.problems import ProblemError
from valence.server.schemas.predict import Scored
from valence.server.settings import Settings
from valence.server.store.moderation_tables import Item
from valence.system.errors import OverloadedError, StoreError, TextError, TooCostlyError

log = logging.getLogger(__name__)

PART_TIMEOUT_S = 15.0  # seconds for scoring some items


def scores(
    items: Sequence[Item], scorer: Scorer, settings: Settings, charge: Callable[[int], None] | None = None
) -> list[Scored | TextError]:
    """A score or an error for each item. Raises OverloadedError, and whatever `charge` raises."""
    texts = [item.text for item in items]
    try:
        return scored_texts(texts, scorer, "forum", settings, call=Call(charge=charge, timeout_s=PART_TIMEOUT_S))
    except (ProblemError, StoreError):
        raise
    except Exception as error:  # whatever it is, other items must still be scored
        if isinstance(error, OverloadedError) and not isinstance(error, TooCostlyError):
            raise
        if len(items) == 1:
            log.exception("an item can't be scored", extra={"fields": {"item": items[0].number}})
            return [TextError("The text can't be scored.", code="text-error")]
    half = len(items) // 2
    return scores(items[:half], scorer, settings, charge) + scores(items[half:], scorer, settings, charge)
