"""The head for texts with several labels, or none: one yes-or-no question per label, on the same features.

One-vs-rest (binary relevance): labels are fitted one by one, each to its optimum, and share the penalty, the
temperature and the features. The sigmoid, its loss and the thresholds of the labels differ from `model.head`.
`fitter_for` chooses between the two kinds.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt

from valence.model.head import ClassWeight, Floats, Head, HeadFitter, Ints, Rows
from valence.model.labels import Labels
from valence.model.offsets import Objective

# Validation rows of a label; with fewer, the best threshold on them is a matter of chance, so the label gets the common
# one.
_FEWEST_ROWS = 10

BY_DEFAULT: Objective = "macro-f1"  # of the thresholds

_HIGHEST = 1 - 1e-6  # threshold: its logit is finite

_CERTAIN = 30.0  # logit of a label that no training row has, or that all of them have


def sigmoid(logits: Floats) -> Floats:
    """The probability of each logit; the same shape as `logits`.

    >>> sigmoid(np.array([0.0, -800.0])).tolist()
    [0.5, 0.0]
    """
    return np.asarray(np.exp(-np.logaddexp(0.0, -logits)))


def binary_log_loss(logits: Floats, labels: Ints, weights: Floats | None = None) -> float:
    """Mean negative log-likelihood in nats of `labels` under `logits`, both of shape (n, labels).

    Rows count by `weights`, shape (n,), where there are some.
    """
    losses = np.logaddexp(0.0, logits) - labels * logits
    return float(losses.mean() if weights is None else np.average(losses, axis=0, weights=weights).mean())


@dataclass
class MultiLabelHead(Head):
    """A Head that gives a text every label whose probability reaches the label's threshold.

    Attributes:
        thresholds: shape (labels,), probabilities.

    >>> two = MultiLabelHead(np.eye(2), np.zeros(2), np.zeros(2), np.ones(2), thresholds=np.array([0.4, 0.6]))
    >>> two.decide(two.predict_proba(np.zeros((1, 2)))).tolist()
    [[1, 0]]
    """

    thresholds: Floats = field(kw_only=True)

    @classmethod
    def of(cls, head: Head, thresholds: Floats) -> MultiLabelHead:
        """The same layer with thresholds."""
        layer = (head.weight, head.bias, head.mean, head.scale, head.temperature)
        return cls(*layer, thresholds=thresholds)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.thresholds.shape != (self.classes,):
            raise ValueError(f"there are {self.classes} labels, and thresholds are {self.thresholds.shape}.")

    def predict_proba(self, features: Floats) -> Floats:
        """Calibrated probabilities of shape (n, labels), each of having one label."""
        return sigmoid(self.logits(features).astype(np.float64))

    def predict_log_proba(self, features: Floats) -> Floats:
        """The logarithm of `predict_proba`, finite also where that is 0, from exact logits; the same shape."""
        return np.asarray(-np.logaddexp(0.0, -self.exact_logits(features)))

    def decision(self, features: Floats) -> Floats:
        """What is decided by, shape (n, labels): a label is given from 0 on. Logits above those of the thresholds."""
        thresholds = self.thresholds.astype(np.float64)
        return np.asarray(self.exact_logits(features) - (np.log(thresholds) - np.log1p(-thresholds)))

    def decide(self, probabilities: Floats) -> Ints:
        """1 for each label that is given, 0 for the others, of shape (n, labels)."""
        return (probabilities >= self.thresholds).astype(np.int64)


class MultiLabelHeadFitter(HeadFitter):
    """Fits a MultiLabelHead: a penalty and a temperature for all labels, a threshold per label, on validation."""

    def _threads(self, classes: int) -> int | None:  # noqa: ARG002 - labels are fitted one by one, with small products
        return 1

    def calibrated(self, head: Head, features: Floats, labels: Ints) -> MultiLabelHead:
        """The head with the temperature and the thresholds that fit these held-out rows best."""
        return self._calibrated(head, Rows(features, labels))

    def _calibrated(self, head: Head, rows: Rows) -> MultiLabelHead:
        calibrated = super()._calibrated(head, rows)
        scores = sigmoid(calibrated.logits(rows.features))
        thresholds = choose_thresholds(scores, rows.labels, rows.weights, self.optimise or BY_DEFAULT)
        return MultiLabelHead.of(calibrated, thresholds)

    def _deciding(self, head: Head, rows: Rows) -> Head:  # noqa: ARG002 - thresholds do it
        return head

    def _loss(self, logits: Floats, labels: Ints, weights: Floats | None = None) -> float:
        return binary_log_loss(logits, labels, weights)

    def _solve(self, train: Rows, penalty: float, start: Any) -> list[Any]:
        """A fitted LogisticRegression per label, or a constant in its place if all rows have the same value."""
        solutions = []
        for column, before in zip(train.labels.T, start or [None] * train.labels.shape[1], strict=True):
            if column.min() == column.max():
                logit = _CERTAIN if column[0] else -_CERTAIN
                width = train.features.shape[1]
                solutions.append(SimpleNamespace(coef_=np.zeros((1, width)), intercept_=np.array([logit])))
            else:
                solutions.append(super()._solve(replace(train, labels=column), penalty, before))
        return solutions

    def _layer(self, solution: Any, classes: int) -> tuple[Floats, Floats]:  # noqa: ARG002 - all labels are there
        weight, bias = (
            np.vstack([model.coef_ for model in solution]),
            np.hstack([model.intercept_ for model in solution]),
        )
        return weight.astype(np.float32), bias.astype(np.float32)


def fitter_for(labels: Labels, *, class_weight: ClassWeight = None, optimise: Objective | None = None) -> HeadFitter:
    """The fitter of a head for these labels."""
    kind = MultiLabelHeadFitter if labels.multi_label else HeadFitter
    return kind(class_weight=class_weight, optimise=optimise)


def choose_thresholds(
    probabilities: Floats, labels: Ints, weights: Floats | None = None, objective: Objective = BY_DEFAULT
) -> npt.NDArray[np.float32]:
    """The best threshold of each label, shape (labels,); the first two arguments have shape (n, labels).

    The best has the highest F1, accuracy or balanced accuracy, by the objective. A label with fewer than ten rows gets
    the threshold that is best over all answers together. `weights`, shape (n,), are those of the rows, by default 1.
    """
    counts = np.ones(len(labels)) if weights is None else weights
    common = _best_threshold(probabilities.ravel(), labels.ravel(), np.repeat(counts, labels.shape[1]), objective)
    return np.array(
        [
            _best_threshold(scores, marks, counts, objective) if marks.sum() >= _FEWEST_ROWS else common
            for scores, marks in zip(probabilities.T, labels.T, strict=True)
        ],
        dtype=np.float32,
    )


def _best_threshold(scores: Floats, marks: Ints, weights: Floats, objective: Objective) -> float:
    """Halfway between the last score above the threshold and the first below.

    0.5 if no row has the label, and above all scores if giving it to none of the rows is the best.
    """
    if not marks.any():
        return 0.5
    order = np.argsort(-scores, kind="stable")
    ordered, hits = np.append(scores[order], 0.0), np.cumsum((marks * weights)[order])
    values = _values(objective, hits, np.cumsum(weights[order]))
    values[ordered[:-1] == ordered[1:]] = -np.inf  # no threshold separates equal scores
    best = int(values.argmax())
    if values[best] <= 0:
        return min((1.0 + float(ordered[0])) / 2, _HIGHEST)
    return float(ordered[best] + ordered[best + 1]) / 2


def _values(objective: Objective, hits: Floats, given: Floats) -> Floats:
    """The metric if the first 1, 2, ... n rows are given the label, shape (n,), or what has its order and is 0 for 0.

    `hits` is the weight of those that have it among them, and `given` their weight.
    """
    true, false = hits[-1], given[-1] - hits[-1]
    if objective == "macro-f1":
        return np.asarray(2 * hits / (given + true))
    wrong = given - hits
    if objective == "accuracy":
        return np.asarray(hits - wrong)
    return np.asarray(hits / true - (wrong / false if false > 0 else 0.0))
