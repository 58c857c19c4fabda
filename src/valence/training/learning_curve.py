"""What more training rows would give: the head fitted on nested parts of them, measured on validation.

Never on the test set, which decides nothing. Penalty and temperature are chosen on the same validation rows, as they
are for the model itself, so a point is a little too good in the same way as the model's own validation figures.
"""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from valence.evaluation.details import rounded
from valence.evaluation.intervals import of_confusion
from valence.evaluation.metrics import confusion_matrix
from valence.model.head import Floats, HeadFitter, Ints

log = logging.getLogger(__name__)

POINTS = 10
_SMALLEST = 16  # rows: with fewer, which rows they are decides more than how many
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
) -> dict[str, Any]:
    """Accuracy and macro F1 with intervals at ten sizes, each about as many times the one before it, up to all rows.

    Args:
        fitter: fits each head, as it fits the model's.
        train: features of shape (n, width).
        train_labels: shape (n,).
        validation: features of shape (m, width).
        validation_labels: shape (m,).
        classes: number of labels.
        seed: of which rows come first, and of the intervals.
    """
    order = nested_order(train_labels, seed=seed)
    points = []
    for rows in sizes(len(train_labels), classes):
        chosen = np.sort(order[:rows])  # in their order on disk, which is where the features may be
        # On small parts threads wait for each other longer than they work: up to thirty times on a busy machine.
        with threadpool_limits(limits=1):
            fit = fitter.fit(train[chosen], train_labels[chosen], validation, validation_labels, classes=classes)
        predicted = fit.head.logits(validation).argmax(axis=1)
        figures = of_confusion(confusion_matrix(validation_labels, predicted, classes), np.random.default_rng(seed))
        log.info("Learning curve: %d rows, accuracy %.4f.", rows, figures["accuracy"].value)
        points.append(
            {"rows": rows, "penalty": fit.penalty, "metrics": {name: rounded(figures[name]) for name in _SHOWN}}
        )
    return {"split": "validation", "rows": len(validation_labels), "points": points}


def sizes(rows: int, classes: int) -> list[int]:
    """Ten numbers of rows, or fewer where there are few, each about as many times the one before it.

    >>> sizes(67349, 2)
    [16, 40, 102, 258, 653, 1650, 4171, 10543, 26647, 67349]
    >>> sizes(20, 2)
    [16, 17, 18, 19, 20]
    """
    smallest = min(rows, max(_SMALLEST, 2 * classes))
    return sorted({int(each) for each in np.geomspace(smallest, rows, POINTS).round()})


def nested_order(labels: Ints, *, seed: int) -> Ints:
    """Row numbers, shape (n,), of which every prefix is stratified; as soon as it can be, each label is in it.

    >>> nested_order(np.array([0, 0, 0, 0, 1, 1]), seed=1).tolist()
    [0, 4, 1, 2, 5, 3]
    """
    generator = np.random.default_rng(seed)
    place = np.empty(len(labels))  # where in the order a row comes: 0 is first, 1 is last
    for label in np.unique(labels):
        own = generator.permutation(np.flatnonzero(labels == label))
        place[own] = (np.arange(len(own)) + 0.5) / len(own)
        place[own[0]] = 0.0
    return np.asarray(np.argsort(place, kind="stable"), dtype=np.int64)
