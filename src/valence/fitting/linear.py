"""Penalised logistic regression on rows that may be dense or sparse: for one label a text, or several.

The loss is the mean negative log-likelihood of the rows plus half the penalty times the sum of squared weights; the
bias is not penalised. It is convex, and L-BFGS (Liu and Nocedal 1989) finds its optimum from any start.

The search runs on weights that are divided by the inverse root of the loss's curvature, as far as that is known
beforehand (a diagonal preconditioner). On rows in their principal axes it then takes a tenth of the steps.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from valence.model.head import Floats, Ints
from valence.model.multi_label import sigmoid
from valence.model.softmax import log_softmax, softmax

CLOSE = 1e-7  # relative change of the loss in the last step; probabilities then change in the fourth place at most
ROUGH = 1e-5  # enough to compare penalties, whose losses differ by a hundredth
_MOST_STEPS = 300


@dataclass(frozen=True)
class Link:
    """How logits become probabilities: `SINGLE` for one label a text, `SEVERAL` for one question a label.

    Attributes:
        probabilities: of logits, both of shape (n, classes).
        losses: negative log-likelihood of each row, shape (n,), or of each row and label, shape (n, classes); from
            logits and targets, both of shape (n, classes).
    """

    probabilities: Callable[[Floats], Floats]
    losses: Callable[[Floats, Floats], Floats]

    def loss(self, logits: Floats, targets: Floats, weights: Floats | None = None) -> float:
        """Mean loss; rows count by `weights`, shape (n,)."""
        losses = self.losses(np.asarray(logits, dtype=np.float64), targets)
        per_row = losses if losses.ndim == 1 else losses.mean(axis=1)
        return float(np.average(per_row, weights=weights))


def _softmax_losses(logits: Floats, targets: Floats) -> Floats:
    return np.asarray(-(log_softmax(logits) * targets).sum(axis=1))


def _sigmoid_losses(logits: Floats, targets: Floats) -> Floats:
    return np.asarray(np.logaddexp(0.0, logits) - targets * logits)


SINGLE = Link(softmax, _softmax_losses)
SEVERAL = Link(sigmoid, _sigmoid_losses)


def one_column_a_class(labels: Ints, classes: int) -> Floats:
    """Targets of shape (n, classes), float32: from `Labels.encode`'s numbers of classes, or its marks as they are."""
    if labels.ndim == 2:
        return np.asarray(labels, dtype=np.float32)
    targets = np.zeros((len(labels), classes), dtype=np.float32)
    targets[np.arange(len(labels)), labels] = 1
    return targets


@dataclass(frozen=True)
class Layer:
    """A linear layer: logits are rows @ weight + bias. `weight` has shape (width, classes), `bias` (classes,)."""

    weight: Floats
    bias: Floats

    def logits(self, rows: Any) -> Floats:
        """Shape (n, classes), of dense or sparse rows of shape (n, width)."""
        return np.asarray(rows @ self.weight + self.bias)


def fit_layer(
    rows: Any,
    targets: Floats,
    penalty: float,
    link: Link,
    *,
    weights: Floats | None = None,
    start: Layer | None = None,
    tolerance: float = CLOSE,
) -> Layer:
    """The layer with the lowest loss.

    Args:
        rows: shape (n, width), float32, an array or a csr_array.
        targets: shape (n, classes); see `one_column_a_class`.
        penalty: per row.
        link: for one label a text, or several.
        weights: how much each row counts, shape (n,) or (n, classes); None where all count alike.
        start: where the search begins; the optimum is the same.
        tolerance: relative change of the loss at which the search ends.
    """
    from scipy.optimize import minimize

    steps = _step_sizes(rows, penalty, targets)
    shares = _shares(weights, len(targets))
    turned = rows.T if isinstance(rows, np.ndarray) else rows.T.tocsr()
    several = link is SEVERAL

    def value(flat: Floats) -> tuple[float, Floats]:
        weight, bias = _unflattened(flat, steps)
        logits = rows @ weight + bias
        error = (link.probabilities(logits) - targets) * shares
        losses = link.losses(logits, targets)
        total = float((losses * (shares if several else shares[:, 0])).sum(dtype=np.float64))
        total += 0.5 * penalty * float(np.vdot(weight, weight))
        slope = (turned @ error + penalty * weight) * steps
        slopes = np.concatenate([slope.ravel(), error.sum(axis=0)])
        return total, slopes.astype(np.float64)

    begin = _beginning(targets, len(steps), several=several) if start is None else start
    found = minimize(
        value,
        np.concatenate([(begin.weight / steps).ravel(), begin.bias]).astype(np.float64),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": _MOST_STEPS, "ftol": tolerance, "gtol": 1e-6},
    )
    return Layer(*_unflattened(found.x, steps))


def _shares(weights: Floats | None, rows: int) -> Floats:
    """Shape (n, 1) or (n, classes): what each row is of the mean."""
    if weights is None:
        return np.full((rows, 1), 1 / rows, dtype=np.float32)
    columns = weights.reshape(rows, -1)
    return np.asarray(columns / columns.sum(axis=0), dtype=np.float32)


def _beginning(targets: Floats, width: int, *, several: bool) -> Layer:
    """No weights, and the bias that gives each class its share of the rows."""
    share = (targets.sum(axis=0) + 0.5) / (len(targets) + 1)
    bias = np.log(share / (1 - share)) if several else np.log(share)
    return Layer(np.zeros((width, targets.shape[1]), dtype=np.float32), bias.astype(np.float32))


def _step_sizes(rows: Any, penalty: float, targets: Floats) -> Floats:
    """For each coordinate the inverse root of the loss's curvature along it at the beginning, shape (width, 1)."""
    squares = (rows**2).mean(axis=0) if isinstance(rows, np.ndarray) else rows.power(2).mean(axis=0)
    share = targets.mean(axis=0)
    curvature = float((share * (1 - share)).mean())
    return np.asarray(1 / np.sqrt(curvature * np.asarray(squares) + penalty), dtype=np.float32)[:, None]


def _unflattened(flat: Floats, steps: Floats) -> tuple[Floats, Floats]:
    """(weight, bias) of the numbers that the search runs on."""
    values, width = np.asarray(flat, dtype=np.float32), len(steps)
    classes = len(values) // (width + 1)
    return values[: width * classes].reshape(width, classes) * steps, values[width * classes :]
