"""What the transport tells a view about its request: whether it may wait, and whether its client is still connected.

The transport (`valence.server.transport`) sets both; rooms below it only read them. Without a transport, as in a
test client, every view may wait and no client ever leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any, Protocol

# False in threads that are reserved for requests that never wait.
may_wait: ContextVar[bool] = ContextVar("may_wait", default=True)

# Frees the slot of the current request, so that another one may start; set in threads whose slots are limited.
slot: ContextVar[Callable[[], None] | None] = ContextVar("slot", default=None)

# Key of the WSGI environment under which the transport puts the request's client.
CLIENT = "valence.client"


class Client(Protocol):
    """The other end of a connection.

    Attributes:
        lost: whether the connection has ended.
    """

    lost: bool


def client_gone(environ: Mapping[str, Any]) -> Callable[[], bool]:
    """Returns a function that says whether the request's client has disconnected."""
    client: Client | None = environ.get(CLIENT)
    return lambda: client is not None and client.lost


def release_slot() -> None:
    """Called before a wait of seconds: the request keeps its thread, and another request may start in a further one.

    Raises OverloadedError if too many requests are waiting like this. Does nothing in a thread without slots.
    """
    release = slot.get()
    if release is not None:
        release()
