"""Scores the texts of a request: picks the model, applies the limits and puts the predictions into their wire form."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from valence.inference.prediction import Prediction, SentenceScore, WordEffect
from valence.inference.times import Timed
from valence.server.classifiers.bodies import one_pass, restricted
from valence.server.classifiers.registry import Registry, Scorer, ServedModel
from valence.server.problems import ProblemError
from valence.server.request_context import release_slot
from valence.server.schemas import predict as schemas
from valence.server.schemas.models import LabelProbability, ModelVersion
from valence.server.schemas.predict import (
    ModelAnswer,
    NotScored,
    PredictRequest,
    PredictResponse,
    Scored,
    SeveralRequest,
    SeveralResponse,
    Texts,
)
from valence.server.settings import Settings
from valence.system.errors import TextError
from valence.tables.posts import Cleaning, own_words

# Of a post that is cleaned: a high estimate, so that cleaning a post counts as less than scoring all of it.
_CHARACTERS_PER_TOKEN = 6
# Seconds that a scorer gets at least: the queue, not this module, says that there is too little time.
_LEAST_S = 0.001


Charge = Callable[[int], None]
Result = Scored | TextError


@dataclass(frozen=True)
class Call:
    """How the caller of a request waits and pays.

    Attributes:
        gone: whether the caller has left.
        charge: is called with the tokens of the whole request before they are scored: first a lower bound, then the
            exact number. It may refuse by raising.
        timeout_s: seconds after which the answer is no longer wanted, if fewer than in the settings.
        timed: gets the times in the engine, if they are measured.
    """

    gone: Callable[[], bool] | None = None
    charge: Charge | None = None
    timeout_s: float | None = None
    timed: Timed | None = None


def predict(request: PredictRequest, registry: Registry, settings: Settings, call: Call = Call()) -> PredictResponse:
    """Scores the texts of a request. A single `text` that can't be scored raises TextError; in `texts` it is a result.

    Raises OverloadedError at once if the wait would be too long, CallerGoneError once the caller has left, ProblemError
    for labels that the model can't answer with alone, and whatever `call.charge` raises.
    """
    began = time.perf_counter()
    model = registry.model(request.model)
    served = model if request.labels is None else restricted(model, request.labels)
    (answer,) = _answers(request, [served], settings, call)
    return PredictResponse(model=answer.model, results=answer.results, took_ms=_ms_since(began))


def predict_several(
    request: SeveralRequest, registry: Registry, settings: Settings, call: Call = Call()
) -> SeveralResponse:
    """Scores the texts with each model: in one pass for all that share a body and clean texts alike.

    Raises as `predict` does, for the first model that can't score a single `text`.
    """
    began = time.perf_counter()
    answers = _answers(request, [registry.model(name) for name in request.models], settings, call)
    return SeveralResponse(answers=answers, took_ms=_ms_since(began))


def _answers(request: Texts, models: Sequence[ServedModel], settings: Settings, call: Call) -> list[ModelAnswer]:
    given = _texts(request, settings)
    posts = _Posts(given, settings, call)
    answers = []
    for model, scorer in zip(models, one_pass(models), strict=True):
        scored = posts.scored(scorer, request.clean or model.facts.cleaning, explain=request.explain)
        if request.text is not None and isinstance(scored[0], TextError):
            raise scored[0]
        results = [_not_scored(each) if isinstance(each, TextError) else each for each in scored]
        answers.append(ModelAnswer(model=version_of(model), results=results))
    return answers


def scored_texts(
    given: Sequence[str],
    scorer: Scorer,
    clean: Cleaning,
    settings: Settings,
    *,
    explain: bool = False,
    call: Call = Call(),
) -> list[Result]:
    """Each text as it was scored, or why it can't be. Raises as `predict` does."""
    return _Posts(given, settings, call).scored(scorer, clean, explain=explain)


class _Posts:
    """The texts of one request, which are cleaned once and may be scored by several scorers."""

    def __init__(self, given: Sequence[str], settings: Settings, call: Call) -> None:
        self._given, self._settings, self._call = given, settings, call
        self._ends = time.monotonic() + min(settings.answer_timeout_s, call.timeout_s or settings.answer_timeout_s)
        self._charged = 0
        self._own_words: list[str | TextError] | None = None

    def scored(self, scorer: Scorer, clean: Cleaning, *, explain: bool) -> list[Result]:
        """By one scorer; what it is charged is added to what those before it were charged."""
        texts: list[str | TextError] = [*self._given] if clean == "none" else self._cleaned()
        before = self._charged

        def charge(tokens: int) -> None:
            self._charge(before + tokens)

        scored = iter(
            scorer.score(
                [text for text in texts if isinstance(text, str)],
                explain=explain,
                timeout_s=max(self._ends - time.monotonic(), _LEAST_S),
                gone=self._call.gone,
                charge=None if self._call.charge is None else charge,
                on_long=release_slot,
                timed=self._call.timed,
            )
        )
        predictions = [next(scored) if isinstance(text, str) else text for text in texts]
        return [
            prediction if isinstance(prediction, TextError) else _scored(prediction, None if text == post else text)
            for prediction, text, post in zip(predictions, texts, self._given, strict=True)
        ]

    def _cleaned(self) -> list[str | TextError]:
        """Reading a post costs time, even if little of it is left to score."""
        if self._own_words is None:
            if self._call.charge is not None:
                self._charge(sum(map(len, self._given)) // _CHARACTERS_PER_TOKEN)
            self._own_words = [_own_words(text, self._settings.max_text_chars) for text in self._given]
        return self._own_words

    def _charge(self, tokens: int) -> None:
        assert self._call.charge is not None
        self._call.charge(tokens)
        self._charged = max(self._charged, tokens)


def _own_words(post: str, max_characters: int) -> str | TextError:
    """Its author's own words, or why there are none. A post that is too long is left for the engine to refuse."""
    return post if len(post) > max_characters else own_words(post)


def version_of(model: ServedModel) -> ModelVersion:
    return ModelVersion(name=model.facts.name, body=model.facts.body, head=model.facts.head)


def _ms_since(began: float) -> float:
    return round((time.perf_counter() - began) * 1000, 2)


def _texts(request: Texts, settings: Settings) -> list[str]:
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
        words=None if prediction.words is None else [_word(word) for word in prediction.words],
        sentences=None if prediction.words is None else [_sentence(each) for each in prediction.sentences],
        mixed=None if prediction.words is None else prediction.mixed,
    )


def _word(word: WordEffect) -> schemas.WordEffect:
    return schemas.WordEffect(**asdict(word))


def _sentence(sentence: SentenceScore) -> schemas.SentenceScore:
    return schemas.SentenceScore(**asdict(sentence))
