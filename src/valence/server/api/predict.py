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
    summary="Score one text or several",
    body=PredictRequest,
    answers=PredictResponse,
    scope="predict",
    problems=(
        "unknown-model",
        "too-many-texts",
        "text-empty",
        "text-too-long",
        "text-error",
        "too-costly",
        "too-many-tokens",
        "overloaded",
        "starting",
    ),
    request_examples=examples.PREDICT_REQUESTS,
    answer_examples=examples.PREDICT_ANSWERS,
)
def predict(asked: PredictRequest) -> PredictResponse:
    """Give `text` or `texts`. A single text that cannot be scored is a problem; among several it is one of the
    results, with kind `error`, and the others are scored.
    """
    at = state()
    return scoring.predict(asked, at.registry, at.settings, gone=client_gone(request.environ), charge=charge_tokens)
