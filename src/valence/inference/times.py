"""Where the time of a call to the engine went."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple


class Times(NamedTuple):
    """Seconds of one call, measured.

    Attributes:
        reading_s: tokenising its texts.
        waiting_s: until the engine took its first window, and before that for its turn to be read.
        computing_s: from then until its last window was computed, with those of other calls in between.
    """

    reading_s: float
    waiting_s: float
    computing_s: float


# Gets a call's times, once it has been computed.
Timed = Callable[[Times], None]
