"""Whether a view may wait for something, such as a model that is being loaded.

Threads that are kept free for cheap calls (`valence.server.transport.threads`) may not: they say so when they start.
"""

from __future__ import annotations

from contextvars import ContextVar

may_wait: ContextVar[bool] = ContextVar("may_wait", default=True)
