"""The application factory: every part of the server is put together here, and only here."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from valence.server import access, compression, document, errors, logs, metrics, pages, security
from valence.server.api import feedback, health, jobs, models, predict, reference
from valence.server.api import metrics as metrics_api
from valence.server.jobs.runner import Runner
from valence.server.metrics import Metrics
from valence.server.proxies import trusting
from valence.server.rates import RateLimits
from valence.server.registry import Registry
from valence.server.settings import Settings, load_settings
from valence.server.state import KEY, State
from valence.server.store.database import Database

BLUEPRINTS = (
    predict.blueprint,
    feedback.blueprint,
    jobs.blueprint,
    models.blueprint,
    health.blueprint,
    metrics_api.blueprint,
    reference.blueprint,
)


def create_app(
    settings: Settings | None = None,
    *,
    registry: Registry | None = None,
    database: Database | None = None,
    runner: Runner | None = None,
    page_folder: Path = pages.STATIC,
) -> Flask:
    """The server as a WSGI application.

    Without a `registry`, the models that the settings name are loaded before this returns; whoever wants to answer
    meanwhile gives a registry and loads it in a thread of its own, as `valence.server.production` does. The `database`,
    by default the one that the settings name, is opened at its first use. Whoever wants jobs to be worked on starts the
    `runner`.
    """
    settings = settings or load_settings()
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    app.url_map.strict_slashes = False
    database = database or Database(settings.database_address, connections=settings.database_connections)
    registry = registry or _loaded(settings)
    runner = runner or Runner(database, registry, jobs=settings.jobs)
    state = State(settings, registry, database, RateLimits(settings), Metrics(registry), runner)
    app.extensions[KEY] = state
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    # After-request steps run in the reverse order: headers first, then the log line that sees the final status.
    metrics.install(app, state.metrics)
    logs.install(app)
    security.install(app, settings)
    access.install(app)
    errors.install(app)
    compression.install(app)
    pages.install(app, page_folder)
    state.document.update(document.document(app, settings))
    app.wsgi_app = trusting(app.wsgi_app, settings.trusted_proxies)  # type: ignore[assignment,method-assign]  # Flask's own way
    return app


def _loaded(settings: Settings) -> Registry:
    from valence.server.loading import loaders

    registry = Registry(default=settings.default_name)
    registry.load(loaders(settings))
    return registry
