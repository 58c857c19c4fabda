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
from valence.evaluation.results import Origin, check_labels_covered, result
from valence.evaluation.scored import Scored
from valence.model.head import Floats, log_loss
from valence.model.labels import Labels
from valence.training.provenance import describe_data

_STRENGTHS = (0.3, 1.0, 3.0, 10.0, 30.0)  # C of the logistic regression, chosen on validation
_FEW_TEXTS = 1000  # below this, a word that stands in one text alone still counts
_VADER_LABELS = ("negative", "positive")

# (splits, labels) -> probabilities of the test rows, shape (n, classes), and how many numbers were learnt.
_Way = Callable[[Splits, Labels], tuple[Floats, int]]


def baseline(kind: str, dataset: Dataset, config: SplitConfig) -> dict[str, Any]:
    """The result of one of the ways above on the reserved set.

    Raises DataError if the test set has labels that training has not, or for `vader` if the labels are others than
    negative and positive.
    """
    started = time.perf_counter()
    labels = Labels.discover(dataset.train.labels)
    splits = prepare(dataset, config)
    describe_data(dataset, splits)
    check_labels_covered(set(splits.train.labels), set(splits.test.labels))
    title, way = KINDS[kind]
    probabilities, learnt = way(splits, labels)
    origin = Origin(
        name=f"{dataset.name}: {title}",
        data=dataset.name,
        split=dataset.test_split,
        data_checksum=dataset.checksum,
        seed=config.seed,
        trained_parameters=learnt,
    )
    truth = labels.encode(splits.test.labels)
    return result(Scored(probabilities, truth, labels.names, splits.test.texts), origin, started=started)


def _majority(splits: Splits, labels: Labels) -> tuple[Floats, int]:
    shares = np.bincount(labels.encode(splits.train.labels), minlength=len(labels)) / len(splits.train)
    return np.tile(shares, (len(splits.test), 1)), len(labels) - 1


def _tfidf(splits: Splits, labels: Labels) -> tuple[Floats, int]:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    train, validation = splits.train, splits.validation
    min_df = 1 if len(train) < _FEW_TEXTS else 2
    vectors = TfidfVectorizer(ngram_range=(1, 2), min_df=min_df, sublinear_tf=True)
    seen, held_out = vectors.fit_transform(train.texts), vectors.transform(validation.texts)
    target, expected = labels.encode(train.labels), labels.encode(validation.labels)
    models = [LogisticRegression(C=strength, max_iter=1000).fit(seen, target) for strength in _STRENGTHS]
    best = min(models, key=lambda model: log_loss(np.log(model.predict_proba(held_out) + 1e-12), expected))
    return best.predict_proba(vectors.transform(splits.test.texts)), int(best.coef_.size + best.intercept_.size)


def _vader(splits: Splits, labels: Labels) -> tuple[Floats, int]:
    """Its compound score in -1..1, moved to 0..1, as the probability of positive; it was never meant as one."""
    if labels.names != _VADER_LABELS:
        raise DataError(
            f"VADER tells only negative from positive, and the labels here are {list(labels.names)!r}.",
            way_out="Rename labels that mean these two to 'negative' and 'positive', or take --kind tfidf.",
            code="labels-differ",
        )
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyser = SentimentIntensityAnalyzer()
    positive = np.array([(1 + analyser.polarity_scores(text)["compound"]) / 2 for text in splits.test.texts])
    return np.column_stack([1 - positive, positive]), 0


KINDS: Mapping[str, tuple[str, _Way]] = {
    "majority": ("the majority label", _majority),
    "tfidf": ("TF-IDF with logistic regression", _tfidf),
    "vader": ("VADER, a lexicon with rules", _vader),
}
