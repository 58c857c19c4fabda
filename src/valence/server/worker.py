"""gunicorn's worker: uvicorn's event loop before Flask's threads.

gunicorn starts it, watches it and starts another where it dies. Clients are waited for in the event loop, whose parser
and sockets are compiled; gunicorn's own threads did the same in Python, and a fifth to a third of the calls a second
were lost to threads that waited for each other (docs/load.md).
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from gunicorn.glogging import Logger
from uvicorn_worker import UvicornWorker

from valence.server.connection import Connection
from valence.server.open_files import allow_open_files
from valence.server.refusal import Refusal
from valence.server.threads import InThreads

# After so many seconds a thread gives the interpreter's lock to one that waits for it. Python's own 5 ms are what the
# event loop would wait for each time that a client says something, and calls are answered in less.
_SWITCH_S = 0.0005


class Worker(UvicornWorker):  # type: ignore[misc]  # gunicorn has no types
    """Serves the WSGI application that gunicorn has loaded."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.CONFIG_KWARGS = {
            "loop": "auto",
            "http": Connection,
            "ws": "none",
            "lifespan": "off",
            "interface": "asgi3",
            "access_log": False,
            "proxy_headers": False,  # who is believed is decided by VALENCE_TRUSTED_PROXIES alone
            "server_header": False,
        }
        super().__init__(*args, **kwargs)
        self.config.timeout_graceful_shutdown = self.cfg.graceful_timeout
        said = logging.getLogger("uvicorn.error")
        said.handlers, said.propagate = [], True
        said.setLevel(logging.ERROR)  # that a client sent no HTTP is no warning

    async def _serve(self) -> None:
        Connection.allow(allow_open_files())
        sys.setswitchinterval(_SWITCH_S)
        self.config.app = InThreads(self.wsgi, threads=self.app.settings.server_threads, refusal=Refusal(self.wsgi))
        server = _Server(self.config)
        asyncio.get_running_loop().add_signal_handler(signal.SIGQUIT, server.handle_exit, signal.SIGQUIT, None)
        await server.serve(sockets=self.sockets)


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As uvicorn's, but does not end the process by the signal: the models are closed first, by gunicorn's hook."""
        with super().capture_signals():
            yield
            self._captured_signals.clear()


class QuietLogger(Logger):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's own messages, from warnings up, go where ours go."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
