"""What the transport tells a view about its request: whether it may wait, and whether its client is still connected.

The transport (`valence.server.transport`) sets both; rooms below it only read them. Outside of it, in a test client
say, every view may wait and no client ever leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any, Protocol

# False in threads that are reserved for requests that never wait.
may_wait: ContextVar[bool] = ContextVar("may_wait", default=True)
# Set in the threads that are counted: gives the request's place there to another one.
place: ContextVar[Callable[[], None] | None] = ContextVar("place", default=None)

# Key of the WSGI environment under which the transport puts the request's client.
CLIENT = "valence.client"


class Client(Protocol):
    """Whoever is at the other end of a connection.

    Attributes:
        lost: whether the connection has ended.
    """

    lost: bool


def client_gone(environ: Mapping[str, Any]) -> Callable[[], bool]:
    """Returns a function that says whether the request's client has disconnected."""
    client: Client | None = environ.get(CLIENT)
    return lambda: client is not None and client.lost


def give_up_place() -> None:
    """Called by a view that is about to wait for seconds: it keeps its thread, and another call may start in one more.

    Does nothing in a thread that is not counted. Raises OverloadedError if too many requests wait like that already.
    """
    give_up = place.get()
    if give_up is not None:
        give_up()
