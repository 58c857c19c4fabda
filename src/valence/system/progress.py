"""A progress bar that keeps out of the way of messages."""

from __future__ import annotations

import time
from typing import Any

from tqdm import tqdm


class Bar(tqdm):  # type: ignore[misc]  # tqdm has no types
    """A tqdm bar that a message above it neither draws nor clears before its `delay` is over.

    tqdm draws it then, but does not clear it at the end, so that the next line is glued to it.
    """

    def refresh(self, *arguments: Any, **named: Any) -> Any:
        return super().refresh(*arguments, **named) if self._is_shown() else None

    def clear(self, *arguments: Any, **named: Any) -> None:
        if self._is_shown():
            super().clear(*arguments, **named)

    def _is_shown(self) -> bool:
        return bool(time.time() >= self.start_t + self.delay)
