"""Whether the caller of a request is still there, for a view that waits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

KEY = "valence.caller"


class Caller(Protocol):
    """Whoever is at the other end of a connection.

    Attributes:
        lost: whether there is no connection any more.
    """

    lost: bool


def gone_from(environ: Mapping[str, Any]) -> Callable[[], bool]:
    """A function that says whether the request's caller has gone. In a test client nobody ever has."""
    caller: Caller | None = environ.get(KEY)
    return lambda: caller is not None and caller.lost
