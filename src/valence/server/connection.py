"""Whether the caller of a request is still there."""

from __future__ import annotations

import socket
from collections.abc import Callable, Mapping
from typing import Any


def gone_from(environ: Mapping[str, Any]) -> Callable[[], bool]:
    """A function that says whether the request's connection has been closed from the other end.

    Where the server shows no connection (in a test client), nobody is ever gone. Whoever closes one direction alone
    looks the same as who left, so it is asked only of calls that wait.
    """
    connection: socket.socket | None = environ.get("gunicorn.socket")
    if connection is None:
        return lambda: False

    def gone() -> bool:
        try:
            return not connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
        except BlockingIOError:  # there, and silent
            return False
        except OSError:  # reset
            return True

    return gone
