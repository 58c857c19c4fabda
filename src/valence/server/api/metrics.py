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
    summary="Figures for Prometheus",
    answers={200: Media(("text/plain",))},
    scope="read-metrics",
    problems=("store-unavailable",),
)
def metrics() -> Response:
    """Requests and their times, sizes of batches, tokens that wait, versions of the models, memory of the process."""
    return Response(state().metrics.text(), content_type=MEDIA_TYPE)
