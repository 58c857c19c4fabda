"""Turns texts into predictions, with features computed by the engine itself or through the batcher's queue.

Both `Engine.score` and `Batcher.score` use it. A text that cannot be scored gets its own TextError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from valence.inference.explain import Alone, LeftOut, leave_out, sentences_alone, words
from valence.inference.marking import log_odds, marked
from valence.inference.prediction import Prediction, SentenceScore, WordEffect
from valence.inference.windows import Ints, Reading, TextReader, pooled
from valence.model.folder import FittedHead
from valence.model.head import Floats
from valence.system.errors import TextError

# Windows of token ids, special tokens included -> features of shape (windows, width), in the same order.
Compute = Callable[[Sequence[Ints]], Floats]


def answer(
    texts: Sequence[str], reader: TextReader, fitted: FittedHead, compute: Compute, *, explain: bool
) -> list[Prediction | TextError]:
    """One answer for each text, in order; every window of every text goes through one call of `compute`."""
    (answers,) = answers_of(
        [fitted], texts, reader, lambda windows: {fitted.readout: compute(windows)}, explain=explain
    )
    return answers


def answers_of(
    heads: Sequence[FittedHead],
    texts: Sequence[str],
    reader: TextReader,
    compute: Callable[[Sequence[Ints]], Mapping[str, Floats]],
    *,
    explain: bool,
) -> list[list[Prediction | TextError]]:
    """As `answer`, for each of several heads on one body: each text is read once.

    `compute` returns the features of each readout that the heads read.
    """
    requests = [_read(reader, text, explain=explain) for text in texts]
    refusals = [[_refusal(each, fitted) for each in requests] for fitted in heads]
    for i, refused in enumerate(zip(*refusals, strict=True)):
        if all(refused):  # no head answers, so nothing needs computing
            requests[i] = refused[0]
    windows = _windows(requests, reader)
    features = compute(windows) if windows else {}
    answers = []
    for fitted, refused_by_it in zip(heads, refusals, strict=True):
        rows = iter(features.get(fitted.readout, ()))
        scored = [each.answer(fitted, rows) if isinstance(each, _Request) else each for each in requests]
        answers.append([refusal or each for refusal, each in zip(refused_by_it, scored, strict=True)])
    return answers


def _refusal(request: _Request | TextError, fitted: FittedHead) -> TextError | None:
    """Why the head gives the text no score; None if it does."""
    if isinstance(request, TextError):
        return request
    return fitted.readable.refusal(request.text, request.reading.ids) if fitted.readable else None


def _windows(requests: Sequence[_Request | TextError], reader: TextReader) -> list[Ints]:
    """The windows of all texts that can be read, one after the other, with special tokens."""
    return [reader.window(ids) for request in requests if isinstance(request, _Request) for ids in request.windows()]


def features_of(texts: Sequence[str], reader: TextReader, compute: Compute) -> list[Floats | TextError]:
    """The features of each text, shape (width,), or why it can't be read; pooled over its windows as for `answer`."""
    requests = [_read(reader, text, explain=False) for text in texts]
    windows = _windows(requests, reader)
    rows = iter(compute(windows) if windows else ())
    return [request.features(rows) if isinstance(request, _Request) else request for request in requests]


def _read(reader: TextReader, text: str, *, explain: bool) -> _Request | TextError:
    try:
        reading = reader.read(text, spans=explain)
    except TextError as error:
        return error
    if not explain:
        return _Request(text, reading)
    return _Request(text, reading, leave_out(text, reading), sentences_alone(text, reading, reader.capacity))


class _Decided(NamedTuple):
    """The decision for one text.

    Attributes:
        best: index of the answer; with several labels, of the most probable assigned one.
        certainty: the probability that the label is right; with several labels, the lowest of these.
        labels: the assigned labels of a multi-label classifier; otherwise None.
    """

    best: int
    certainty: float
    labels: tuple[str, ...] | None


def _decided(probabilities: Floats, fitted: FittedHead) -> _Decided:
    """From one text's probabilities, shape (labels,)."""
    decided = fitted.head.decide(probabilities[np.newaxis])[0]
    if not fitted.labels.multi_label:
        return _Decided(int(decided), float(probabilities[decided]), None)
    best, given = int(probabilities.argmax()), decided == 1
    order = np.argsort(-probabilities, kind="stable")
    labels = [int(i) for i in order if given[i]]
    least_certain = np.where(given, probabilities, 1 - probabilities).min()
    return _Decided(labels[0] if labels else best, float(least_certain), tuple(fitted.labels.names[i] for i in labels))


class _Request:
    """One text's windows: complete, with each of its parts left out, and each of its sentences alone."""

    def __init__(
        self, text: str, reading: Reading, left_out: list[LeftOut] | None = None, alone: Sequence[Alone] = ()
    ) -> None:
        self.text = text
        self.reading = reading
        self.left_out = left_out
        self.alone = alone

    def windows(self) -> list[Ints]:
        """Token ids without special tokens: the text's own windows, the changed ones for each part, the sentences'."""
        own = [self.reading.ids[first:past] for first, past in self.reading.bounds]
        own += [ids for part in self.left_out or () for ids in part.windows.values()]
        return own + [ids for sentence in self.alone for ids in sentence.windows]

    def features(self, rows: Iterator[Floats]) -> Floats:
        """Takes this text's rows; shape (width,)."""
        own = np.stack([next(rows) for _ in self.reading.bounds])
        return pooled(own, [past - first for first, past in self.reading.bounds])

    def answer(self, fitted: FittedHead, rows: Iterator[Floats]) -> Prediction:
        """Takes this text's rows of features, in the order of `windows`."""
        own = np.stack([next(rows) for _ in self.reading.bounds])
        counts = [past - first for first, past in self.reading.bounds]
        variants = [self._variant(own, counts, part, rows) for part in self.left_out or ()]
        features = np.stack([pooled(own, counts), *variants])
        probabilities = fitted.head.predict_proba(fitted.inputs(features, self._texts()))
        decided = _decided(probabilities[0], fitted)
        return Prediction(
            label=fitted.labels.names[decided.best],
            probability=float(probabilities[0, decided.best]),
            probabilities=dict(zip(fitted.labels.names, map(float, probabilities[0]), strict=True)),
            sure=decided.certainty >= fitted.sure_from,
            tokens=self.reading.tokens,
            windows=len(self.reading.bounds),
            words=self._effects(probabilities[:, decided.best]),
            labels=decided.labels,
            sentences=self._sentences(fitted, rows),
        )

    def _texts(self) -> list[str]:
        """The text, then without each part."""
        return [self.text, *(self.text[: part.start] + self.text[part.end :] for part in self.left_out or ())]

    @staticmethod
    def _variant(own: Floats, counts: list[int], part: LeftOut, rows: Iterator[Floats]) -> Floats:
        """Pooled features of shape (width,) of the text without one part."""
        features, tokens = own.copy(), list(counts)
        for i, ids in part.windows.items():
            features[i], tokens[i] = next(rows), len(ids)
        return pooled(features, tokens)

    def _effects(self, probabilities: Floats) -> tuple[WordEffect, ...] | None:
        """From the probabilities of the predicted label: of the whole text, then without each part."""
        if self.left_out is None:
            return None
        effects, odds = probabilities[0] - probabilities[1:], log_odds(probabilities)
        changes = odds[0] - odds[1:]
        parts = [self.text[part.start : part.end] for part in self.left_out]
        marks = marked(parts, changes, len(words(self.text)))
        return tuple(
            WordEffect(part.start, part.end, float(effect), float(change), bool(mark))
            for part, effect, change, mark in zip(self.left_out, effects, changes, marks, strict=True)
        )

    def _sentences(self, fitted: FittedHead, rows: Iterator[Floats]) -> tuple[SentenceScore, ...]:
        """Takes the rows of the sentences."""
        if not self.alone:
            return ()
        features = [
            pooled(np.stack([next(rows) for _ in each.windows]), list(map(len, each.windows))) for each in self.alone
        ]
        texts = [self.text[each.start : each.end] for each in self.alone]
        found = []
        for each, probabilities in zip(
            self.alone, fitted.head.predict_proba(fitted.inputs(np.stack(features), texts)), strict=True
        ):
            best, certainty, _ = _decided(probabilities, fitted)
            found.append(
                SentenceScore(
                    each.start,
                    each.end,
                    fitted.labels.names[best],
                    float(probabilities[best]),
                    certainty >= fitted.sure_from,
                )
            )
        return tuple(found)
