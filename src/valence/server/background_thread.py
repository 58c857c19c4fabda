"""A thread that works in the background of a server: for jobs, fits, items of the queue, webhooks, publications."""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod

from valence.system.errors import OverloadedError, StoreError

log = logging.getLogger(__name__)

# Seconds until a full queue is tried again, and until the thread is no longer waited for when the server stops.
RETRY_S, STOP_TIMEOUT_S = 1.0, 4.0


class BackgroundThread(ABC):
    """Calls `run_once` from `start` to `close`: again at once while there is work, otherwise after a while or a `wake`.

    An error ends only the piece of work in which it occurs.

    Args:
        name: of the thread, and of its work in the server's log.
        poll_s: seconds between looks for work that other servers accepted.
    """

    def __init__(self, name: str, *, poll_s: float) -> None:
        self._name, self._poll_s = name, poll_s
        self._stopping, self._wake = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    @abstractmethod
    def run_once(self) -> bool | int:
        """Does one piece of work; false if there is none. Raises StoreError and OverloadedError."""

    def start(self) -> None:
        """Starts the thread. Call it only once every model is loaded."""
        self._thread.start()

    def wake(self) -> None:
        """Signals new work."""
        self._wake.set()

    def close(self) -> None:
        """Stops after the piece of work that is being done, or in the middle of one that looks at `_stopping`."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(STOP_TIMEOUT_S)

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                if self.run_once():
                    continue
            except OverloadedError:  # interactive requests go first
                self._stopping.wait(RETRY_S)
                continue
            except StoreError as error:
                fields = {"work": self._name, "reason": str(error)}
                log.warning("database error; background work will be retried", extra={"fields": fields})
            except Exception:  # whatever it is, later work must still be done
                log.exception("unexpected error in background work", extra={"fields": {"work": self._name}})
            self._wake.wait(self._poll_s)
