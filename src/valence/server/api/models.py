"""GET /api/v1/models and GET /api/v1/models/NAME."""

from __future__ import annotations

from flask import Blueprint

from valence.server.classifiers import summaries
from valence.server.openapi import examples
from valence.server.openapi.contract import operation
from valence.server.schemas.models import ModelDetail, ModelList
from valence.server.state import state
from valence.server.web.compression import compressed

blueprint = Blueprint("models", __name__, url_prefix="/api/v1")


@blueprint.get("/models")
@operation(
    tag="Models",
    summary="List the models",
    responses=ModelList,
    problems=("starting",),
    response_examples=examples.MODEL_LISTS,
)
def list_models() -> ModelList:
    """Every model, in the order of the server's settings, and the limits of one request."""
    registry, limits = state().registry, summaries.limits(state().settings)
    models = [summaries.summary(model, default=registry.default) for model in registry.all()]
    return ModelList(models=models, limits=limits)


@blueprint.get("/models/<name>")
@compressed
@operation(
    tag="Models",
    summary="Get a model",
    responses=ModelDetail,
    problems=("unknown-model", "starting"),
    parameters={"name": "The model's name, as listed."},
    response_examples=examples.MODEL_DETAILS,
)
def get_model(name: str) -> ModelDetail:
    """Its model card, its results with confidence intervals, comparisons and provenance."""
    registry = state().registry
    return summaries.detail(registry.model(name), default=registry.default)
