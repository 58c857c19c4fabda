"""Whether more training rows would help: the head fitted on nested parts of them, measured on validation.

It is never measured on the test set, which must not influence any choice. Penalty and temperature are chosen on the
same validation rows, as they are for the model itself, so all points are slightly optimistic in the same way.
"""

from __future__ import annotations

import logging

import numpy as np
from threadpoolctl import threadpool_limits

from valence.evaluation.details import rounded
from valence.evaluation.intervals import of_confusion
from valence.evaluation.metrics import confusion_matrix
from valence.fitting.folds import nested_order
from valence.model.head import Floats, HeadFitter, Ints
from valence.model.results import LearningCurve, LearningPoint

log = logging.getLogger(__name__)

POINTS = 10
_SMALLEST = 16  # rows: with fewer, it matters more which rows they are than how many
_SHOWN = ("accuracy", "macro_f1")


def learning_curve(
    fitter: HeadFitter,
    train: Floats,
    train_labels: Ints,
    validation: Floats,
    validation_labels: Ints,
    *,
    classes: int,
    seed: int,
) -> LearningCurve:
    """Accuracy and macro F1 with intervals at ten sizes in geometric steps, up to all rows.

    Args:
        fitter: fits each head in the same way as the model's.
        train: features of shape (n, width).
        train_labels: shape (n,).
        validation: features of shape (m, width).
        validation_labels: shape (m,).
        classes: number of labels.
        seed: for the order of the rows, and for the intervals.
    """
    order = nested_order(train_labels, seed=seed)
    points = []
    for rows in sizes(len(train_labels), classes):
        chosen = np.sort(order[:rows])  # in their order on disk, where the features may be
        # On few rows, threads spend up to thirty times as long waiting for each other as working on a busy machine.
        with threadpool_limits(limits=1):
            fit = fitter.fit(train[chosen], train_labels[chosen], validation, validation_labels, classes=classes)
        predicted = fit.head.decide(fit.head.predict_proba(validation))
        figures = of_confusion(confusion_matrix(validation_labels, predicted, classes), np.random.default_rng(seed))
        log.info("Learning curve: %d rows, accuracy %.4f.", rows, figures["accuracy"].value)
        points.append(
            LearningPoint(rows=rows, penalty=fit.penalty, metrics={name: rounded(figures[name]) for name in _SHOWN})
        )
    return LearningCurve(split="validation", rows=len(validation_labels), points=points)


def sizes(rows: int, classes: int) -> list[int]:
    """Ten numbers of rows in geometric steps; fewer if there are few rows.

    >>> sizes(67349, 2)
    [16, 40, 102, 258, 653, 1650, 4171, 10543, 26647, 67349]
    >>> sizes(20, 2)
    [16, 17, 18, 19, 20]
    """
    smallest = min(rows, max(_SMALLEST, 2 * classes))
    return sorted({int(size) for size in np.geomspace(smallest, rows, POINTS).round()})
