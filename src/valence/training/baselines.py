"""The cheap methods that a classifier must beat, on the same rows.

majority    the shares of the labels in training, for every text
tfidf       logistic regression on words, pairs of words and parts of words: see training.tfidf
vader       a lexicon of English sentiment with rules for negation and emphasis (Hutto and Gilbert 2014); not trained
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from valence.data.examples import Dataset, Splits
from valence.data.splits import SplitConfig
from valence.evaluation.comparison import Beside, compare
from valence.evaluation.scored import AnyScored, MultiLabelScored, Scored
from valence.model.head import Floats
from valence.model.labels import Labels
from valence.model.multi_label import BY_DEFAULT, choose_thresholds
from valence.model.offsets import Objective, choose_offsets, log_of
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
    run = begin([dataset], config, command)
    title, method = KINDS[kind]
    splits = run.sets[0].splits
    predictions = method(splits, run.labels)
    return _measured(run, title, predictions, _scored(splits, run.labels, predictions))


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
    predictions = _tfidf(prepared.splits, run.labels, class_weight)
    rows = _scored(prepared.splits, run.labels, predictions, optimise)
    result = _measured(begun, TFIDF, predictions, rows)
    data, split, seed = prepared.dataset.name, prepared.dataset.test_split, run.config.seed
    comparison = compare(rows, own, names=(TFIDF, name), data=data, split=split, seed=seed)
    return Beside("TF-IDF alone", result, comparison)


def _measured(run: Run, title: str, predictions: _Predictions, rows: AnyScored) -> Result:
    (result,) = run.measure([rows], what=title, trained_parameters=predictions.trained_parameters)
    return result


def _scored(splits: Splits, labels: Labels, predictions: _Predictions, optimise: Objective | None = None) -> AnyScored:
    """The test rows; thresholds and offsets, if there are any, are chosen on validation."""
    probabilities, rows = predictions.test, splits.test
    truth, validation_truth = labels.encode(rows.labels), labels.encode(splits.validation.labels)
    if labels.multi_label:
        thresholds = choose_thresholds(predictions.validation, validation_truth, objective=optimise or BY_DEFAULT)
        given = (probabilities >= thresholds).astype(np.int64)
        return MultiLabelScored(probabilities, truth, given, labels.names, rows.texts, rows.keys)
    answers = None
    if optimise is not None:
        offsets = choose_offsets(predictions.validation, validation_truth, optimise)
        answers = (log_of(probabilities) + offsets).argmax(axis=1)
    return Scored(probabilities, truth, labels.names, rows.texts, rows.keys, answers)


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
