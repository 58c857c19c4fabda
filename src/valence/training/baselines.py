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

from valence.data.examples import Dataset
from valence.data.splits import cut_validation
from valence.errors import DataError
from valence.evaluation.results import Origin, check_labels_covered, result
from valence.evaluation.scored import Scored
from valence.model.head import Floats, log_loss
from valence.model.labels import Labels

_STRENGTHS = (0.3, 1.0, 3.0, 10.0, 30.0)  # C of the logistic regression, chosen on validation
_VALIDATION_ROWS = 2500
_VADER_LABELS = ("negative", "positive")

# (data set, labels, seed) -> probabilities of the test rows, shape (n, classes), and how many numbers were learnt.
_Way = Callable[[Dataset, Labels, int], tuple[Floats, int]]


def baseline(kind: str, dataset: Dataset, *, seed: int) -> dict[str, Any]:
    """The result of one of the ways above on the reserved set.

    Raises DataError if the test set has labels that training has not, or for `vader` if the labels are others than
    negative and positive.
    """
    started = time.perf_counter()
    labels = Labels.discover(dataset.train.labels)
    check_labels_covered(set(labels.names), set(dataset.test.labels))
    title, way = KINDS[kind]
    probabilities, learnt = way(dataset, labels, seed)
    origin = Origin(
        name=f"{dataset.name}: {title}",
        data=dataset.name,
        split=dataset.test_split,
        data_checksum=dataset.checksum,
        seed=seed,
        trained_parameters=learnt,
    )
    truth = labels.encode(dataset.test.labels)
    return result(Scored(probabilities, truth, labels.names, dataset.test.texts), origin, started=started)


def _majority(dataset: Dataset, labels: Labels, _seed: int) -> tuple[Floats, int]:
    shares = np.bincount(labels.encode(dataset.train.labels), minlength=len(labels)) / len(dataset.train)
    return np.tile(shares, (len(dataset.test), 1)), len(labels) - 1


def _tfidf(dataset: Dataset, labels: Labels, seed: int) -> tuple[Floats, int]:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    rows = min(_VALIDATION_ROWS, len(dataset.train) // 5)
    train, validation = cut_validation(dataset.train, rows=rows, seed=seed)
    vectors = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
    seen, held_out = vectors.fit_transform(train.texts), vectors.transform(validation.texts)
    target, expected = labels.encode(train.labels), labels.encode(validation.labels)
    models = [LogisticRegression(C=strength, max_iter=1000).fit(seen, target) for strength in _STRENGTHS]
    best = min(models, key=lambda model: log_loss(np.log(model.predict_proba(held_out) + 1e-12), expected))
    return best.predict_proba(vectors.transform(dataset.test.texts)), int(best.coef_.size + best.intercept_.size)


def _vader(dataset: Dataset, labels: Labels, _seed: int) -> tuple[Floats, int]:
    """Its compound score in -1..1, moved to 0..1, as the probability of positive; it was never meant as one."""
    if labels.names != _VADER_LABELS:
        raise DataError(
            f"VADER tells only negative from positive, and {dataset.name} has the labels {list(labels.names)!r}.",
            way_out="Rename labels that mean these two to 'negative' and 'positive', or take --kind tfidf.",
            code="labels-differ",
        )
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyser = SentimentIntensityAnalyzer()
    positive = np.array([(1 + analyser.polarity_scores(text)["compound"]) / 2 for text in dataset.test.texts])
    return np.column_stack([1 - positive, positive]), 0


KINDS: Mapping[str, tuple[str, _Way]] = {
    "majority": ("the majority label", _majority),
    "tfidf": ("TF-IDF with logistic regression", _tfidf),
    "vader": ("VADER, a lexicon with rules", _vader),
}
