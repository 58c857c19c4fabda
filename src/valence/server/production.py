"""Runs the server: gunicorn with one worker and many threads, on a laptop or a dyno.

One worker (`valence.server.transport.worker`), because its threads share the model; Heroku's WEB_CONCURRENCY, which
would load it twice, is ignored. The model is loaded in the worker, after the fork, because the engine's threads don't
survive one; until then /readyz reports `starting`. On SIGTERM or Ctrl-C the worker finishes the accepted requests, then
closes its models.
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
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from valence.server.adapters.checks import check_answers
from valence.server.app import create_app
from valence.server.auth.sessions import new_token
from valence.server.classifiers.loading import facts, loaders
from valence.server.classifiers.registry import Registry, ServedModel
from valence.server.jobs.runner import Runner
from valence.server.moderation.background import Background
from valence.server.monitoring import logs
from valence.server.settings import Settings
from valence.server.store.database import Database
from valence.server.teaching.publishing import Publications
from valence.server.teaching.teacher import Teacher
from valence.server.transport.process import BACKLOG, bound_buffers
from valence.server.transport.worker import QuietLogger, Worker
from valence.system.errors import PortInUseError, SettingsError, StoreError, ValenceError

log = logging.getLogger(__name__)

# Heroku kills the process 30 s after SIGTERM; the rest is for closing the models.
GRACE_S = 20
# Seconds that a request waits for the model to load: routers send requests as soon as the port is open. Together with
# the 25 s for scoring, it stays below the timeout of Heroku's router.
STARTING_S = 5
_PORTS_TRIED = 10

# For the worker's heartbeat file: on a slow disk, the worker would look dead.
_MEMORY_FOLDER = Path("/dev/shm")  # noqa: S108 - shared on purpose


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises PortInUseError, or SettingsError if this machine doesn't have the address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortInUseError(
                f"Port {port} on {host} is in use.",
                hint=f"Stop the program using it, or choose another: --port {port + 1}",
            ) from error
        raise SettingsError(
            f"Can't listen on {host}, port {port}: {error.strerror or error}.",
            hint="Set --host (VALENCE_HOST) and --port (VALENCE_PORT) to an address of this machine.",
        ) from error
    bound_buffers(listening)
    return listening


def listen_as_set(settings: Settings) -> socket.socket:
    """Listens on the host and port of the settings.

    If the port was set explicitly, it must be free. If the default port is in use, the next nine are tried.
    """
    if "port" in settings.model_fields_set:
        return listen(settings.host, settings.port)
    for port in range(settings.port, settings.port + _PORTS_TRIED - 1):
        try:
            return listen(settings.host, port)
        except PortInUseError as error:
            sys.stderr.write(f"{error.message} Trying the next port.\n")
    return listen(settings.host, settings.port + _PORTS_TRIED - 1)


def address_of(listening: socket.socket) -> str:
    """The URL that a browser on this machine opens.

    >>> with listen("0.0.0.0", 0) as listening:
    ...     address_of(listening).startswith("http://127.0.0.1:")
    True
    """
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - shown, not bound to
    return f"http://{host}:{port}"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def run(settings: Settings, *, open_browser: bool = False) -> None:
    """Serves until it is stopped, then exits the process.

    Raises PortInUseError, SettingsError or ModelFolderError before anything starts.
    """
    listening = listen_as_set(settings)
    for model in settings.models:
        # Reports a missing or damaged folder, or a wrong label, now instead of in a crashing worker.
        check_answers(settings, facts(model))
    logs.configure(settings)
    Server(settings, listening, open_browser=open_browser).run()


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn, configured only by our settings: no command line, configuration file or WEB_CONCURRENCY."""

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
        self.database = Database(
            settings.database_address, connections=settings.database_connections
        )  # doesn't connect yet
        self.teacher = Teacher(self.database, self.registry)
        self.publications = Publications(self.database, self.registry)
        self.runner = Runner(
            self.database,
            self.registry,
            jobs=settings.jobs,
            version_of=self.publications.version,
            item_days=settings.item_days,
        )
        self.moderation = Background(self.database, self.registry, settings)
        self._descriptor = listening.detach()  # gunicorn owns it from here on
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options().items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application; gunicorn calls this in the worker."""
        return create_app(
            self.settings,
            registry=self.registry,
            database=self.database,
            runner=self.runner,
            teacher=self.teacher,
            publications=self.publications,
            moderation=self.moderation,
        )

    def _options(self) -> dict[str, Any]:
        return {
            "bind": f"fd://{self._descriptor}",
            "worker_class": Worker,
            "workers": 1,
            "graceful_timeout": GRACE_S,
            "timeout": 60,
            "control_socket_disable": True,
            "worker_tmp_dir": str(_MEMORY_FOLDER) if os.access(_MEMORY_FOLDER, os.W_OK) else None,
            "forwarded_allow_ips": "",  # only VALENCE_TRUSTED_PROXIES decides whose headers are trusted
            "logger_class": QuietLogger,
            "loglevel": "warning",
            "post_worker_init": self._load_models,
            "worker_exit": self._close,
        }

    def _load_models(self, _worker: Any) -> None:
        threading.Thread(target=self._load_and_announce, name="load-models", daemon=True).start()

    def _load_and_announce(self) -> None:
        try:
            self.registry.load(self.loaders_of(self.settings))
        except Exception as error:  # whatever it is, a server without its model must exit
            log.critical("loading a model failed", exc_info=None if isinstance(error, ValenceError) else error)
            sys.stderr.write(f"{error}\n")
            sys.stderr.flush()
            os._exit(Arbiter.WORKER_BOOT_ERROR)  # tells gunicorn not to restart the worker
        names = ", ".join(self.registry.names)
        sys.stdout.write(f"Valence is ready at {self.address}  (model: {names}, Ctrl-C stops)\n")
        sys.stdout.flush()
        # After the models, because scoring works without the database. Logs an error before anyone needs it.
        address = self._sign_in_address() if self.database.available() else None
        if address is not None:
            sys.stdout.write(f"To sign in as its owner, open this address once: {address}\n")
            sys.stdout.flush()
        for model in self.registry.loaded():
            if model.body:
                log.info("The model %s computes with %s.", model.facts.name, model.body.instructions)
        if self.open_browser:
            webbrowser.open(address or self.address)
        self.runner.start()
        self.teacher.start()
        self.publications.start()
        self.moderation.start()

    def _sign_in_address(self) -> str | None:
        """The page's address with a token that signs one browser in; None if other machines can reach the server.

        The people who see this terminal may do everything with the server anyway.
        """
        if not is_loopback(self.settings.host) or self.settings.trusted_proxies:
            return None
        try:
            return f"{self.address}/?token={new_token(self.database)}"
        except StoreError as error:
            log.warning("no token to sign in with", extra={"fields": {"reason": str(error)}})
            return None

    def _close(self, _arbiter: Any, _worker: Any) -> None:
        self.teacher.close()
        self.moderation.close()
        self.publications.close()
        self.runner.close()
        self.registry.close()
        self.database.close()
