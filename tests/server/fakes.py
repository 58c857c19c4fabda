"""A scorer that stands behind the same seam as the engine's: no model, answers that a test can foresee."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from valence.inference.batch_run import BatchRun
from valence.inference.prediction import Prediction, SentenceScore, WordEffect
from valence.inference.times import Timed
from valence.model.folder import FittedHead
from valence.model.head import Floats
from valence.model.results import Result
from valence.server.classifiers.registry import ModelFacts, ServedModel
from valence.system.errors import OverloadedError, TextError

LIMIT = 50  # characters
ESTIMATE = {"value": 0.9, "low": 0.88, "high": 0.92}
RESULT = {
    "name": "SST-2, only the final layer changed",
    "data": "sst2",
    "split": "test",
    "rows": 872,
    "metrics": {"accuracy": ESTIMATE},
    "confusion": [[1, 2], [3, 4]],
    "command": "valence transfer",
    "data_checksum": "abc",
    "seed": 7,
    "wall_time_s": 1.5,
    "peak_memory_mb": 900.0,
    "trained_parameters": 770,
    "processor": "one",
}
FACTS = ModelFacts(
    name="fake",
    body="b" * 12,
    head="h" * 12,
    labels=("negative", "positive"),
    sure_from=0.7,
    base="none",
    licence="Apache-2.0",
    readout="final",
    max_tokens=32,
    card="# A card",
    results=(Result.model_validate(RESULT),),
    comparisons=(Result.model_validate({**RESULT, "name": "another way"}),),
    provenance={"seed": 7},
)


class FakeScorer:
    """Positive for a text with "good" in it; an empty or too long text is a TextError, as the engine has it.

    Attributes:
        failure: raised by the next calls, where set.
        waiting_tokens: what it says of its queue.
        closed: whether `close` was called.
    """

    def __init__(self) -> None:
        self.failure: Exception | None = None
        self.closed = False
        self.waiting_tokens = 0

    def score(
        self,
        texts: Sequence[str],
        *,
        explain: bool = False,
        timeout_s: float | None = None,
        gone: Callable[[], bool] | None = None,
        charge: Callable[[int], None] | None = None,
        on_long: Callable[[], None] | None = None,
        timed: Timed | None = None,
    ) -> list[Prediction | TextError]:
        if charge is not None:
            charge(len(texts))
            charge(sum(len(text.split()) for text in texts))
        if self.failure is not None:
            raise self.failure
        return [self._one(text, explain=explain) for text in texts]

    def watch(self, observer: Callable[[BatchRun], None]) -> None:
        self.observer = observer

    def close(self) -> None:
        self.closed = True

    @staticmethod
    def _one(text: str, *, explain: bool) -> Prediction | TextError:
        if len(text) > LIMIT:
            said = f"The text has {len(text)} characters; at most {LIMIT} are read."
            return TextError(said, hint="Send it in parts.", code="text-too-long")
        if not text.strip():
            return TextError("The text is empty.", hint="Give it at least one word.", code="text-empty")
        if "bueno" in text:
            said = "Not readable: it seems to be in another language."
            return TextError(said, hint="Fit a classifier.", code="text-other-language")
        positive = 0.9 if "good" in text else 0.4
        label, probability = ("positive", positive) if positive > 0.5 else ("negative", 1 - positive)
        words = (WordEffect(0, min(4, len(text)), 0.25, 1.5, marked=True),) if explain else None
        sentences = (SentenceScore(0, 2, "positive", 0.9, True), SentenceScore(3, 4, "negative", 0.8, True))
        probabilities = {"negative": 1 - positive, "positive": positive}
        sure, told = probability >= 0.7, sentences if explain else ()
        return Prediction(label, probability, probabilities, sure, len(text.split()), 1, words, sentences=told)


class FakeBody:
    """Features that a test can foresee: words, hashed into columns. A text without words can't be read.

    Attributes:
        failure: raised by the next calls, where set.
        read: texts whose features were asked for, in order.
    """

    id, engine, instructions, folder = "b" * 64, "fake 1", "avx2", Path("nowhere")

    def __init__(self) -> None:
        self.readouts: Mapping[str, int] = {"final": 256, "general": 64}
        self.failure: Exception | None = None
        self.read: list[str] = []

    def features(
        self, texts: Sequence[str], readout: str | None, *, timeout_s: float | None = None
    ) -> list[Floats | TextError]:
        if self.failure is not None:
            raise self.failure
        self.read += texts
        return [self._features(text, readout) for text in texts]

    def score_with(
        self, heads: Sequence[FittedHead], texts: Sequence[str], *, timeout_s: float | None = None
    ) -> list[list[Prediction | TextError]]:
        return [[self._answer(head, text) for text in texts] for head in heads]

    def scorer(self, head: FittedHead) -> FakeHeadScorer:
        return FakeHeadScorer(self, head)

    def _features(self, text: str, readout: str | None) -> Floats | TextError:
        if not text.split():
            return TextError("The text is empty.", hint="Give it at least one word.", code="text-empty")
        names = list(self.readouts) if readout is None else [readout]
        row = np.concatenate([np.zeros(self.readouts[name], np.float32) for name in names])
        start = 0
        for name in names:
            for word in text.lower().split():
                row[start + zlib.crc32(f"{name} {word}".encode()) % self.readouts[name]] += 1
            start += self.readouts[name]
        return row

    def _answer(self, head: FittedHead, text: str) -> Prediction | TextError:
        row = self._features(text, head.readout)
        if isinstance(row, TextError):
            return row
        probabilities = head.head.predict_proba(head.inputs(row[np.newaxis], [text]))
        best = int(probabilities[0].argmax())
        decided = np.flatnonzero(head.head.decide(probabilities)[0])
        return Prediction(
            label=head.labels.names[best],
            probability=float(probabilities[0, best]),
            probabilities=dict(zip(head.labels.names, map(float, probabilities[0]), strict=True)),
            sure=bool(probabilities[0, best] >= head.sure_from),
            tokens=len(text.split()),
            windows=1,
            words=None,
            labels=tuple(head.labels.names[i] for i in decided) if head.labels.multi_label else None,
        )


class FakeHeadScorer(FakeScorer):
    """Scores with a real head on the features of a `FakeBody`."""

    def __init__(self, body: FakeBody, head: FittedHead) -> None:
        super().__init__()
        self._body, self._head = body, head

    def score(self, texts: Sequence[str], **_: Any) -> list[Prediction | TextError]:
        return self._body.score_with([self._head], texts)[0]


def served(scorer: FakeScorer, body: FakeBody | None = None) -> ServedModel:
    return ServedModel(FACTS, scorer, body or FakeBody())


def bearer(key: str) -> dict[str, str]:
    """The header that shows a key."""
    return {"Authorization": f"Bearer {key}"}


FULL = OverloadedError("The queue is full.", retry_after_s=3, hint="Ask again in 3 seconds.")
