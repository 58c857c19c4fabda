"""GET /metrics, for Prometheus."""

from __future__ import annotations

from flask import Blueprint, Response

from valence.server.monitoring.metrics import MEDIA_TYPE
from valence.server.openapi.contract import Media, operation
from valence.server.state import state

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
@operation(
    tag="Health",
    summary="Get metrics for Prometheus",
    responses={200: Media(("text/plain",))},
    scope="read-metrics",
    problems=("store-unavailable",),
)
def metrics() -> Response:
    """Request counts and durations, batch sizes, queued tokens, items, decisions and events of moderation, model
    versions and the process's memory.
    """
    return Response(state().metrics.text(), content_type=MEDIA_TYPE)
