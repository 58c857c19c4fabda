"""The application factory: every part of the server is put together here, and only here."""

from __future__ import annotations

from flask import Flask

from valence.server import errors
from valence.server.api import health, models, predict
from valence.server.registry import Registry
from valence.server.settings import Settings, load_settings
from valence.server.state import KEY, State

BLUEPRINTS = (predict.blueprint, models.blueprint, health.blueprint)


def create_app(settings: Settings | None = None, *, registry: Registry | None = None) -> Flask:
    settings = settings or load_settings()
    app = Flask(__name__, static_folder=None)
    app.extensions[KEY] = State(settings, registry or Registry())
    errors.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app
