"""What moderation does in the background: scores items, sends events to webhooks, and keeps thresholds as wished."""

from __future__ import annotations

from collections.abc import Callable

from valence.server.classifiers.registry import Registry
from valence.server.moderation.delivering import Deliverer
from valence.server.moderation.item_scorer import ItemScorer
from valence.server.moderation.remembered import Remembered
from valence.server.moderation.wish_keeper import WishKeeper
from valence.server.settings import Settings
from valence.server.store.database import Database


class Background:
    """The threads, from `start` to `close`."""

    def __init__(self, database: Database, registry: Registry, settings: Settings) -> None:
        self.items = ItemScorer(database, registry, settings)
        self.deliverer = Deliverer(database, settings)
        self.wishes = WishKeeper(database, registry, settings)
        self.remembered = Remembered()

    def watch(self, observer: Callable[[str, str, int], None]) -> None:
        """Calls `observer` with what was done in the background, how, and how often; from now on."""
        self.deliverer.observer = self.wishes.observer = observer

    def start(self) -> None:
        """Starts the threads. Call it only once every model is loaded."""
        for thread in (self.items, self.deliverer, self.wishes):
            thread.start()

    def close(self) -> None:
        """Stops them. What they haven't finished is done later, by this server or another."""
        for thread in (self.items, self.deliverer, self.wishes):
            thread.close()
        self.remembered.close()
