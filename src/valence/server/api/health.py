"""GET /healthz and GET /readyz, for whatever monitors the process."""

from __future__ import annotations

from flask import Blueprint

from valence.server.openapi.contract import operation
from valence.server.schemas.health import Health, Readiness
from valence.server.state import state
from valence.system.version import __version__

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@operation(tag="Health", summary="Check that the process is alive", responses=Health, policy=None)
def healthz() -> Health:
    """Returns 200 as soon as the process listens, even while its models are loading."""
    return Health(version=__version__)


@blueprint.get("/readyz")
@operation(
    tag="Health", summary="Check that texts can be scored", responses={200: Readiness, 503: Readiness}, policy=None
)
def readyz() -> tuple[Readiness, int]:
    """Returns 200 once every model is loaded, and 503 with the status `starting` before that. An unavailable database
    is reported in `store`; it doesn't change the status, because texts can be scored without it.
    """
    names = state().registry.names  # read once: models may become ready at any moment
    readiness = Readiness(
        status="ready" if names else "starting",
        models=list(names),
        store="ready" if state().database.available() else "unavailable",
    )
    return readiness, 200 if names else 503
