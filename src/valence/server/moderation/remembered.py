"""Values that take long to compute, remembered for some seconds; somebody who asks doesn't wait for a newer one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Value = TypeVar("Value")

# Seconds after which a value is computed anew in the background, and after which it isn't answered any more. The page
# asks every 15 seconds, so it finds one that is younger than that.
RENEWED_AFTER_S, OLDEST_S = 10.0, 20.0
_MOST = 1_000  # values


class Remembered:
    """Thread-safe.

    Args:
        clock: seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._values: dict[Hashable, tuple[float, Any]] = {}
        self._renewing: set[Hashable] = set()
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="figures")

    def get(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        """What `compute` gave at most OLDEST_S ago, or gives now. Raises what it raises."""
        made_at, value = self._values.get(key, (float("-inf"), None))
        age = self._clock() - made_at
        if age > OLDEST_S:
            return self._put(key, compute)
        if age > RENEWED_AFTER_S and self._claim(key):
            self._pool.submit(self._renew, key, compute)
        return value  # type: ignore[no-any-return]  # of the same key

    def close(self) -> None:
        """Ends the thread. What it hasn't computed isn't needed."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _put(self, key: Hashable, compute: Callable[[], Value]) -> Value:
        began = self._clock()
        value = compute()
        with self._lock:
            if len(self._values) >= _MOST:
                self._values.clear()
            self._values[key] = (began, value)
        return value

    def _claim(self, key: Hashable) -> bool:
        with self._lock:
            is_first = key not in self._renewing
            self._renewing.add(key)
            return is_first

    def _renew(self, key: Hashable, compute: Callable[[], Any]) -> None:
        """An error stays in the future, unseen: the next request without a value computes it itself, and answers it."""
        try:
            self._put(key, compute)
        finally:
            with self._lock:
                self._renewing.discard(key)
