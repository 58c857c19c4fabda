"""The cheap ways that a classifier must beat, on the same rows.

majority    the training labels' shares, for every text alike
tfidf       words and pairs of words with logistic regression, its strength chosen on validation
vader       a lexicon of English sentiment with rules for negation and emphasis (Hutto and Gilbert 2014); learns nothing
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from valence.data.examples import Dataset, Splits
from valence.data.splits import SplitConfig, prepare
from valence.errors import DataError
from valence.evaluation.metrics import row_log_loss
from valence.evaluation.multi_label import row_log_losses
from valence.evaluation.results import Origin, check_labels_covered, result
from valence.evaluation.scored import AnyScored, MultiLabelScored, Scored
from valence.model.head import Floats, Ints
from valence.model.labels import Labels
from valence.model.multi_label import choose_thresholds
from valence.training.provenance import describe_data

_STRENGTHS = (0.3, 1.0, 3.0, 10.0, 30.0)  # C of the logistic regression, chosen on validation
_FEW_TEXTS = 1000  # below this, a word that stands in one text alone still counts
_VADER_LABELS = ("negative", "positive")

# (splits, labels) -> probabilities of the validation and of the test rows, each of shape (n, classes), and how many
# numbers were learnt.
_Way = Callable[[Splits, Labels], tuple[Floats, Floats, int]]


def baseline(kind: str, dataset: Dataset, config: SplitConfig) -> dict[str, Any]:
    """The result of one of the ways above on the reserved set.

    Raises DataError if the test set has labels that training has not, or for `vader` if the labels are others than
    negative and positive.
    """
    started = time.perf_counter()
    labels = Labels.discover(dataset.train.labels)
    splits = prepare(dataset, config)
    describe_data(dataset, splits)
    check_labels_covered(splits.train.label_counts.keys(), splits.test.label_counts.keys())
    title, way = KINDS[kind]
    held_out, probabilities, learnt = way(splits, labels)
    origin = Origin(
        name=f"{dataset.name}: {title}",
        data=dataset.name,
        split=dataset.test_split,
        data_checksum=dataset.checksum,
        seed=config.seed,
        trained_parameters=learnt,
    )
    return result(_scored(splits, labels, held_out, probabilities), origin, started=started)


def _scored(splits: Splits, labels: Labels, held_out: Floats, probabilities: Floats) -> AnyScored:
    """The test rows; of several labels a text, each is given from the threshold that validation chooses."""
    truth, texts = labels.encode(splits.test.labels), splits.test.texts
    if not labels.multi_label:
        return Scored(probabilities, truth, labels.names, texts)
    thresholds = choose_thresholds(held_out, labels.encode(splits.validation.labels))
    given = (probabilities >= thresholds).astype(np.int64)
    return MultiLabelScored(probabilities, truth, given, labels.names, texts)


def _majority(splits: Splits, labels: Labels) -> tuple[Floats, Floats, int]:
    counts = splits.train.label_counts
    shares = np.array([counts[name] / len(splits.train) for name in labels.names])
    held_out, test = (np.tile(shares, (len(part), 1)) for part in (splits.validation, splits.test))
    return held_out, test, len(labels) - (not labels.multi_label)


def _tfidf(splits: Splits, labels: Labels) -> tuple[Floats, Floats, int]:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    train, validation = splits.train, splits.validation
    min_df = 1 if len(train) < _FEW_TEXTS else 2
    vectors = TfidfVectorizer(ngram_range=(1, 2), min_df=min_df, sublinear_tf=True)
    seen, held_out = vectors.fit_transform(train.texts), vectors.transform(validation.texts)
    target, expected = labels.encode(train.labels), labels.encode(validation.labels)
    models = [LogisticRegression(C=strength, max_iter=1000) for strength in _STRENGTHS]
    if labels.multi_label:
        models = [OneVsRestClassifier(model) for model in models]
    tried = [(model, model.fit(seen, target).predict_proba(held_out)) for model in models]
    best, chosen_by = min(tried, key=lambda each: _loss(each[1], expected))
    learnt = sum(each.coef_.size + each.intercept_.size for each in getattr(best, "estimators_", [best]))
    return chosen_by, best.predict_proba(vectors.transform(splits.test.texts)), int(learnt)


def _loss(probabilities: Floats, truth: Ints) -> float:
    """Mean log loss; `truth` as `Labels.encode` gives it."""
    if truth.ndim == 1:
        return float(row_log_loss(probabilities, truth).mean())
    return float(row_log_losses(probabilities, truth).mean())


def _vader(splits: Splits, labels: Labels) -> tuple[Floats, Floats, int]:
    """Its compound score in -1..1, moved to 0..1, as the probability of positive; it was never meant as one."""
    if labels.names != _VADER_LABELS or labels.multi_label:
        raise DataError(
            f"VADER tells only negative from positive, and the labels here are {list(labels.names)!r}"
            f"{', several a text' if labels.multi_label else ''}.",
            way_out="Rename labels that mean these two to 'negative' and 'positive', or take --kind tfidf.",
            code="labels-differ",
        )
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyser = SentimentIntensityAnalyzer()
    positive = np.array([(1 + analyser.polarity_scores(text)["compound"]) / 2 for text in splits.test.texts])
    return np.zeros((0, 2)), np.column_stack([1 - positive, positive]), 0  # it chooses nothing on validation


KINDS: Mapping[str, tuple[str, _Way]] = {
    "majority": ("the majority label", _majority),
    "tfidf": ("TF-IDF with logistic regression", _tfidf),
    "vader": ("VADER, a lexicon with rules", _vader),
}
