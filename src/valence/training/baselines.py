"""The cheap methods that a classifier must beat, on the same rows.

majority    the shares of the labels in training, for every text
tfidf       logistic regression on words and pairs of words, its strength chosen on validation
vader       a lexicon of English sentiment with rules for negation and emphasis (Hutto and Gilbert 2014); not trained
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from valence.data.examples import Dataset, Splits
from valence.data.splits import SplitConfig
from valence.errors import DataError
from valence.evaluation.metrics import row_log_loss
from valence.evaluation.multi_label import row_log_losses
from valence.evaluation.scored import AnyScored, MultiLabelScored, Scored
from valence.model.head import Floats, Ints
from valence.model.labels import Labels
from valence.model.multi_label import choose_thresholds
from valence.model.results import Result
from valence.training.run import begin

_STRENGTHS = (0.3, 1.0, 3.0, 10.0, 30.0)  # C of the logistic regression, chosen on validation
_FEW_TEXTS = 1000  # with fewer, words that occur in only one text are used too
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
    (result,) = run.measure(
        [_scored(splits, run.labels, predictions)], what=title, trained_parameters=predictions.trained_parameters
    )
    return result


def _scored(splits: Splits, labels: Labels, predictions: _Predictions) -> AnyScored:
    """The test rows; in the multi-label case each label's threshold is chosen on validation."""
    probabilities = predictions.test
    truth, texts = labels.encode(splits.test.labels), splits.test.texts
    if not labels.multi_label:
        return Scored(probabilities, truth, labels.names, texts)
    thresholds = choose_thresholds(predictions.validation, labels.encode(splits.validation.labels))
    given = (probabilities >= thresholds).astype(np.int64)
    return MultiLabelScored(probabilities, truth, given, labels.names, texts)


def _majority(splits: Splits, labels: Labels) -> _Predictions:
    counts = splits.train.label_counts
    shares = np.array([counts[name] / len(splits.train) for name in labels.names])
    validation, test = (np.tile(shares, (len(part), 1)) for part in (splits.validation, splits.test))
    return _Predictions(validation, test, len(labels) - (not labels.multi_label))


def _tfidf(splits: Splits, labels: Labels) -> _Predictions:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    train, validation = splits.train, splits.validation
    min_df = 1 if len(train) < _FEW_TEXTS else 2
    vectors = TfidfVectorizer(ngram_range=(1, 2), min_df=min_df, sublinear_tf=True)
    train_vectors, validation_vectors = vectors.fit_transform(train.texts), vectors.transform(validation.texts)
    targets, validation_targets = labels.encode(train.labels), labels.encode(validation.labels)
    models = [LogisticRegression(C=strength, max_iter=1000) for strength in _STRENGTHS]
    if labels.multi_label:
        models = [OneVsRestClassifier(model) for model in models]
    tried = [(model, model.fit(train_vectors, targets).predict_proba(validation_vectors)) for model in models]
    best, on_validation = min(tried, key=lambda pair: _loss(pair[1], validation_targets))
    parameters = sum(layer.coef_.size + layer.intercept_.size for layer in getattr(best, "estimators_", [best]))
    return _Predictions(on_validation, best.predict_proba(vectors.transform(splits.test.texts)), int(parameters))


def _loss(probabilities: Floats, truth: Ints) -> float:
    """Mean log loss; `truth` as `Labels.encode` gives it."""
    if truth.ndim == 1:
        return float(row_log_loss(probabilities, truth).mean())
    return float(row_log_losses(probabilities, truth).mean())


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
    "tfidf": ("TF-IDF with logistic regression", _tfidf),
    "vader": ("VADER, a lexicon with rules", _vader),
}
