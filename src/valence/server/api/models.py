"""GET /api/v1/models and GET /api/v1/models/NAME."""

from __future__ import annotations

from flask import Blueprint

from valence.server import cards, examples
from valence.server.compression import compressed
from valence.server.contract import operation
from valence.server.schemas import ModelDetail, ModelList
from valence.server.state import state

blueprint = Blueprint("models", __name__, url_prefix="/api/v1")


@blueprint.get("/models")
@operation(
    tag="Models",
    summary="List the models",
    answers=ModelList,
    problems=("starting",),
    answer_examples=examples.MODEL_LISTS,
)
def list_models() -> ModelList:
    """Every model that this server answers with, in the order of its settings, and how much it takes in one call."""
    registry, limits = state().registry, cards.limits(state().settings)
    models = [cards.summary(model, default=registry.default) for model in registry.all()]
    return ModelList(models=models, limits=limits)


@blueprint.get("/models/<name>")
@compressed
@operation(
    tag="Models",
    summary="Describe one model",
    answers=ModelDetail,
    problems=("unknown-model", "starting"),
    parameters={"name": "The model's name, as the list gives it."},
    answer_examples=examples.MODEL_DETAILS,
)
def get_model(name: str) -> ModelDetail:
    """Its card, its results with their intervals, what it was compared with, and where it came from."""
    registry = state().registry
    return cards.detail(registry.model(name), default=registry.default)
