"""95% intervals by the percentile bootstrap (Efron 1979), seeded, so that the same rows give the same interval.

Shares of few rows, as in a slice, get Wilson's interval instead: resampling a slice without mistakes would always give
none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from valence.evaluation.metrics import (
    Confusion,
    ResampledRoc,
    area_under_roc,
    brier_score,
    confusion_matrix,
    expected_calibration_error,
    from_confusion,
    row_log_loss,
)
from valence.model.head import Floats, Ints
from valence.model.results import Estimate

RESAMPLES = 1000
LEVELS = (2.5, 97.5)  # percent: the ends of the interval
_NORMAL = 1.959964  # a normal variable lies within so many deviations in 95 of 100 cases
_CELLS_AT_ONCE = 1 << 23  # of resampled confusion matrices: 64 MB, however many classes there are


def estimate(probabilities: Floats, labels: Ints, *, seed: int = 0) -> dict[str, Estimate]:
    """Every figure with its interval: accuracy, macro_*, mcc, brier, log_loss, ece, and roc_auc if there is a curve.

    Args:
        probabilities: shape (n, classes).
        labels: shape (n,), in 0..classes-1.
        seed: for the resampling.
    """
    generator = np.random.default_rng(seed)
    figures = of_confusion(confusion_matrix(labels, probabilities.argmax(axis=1), probabilities.shape[1]), generator)
    figures["brier"] = _of_rows(brier_score(probabilities, labels), generator)
    figures["ece"] = _of_sample(expected_calibration_error, probabilities, labels, generator)
    if np.isfinite(area_under_roc(probabilities, labels)):
        figures["roc_auc"] = _of_roc(probabilities, labels, generator)
    figures["log_loss"] = _of_rows(row_log_loss(probabilities, labels), generator)
    return figures


def proportion(hits: int, rows: int) -> Estimate:
    """A share of rows with its score interval (Wilson 1927), which is also valid for few rows and near 0 and 1.

    >>> str(proportion(8, 10))
    '80.00 [49.02, 94.33]'
    """
    share, spread = hits / rows, _NORMAL**2 / rows
    middle = (share + spread / 2) / (1 + spread)
    half = _NORMAL * np.sqrt(share * (1 - share) / rows + spread / (4 * rows)) / (1 + spread)
    return Estimate(share, float(max(0.0, middle - half)), float(min(1.0, middle + half)))


def of_confusion(confusion: Confusion, generator: np.random.Generator) -> dict[str, Estimate]:
    """accuracy, macro_* and mcc of a confusion matrix, shape (classes, classes).

    Resampling rows is the same as resampling the matrix's cells, so memory doesn't grow with the rows.
    """
    rows = int(confusion.sum())
    cells = np.flatnonzero(confusion)
    counts = generator.multinomial(rows, confusion.ravel()[cells] / rows, size=RESAMPLES)
    at_once = max(1, _CELLS_AT_ONCE // confusion.size)
    parts = []
    for start in range(0, RESAMPLES, at_once):
        some = counts[start : start + at_once]
        drawn = np.zeros((len(some), confusion.size), dtype=np.int64)
        drawn[:, cells] = some
        parts.append(from_confusion(drawn.reshape(len(some), *confusion.shape)))
    figures = from_confusion(confusion)
    return {
        name: percentiles(float(value), np.concatenate([part[name] for part in parts]))
        for name, value in figures.items()
    }


def _of_rows(values: Floats, generator: np.random.Generator) -> Estimate:
    means = [float(values[generator.integers(len(values), size=len(values))].mean()) for _ in range(RESAMPLES)]
    return percentiles(float(values.mean()), np.array(means))


def _of_sample(
    figure: Callable[[Floats, Ints], float], probabilities: Floats, labels: Ints, generator: np.random.Generator
) -> Estimate:
    """For figures that are not a mean over rows: fewer resamples, because each needs a pass over the rows."""
    drawn = (generator.integers(len(labels), size=len(labels)) for _ in range(RESAMPLES // 5))
    values = np.array([figure(probabilities[rows], labels[rows]) for rows in drawn])
    return percentiles(figure(probabilities, labels), values[np.isfinite(values)])


def _of_roc(probabilities: Floats, labels: Ints, generator: np.random.Generator) -> Estimate:
    """As `_of_sample`, for the area under the ROC curve, which would take most of the time with many labels."""
    resampled = ResampledRoc(probabilities, labels)
    drawn = (generator.integers(len(labels), size=len(labels)) for _ in range(RESAMPLES // 5))
    values = np.array([resampled.area(rows) for rows in drawn])
    return percentiles(area_under_roc(probabilities, labels), values[np.isfinite(values)])


def percentiles(value: float, resampled: npt.NDArray[Any]) -> Estimate:
    """A figure with the interval of its resampled values."""
    low, high = np.percentile(resampled, LEVELS) if len(resampled) else (value, value)
    return Estimate(value, min(value, float(low)), max(value, float(high)))
