"""Threads kept back for the moment when all the others are taken, and how a view learns that it runs in one.

What costs little is answered there as ever: /healthz, /readyz, feedback. What waits elsewhere asks, and does not there.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar

_THREADS = 4
_in_spare_thread: ContextVar[bool] = ContextVar("in_spare_thread", default=False)


def spare_threads() -> ThreadPoolExecutor:
    """Threads in which `in_spare_thread` is true."""
    return ThreadPoolExecutor(_THREADS, thread_name_prefix="spare", initializer=_in_spare_thread.set, initargs=(True,))


def in_spare_thread() -> bool:
    return _in_spare_thread.get()
