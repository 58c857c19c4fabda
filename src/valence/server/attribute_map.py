"""Which label answers which attribute of Perspective: those of the settings, and those that were chosen since."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence

from valence.server.adapter_settings import Answer
from valence.server.store import attribute_rows
from valence.server.store.database import Database
from valence.system.errors import StoreError

log = logging.getLogger(__name__)

# Seconds after which the database is read again, to see what was chosen on other servers.
POLL_S = 2.0


class AttributeMap:
    """The answers of the settings, and those in the database, which can't replace one of the settings.

    The database is read when a request needs it, at most every POLL_S seconds. While it is unavailable, what was read
    before holds.
    """

    def __init__(
        self, fixed: Sequence[Answer], database: Database, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._fixed = {answer.name: answer for answer in fixed}
        self._database, self._clock = database, clock
        self._stored: dict[str, Answer] | None = None
        self._read_at = 0.0
        self._reading = threading.Lock()

    @property
    def fixed(self) -> tuple[Answer, ...]:
        """The answers of the settings."""
        return tuple(self._fixed.values())

    def find(self, name: str) -> Answer | None:
        """What answers an attribute, if anything does. Raises StoreError if that can't be known."""
        return self._fixed.get(name) or self._chosen().get(name)

    def any(self) -> bool:
        """Whether there is an attribute that something answers. Raises StoreError if that can't be known."""
        return bool(self._fixed or self._chosen())

    def stored(self) -> tuple[Answer, ...]:
        """The answers in the database that hold: those of names that the settings leave out. Raises StoreError."""
        self.forget()
        return tuple(answer for answer in self._chosen().values() if answer.name not in self._fixed)

    def forget(self) -> None:
        """Reads the database again with the next request, after a change."""
        self._read_at = float("-inf")

    def _chosen(self) -> dict[str, Answer]:
        if self._stored is not None and self._clock() - self._read_at < POLL_S:
            return self._stored
        with self._reading:
            self._read_at = self._clock()
            try:
                self._stored = {answer.name: answer for answer in attribute_rows.every(self._database)}
            except StoreError as error:
                if self._stored is None:
                    raise
                log.warning("database error; attributes stay as they are", extra={"fields": {"reason": str(error)}})
            return self._stored
