"""GET /healthz and GET /readyz, for whatever watches the process."""

from __future__ import annotations

from flask import Blueprint

from valence.server.openapi.contract import operation
from valence.server.schemas.health import Health, Readiness
from valence.server.state import state
from valence.version import __version__

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@operation(tag="Health", summary="Whether the process answers", answers=Health, policy=None)
def healthz() -> Health:
    """Answers as soon as the process listens, whether or not its models are loaded."""
    return Health(version=__version__)


@blueprint.get("/readyz")
@operation(tag="Health", summary="Whether texts can be scored", answers={200: Readiness, 503: Readiness}, policy=None)
def readyz() -> tuple[Readiness, int]:
    """200 once every model is loaded, 503 with status `starting` before that. A database that cannot be had is told
    in `store` and changes no status, since texts are scored without it.
    """
    names = state().registry.names  # read once: models may become ready at any moment
    readiness = Readiness(
        status="ready" if names else "starting",
        models=list(names),
        store="ready" if state().database.available() else "unavailable",
    )
    return readiness, 200 if names else 503
