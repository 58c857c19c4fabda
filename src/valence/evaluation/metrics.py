"""Metrics of probabilities of shape (n, classes) and labels of shape (n,)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from valence.model.head import Floats, Ints

Confusion = npt.NDArray[np.integer[Any]]

CALIBRATION_BINS = 15


def confusion_matrix(labels: Ints, predicted: Ints, classes: int) -> Confusion:
    """Counts of shape (classes, classes); rows are true labels, columns predicted ones."""
    return np.bincount(labels * classes + predicted, minlength=classes * classes).reshape(classes, classes)


def from_confusion(confusion: npt.NDArray[Any]) -> dict[str, npt.NDArray[np.float64]]:
    """Accuracy, macro precision, recall and F1, and Matthews' correlation of confusion matrices of shape (..., c, c).

    A class that is never predicted has precision 0; MCC follows Gorodkin 2004 for more than two classes.

    >>> {name: round(float(value), 3) for name, value in from_confusion(np.array([[8, 2], [1, 9]])).items()}
    {'accuracy': 0.85, 'macro_precision': 0.854, 'macro_recall': 0.85, 'macro_f1': 0.85, 'mcc': 0.704}
    """
    counts = confusion.astype(np.float64)
    hits = np.diagonal(counts, axis1=-2, axis2=-1)  # (..., c)
    true, predicted, total = counts.sum(-1), counts.sum(-2), counts.sum((-1, -2))
    precision, recall = ratio(hits, predicted), ratio(hits, true)
    f1 = ratio(2 * hits, true + predicted)
    correct = hits.sum(-1)
    spread = np.sqrt((total**2 - (predicted**2).sum(-1)) * (total**2 - (true**2).sum(-1)))
    return {
        "accuracy": correct / total,
        "macro_precision": precision.mean(-1),
        "macro_recall": recall.mean(-1),
        "macro_f1": f1.mean(-1),
        "mcc": ratio(correct * total - (true * predicted).sum(-1), spread),
    }


def brier_score(probabilities: Floats, labels: Ints) -> Floats:
    """Each row's Brier score (Brier 1950), shape (n,): squared distance to the certain right answer, 0..2."""
    target = np.eye(probabilities.shape[1])[labels]
    return np.asarray(((probabilities - target) ** 2).sum(axis=1))


def row_log_loss(probabilities: Floats, labels: Ints) -> Floats:
    """Each row's log loss in nats, shape (n,): -log of the probability of the right label; 0 is best.

    Probabilities are clipped at the machine epsilon of float64, as in scikit-learn.
    """
    given = probabilities[np.arange(len(labels)), labels]
    return np.asarray(-np.log(np.clip(given, np.finfo(np.float64).eps, 1.0)))


def per_class(confusion: npt.NDArray[Any]) -> dict[str, npt.NDArray[np.float64]]:
    """Precision, recall, F1 and support of each class, each of shape (classes,), from one confusion matrix.

    >>> {name: values.round(3).tolist() for name, values in per_class(np.array([[8, 2], [1, 9]])).items()}
    {'precision': [0.889, 0.818], 'recall': [0.8, 0.9], 'f1': [0.842, 0.857], 'support': [10.0, 10.0]}
    """
    hits, true, predicted = np.diagonal(confusion), confusion.sum(1), confusion.sum(0)
    return {
        "precision": ratio(hits, predicted),
        "recall": ratio(hits, true),
        "f1": ratio(2 * hits, true + predicted),
        "support": true.astype(np.float64),
    }


def calibration_bins(probabilities: Floats, labels: Ints) -> dict[str, Floats]:
    """Rows, mean confidence and accuracy of each of the equal-width confidence bins, each of shape (bins,)."""
    return reliability(probabilities.max(axis=1), probabilities.argmax(axis=1) == labels)


def reliability(confidence: Floats, right: npt.NDArray[Any]) -> dict[str, Floats]:
    """As `calibration_bins`, from the confidence of n answers and whether they are right, both of shape (n,)."""
    index = np.minimum((confidence * CALIBRATION_BINS).astype(int), CALIBRATION_BINS - 1)
    rows = np.bincount(index, minlength=CALIBRATION_BINS).astype(float)
    return {
        "rows": rows,
        "confidence": ratio(np.bincount(index, confidence, CALIBRATION_BINS), rows),
        "accuracy": ratio(np.bincount(index, right, CALIBRATION_BINS), rows),
    }


def expected_calibration_error(probabilities: Floats, labels: Ints) -> float:
    """Guo et al. 2017, equation 3: mean over 15 bins of |accuracy - confidence|, weighted by rows. 0 is best."""
    return error_of_bins(calibration_bins(probabilities, labels))


def error_of_bins(bins: Mapping[str, Floats]) -> float:
    """The expected calibration error of the bins that `reliability` returns."""
    return float((bins["rows"] * np.abs(bins["accuracy"] - bins["confidence"])).sum() / bins["rows"].sum())


def roc_auc(scores: Floats, labels: Ints) -> float:
    """Area under the ROC curve of `scores` for labels 0 and 1; ties count half. NaN if a class is missing.

    >>> roc_auc(np.array([0.1, 0.4, 0.35, 0.8]), np.array([0, 0, 1, 1]))
    0.75
    """
    positives, negatives = int((labels == 1).sum()), int((labels == 0).sum())
    if not positives or not negatives:
        return float("nan")
    _, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]  # mean rank of each group of equal scores
    return float((ranks[labels == 1].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def area_under_roc(probabilities: Floats, labels: Ints) -> float:
    """For two labels, of the second one; otherwise the mean over each label against the rest (macro).

    A label that no row or every row has is left out of the mean, because it has no area; NaN if none has one.
    """
    classes = probabilities.shape[1]
    if classes == 2:
        return roc_auc(probabilities[:, 1], labels)
    areas = [roc_auc(probabilities[:, i], (labels == i).astype(np.int64)) for i in range(classes)]
    known = [area for area in areas if np.isfinite(area)]
    return float(np.mean(known)) if known else float("nan")


class ResampledRoc:
    """`area_under_roc` of many resamples of the same rows, whose scores are sorted only once.

    Only the rank of a row among the scores of its own label matters: the area is the share of pairs of a row with the
    label and one without it that are in the right order; ties count half (Mann and Whitney 1947).
    """

    def __init__(self, probabilities: Floats, labels: Ints) -> None:
        binary = probabilities.shape[1] == 2
        scores = probabilities[:, 1:] if binary else probabilities
        self._rows = np.flatnonzero(labels == 1) if binary else np.arange(len(labels))  # of labels with an area
        self._column = np.zeros(len(self._rows), dtype=np.int64) if binary else labels
        self._order = np.argsort(scores.T, axis=1).astype(np.int32)  # (columns, n)
        self._below, self._upto = np.empty((2, len(self._rows)), dtype=np.int64)  # where its ties begin, end
        for column in range(scores.shape[1]):
            own = np.flatnonzero(self._column == column)
            ranked, values = scores[self._order[column], column], scores[self._rows[own], column]
            self._below[own] = np.searchsorted(ranked, values, "left")
            self._upto[own] = np.searchsorted(ranked, values, "right")

    def area(self, drawn: Ints) -> float:
        """The area for the rows `drawn`, shape (m,), which may repeat; NaN if no label has an area."""
        size, rows = self._order.shape
        counts = np.bincount(drawn, minlength=rows).astype(np.int32)
        seen = np.zeros((size, rows + 1), dtype=np.int32)  # drawn rows with a lower rank
        np.cumsum(counts[self._order], axis=1, out=seen[:, 1:])
        below, upto = (seen[self._column, ranks].astype(np.float64) for ranks in (self._below, self._upto))
        own = counts[self._rows].astype(np.float64)
        positives = np.bincount(self._column, own, size)
        pairs = positives * (len(drawn) - positives)
        # The sum includes pairs within a label, of which half are in order whatever the scores are.
        won = np.bincount(self._column, own * (below + upto) / 2, size) - positives**2 / 2
        return float(np.mean(won[pairs > 0] / pairs[pairs > 0])) if (pairs > 0).any() else float("nan")


def ratio(over: npt.NDArray[Any], under: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """`over / under`, or 0 where `under` is 0."""
    ratio = np.zeros(np.broadcast(over, under).shape)
    np.divide(over, under, out=ratio, where=under != 0)
    return ratio
