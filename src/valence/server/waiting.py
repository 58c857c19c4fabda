"""Whether a view may wait, such as for a model that is being loaded, and what it does first if that takes long.

Threads that are kept free for cheap calls (`valence.server.transport.lanes`) may not: they say so when they start.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

may_wait: ContextVar[bool] = ContextVar("may_wait", default=True)
# Set in the threads that are counted: gives the call's place there to another.
place: ContextVar[Callable[[], None] | None] = ContextVar("place", default=None)


def give_up_place() -> None:
    """Called by a view that is about to wait for seconds: it keeps its thread, and another call may start in one more.

    Raises OverloadedError if too many wait like that already. Does nothing in a thread that is not counted.
    """
    give_up = place.get()
    if give_up is not None:
        give_up()
