"""How many tokens a second the engine computes, as measured by its own batches."""

from __future__ import annotations

import threading

# What is left of earlier batches' weight after each new one.
_KEPT = 0.9


class Speed:
    """Tokens a second of one thread, over the last ten or so batches. Safe to share by threads.

    Args:
        least: smaller batches are not counted, since what they take is hardly due to their tokens.
    """

    def __init__(self, least: int) -> None:
        self._least = least
        self._tokens = self._seconds = 0.0
        self._changing = threading.Lock()

    @property
    def tokens_per_s(self) -> float | None:
        """None until a batch has been counted."""
        with self._changing:
            return self._tokens / self._seconds if self._seconds else None

    def ran(self, tokens: int, seconds: float) -> None:
        """One batch has been run."""
        if tokens < self._least or seconds <= 0:
            return
        with self._changing:
            self._tokens = _KEPT * self._tokens + tokens
            self._seconds = _KEPT * self._seconds + seconds
