"""Scores the texts of a request: picks the model, applies the limits and puts the predictions into their wire form."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from valence.inference.prediction import Prediction
from valence.server.classifiers.registry import Registry, Scorer, ServedModel
from valence.server.problems import ProblemError
from valence.server.request_context import release_slot
from valence.server.schemas import predict as schemas
from valence.server.schemas.models import LabelProbability, ModelVersion
from valence.server.schemas.predict import NotScored, PredictRequest, PredictResponse, Scored
from valence.server.settings import Settings
from valence.system.errors import TextError
from valence.tables.posts import Cleaning, own_words

# Of a post that is cleaned: a high estimate, so that cleaning a post counts as less than scoring all of it.
_CHARACTERS_PER_TOKEN = 6


def predict(
    request: PredictRequest,
    registry: Registry,
    settings: Settings,
    *,
    gone: Callable[[], bool] | None = None,
    charge: Callable[[int], None] | None = None,
    timeout_s: float | None = None,
    scorer: Scorer | None = None,
) -> PredictResponse:
    """Scores the texts of a request. A single `text` that can't be scored raises TextError; in `texts` it is a result.

    `timeout_s`: seconds after which the answer is no longer wanted, if fewer than in the settings. `scorer`: the
    model's, if it shares its pass through the body with others (`valence.server.classifiers.bodies.one_pass`). Raises
    OverloadedError at once if the wait would be too long, CallerGoneError once `gone` returns True, and whatever
    `charge` raises, which is called with the tokens before they are scored.
    """
    began = time.perf_counter()
    given = _texts(request, settings)
    model = registry.model(request.model)
    scored = scored_texts(
        given,
        scorer or model.scorer,
        request.clean or model.facts.cleaning,
        settings,
        explain=request.explain,
        gone=gone,
        charge=charge,
        timeout_s=timeout_s,
    )
    if request.text is not None and isinstance(scored[0], TextError):
        raise scored[0]
    results = [_not_scored(each) if isinstance(each, TextError) else each for each in scored]
    took_ms = (time.perf_counter() - began) * 1000
    return PredictResponse(model=version_of(model), results=results, took_ms=round(took_ms, 2))


def scored_texts(
    given: Sequence[str],
    scorer: Scorer,
    clean: Cleaning,
    settings: Settings,
    *,
    explain: bool = False,
    gone: Callable[[], bool] | None = None,
    charge: Callable[[int], None] | None = None,
    timeout_s: float | None = None,
) -> list[Scored | TextError]:
    """Each text as it was scored, or why it can't be. Raises as `predict` does."""
    texts: list[str | TextError] = [*given]
    if clean == "forum":
        if charge is not None:  # reading a post costs time, even if little of it is left to score
            charge(sum(map(len, given)) // _CHARACTERS_PER_TOKEN)
        texts = [_own_words(text, settings.max_text_chars) for text in given]
    scored = iter(
        scorer.score(
            [text for text in texts if isinstance(text, str)],
            explain=explain,
            timeout_s=min(settings.answer_timeout_s, timeout_s or settings.answer_timeout_s),
            gone=gone,
            charge=charge,
            on_long=release_slot,
        )
    )
    predictions = [next(scored) if isinstance(text, str) else text for text in texts]
    return [
        prediction if isinstance(prediction, TextError) else _scored(prediction, None if text == post else text)
        for prediction, text, post in zip(predictions, texts, given, strict=True)
    ]


def _own_words(post: str, max_characters: int) -> str | TextError:
    """Its author's own words, or why there are none. A post that is too long is left for the engine to refuse."""
    return post if len(post) > max_characters else own_words(post)


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


def _not_scored(error: TextError) -> NotScored:
    return NotScored(error=schemas.TextError(code=error.code, detail=str(error)))


def _scored(prediction: Prediction, text: str | TextError | None) -> Scored:
    """`text`: what was scored, if it isn't what was sent."""
    return Scored(
        label=prediction.label,
        labels=None if prediction.labels is None else list(prediction.labels),
        probability=prediction.probability,
        sure=prediction.sure,
        probabilities=[LabelProbability(label=name, probability=p) for name, p in prediction.probabilities.items()],
        text=text if isinstance(text, str) else None,
        tokens=prediction.tokens,
        windows=prediction.windows,
        words=None
        if prediction.words is None
        else [schemas.WordEffect(start=word.start, end=word.end, effect=word.effect) for word in prediction.words],
    )
