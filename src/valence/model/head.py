"""The head: the final layer as a fitted estimator. Features in, calibrated probabilities out.

With the body frozen, fitting the final layer is multinomial logistic regression. It is convex, so it is solved to the
optimum, without a learning rate and with the same result every time. Knows nothing about texts, tokens or folders.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from valence.model.feature_rows import FeatureRows, portions
from valence.model.golden_section import minimum_between
from valence.model.offsets import Objective, choose_offsets, log_of
from valence.model.softmax import log_softmax, softmax

Floats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.int64]

ClassWeight = str | Mapping[int, float] | None  # "balanced", or a weight for each class by its number

# Strengths of the L2 penalty that `fit` tries on validation: 1/C of scikit-learn's LogisticRegression, per row.
DEFAULT_PENALTIES = (1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)

# As the penalty weakens, validation loss falls and then rises, and the weakest penalties take longest to solve. Once
# one is worse than the best by this factor, weaker ones are not tried.
_CLEARLY_WORSE = 1.01

# With fewer classes the matrix products are so small that threads mostly wait for each other (on a busy machine fifteen
# times as long as they work), so one thread is used. With more classes, threads share the work well.
_WIDE = 10

# Up to this many parameters, Newton's method is faster: a few steps, each of which solves a system of that size.
_NEWTON_UP_TO = 1024

_LOG_TEMPERATURES = (-3.0, 3.0)  # between which the temperature's logarithm is searched


def log_loss(logits: Floats, labels: Ints, weights: Floats | None = None) -> float:
    """Mean negative log-likelihood in nats of `labels`, shape (n,), under `logits`, shape (n, classes).

    Rows count by `weights`, shape (n,), where there are some.
    """
    return float(np.average(-log_softmax(logits)[np.arange(len(labels)), labels], weights=weights))


def fit_temperature(logits: Floats, labels: Ints, loss: Callable[[Floats, Ints], float] = log_loss) -> float:
    """Temperature scaling (Guo et al. 2017, "On Calibration of Modern Neural Networks", section 4.2).

    Returns the T > 0 that minimises the loss of logits / T on held-out rows.
    """
    return math.exp(minimum_between(lambda log_t: loss(logits / math.exp(log_t), labels), *_LOG_TEMPERATURES))


@dataclass
class Head:
    """A linear layer on standardised features, with a temperature.

    Attributes:
        weight: shape (classes, features).
        bias: shape (classes,).
        mean, scale: shape (features,); features are standardised as (x - mean) / scale.
        temperature: logits are divided by it before the softmax.
        offsets: shape (classes,), what is added to the logarithms of the probabilities to choose the answer; None
            answers with the most probable class.

    >>> head = Head(weight=np.eye(2), bias=np.zeros(2), mean=np.zeros(2), scale=np.ones(2))
    >>> head.predict_proba(np.array([[1.0, 1.0]])).tolist()
    [[0.5, 0.5]]
    """

    weight: Floats
    bias: Floats
    mean: Floats
    scale: Floats
    temperature: float = 1.0
    offsets: Floats | None = None

    def __post_init__(self) -> None:
        classes, features = self.weight.shape
        offsets = self.bias if self.offsets is None else self.offsets
        shapes = (self.bias.shape, self.mean.shape, self.scale.shape, offsets.shape)
        if shapes != ((classes,), (features,), (features,), (classes,)):
            raise ValueError(f"weight is {self.weight.shape}, but bias, mean, scale and offsets are {shapes}.")
        weight, bias = self.folded()
        self._weight, self._bias = weight.astype(np.float32), bias.astype(np.float32)

    @property
    def classes(self) -> int:
        return int(self.weight.shape[0])

    @property
    def features(self) -> int:
        return int(self.weight.shape[1])

    def folded(self) -> tuple[Floats, Floats]:
        """(weight, bias) of one plain linear layer with the same calibrated logits.

        As the network's own final layer it gives the same scores in plain transformers.
        """
        weight = self.weight.astype(np.float64) / self.scale / self.temperature
        bias = self.bias.astype(np.float64) / self.temperature - weight @ self.mean.astype(np.float64)
        return weight, bias

    def logits(self, features: Floats) -> Floats:
        """Calibrated logits of shape (n, classes) from features of shape (n, features)."""
        return np.asarray(features, dtype=np.float32) @ self._weight.T + self._bias

    def predict_proba(self, features: Floats) -> Floats:
        """Calibrated probabilities of shape (n, classes) from features of shape (n, features)."""
        return softmax(self.logits(features).astype(np.float64))

    def exact_logits(self, features: Floats) -> Floats:
        """The same in float64, so that a row's logits do not depend on the rows beside it."""
        return np.asarray(features.astype(np.float64) @ self._weight.T + self._bias)

    def predict_log_proba(self, features: Floats) -> Floats:
        """The logarithm of `predict_proba`, finite also where that is 0, from exact logits; the same shape."""
        return log_softmax(self.exact_logits(features))

    def decision(self, features: Floats) -> Floats:
        """What is decided by, shape (n, classes): the largest is answered."""
        logits = self.exact_logits(features)
        return logits if self.offsets is None else logits + self.offsets.astype(np.float64)

    def decide(self, probabilities: Floats) -> Ints:
        """The answers, in the form of `Labels.encode`: the class of each row, shape (n,)."""
        scores = probabilities if self.offsets is None else log_of(probabilities) + self.offsets.astype(np.float64)
        return np.asarray(scores.argmax(axis=1), dtype=np.int64)


@dataclass(frozen=True)
class HeadFit:
    """A fitted head, the penalty that was chosen on validation, and the log loss of each penalty that was tried."""

    head: Head
    penalty: float
    validation_log_loss: dict[float, float]


@dataclass(frozen=True)
class Rows:
    """What a head is fitted on, or chosen on.

    Attributes:
        features: shape (n, width).
        labels: as `Labels.encode` gives them.
        weights: how much each row counts, shape (n,); None where all count alike.
    """

    features: Floats
    labels: Ints
    weights: Floats | None = None


class HeadFitter:
    """Fits a Head: chooses the L2 penalty by validation log loss, then the temperature on validation.

    Hyper-parameters follow scikit-learn's contract: they are stored unchanged, and data are given only to `fit`. A
    `class_weight` is "balanced", or a weight for each class by its number. The answers are chosen on validation for the
    metric `optimise`; see `choose_offsets`.
    """

    def __init__(
        self,
        *,
        penalties: tuple[float, ...] = DEFAULT_PENALTIES,
        class_weight: ClassWeight = None,
        optimise: Objective | None = None,
        max_iter: int = 2000,
    ) -> None:
        self.penalties = penalties
        self.class_weight = class_weight
        self.optimise = optimise
        self.max_iter = max_iter

    def fit(
        self, features: Floats, labels: Ints, validation_features: Floats, validation_labels: Ints, *, classes: int
    ) -> HeadFit:
        """Features of shape (n, width), labels of shape (n,) in 0..classes-1. Deterministic."""
        return self.fit_rows(Rows(features, labels), Rows(validation_features, validation_labels), classes=classes)

    def fit_rows(self, train: Rows, validation: Rows, *, classes: int) -> HeadFit:
        """The same, of rows that may have weights: a weight of 2 is as good as the row twice."""
        from threadpoolctl import threadpool_limits

        with threadpool_limits(limits=self._threads(classes)):
            return self._fit(train, validation, classes)

    def calibrated(self, head: Head, features: Floats, labels: Ints) -> Head:
        """The head with the temperature that fits these held-out rows best; features of shape (n, width)."""
        return self._calibrated(head, Rows(features, labels))

    def _calibrated(self, head: Head, rows: Rows) -> Head:
        logits = head.logits(rows.features).astype(np.float64)
        temperature = fit_temperature(logits, rows.labels, partial(self._loss, weights=rows.weights))
        calibrated = Head(head.weight, head.bias, head.mean, head.scale, temperature)
        return self._deciding(calibrated, rows)

    def _deciding(self, head: Head, rows: Rows) -> Head:
        """The head with the offsets that are best on these rows."""
        scores = head.predict_proba(rows.features)
        return replace(head, offsets=choose_offsets(scores, rows.labels, self.optimise, rows.weights))

    def _threads(self, classes: int) -> int | None:
        return 1 if classes < _WIDE else None

    def _fit(self, train: Rows, validation: Rows, classes: int) -> HeadFit:
        mean, scale = standardiser(train.features, train.weights)
        standardised = replace(train, features=((train.features - mean) / scale).astype(np.float32))
        losses: dict[float, float] = {}
        best: tuple[float, Head] | None = None
        start: Any = None
        for penalty in sorted(self.penalties, reverse=True):  # strong to weak: each solution warms the next one up
            start = self._solve(standardised, penalty, start)
            head = Head(*self._layer(start, classes), mean=mean, scale=scale)
            logits = head.logits(validation.features).astype(np.float64)
            loss = self._loss(logits, validation.labels, validation.weights)
            losses[penalty] = loss
            if best is None or loss < best[0]:
                best = (loss, head)
            elif loss > best[0] * _CLEARLY_WORSE:
                break
        assert best is not None
        chosen = min(losses, key=lambda penalty: losses[penalty])
        return HeadFit(self._calibrated(best[1], validation), chosen, losses)

    def _loss(self, logits: Floats, labels: Ints, weights: Floats | None = None) -> float:
        return log_loss(logits, labels, weights)

    def _layer(self, solution: Any, classes: int) -> tuple[Floats, Floats]:
        return _all_rows(solution, classes)

    def _solve(self, train: Rows, penalty: float, start: Any) -> Any:
        from sklearn.linear_model import LogisticRegression

        features, labels, weights = train.features, train.labels, train.weights
        classes = len(np.unique(labels))
        parameters = features.shape[1] * (classes if classes > 2 else 1)
        model = LogisticRegression(
            C=1.0 / (penalty * (len(features) if weights is None else float(weights.sum()))),
            class_weight=self.class_weight,
            max_iter=self.max_iter,
            tol=1e-5,
            solver="newton-cholesky" if parameters <= _NEWTON_UP_TO else "lbfgs",
            warm_start=True,
        )
        if start is not None:
            model.coef_, model.intercept_ = start.coef_.copy(), start.intercept_.copy()
            model.classes_ = start.classes_
        with warnings.catch_warnings():
            # If the classes are perfectly separable, its system has no unique solution, and it continues with lbfgs.
            warnings.filterwarnings("ignore", message="The inner solver of NewtonCholeskySolver")
            return model.fit(features, labels, sample_weight=weights)


def linear_head(weight: Floats, bias: Floats, temperature: float = 1.0) -> Head:
    """A Head from a trained linear layer, which doesn't standardise its features."""
    width = weight.shape[1]
    return Head(weight, bias, np.zeros(width, np.float32), np.ones(width, np.float32), temperature)


def standardiser(features: FeatureRows, weights: Floats | None) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each feature, shape (width,); 1 for a feature that is constant.

    Rows count by `weights`, shape (n,), where there are some.
    """
    counts = np.ones(len(features)) if weights is None else weights.astype(np.float64)
    shares = (counts / counts.sum())[:, None]
    mean, variance = np.zeros((2, features.shape[1]))
    for some in portions(len(features)):
        mean += (features[some] * shares[some]).sum(axis=0)
    for some in portions(len(features)):
        variance += ((features[some] - mean) ** 2 * shares[some]).sum(axis=0)
    scale = np.sqrt(variance).astype(np.float32)
    scale[scale < 1e-6] = 1.0  # a constant feature stays constant: no division by zero
    return mean.astype(np.float32), scale


def _all_rows(model: Any, classes: int) -> tuple[Floats, Floats]:
    """Weight (classes, width) and bias (classes,), with two rows in the binary case and rows for absent classes."""
    seen = model.classes_
    if len(seen) == 2:
        coef = np.vstack([-model.coef_[0] / 2, model.coef_[0] / 2])
        intercept = np.array([-model.intercept_[0] / 2, model.intercept_[0] / 2])
    else:
        coef, intercept = model.coef_, model.intercept_
    weight = np.zeros((classes, coef.shape[1]), dtype=np.float32)
    bias = np.full(classes, -30.0, dtype=np.float32)  # a class without a training row is never predicted
    weight[seen], bias[seen] = coef, intercept
    return weight, bias
