"""Lets published versions answer, on every server that uses the database, within seconds and without a restart."""

from __future__ import annotations

import logging
import threading

from valence.server.background_thread import BackgroundThread
from valence.server.classifiers.registry import Registry, ServedModel
from valence.server.store import classifier_rows, version_rows
from valence.server.store.classifier_rows import Published
from valence.server.store.database import Database
from valence.server.teaching.heads import served

log = logging.getLogger(__name__)

POLL_S = 2.0  # seconds between looks for what other servers published


class Publications(BackgroundThread):
    """Keeps the registry's taught classifiers as the database has them, from `start` to `close`.

    While the database is unavailable, what was published before continues to answer.
    """

    def __init__(self, database: Database, registry: Registry) -> None:
        super().__init__("publications", poll_s=POLL_S)
        self._database, self._registry = database, registry
        self._served: dict[Published, ServedModel] = {}
        self._unusable: frozenset[Published] = frozenset()
        self._refreshing = threading.Lock()

    def run_once(self) -> bool:
        """Looks once; there is never more to do at once. Raises StoreError."""
        self.refresh()
        return False

    def refresh(self) -> None:
        """Loads what has changed; nothing while the models of the settings are loading. Raises StoreError."""
        if not self._registry.ready:
            return
        with self._refreshing:
            wanted = classifier_rows.published(self._database)
            if set(wanted) == self._served.keys() | self._unusable:
                return
            loaded = {each: self._served.get(each) or self._load(each) for each in wanted}
            self._served = {each: model for each, model in loaded.items() if model is not None}
            self._unusable = frozenset(each for each, model in loaded.items() if model is None)
            self._registry.teach({each.name: model for each, model in self._served.items()})

    def version(self, name: str, head: str) -> ServedModel | None:
        """A version of a classifier by its fingerprint, published or not, for what began with it.

        None if there is none, or it needs another body. Raises StoreError.
        """
        classifier = classifier_rows.named(self._database, name)
        version = None if classifier is None else version_rows.with_fingerprint(self._database, classifier.id, head)
        body = self._registry.body
        if classifier is None or version is None or version.body != body.id:
            return None
        return served(classifier, version, body, self._registry.model().facts)

    def _load(self, published: Published) -> ServedModel | None:
        """None if the version can't answer here. Raises StoreError if the database is unavailable."""
        classifier = classifier_rows.with_id(self._database, published.classifier)
        version = version_rows.with_head(self._database, published.classifier, published.number)
        if classifier is None or version is None or version.fingerprint != published.head:
            return None  # changed at this moment; the next look finds the new state
        body = self._registry.body
        if version.body != body.id:
            log.warning(
                "a published version needs another encoder than this server has; fit the classifier again",
                extra={"fields": {"classifier": published.name, "version": published.number}},
            )
            return None
        return served(classifier, version, body, self._registry.model().facts)
