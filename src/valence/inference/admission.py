"""Whether a call is let in: its cost against the queue and its caller's own limit; and who hears that it waits long."""

from __future__ import annotations

from collections.abc import Callable

from valence.inference.window_queue import WindowQueue

# Called with the total cost of a call in tokens, before anything is computed: first with a lower bound, and with the
# exact cost once its texts are read. Raises an exception to refuse the call.
Charge = Callable[[int], None]


# Called once, before a call of more than one batch begins to wait. The calling thread will be blocked for seconds, so a
# thread pool can let another take its place. Raises an exception to refuse the call.
OnLong = Callable[[], None]


class Admission:
    """One call's way in.

    Args:
        timeout_s: seconds within which the call must be answered.
        charge: the caller's own limit.
        on_long: told if the call is long.
    """

    def __init__(
        self, queue: WindowQueue, *, timeout_s: float | None, charge: Charge | None, on_long: OnLong | None
    ) -> None:
        self._queue, self._timeout_s = queue, timeout_s
        self._charge, self._on_long = charge, on_long

    def admit(self, tokens: int) -> None:
        """Called again once more is known. Raises OverloadedError, TooCostlyError, or what `charge` or `on_long` do."""
        self._queue.check(tokens, self._timeout_s)
        if self._on_long is not None and tokens > self._queue.long_from:
            on_long, self._on_long = self._on_long, None
            on_long()
        if self._charge is not None:
            self._charge(tokens)
