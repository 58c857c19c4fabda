"""gunicorn's worker: uvicorn with h11 in an event loop, before Flask's threads.

gunicorn starts it, watches it and starts another where it dies. docs/load.md says why it is these, and what else was
measured.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import signal
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from flask import Flask
from gunicorn.glogging import Logger
from uvicorn_worker import UvicornH11Worker

from valence.server.settings import Settings
from valence.server.transport.bridge import Bridge
from valence.server.transport.connection import Connection
from valence.server.transport.connections import Connections
from valence.server.transport.limits import Limits
from valence.server.transport.process import allow_open_files, end_with_master
from valence.server.transport.refusals import Refusals

# After so many seconds a thread gives the interpreter's lock to one that waits for it. Python's own 5 ms are what the
# event loop would wait for each time that a client says something, and calls are answered in less.
_SWITCH_S = 0.0005
# Files that are open besides connections: the database's, those of jobs, the model's.
_OTHER_FILES = 100
_JOBS = "/api/v1/jobs"


class Worker(UvicornH11Worker):  # type: ignore[misc]  # gunicorn has no types
    """Serves the WSGI application that gunicorn has loaded."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = logging.getLogger("uvicorn.error")
        said.handlers, said.propagate = [], True
        said.setLevel(logging.ERROR)  # that a client sent no HTTP is no warning

    async def _serve(self) -> None:
        sys.setswitchinterval(_SWITCH_S)
        end_with_master(self.ppid, self.cfg.graceful_timeout + 5)
        limits = limits_for(allow_open_files(), self.app.settings)
        served = Served(self.wsgi, self.app.settings, limits, grace_s=self.cfg.graceful_timeout)
        served.config.callback_notify = self.callback_notify
        served.config.timeout_notify = self.timeout
        server = _Server(served.config)
        asyncio.get_running_loop().add_signal_handler(signal.SIGQUIT, server.handle_exit, signal.SIGQUIT, None)
        async with served.watching():
            await server.serve(sockets=self.sockets)

    def run(self) -> None:
        asyncio.run(self._serve())


class Served:
    """An application with everything that stands before it.

    Attributes:
        config: what uvicorn is told.
        connections: the open ones.
        bridge: to the threads.
    """

    def __init__(self, app: Flask, settings: Settings, limits: Limits, *, grace_s: float) -> None:
        refusals = Refusals(app)
        self.connections = Connections(limits, refusals.raw)
        self.bridge = Bridge(
            app, threads=settings.server_threads, refusals=refusals, most=body_limits(settings), limits=limits
        )
        self.config = uvicorn.Config(
            self.bridge,
            loop="asyncio",
            http=functools.partial(Connection, book=self.connections),  # type: ignore[arg-type]  # it is only called
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            proxy_headers=False,  # who is believed is decided by VALENCE_TRUSTED_PROXIES alone
            server_header=False,
            h11_max_incomplete_event_size=limits.head_bytes,
            timeout_keep_alive=limits.idle_s,
            timeout_graceful_shutdown=int(grace_s),
        )

    @contextlib.asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """While it lasts, clients that are waited for too long are let go."""
        watch = asyncio.get_running_loop().create_task(self.connections.watch())
        try:
            yield
        finally:
            watch.cancel()


def limits_for(files: int, settings: Settings) -> Limits:
    """The limits of a process that may have so many files open, of which each connection is one."""
    limits = Limits()
    return Limits(
        connections=min(limits.connections, max(files - _OTHER_FILES, files // 2)),
        body_memory=settings.max_body_bytes + 1,
        bodies_bytes=max(limits.bodies_bytes, 4 * settings.max_body_bytes),
        bodies_disk_bytes=max(limits.bodies_disk_bytes, 4 * settings.job_max_bytes),
    )


def body_limits(settings: Settings) -> Callable[[str, str], int]:
    """Bytes that a body may have, by method and path: a job's file may have more than a call."""

    def most(method: str, path: str) -> int:
        is_file = method == "POST" and path.rstrip("/") == _JOBS and settings.jobs
        return max(settings.job_max_bytes, settings.max_body_bytes) if is_file else settings.max_body_bytes

    return most


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
