"""Penalised logistic regression on rows that may be dense or sparse: for one label a text, or several.

The loss is the mean negative log-likelihood of the rows plus half the penalty times the sum of squared weights; the
bias is not penalised. It is convex, and L-BFGS (Liu and Nocedal 1989) finds its optimum from any start.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from valence.model.head import Floats, Ints, log_softmax, softmax
from valence.model.multi_label import sigmoid

_CLOSE = 1e-7  # relative change of the loss; the probabilities then change in the fourth place at most
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
) -> Layer:
    """The layer with the lowest loss.

    Args:
        rows: shape (n, width), float32, an array or a csr_array.
        targets: shape (n, classes); see `one_column_a_class`.
        penalty: per row.
        weights: how much each row counts, shape (n,) or (n, classes); None where all count alike.
        start: where the search begins; the optimum is the same.
    """
    from scipy.optimize import minimize

    classes, width = targets.shape[1], rows.shape[1]
    shares = _shares(weights, len(targets))
    turned = rows.T if isinstance(rows, np.ndarray) else rows.T.tocsr()
    several = link is SEVERAL

    def value(flat: Floats) -> tuple[float, Floats]:
        weight, bias = _unflattened(flat, width)
        logits = rows @ weight + bias
        error = (link.probabilities(logits) - targets) * shares
        losses = link.losses(logits, targets)
        total = float((losses * (shares if several else shares[:, 0])).sum(dtype=np.float64))
        total += 0.5 * penalty * float(np.vdot(weight, weight))
        slopes = np.concatenate([(turned @ error + penalty * weight).ravel(), error.sum(axis=0)])
        return total, slopes.astype(np.float64)

    begin = _beginning(targets, width, several=several) if start is None else start
    found = minimize(
        value,
        np.concatenate([begin.weight.ravel(), begin.bias]).astype(np.float64),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": _MOST_STEPS, "ftol": _CLOSE, "gtol": 1e-6},
    )
    weight, bias = _unflattened(found.x, width)
    return Layer(weight.reshape(width, classes), bias)


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


def _unflattened(flat: Floats, width: int) -> tuple[Floats, Floats]:
    values = np.asarray(flat, dtype=np.float32)
    classes = len(values) // (width + 1)
    return values[: width * classes].reshape(width, classes), values[width * classes :]
