"""From a request to an answer: which model, which limits, the wire form of each prediction. Knows nothing of Flask."""

from __future__ import annotations

import time
from collections.abc import Callable

from valence.errors import TextError
from valence.inference.prediction import Prediction
from valence.server.classifiers.registry import Registry, ServedModel
from valence.server.problems import ProblemError
from valence.server.request_context import give_up_place
from valence.server.schemas import predict as schemas
from valence.server.schemas.models import LabelProbability, ModelVersion
from valence.server.schemas.predict import NotScored, PredictRequest, PredictResponse, Scored
from valence.server.settings import Settings


def predict(
    asked: PredictRequest,
    registry: Registry,
    settings: Settings,
    *,
    gone: Callable[[], bool] | None = None,
    charge: Callable[[int], None] | None = None,
) -> PredictResponse:
    """Scores what was asked. A single `text` that cannot be scored raises TextError; among several it is a result.

    Raises OverloadedError at once where it could only be scored after too long a wait, CallerGoneError once `gone` says
    that nobody waits for the answer, and what `charge` raises, which is told the tokens before they are computed.
    """
    began = time.perf_counter()
    texts = _texts(asked, settings)
    model = registry.model(asked.model)
    found = model.scorer.score(
        texts,
        explain=asked.explain,
        timeout_s=settings.answer_timeout_s,
        gone=gone,
        charge=charge,
        on_long=give_up_place,
    )
    if asked.text is not None and isinstance(found[0], TextError):
        raise found[0]
    took_ms = (time.perf_counter() - began) * 1000
    return PredictResponse(
        model=version_of(model), results=[_result(each) for each in found], took_ms=round(took_ms, 2)
    )


def version_of(model: ServedModel) -> ModelVersion:
    return ModelVersion(name=model.facts.name, body=model.facts.body, head=model.facts.head)


def _texts(asked: PredictRequest, settings: Settings) -> list[str]:
    texts = [asked.text] if asked.text is not None else asked.texts or []
    limit, purpose = settings.max_texts, ""
    if asked.explain:
        limit, purpose = min(limit, settings.max_explained_texts), " that asks for an explanation"
    if len(texts) > limit:
        raise ProblemError(
            "too-many-texts",
            f"A call{purpose} may hold {limit} texts and this one holds {len(texts)}. Send them in several calls.",
        )
    return texts


def _result(found: Prediction | TextError) -> Scored | NotScored:
    if isinstance(found, TextError):
        return NotScored(error=schemas.TextError(code=found.code, detail=str(found)))
    return Scored(
        label=found.label,
        labels=None if found.labels is None else list(found.labels),
        probability=found.probability,
        sure=found.sure,
        probabilities=[LabelProbability(label=name, probability=p) for name, p in found.probabilities.items()],
        tokens=found.tokens,
        windows=found.windows,
        words=None
        if found.words is None
        else [schemas.WordEffect(start=word.start, end=word.end, effect=word.effect) for word in found.words],
    )
