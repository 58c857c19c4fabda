"""The points that charts are drawn from: ROC, precision-recall, the histogram of scores, and useful thresholds.

All are for one label against the rest: `scores` are its probabilities, shape (n,), and `positives` says which rows have
the label, shape (n,). Curves are thinned to fit into a results file; areas are those of the whole curve.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from valence.model.head import Floats, Ints
from valence.model.results import PrecisionRecallCurve, RocCurve, ScoreHistogram

Bools = npt.NDArray[np.bool_]

HISTOGRAM_BINS = 20
DIGITS = 5  # decimals of every number in a results file


@dataclass(frozen=True)
class Sweep:
    """The effect of every distinct score as a threshold, from the highest to the lowest.

    Attributes:
        threshold: the distinct scores, shape (m,).
        hits: rows with the label at or above each threshold, shape (m,).
        alarms: other rows at or above each threshold, shape (m,).
        positives, negatives: number of rows with the label, and without it.
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
        """Area under the precision-recall steps: the mean of the precision at each row with the label."""
        return float((np.diff(self.recall, prepend=0.0) * self.precision).sum())


def sweep(scores: Floats, positives: Bools) -> Sweep | None:
    """The sweep over all thresholds; None if every row has the label, or no row does: then there is no curve.

    >>> swept = sweep(np.array([0.1, 0.4, 0.35, 0.8]), np.array([False, False, True, True]))
    >>> round(swept.area, 4), round(swept.average_precision, 4)
    (0.75, 0.8333)
    """
    count = int(positives.sum())
    if count in {0, len(positives)}:
        return None
    order = np.argsort(-scores, kind="stable")
    ordered = scores[order]
    last_of_ties = np.flatnonzero(np.append(np.diff(ordered) != 0, True))
    hits = np.cumsum(positives[order])[last_of_ties].astype(np.int64)
    alarms = (last_of_ties + 1 - hits).astype(np.int64)
    return Sweep(ordered[last_of_ties], hits, alarms, count, len(positives) - count)


def roc(label: str, swept: Sweep, *, points: int) -> RocCurve:
    """False and true positive rate from (0, 0) to (1, 1), with each point's threshold; None where no row counts."""
    false_positive = np.append(0.0, swept.alarms / swept.negatives)
    true_positive = np.append(0.0, swept.recall)
    kept = _thinned(false_positive, true_positive, points)
    thresholds = [None, *_rounded(swept.threshold)]
    return RocCurve(
        label=label,
        area=round(swept.area, DIGITS),
        false_positive_rate=_rounded(false_positive[kept]),
        true_positive_rate=_rounded(true_positive[kept]),
        threshold=[thresholds[i] for i in kept],
    )


def precision_recall(label: str, swept: Sweep, *, points: int) -> PrecisionRecallCurve:
    """Recall, precision and threshold, from the highest threshold to the lowest at which recall still rises."""
    kept = _thinned(swept.recall, swept.precision, points)
    return PrecisionRecallCurve(
        label=label,
        average_precision=round(swept.average_precision, DIGITS),
        recall=_rounded(swept.recall[kept]),
        precision=_rounded(swept.precision[kept]),
        threshold=_rounded(swept.threshold[kept]),
    )


def histogram(label: str, scores: Floats, positives: Bools) -> ScoreHistogram:
    """Rows in each of 20 equal bins of the score from 0 to 1: rows with the label, and the others."""
    index = np.minimum((scores * HISTOGRAM_BINS).astype(int), HISTOGRAM_BINS - 1)
    own, others = (np.bincount(index[rows], minlength=HISTOGRAM_BINS).tolist() for rows in (positives, ~positives))
    return ScoreHistogram(label=label, own=own, others=others)


def threshold_for_precision(swept: Sweep, target: float) -> int | None:
    """Index of the lowest threshold with at least this precision, with the highest recall; None if there is none."""
    reached = np.flatnonzero(swept.precision >= target)
    return int(reached[-1]) if len(reached) else None


def threshold_for_recall(swept: Sweep, target: float) -> int:
    """Index of the highest threshold with at least this recall, which has the highest precision."""
    return int(np.flatnonzero(swept.recall >= target)[0])


def _thinned(x: Floats, y: Floats, points: int) -> Ints:
    """Indices of at most `points` points, including both ends, evenly spaced along the curve."""
    if len(x) <= points:
        return np.arange(len(x))
    length = np.append(0.0, np.cumsum(np.hypot(np.diff(x), np.diff(y))))
    places = np.linspace(0.0, length[-1], points)
    return np.unique(np.append(np.searchsorted(length, places[:-1]), len(x) - 1))


def _rounded(values: Floats) -> list[float]:
    return [round(float(value), DIGITS) for value in values]
