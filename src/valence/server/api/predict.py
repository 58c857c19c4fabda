"""POST /api/v1/predict and /api/v1/predict/several."""

from __future__ import annotations

from flask import Blueprint, request

from valence.model.readable import NOT_READABLE
from valence.server.auth.access import charge_tokens
from valence.server.classifiers import scoring
from valence.server.openapi import examples
from valence.server.openapi.contract import operation
from valence.server.request_context import client_gone
from valence.server.schemas.predict import PredictRequest, PredictResponse, SeveralRequest, SeveralResponse
from valence.server.state import state

blueprint = Blueprint("predict", __name__, url_prefix="/api/v1")

_PROBLEMS = (
    "unknown-model",
    "too-many-texts",
    "text-empty",
    "text-only-quotes",
    *NOT_READABLE,
    "text-too-long",
    "text-error",
    "too-costly",
    "too-many-tokens",
    "overloaded",
    "starting",
)


@blueprint.post("/predict")
@operation(
    tag="Predict",
    summary="Score texts",
    body=PredictRequest,
    responses=PredictResponse,
    scope="predict",
    problems=(*_PROBLEMS, "invalid-labels"),
    request_examples=examples.PREDICT_REQUESTS,
    response_examples=examples.PREDICT_RESPONSES,
)
def predict(body: PredictRequest) -> PredictResponse:
    """Send `text` or `texts`. If a single `text` can't be scored, the response is a problem; in `texts`, it is a result
    of kind `error`, and the others are scored.
    """
    current = state()
    return scoring.predict(body, current.registry, current.settings, _call())


@blueprint.post("/predict/several")
@operation(
    tag="Predict",
    summary="Ask several models at once",
    body=SeveralRequest,
    responses=SeveralResponse,
    scope="predict",
    problems=_PROBLEMS,
    request_examples=examples.SEVERAL_REQUESTS,
    response_examples=examples.SEVERAL_RESPONSES,
)
def predict_several(body: SeveralRequest) -> SeveralResponse:
    """As `POST /api/v1/predict`, for up to 16 models at once: those of the server, and published classifiers. Models
    that share an encoder read the texts once, so that five of them cost little more than one.
    """
    current = state()
    return scoring.predict_several(body, current.registry, current.settings, _call())


def _call() -> scoring.Call:
    return scoring.Call(client_gone(request.environ), charge_tokens)
