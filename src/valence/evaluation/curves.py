"""The points that charts are drawn from: ROC, precision-recall, the histogram of scores, and telling thresholds.

All are of one class against the rest: `scores` are its probabilities, shape (n,), and `positives` says which rows are
of the class, shape (n,). Curves are thinned, so that they fit into a results file; areas are of the whole curve.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from valence.model.head import Floats, Ints

Bools = npt.NDArray[np.bool_]

HISTOGRAM_BINS = 20
DIGITS = 5  # of every number in a results file


@dataclass(frozen=True)
class Sweep:
    """What every distinct score does as the least score that counts, from the highest to the lowest.

    Attributes:
        threshold: the distinct scores, shape (m,).
        hits: rows of the class at or above each, shape (m,).
        alarms: rows of other classes at or above each, shape (m,).
        positives, negatives: rows of the class, and of others.
    """

    threshold: Floats
    hits: Ints
    alarms: Ints
    positives: int
    negatives: int

    @property
    def precision(self) -> Floats:
        return np.asarray(self.hits / (self.hits + self.alarms))

    @property
    def recall(self) -> Floats:
        return np.asarray(self.hits / self.positives)

    @property
    def area(self) -> float:
        """Under the ROC curve; ties count half."""
        return float(np.trapezoid(np.append(0.0, self.recall), np.append(0.0, self.alarms / self.negatives)))

    @property
    def average_precision(self) -> float:
        """Area under the precision-recall steps: the mean precision at each row that is found."""
        return float((np.diff(self.recall, prepend=0.0) * self.precision).sum())


def sweep(scores: Floats, positives: Bools) -> Sweep | None:
    """The sweep over all thresholds; None where every row is of the class, or none is: then there is no curve.

    >>> found = sweep(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True]))
    >>> round(found.area, 4), round(found.average_precision, 4)
    (0.75, 0.8333)
    """
    found = int(positives.sum())
    if found in {0, len(positives)}:
        return None
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order]
    last_of_ties = np.flatnonzero(np.append(np.diff(ordered) != 0, True))
    hits = np.cumsum(positives[order])[last_of_ties].astype(np.int64)
    alarms = (last_of_ties + 1 - hits).astype(np.int64)
    return Sweep(ordered[last_of_ties], hits, alarms, found, len(positives) - found)


def roc(swept: Sweep, *, points: int) -> dict[str, list[float | None]]:
    """False and true positive rate from (0, 0) to (1, 1), with each point's threshold; None where nothing counts."""
    false_positive = np.append(0.0, swept.alarms / swept.negatives)
    true_positive = np.append(0.0, swept.recall)
    kept = _thinned(false_positive, true_positive, points)
    thresholds = [None, *_rounded(swept.threshold)]
    return {
        "false_positive_rate": _rounded(false_positive[kept]),
        "true_positive_rate": _rounded(true_positive[kept]),
        "threshold": [thresholds[i] for i in kept],
    }


def precision_recall(swept: Sweep, *, points: int) -> dict[str, list[float | None]]:
    """Recall, precision and threshold, from the highest threshold to the lowest that finds a further row."""
    kept = _thinned(swept.recall, swept.precision, points)
    return {
        "recall": _rounded(swept.recall[kept]),
        "precision": _rounded(swept.precision[kept]),
        "threshold": _rounded(swept.threshold[kept]),
    }


def threshold_for_precision(swept: Sweep, target: float) -> int | None:
    """Index of the lowest threshold with at least this precision, which finds the most; None where none has it."""
    reached = np.flatnonzero(swept.precision >= target)
    return int(reached[-1]) if len(reached) else None


def threshold_for_recall(swept: Sweep, target: float) -> int:
    """Index of the highest threshold with at least this recall, which is the most precise way to it."""
    return int(np.flatnonzero(swept.recall >= target)[0])


def histogram(scores: Floats, positives: Bools) -> dict[str, list[int]]:
    """Rows in each of 20 equal bins of the score from 0 to 1: those of the class, and those of others."""
    index = np.minimum((scores * HISTOGRAM_BINS).astype(int), HISTOGRAM_BINS - 1)
    return {
        name: np.bincount(index[rows], minlength=HISTOGRAM_BINS).tolist()
        for name, rows in (("own", positives), ("others", ~positives))
    }


def _thinned(x: Floats, y: Floats, points: int) -> Ints:
    """Indices of at most `points` points, both ends among them, evenly spaced along the curve."""
    if len(x) <= points:
        return np.arange(len(x))
    way = np.append(0.0, np.cumsum(np.hypot(np.diff(x), np.diff(y))))
    wanted = np.linspace(0.0, way[-1], points)
    return np.unique(np.append(np.searchsorted(way, wanted[:-1]), len(x) - 1))


def _rounded(values: Floats) -> list[float | None]:
    return [round(float(value), DIGITS) for value in values]
