"""POST /api/v1/predict."""

from __future__ import annotations

from flask import Blueprint, request

from valence.server.auth.access import charge_tokens
from valence.server.classifiers import scoring
from valence.server.openapi import examples
from valence.server.openapi.contract import operation
from valence.server.request_context import client_gone
from valence.server.schemas.predict import PredictRequest, PredictResponse
from valence.server.state import state

blueprint = Blueprint("predict", __name__, url_prefix="/api/v1")


@blueprint.post("/predict")
@operation(
    tag="Predict",
    summary="Score texts",
    body=PredictRequest,
    responses=PredictResponse,
    scope="predict",
    problems=(
        "unknown-model",
        "too-many-texts",
        "text-empty",
        "text-only-quotes",
        "text-too-long",
        "text-error",
        "too-costly",
        "too-many-tokens",
        "overloaded",
        "starting",
    ),
    request_examples=examples.PREDICT_REQUESTS,
    response_examples=examples.PREDICT_RESPONSES,
)
def predict(body: PredictRequest) -> PredictResponse:
    """Send `text` or `texts`. If a single `text` can't be scored, the response is a problem; in `texts`, it is a result
    of kind `error`, and the others are scored.
    """
    current = state()
    return scoring.predict(
        body, current.registry, current.settings, gone=client_gone(request.environ), charge=charge_tokens
    )
