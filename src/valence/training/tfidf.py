"""The baseline that a classifier must beat: TF-IDF of words and of characters, with logistic regression.

Words and pairs of words say what a text is about, and parts of words of two to five characters withstand typing errors
and inflections. See `valence.fitting.ngrams_alone`.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from valence.data.examples import Splits
from valence.fitting.choice import HeadRows
from valence.fitting.ngrams_alone import fit_ngrams_alone
from valence.model.head import Floats
from valence.model.labels import Labels

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class TfidfScores:
    """What the baseline says.

    Attributes:
        validation, test: probabilities of these rows, each of shape (n, classes); those of the validation rows are from
            before the last fit, which includes them.
        trained_parameters: weights and biases.
        penalty: that was chosen.
    """

    validation: Floats
    test: Floats
    trained_parameters: int
    penalty: float


def tfidf(splits: Splits, labels: Labels, class_weight: str | None = None) -> TfidfScores:
    """Fits the baseline on the training rows, and at the end on the validation rows too. Deterministic.

    Args:
        splits: every label has a training row.
        labels: of the columns.
        class_weight: "balanced" gives each class the same weight; None weights each row the same.
    """
    both = splits.train.joined(splits.validation)
    every = np.arange(len(both))
    rows = HeadRows(both.texts, labels.encode(both.labels), every, every[len(splits.train) :])
    with threadpool_limits(limits=1):  # sparse products use no more, and others would wait at full speed
        found = fit_ngrams_alone(rows, labels, class_weight)
    log.info("TF-IDF fitted for comparison: penalty %g.", found.penalty)
    return TfidfScores(found.held_out, found.predict_proba(splits.test.texts), found.parameters, found.penalty)
