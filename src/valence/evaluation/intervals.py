"""95% intervals by the percentile bootstrap (Efron 1979), seeded, so that the same rows give the same interval.

Where fewer than ten rows are wrong, or right, resampling them would say that there can be none: 100 % [100, 100] on
fifteen rows; and with fewer than a hundred rows the percentiles of resamples are too close together, above all those of
macro F1, where a class may have only a few rows. Shares get Wilson's interval there, as slices always do; what else
comes from a confusion matrix its posterior (Goutte and Gaussier 2005); the area under the ROC curve Newcombe's interval
where no pair is in the wrong order; and a mean over rows that are all alike what such rows say of those that were not
seen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
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
MOST_LOG_LOSS = -float(np.log(np.finfo(np.float64).eps))  # of a row: see metrics.row_log_loss
LEVELS = (2.5, 97.5)  # percent: the ends of the interval
_NORMAL = 1.959964  # 95% of a normal distribution is within this many standard deviations of its mean
FEW = 10  # rows, right or wrong: the usual least number for what the percentiles of resamples rest on
ENOUGH = 100  # rows: the interval of an accuracy is then at most ten points wide in either direction
_TINY = 1e-9
_CELLS_AT_ONCE = 1 << 23  # of resampled confusion matrices: 64 MB, however many classes there are


def estimate(
    probabilities: Floats, labels: Ints, predicted: Ints | None = None, *, seed: int = 0
) -> dict[str, Estimate]:
    """Every figure with its interval: accuracy, macro_*, mcc, brier, log_loss, ece, and roc_auc if there is a curve.

    Args:
        probabilities: shape (n, classes).
        labels: shape (n,), in 0..classes-1.
        predicted: the answers, shape (n,); by default the most probable classes.
        seed: for the resampling.
    """
    generator = np.random.default_rng(seed)
    answers = probabilities.argmax(axis=1) if predicted is None else predicted
    figures = of_confusion(confusion_matrix(labels, answers, probabilities.shape[1]), generator)
    rows = len(labels)
    figures["brier"] = widened(_of_rows(brier_score(probabilities, labels), generator), rows, most=2.0)
    error = _of_sample(expected_calibration_error, probabilities, labels, generator)
    figures["ece"] = widened(error, rows, most=1.0)
    if np.isfinite(area_under_roc(probabilities, labels)):
        figures["roc_auc"] = _of_roc(probabilities, labels, generator)
    losses = _of_rows(row_log_loss(probabilities, labels), generator)
    figures["log_loss"] = widened(losses, rows, most=MOST_LOG_LOSS)
    return figures


def proportion(hits: int, rows: int) -> Estimate:
    """A share of rows with its score interval (Wilson 1927), which is also valid for few rows and near 0 and 1.

    >>> str(proportion(8, 10))
    '80.00 [49.02, 94.33]'
    """
    share, spread = hits / rows, _NORMAL**2 / rows
    middle = (share + spread / 2) / (1 + spread)
    half = _NORMAL * np.sqrt(share * (1 - share) / rows + spread / (4 * rows)) / (1 + spread)
    return Estimate(share, float(max(0.0, min(share, middle - half))), float(min(1.0, max(share, middle + half))))


def of_confusion(confusion: Confusion, generator: np.random.Generator) -> dict[str, Estimate]:
    """accuracy, macro_* and mcc of a confusion matrix, shape (classes, classes).

    Resampling rows is the same as resampling the matrix's cells, so memory doesn't grow with the rows.
    """
    rows, right = int(confusion.sum()), int(np.trace(confusion))
    few = rows < ENOUGH or degenerate(right, rows)
    cells = np.arange(confusion.size) if few else np.flatnonzero(confusion)
    counts: npt.NDArray[Any]
    if few:
        counts = generator.gamma(_posterior(confusion).ravel(), size=(RESAMPLES, confusion.size))
    else:
        counts = generator.multinomial(rows, confusion.ravel()[cells] / rows, size=RESAMPLES)
    at_once = max(1, _CELLS_AT_ONCE // confusion.size)
    parts = []
    for start in range(0, RESAMPLES, at_once):
        some = counts[start : start + at_once]
        drawn = np.zeros((len(some), confusion.size))
        drawn[:, cells] = some
        parts.append(from_confusion(drawn.reshape(len(some), *confusion.shape)))
    figures = {}
    for name, value in from_confusion(confusion).items():
        found = percentiles(float(value), np.concatenate([part[name] for part in parts]))
        figures[name] = widened(found, rows, most=1.0, least=-1.0 if name == "mcc" else 0.0)
    return {**figures, "accuracy": proportion(right, rows)} if few else figures


def degenerate(hits: int, rows: int) -> bool:
    """Whether so few rows are right, or wrong, that resampling them says too little of how many there may be."""
    return min(hits, rows - hits) < FEW


def _posterior(confusion: Confusion) -> Floats:
    """Parameters of the Dirichlet distribution of the cells' shares, shape (classes, classes), after these rows.

    Jeffreys' prior for each class, whether a row of it is right: half a row in the right cell, and half a row over the
    wrong ones together, however many there are (Goutte and Gaussier 2005, "A Probabilistic Interpretation of
    Precision, Recall and F-score"). A class that has no row stays without one.
    """
    classes = len(confusion)
    prior = np.full((classes, classes), 0.5 / max(1, classes - 1))
    np.fill_diagonal(prior, 0.5)
    prior[confusion.sum(axis=1) == 0] = 0.0
    return np.asarray(confusion + prior)


def widened(found: Estimate, rows: int, *, most: float, least: float = 0.0) -> Estimate:
    """A figure between `least` and `most` whose resamples were all alike, with what may not have been seen.

    If a share p of all rows were other than these, none among n is seen in 2.5 of 100 cases where (1 - p)^n = 0.025
    (the rule of three; Hanley and Lippman-Hand 1983), and these could be as good or as bad as the figure gets.
    """
    if found.low < found.high:
        return found
    unseen = 1 - (LEVELS[0] / 100) ** (1 / rows)
    low, high = (found.value + unseen * (end - found.value) for end in (least, most))
    return Estimate(found.value, low, high)


def stretched(found: Estimate, dependence: float, *, most: float, least: float = 0.0) -> Estimate:
    """The interval of rows whose figures vary `dependence` times as much as those of independent rows.

    A figure has its ends between `least` and `most`.
    """
    if dependence == 1:
        return found
    low, high = ((end - found.value) * dependence**0.5 + found.value for end in (found.low, found.high))
    return Estimate(found.value, max(least, low), min(most, high))


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
    found = percentiles(area_under_roc(probabilities, labels), values[np.isfinite(values)])
    counts = np.bincount(labels, minlength=probabilities.shape[1])
    return widened_area(found, [int(each) for each in counts], len(labels))


def widened_area(found: Estimate, counts: Sequence[int], rows: int) -> Estimate:
    """An area whose resamples were all alike, widened; `counts` has the rows of each label, against all others.

    The mean over labels gets the mean of their ends: as if they all erred together.
    """
    if found.low < found.high:
        return found
    ends = [area_interval(found.value, own, rows - own) for own in counts if 0 < own < rows]
    low, high = np.mean(ends, axis=0)
    return Estimate(found.value, float(low), float(high))


def area_interval(area: float, positives: int, negatives: int) -> tuple[float, float]:
    """The ends of an area's interval by Newcombe's method 5 (2006, "Confidence intervals for an effect size measure
    based on the Mann-Whitney statistic. Part 2"): the areas that lie 1.96 of their own standard errors away.

    >>> [round(end, 3) for end in area_interval(1.0, 8, 7)]
    [0.741, 1.0]
    """
    others = (positives + negatives) / 2 - 1

    def within(candidate: float) -> bool:
        spread = (1 - candidate) / (2 - candidate) + candidate / (1 + candidate)
        variance = candidate * (1 - candidate) * (1 + others * spread) / (positives * negatives)
        return (candidate - area) ** 2 <= _NORMAL**2 * variance

    return _last_within(area, 0.0, within), _last_within(area, 1.0, within)


def _last_within(inside: float, outside: float, within: Callable[[float], bool]) -> float:
    """Where `within` ends between the two, by bisection."""
    for _ in range(50):
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if within(middle) else (inside, middle)
    return inside if abs(inside - outside) > _TINY else outside


def percentiles(value: float, resampled: npt.NDArray[Any]) -> Estimate:
    """A figure with the interval of its resampled values."""
    low, high = np.percentile(resampled, LEVELS) if len(resampled) else (value, value)
    return Estimate(value, min(value, float(low)), max(value, float(high)))
