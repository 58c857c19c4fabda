"""The application factory: the only place where the parts of the server are put together."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from flask import Flask

from valence.server import error_handlers
from valence.server.adapters import install as adapters
from valence.server.api import attributes as attributes_api
from valence.server.api import (
    classifiers,
    decisions,
    discussions,
    examples,
    feedback,
    files,
    health,
    items,
    jobs,
    models,
    predict,
    queue,
    session,
    versions,
    webhooks,
)
from valence.server.api import metrics as metrics_api
from valence.server.attribute_map import AttributeMap
from valence.server.auth import access
from valence.server.auth.access import AccessControl
from valence.server.auth.proxies import trusting
from valence.server.auth.rate_limits import RateLimits
from valence.server.classifiers.registry import Registry
from valence.server.jobs.runner import Runner
from valence.server.jobs.submit import JobSubmission
from valence.server.moderation.background import Background
from valence.server.monitoring import logs, metrics
from valence.server.monitoring.metrics import Metrics
from valence.server.settings import Settings, load_settings
from valence.server.state import KEY, State
from valence.server.store import moderation_figures
from valence.server.store.database import Database
from valence.server.teaching.publishing import Publications
from valence.server.teaching.teacher import Teacher
from valence.server.web import classifier_page, compression, pages, reference, security_headers

BLUEPRINTS = (
    predict.blueprint,
    discussions.blueprint,
    feedback.blueprint,
    files.blueprint,
    jobs.blueprint,
    models.blueprint,
    classifiers.blueprint,
    examples.blueprint,
    versions.blueprint,
    items.blueprint,
    queue.blueprint,
    decisions.blueprint,
    webhooks.blueprint,
    attributes_api.blueprint,
    session.blueprint,
    health.blueprint,
    metrics_api.blueprint,
    reference.blueprint,
    classifier_page.blueprint,
)


def create_app(
    settings: Settings | None = None,
    *,
    registry: Registry | None = None,
    database: Database | None = None,
    runner: Runner | None = None,
    teacher: Teacher | None = None,
    publications: Publications | None = None,
    moderation: Background | None = None,
    page_folder: Path = pages.STATIC,
) -> Flask:
    """The server as a WSGI application.

    Without a `registry`, the models of the settings are loaded before this returns; to answer requests meanwhile, pass
    a registry and load it in a thread, as `valence.server.production` does. The `database`, by default the one of the
    settings, is opened on first use. Jobs and items are scored, classifiers fitted and publications of other servers
    noticed only once the caller starts the `runner`, the `moderation`, the `teacher` and the `publications`.
    """
    settings = settings or load_settings()
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    app.url_map.strict_slashes = False
    database = database or Database(settings.database_address, connections=settings.database_connections)
    registry = registry or _loaded(settings)
    rates = RateLimits(settings)
    submission = JobSubmission(database, registry, settings)
    teacher = teacher or Teacher(database, registry)
    publications = publications or Publications(database, registry)
    runner = runner or Runner(
        database, registry, jobs=settings.jobs, version_of=publications.version, item_days=settings.item_days
    )
    moderation = moderation or Background(database, registry, settings)
    attributes = AttributeMap(settings.perspective_attributes, database)
    running = (submission, runner, teacher, publications, moderation, attributes)
    counted = Metrics(registry, partial(moderation_figures.open_items, database))
    moderation.watch(counted.moderated)
    state = State(settings, registry, database, rates, counted, *running)
    app.extensions[KEY] = state
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    adapters.install(app, settings)
    # After-request functions run in reverse order: headers first, then the log line with the final status.
    metrics.install(app, state.metrics)
    logs.install(app)
    security_headers.install(app, settings)
    access.install(app, AccessControl(settings, database, rates))
    error_handlers.install(app)
    compression.install(app)
    pages.install(app, page_folder)
    app.wsgi_app = trusting(app.wsgi_app, settings.trusted_proxies)  # type: ignore[assignment,method-assign]  # as Flask documents
    return app


def _loaded(settings: Settings) -> Registry:
    from valence.server.classifiers.loading import loaders

    registry = Registry(default=settings.default_name)
    registry.load(loaders(settings))
    return registry
