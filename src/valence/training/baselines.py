"""The cheap methods that a classifier must beat, on the same rows.

majority    the shares of the labels in training, for every text
tfidf       logistic regression on words, pairs of words and parts of words: see training.tfidf
vader       a lexicon of English sentiment with rules for negation and emphasis (Hutto and Gilbert 2014); not trained
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from valence.data.examples import Dataset, Examples, Splits
from valence.data.splits import SplitConfig, cut
from valence.evaluation.comparison import Beside, compare
from valence.evaluation.scored import AnyScored
from valence.fitting.nested import HeldOut
from valence.model.head import Floats, Head, Ints, linear_head
from valence.model.labels import Labels
from valence.model.multi_label import BY_DEFAULT, MultiLabelHead, choose_thresholds
from valence.model.offsets import Objective, choose_offsets
from valence.model.results import Result
from valence.system.errors import DataError
from valence.training.run import Run, begin
from valence.training.tfidf import tfidf

TFIDF = "TF-IDF of words and characters"
_VADER_LABELS = ("negative", "positive")


@dataclass(frozen=True)
class _Predictions:
    """Probabilities of the validation and of the test rows, each of shape (n, classes)."""

    validation: Floats
    test: Floats
    trained_parameters: int


_Method = Callable[[Splits, Labels], _Predictions]


def baseline(kind: str, dataset: Dataset, config: SplitConfig, *, command: str = "") -> Result:
    """The result of one of the methods above on the reserved set; `command` is the command line, for the result.

    Raises DataError if the test set has labels that the training set doesn't have, or for `vader` if the labels are not
    negative and positive.
    """
    run = begin([dataset], config, command, may_cross_validate=True)
    title, method = KINDS[kind]
    return _measured(run, title, *_tested(run, method))


def tfidf_beside(
    run: Run, own: AnyScored, name: str, *, class_weight: str | None = None, optimise: Objective | None = None
) -> Beside:
    """Fits TF-IDF on the rows of a run with one data set, and compares the model with it.

    Args:
        run: that has trained the model.
        own: the model's test rows.
        name: of the model, in words.
        class_weight: as for the model.
        optimise: as for the model, so that both decide for the same metric.
    """
    begun = replace(run, started=time.perf_counter())
    prepared = run.sets[0]
    rows, parameters = _tested(run, partial(_tfidf, class_weight=class_weight), optimise)
    result = _measured(begun, TFIDF, rows, parameters)
    comparison = compare(
        rows,
        own,
        names=(TFIDF, name),
        data=prepared.dataset.name,
        split=prepared.dataset.test_split,
        seed=run.config.seed,
        dependence=run.plan.how.dependence if run.plan else 1.0,
    )
    return Beside("TF-IDF alone", result, comparison)


def _measured(run: Run, title: str, rows: AnyScored, parameters: int) -> Result:
    (result,) = run.measure([rows], what=title, trained_parameters=parameters)
    return result


def _tested(run: Run, method: _Method, optimise: Objective | None = None) -> tuple[AnyScored, int]:
    """(the test rows, how many parameters were trained); without test rows, all rows by cross-validation."""
    splits, labels = run.sets[0].splits, run.labels
    if run.plan is None:
        predictions = method(splits, labels)
        head = _deciding(predictions, splits, labels, optimise)
        return run.scored(head, [predictions.test])[0], predictions.trained_parameters
    held_out = HeldOut(run.plan, len(splits.train), labels)
    with _without_each_fit():
        for fitted, held in run.plan:
            part = _part(splits.train, fitted, held, run.config.seed)
            predictions = method(part, labels)
            head = _deciding(predictions, part, labels, optimise)
            logits = _logits(predictions.test, labels)
            held_out.add(held, logits, head.decision(logits))
    return run.tested(held_out.scores()), predictions.trained_parameters


def _part(rows: Examples, fitted: Ints, held: Ints, seed: int) -> Splits:
    """Some rows to fit on, with validation cut from them, and those held out as the test set."""
    own = rows.take(fitted.tolist())
    return Splits(*cut(own, rows=max(1, len(own) // 5), seed=seed), rows.take(held.tolist()))


@contextmanager
def _without_each_fit() -> Iterator[None]:
    """TF-IDF logs what it chose, which says nothing where it is fitted twenty times."""
    logger = logging.getLogger(tfidf.__module__)
    before = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(before)


def _deciding(predictions: _Predictions, splits: Splits, labels: Labels, optimise: Objective | None) -> Head:
    """A head that takes logits as they are; its thresholds or offsets, if there are any, are chosen on validation."""
    head = linear_head(np.eye(len(labels)), np.zeros(len(labels)))
    truth = labels.encode(splits.validation.labels)
    if labels.multi_label:
        thresholds = choose_thresholds(predictions.validation, truth, objective=optimise or BY_DEFAULT)
        return MultiLabelHead.of(head, thresholds)
    return replace(head, offsets=choose_offsets(predictions.validation, truth, optimise))


def _logits(probabilities: Floats, labels: Labels) -> Floats:
    certain = 1e-12
    kept = np.clip(probabilities, certain, 1 - certain)
    return np.asarray(np.log(kept) - np.log1p(-kept) if labels.multi_label else np.log(kept))


def _majority(splits: Splits, labels: Labels) -> _Predictions:
    counts = splits.train.label_counts
    shares = np.array([counts[name] / len(splits.train) for name in labels.names])
    validation, test = (np.tile(shares, (len(part), 1)) for part in (splits.validation, splits.test))
    return _Predictions(validation, test, len(labels) - (not labels.multi_label))


def _tfidf(splits: Splits, labels: Labels, class_weight: str | None = None) -> _Predictions:
    found = tfidf(splits, labels, class_weight)
    return _Predictions(found.validation, found.test, found.trained_parameters)


def _vader(splits: Splits, labels: Labels) -> _Predictions:
    """Its compound score in -1..1, mapped to 0..1, as the probability of positive, which it was not made to be."""
    if labels.names != _VADER_LABELS or labels.multi_label:
        raise DataError(
            f"VADER only distinguishes negative and positive, and the labels here are {list(labels.names)!r}"
            f"{', several per text' if labels.multi_label else ''}.",
            hint="Rename labels with these meanings to 'negative' and 'positive', or use --kind tfidf.",
            code="labels-differ",
        )
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyser = SentimentIntensityAnalyzer()
    positive = np.array([(1 + analyser.polarity_scores(text)["compound"]) / 2 for text in splits.test.texts])
    return _Predictions(np.zeros((0, 2)), np.column_stack([1 - positive, positive]), 0)  # needs no validation


KINDS: Mapping[str, tuple[str, _Method]] = {
    "majority": ("the majority label", _majority),
    "tfidf": (TFIDF, _tfidf),
    "vader": ("VADER, a lexicon with rules", _vader),
}
