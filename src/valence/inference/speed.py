"""Measures how many tokens per second the engine computes, from its own batches."""

from __future__ import annotations

import threading

# Factor on the weight of earlier batches after each new one.
_KEPT = 0.9


class Speed:
    """Tokens per second of one thread, over about the last ten batches. Safe to share between threads.

    Args:
        least: smaller batches are not counted, because their time hardly depends on their tokens.
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
        """Records one batch."""
        if tokens < self._least or seconds <= 0:
            return
        with self._changing:
            self._tokens = _KEPT * self._tokens + tokens
            self._seconds = _KEPT * self._seconds + seconds
