"""Scores the texts of a request: picks the model, applies the limits and puts the predictions into their wire form."""

from __future__ import annotations

import time
from collections.abc import Callable

from valence.errors import TextError
from valence.inference.prediction import Prediction
from valence.server.classifiers.registry import Registry, ServedModel
from valence.server.problems import ProblemError
from valence.server.request_context import release_slot
from valence.server.schemas import predict as schemas
from valence.server.schemas.models import LabelProbability, ModelVersion
from valence.server.schemas.predict import NotScored, PredictRequest, PredictResponse, Scored
from valence.server.settings import Settings


def predict(
    request: PredictRequest,
    registry: Registry,
    settings: Settings,
    *,
    gone: Callable[[], bool] | None = None,
    charge: Callable[[int], None] | None = None,
) -> PredictResponse:
    """Scores the texts of a request. A single `text` that can't be scored raises TextError; in `texts` it is a result.

    Raises OverloadedError at once if the wait would be too long, CallerGoneError once `gone` returns True, and whatever
    `charge` raises, which is called with the tokens before they are scored.
    """
    began = time.perf_counter()
    texts = _texts(request, settings)
    model = registry.model(request.model)
    predictions = model.scorer.score(
        texts,
        explain=request.explain,
        timeout_s=settings.answer_timeout_s,
        gone=gone,
        charge=charge,
        on_long=release_slot,
    )
    if request.text is not None and isinstance(predictions[0], TextError):
        raise predictions[0]
    took_ms = (time.perf_counter() - began) * 1000
    return PredictResponse(
        model=version_of(model), results=[_result(prediction) for prediction in predictions], took_ms=round(took_ms, 2)
    )


def version_of(model: ServedModel) -> ModelVersion:
    return ModelVersion(name=model.facts.name, body=model.facts.body, head=model.facts.head)


def _texts(request: PredictRequest, settings: Settings) -> list[str]:
    texts = [request.text] if request.text is not None else request.texts or []
    limit, purpose = settings.max_texts, ""
    if request.explain:
        limit, purpose = min(limit, settings.max_explained_texts), " with `explain`"
    if len(texts) > limit:
        raise ProblemError(
            "too-many-texts",
            f"A request{purpose} may contain {limit} texts; this one contains {len(texts)}. Split it.",
        )
    return texts


def _result(prediction: Prediction | TextError) -> Scored | NotScored:
    if isinstance(prediction, TextError):
        return NotScored(error=schemas.TextError(code=prediction.code, detail=str(prediction)))
    return Scored(
        label=prediction.label,
        labels=None if prediction.labels is None else list(prediction.labels),
        probability=prediction.probability,
        sure=prediction.sure,
        probabilities=[LabelProbability(label=name, probability=p) for name, p in prediction.probabilities.items()],
        tokens=prediction.tokens,
        windows=prediction.windows,
        words=None
        if prediction.words is None
        else [schemas.WordEffect(start=word.start, end=word.end, effect=word.effect) for word in prediction.words],
    )
