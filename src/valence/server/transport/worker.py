"""gunicorn's worker: uvicorn with h11 in an event loop, in front of Flask's threads.

gunicorn starts it, monitors it and replaces it if it dies. docs/load.md explains the choice and what else was measured.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from flask import Flask
from gunicorn.glogging import Logger
from uvicorn_worker import UvicornH11Worker
from werkzeug.exceptions import HTTPException

from valence.server.openapi.contract import Operation
from valence.server.settings import Settings
from valence.server.transport.bridge import Bridge
from valence.server.transport.connection import Connection
from valence.server.transport.connections import Connections
from valence.server.transport.limits import Limits
from valence.server.transport.process import BACKLOG, allow_open_files, end_with_master
from valence.server.transport.refusals import Refusals

# Seconds after which a thread must hand over the interpreter's lock. With Python's 5 ms, the event loop would wait for
# that long at each event, longer than a request takes. Global by nature: set once, in a process that only serves.
_SWITCH_S = 0.0005
# Clients accepted before the event loop serves those that it has. By default asyncio accepts all that wait: in a flood
# of connections, requests that had arrived waited for seconds, and some of their connections were closed to make room.
_ACCEPTED_AT_ONCE = 32
# Paths whose body limits are kept; clients choose their paths, so there must be a limit.
_PATHS = 256
# Open files besides connections: the database, jobs and the model.
_OTHER_FILES = 100


class Worker(UvicornH11Worker):  # type: ignore[misc]  # gunicorn has no types
    """Serves the WSGI application that gunicorn has loaded."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        logger = logging.getLogger("uvicorn.error")
        logger.handlers, logger.propagate = [], True
        logger.setLevel(logging.ERROR)  # a client that doesn't speak HTTP isn't worth a warning

    async def _serve(self) -> None:
        sys.setswitchinterval(_SWITCH_S)
        end_with_master(self.ppid, self.cfg.graceful_timeout + 5)
        limits = limits_for(allow_open_files(), self.app.settings)
        serving = Serving(self.wsgi, self.app.settings, limits, grace_s=self.cfg.graceful_timeout)
        serving.config.callback_notify = self.callback_notify
        serving.config.timeout_notify = self.timeout
        server = Server(serving.config)
        asyncio.get_running_loop().add_signal_handler(signal.SIGQUIT, server.handle_exit, signal.SIGQUIT, None)
        async with serving.watching():
            await server.serve(sockets=self.sockets)

    def run(self) -> None:
        asyncio.run(self._serve())


class Serving:
    """An application with its connections, its bridge to the threads and uvicorn's configuration."""

    def __init__(self, app: Flask, settings: Settings, limits: Limits, *, grace_s: float) -> None:
        refusals = Refusals(app)
        self.connections = Connections(limits, refusals.raw)
        self.bridge = Bridge(
            app, threads=settings.server_threads, refusals=refusals, max_body=body_limits(app, settings), limits=limits
        )
        self.config = uvicorn.Config(
            self.bridge,
            loop="asyncio",
            http=functools.partial(Connection, connections=self.connections),  # type: ignore[arg-type]  # uvicorn only calls it
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            proxy_headers=False,  # only VALENCE_TRUSTED_PROXIES decides whose headers are trusted
            server_header=False,
            backlog=_ACCEPTED_AT_ONCE,
            h11_max_incomplete_event_size=limits.head_bytes,
            timeout_keep_alive=limits.idle_s,
            timeout_graceful_shutdown=int(grace_s),
        )

    @contextlib.asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Disconnects clients that take too long, until the block ends."""
        watch = asyncio.get_running_loop().create_task(self.connections.watch())
        try:
            yield
        finally:
            watch.cancel()


def limits_for(files: int, settings: Settings) -> Limits:
    """The limits of a process that may open this many files, one per connection."""
    limits = Limits()
    return Limits(
        connections=min(limits.connections, max(files - _OTHER_FILES, files // 2)),
        body_memory=settings.max_body_bytes + 1,
        bodies_bytes=max(limits.bodies_bytes, 4 * settings.max_body_bytes),
        bodies_disk_bytes=max(limits.bodies_disk_bytes, 4 * max(settings.job_max_bytes, settings.file_max_bytes)),
    )


def body_limits(app: Flask, settings: Settings) -> Callable[[str, str], int]:
    """Maximum bytes of a body, by method and path: a file may be larger than other bodies."""
    operations: dict[str, Operation | None] = {
        endpoint: getattr(view, "operation", None) for endpoint, view in app.view_functions.items()
    }
    routes = app.url_map.bind("")

    @functools.lru_cache(_PATHS)
    def limit(method: str, path: str) -> int:
        try:
            operation = operations[routes.match(path, method)[0]]
        except HTTPException:  # there is no such route
            return settings.max_body_bytes
        if operation is None or operation.upload is None:
            return settings.max_body_bytes
        refused = "jobs-off" in operation.problems and not settings.jobs
        return (
            settings.max_body_bytes if refused else max(operation.upload.most_bytes(settings), settings.max_body_bytes)
        )

    return limit


class Server(uvicorn.Server):
    """Uvicorn's server, with two changes for running under gunicorn and under a flood of connections."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Makes the queue longer again: asyncio takes one number for it and for the clients it accepts at once."""
        await super().startup(sockets)
        for listening in sockets or ():
            listening.listen(BACKLOG)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As uvicorn's, but doesn't end the process with the signal: gunicorn's hook closes the models first."""
        with super().capture_signals():
            yield
            self._captured_signals.clear()


class QuietLogger(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Sends gunicorn's warnings and errors to our log."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
