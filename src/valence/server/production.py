"""Running the server: gunicorn with one worker of many threads, on a laptop as on a dyno.

One worker (`valence.server.transport.worker`) because its threads share the model; Heroku's WEB_CONCURRENCY, which
would load it twice, is not read. The model is loaded in the worker, after the fork, since onnxruntime's threads do not
survive one; meanwhile /readyz says `starting`. On SIGTERM or Ctrl-C the worker finishes what it accepted, then its
models close.
"""

from __future__ import annotations

import errno
import logging
import os
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from valence.errors import PortInUseError, SettingsError, ValenceError
from valence.server.app import create_app
from valence.server.classifiers.loading import facts, loaders
from valence.server.classifiers.registry import Registry, ServedModel
from valence.server.jobs.runner import Runner
from valence.server.monitoring import logs
from valence.server.settings import Settings
from valence.server.store.database import Database
from valence.server.transport.process import bound_buffers
from valence.server.transport.worker import QuietLogger, Worker

log = logging.getLogger(__name__)

BACKLOG = 512
# Heroku kills 30 s after SIGTERM; the rest is for closing the models.
GRACE_S = 20
# A call waits so long for the model to be loaded: a router sends it once the port is open, and it must not fail.
# With the 25 s that scoring may take, it is still answered before Heroku's router gives up.
STARTING_S = 5
_PORTS_TRIED = 10

# For the worker's heartbeat file; a slow disk would look like a dead worker.
_MEMORY_FOLDER = Path("/dev/shm")  # noqa: S108 - shared on purpose


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises PortInUseError, or SettingsError where the address is none of ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortInUseError(
                f"Port {port} on {host} is taken.", way_out=f"Stop what runs there, or use another: --port {port + 1}"
            ) from error
        raise SettingsError(
            f"The server cannot listen on {host}, port {port}: {error.strerror or error}.",
            way_out="Set --host (VALENCE_HOST) and --port (VALENCE_PORT) to an address of this machine.",
        ) from error
    bound_buffers(listening)
    return listening


def listen_as_set(settings: Settings) -> socket.socket:
    """Listens where the settings say.

    A port that somebody asked for is that one or an error; the default one, which nobody asked for, gives way to the
    next free one of ten.
    """
    if "port" in settings.model_fields_set:
        return listen(settings.host, settings.port)
    for port in range(settings.port, settings.port + _PORTS_TRIED - 1):
        try:
            return listen(settings.host, port)
        except PortInUseError as error:
            sys.stderr.write(f"{error.message} Trying the next one.\n")
    return listen(settings.host, settings.port + _PORTS_TRIED - 1)


def address_of(listening: socket.socket) -> str:
    """The address that a browser on this machine opens.

    >>> with listen("0.0.0.0", 0) as listening:
    ...     address_of(listening).startswith("http://127.0.0.1:")
    True
    """
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - shown, not bound to
    return f"http://{host}:{port}"


def run(settings: Settings, *, open_browser: bool = False) -> None:
    """Serves until it is told to stop, then leaves the process with its exit status.

    Raises PortInUseError, SettingsError or ModelFolderError before anything is started.
    """
    listening = listen_as_set(settings)
    for model in settings.models:
        facts(model)  # a missing or damaged folder is told now, and not by a worker that dies
    logs.configure(settings)
    Server(settings, listening, open_browser=open_browser).run()


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn, configured from our settings alone: no command line, no configuration file, no WEB_CONCURRENCY."""

    def __init__(
        self,
        settings: Settings,
        listening: socket.socket,
        *,
        open_browser: bool = False,
        loaders_of: Callable[[Settings], Sequence[Callable[[], ServedModel]]] = loaders,
    ) -> None:
        self.settings = settings
        self.loaders_of = loaders_of
        self.address = address_of(listening)
        self.open_browser = open_browser
        self.registry = Registry(default=settings.default_name, patience_s=STARTING_S)
        self.database = Database(settings.database_address, connections=settings.database_connections)  # opens nothing
        self.runner = Runner(self.database, self.registry, jobs=settings.jobs)
        self._descriptor = listening.detach()  # gunicorn's from here on
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options().items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application; gunicorn asks for it in the worker."""
        return create_app(self.settings, registry=self.registry, database=self.database, runner=self.runner)

    def _options(self) -> dict[str, Any]:
        return {
            "bind": f"fd://{self._descriptor}",
            "worker_class": Worker,
            "workers": 1,
            "graceful_timeout": GRACE_S,
            "timeout": 60,
            "control_socket_disable": True,
            "worker_tmp_dir": str(_MEMORY_FOLDER) if os.access(_MEMORY_FOLDER, os.W_OK) else None,
            "forwarded_allow_ips": "",  # who is believed is decided by VALENCE_TRUSTED_PROXIES alone
            "logger_class": QuietLogger,
            "loglevel": "warning",
            "post_worker_init": self._load_models,
            "worker_exit": self._close,
        }

    def _load_models(self, _worker: Any) -> None:
        threading.Thread(target=self._load_then_tell, name="load-models", daemon=True).start()

    def _load_then_tell(self) -> None:
        try:
            self.registry.load(self.loaders_of(self.settings))
        except Exception as error:  # whatever it is, a server without its model must not live on
            log.critical("a model could not be loaded", exc_info=None if isinstance(error, ValenceError) else error)
            sys.stderr.write(f"{error}\n")
            sys.stderr.flush()
            os._exit(Arbiter.WORKER_BOOT_ERROR)  # tells gunicorn not to try again
        names = ", ".join(self.registry.names)
        sys.stdout.write(f"Valence is ready at {self.address}  (model: {names}, Ctrl-C stops)\n")
        sys.stdout.flush()
        if self.open_browser:
            webbrowser.open(self.address)
        # Not before: texts are scored without it. Now, so that a fault stands in the log before anybody needs it.
        self.database.available()
        self.runner.start()

    def _close(self, _arbiter: Any, _worker: Any) -> None:
        self.runner.close()
        self.registry.close()
        self.database.close()
