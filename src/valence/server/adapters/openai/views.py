"""POST /v1/moderations."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g

from valence.server.adapters.flags import Flags
from valence.server.adapters.openai.errors import openai_error
from valence.server.adapters.openai.moderation import moderation
from valence.server.adapters.openai.schemas import ModerationRequest, texts_of
from valence.server.adapters.view import adapter, score_by, scored_or_raise
from valence.server.error_forms import Address
from valence.server.state import state

blueprint = Blueprint("openai", __name__, url_prefix="/v1")
ADDRESSES = (Address("/v1/moderations", openai_error, scores=True), Address("/v1/", openai_error))
# Names of OpenAI's own models: programs send them without having chosen, so they mean the default classifier.
_THEIR_MODELS = ("omni-moderation", "text-moderation")


@blueprint.post("/moderations")
@adapter(body=ModerationRequest)
def moderations(body: ModerationRequest) -> dict[str, Any]:
    """One result for each text."""
    settings, texts = state().settings, texts_of(body.input)
    theirs = body.model is None or body.model.startswith(_THEIR_MODELS)
    own = state().registry.model(None if theirs else body.model).facts.name
    responses = score_by([own, *(answer.classifier for answer in settings.openai_categories)], texts)
    scored_by = {name: [scored_or_raise(result) for result in response.results] for name, response in responses.items()}
    flags = Flags(settings.flag_labels)
    return {
        "id": f"modr-{g.request_id}",
        "model": own,
        "results": [
            moderation(
                scored,
                flags,
                settings.openai_categories,
                {classifier: results[number] for classifier, results in scored_by.items()},
            )
            for number, scored in enumerate(scored_by[own])
        ],
    }
