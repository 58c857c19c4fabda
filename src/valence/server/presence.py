"""Whether the caller of a request is still there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

KEY = "valence.presence"
# In the scope of a request once its body has come to its end, whether it has been read or not.
WHOLE = "valence.whole"


@dataclass
class Presence:
    """Of whoever is at the other end of a connection.

    Attributes:
        gone: whether that end has been closed. Whoever closes one direction alone, having said everything, looks the
            same as who left, so it is asked only of calls that wait.
        lost: whether there is no connection any more.
        let_go: ends the connection without another word; only for the event loop.
    """

    gone: bool = False
    lost: bool = False
    let_go: Callable[[], None] = lambda: None


def gone_from(environ: Mapping[str, Any]) -> Callable[[], bool]:
    """A function that says whether the request's caller has gone; nobody ever has in a test client."""
    presence = environ.get(KEY, Presence())
    return lambda: presence.gone
