"""Answers chosen for a metric, from probabilities that stay calibrated.

The most probable class is the best answer for accuracy. Other metrics gain if rare classes are answered more often,
often at little cost in accuracy: each class has an offset, which is added to the logarithm of its probability, and the
class with the largest sum is the answer (logit adjustment, Menon et al. 2021, "Long-tail learning via logit
adjustment", section 4.2).

Offsets are one factor of the logarithms of the classes' shares. An offset of its own for each class would fit the rows
that it is chosen on better, and others worse: with many classes, each has too few rows to choose it by.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final, Literal, get_args

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.int64]

Objective = Literal["accuracy", "macro-f1", "balanced-accuracy"]
OBJECTIVES: Final[tuple[Objective, ...]] = get_args(Objective)

# Of the logarithms of the shares. 1 is the best for balanced accuracy if probabilities are exact; factors below 0 undo
# class weights. Those nearest to 0 come first, so that of equally good ones the most probable class is answered most.
_FACTORS = sorted(np.linspace(-1.5, 1.5, 61).round(3).tolist(), key=abs)

# Without a metric: what accuracy may lose and macro F1 must gain, and the rows that can tell such differences.
_MAY_LOSE, _MUST_GAIN, _ENOUGH = 0.002, 0.01, 250
# A mean over classes changes by much with a few rows of a rare one: macro F1 must also gain in this share of samples
# that are drawn from the rows with replacement (Efron 1979, "Bootstrap methods: another look at the jackknife").
_SAMPLES, _SHARE = 500, 0.95


def choose_offsets(
    probabilities: Floats, labels: Ints, objective: Objective | None, weights: Floats | None = None
) -> npt.NDArray[np.float32] | None:
    """The offset of each class, shape (classes,), with which the answers are best on these rows.

    Args:
        probabilities: shape (n, classes), of rows that the head was not fitted on.
        labels: shape (n,), in 0..classes-1.
        objective: the metric; a class without a row doesn't count in its mean. None: macro F1, if it gains a point at
            least, not by chance, and accuracy loses 0.2 points at most; with fewer than 250 rows, which can't tell, no
            offsets.
        weights: how much each row counts, shape (n,); by default 1.

    Returns:
        None if the most probable class is the best answer.

    >>> scores = np.array([[0.9, 0.1]] * 16 + [[0.7, 0.3]] * 4)
    >>> offsets = choose_offsets(scores, np.array([0] * 16 + [1] * 4), "macro-f1")
    >>> (log_of(scores) + offsets).argmax(axis=1).tolist() == [0] * 16 + [1] * 4
    True
    """
    counts = np.ones(len(labels)) if weights is None else np.asarray(weights, dtype=np.float64)
    true = np.bincount(labels, counts, minlength=probabilities.shape[1])
    rarity = -np.log(np.maximum(true, counts.mean()) / counts.sum())
    rarity -= rarity.mean()
    scores = log_of(probabilities)

    def answers(factor: float) -> Ints:
        return np.asarray((scores + factor * rarity).argmax(axis=1), dtype=np.int64)

    @cache
    def value(factor: float, objective: Objective) -> float:
        given = answers(factor)
        hits = np.bincount(labels, counts * (given == labels), minlength=len(true))
        return float(_value(objective, hits, np.bincount(given, counts, minlength=len(true)), true))

    if objective is not None:
        factor = max(_FACTORS, key=lambda factor: value(factor, objective))
    else:
        factor = _at_little_cost(value) if len(labels) >= _ENOUGH else 0.0
        if factor and _gains(answers(0.0), answers(factor), labels, counts) < _SHARE:
            factor = 0.0
    return np.asarray(factor * rarity, dtype=np.float32) if factor else None


def _at_little_cost(value: Callable[[float, Objective], float]) -> float:
    """The factor with the highest macro F1 of those that cost little accuracy; 0 if it gains little."""
    least = value(0.0, "accuracy") - _MAY_LOSE
    allowed = [factor for factor in _FACTORS if factor >= 0 and value(factor, "accuracy") >= least]
    best = max(allowed, key=lambda factor: value(factor, "macro-f1"))
    return best if value(best, "macro-f1") >= value(0.0, "macro-f1") + _MUST_GAIN else 0.0


def _gains(before: Ints, after: Ints, labels: Ints, counts: npt.NDArray[np.float64]) -> float:
    """The share of samples of the rows in which macro F1 is higher with the answers `after`."""
    # Rows that have the label and both answers in common are alike, so a sample is how many it has of each kind.
    kinds, kind = np.unique(np.stack([labels, before, after]), axis=1, return_inverse=True)
    rows = np.bincount(kind.ravel(), counts)
    drawn = np.random.default_rng(0).multinomial(round(counts.sum()), rows / rows.sum(), size=_SAMPLES)
    classes = np.arange(kinds.max() + 1)

    def macro_f1(given: Ints) -> npt.NDArray[np.float64]:
        true, hits = kinds[0][:, None] == classes, (kinds[0] == given)[:, None]
        return _value("macro-f1", drawn @ (true & hits), drawn @ (given[:, None] == classes), drawn @ true)

    return float((macro_f1(kinds[2]) > macro_f1(kinds[1])).mean())


def log_of(probabilities: Floats) -> Floats:
    """The logarithms of probabilities, finite also where one is 0; the same shape."""
    return np.asarray(np.log(np.maximum(probabilities, np.finfo(np.float64).tiny)))


def _value(
    objective: Objective, hits: npt.NDArray[Any], given: npt.NDArray[Any], true: npt.NDArray[Any]
) -> npt.NDArray[np.float64]:
    """The metric, of shape (...), from three of shape (..., classes).

    They are the rows of each class that are right, that are given it, and that have it.
    """
    if objective == "accuracy":
        return np.asarray(hits.sum(axis=-1) / true.sum(axis=-1))
    under, over = (true, hits) if objective == "balanced-accuracy" else (given + true, 2 * hits)
    there = true > 0
    return np.asarray(np.divide(over, under, where=there, out=np.zeros(true.shape)).sum(axis=-1) / there.sum(axis=-1))
