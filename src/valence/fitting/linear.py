"""Penalised logistic regression on rows that may be dense or sparse: for one label a text, or several.

The loss is the mean negative log-likelihood of the rows plus half the penalty times the sum of squared weights; the
bias is not penalised. It is convex, and L-BFGS finds its optimum from any start. Its preconditioner is the curvature at
the start, averaged over the classes: of all columns together where that pays (dense rows, many classes), or of each
column by itself, as is right for sparse rows, and for dense ones in their principal axes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from valence.fitting.lbfgs import minimise
from valence.fitting.sparse import Rows, SparseMatrix
from valence.fitting.stored import StoredMatrix
from valence.model.feature_rows import portions
from valence.model.head import Floats, Ints
from valence.model.multi_label import sigmoid
from valence.model.softmax import log_softmax, softmax

CLOSE = 1e-5  # what is left to gain, as a share of the loss
ROUGH = 1e-3  # enough to compare penalties, whose losses differ by a hundredth
_MOST_STEPS = 300

MANY_COLUMNS = 64  # for each class; with more, solving a system of that size costs more than the steps that it saves
_ENOUGH_ROWS = 4  # times the columns: curvature is estimated on no more
_SMALL = 64  # rows of a triangular matrix that is inverted at once
_JITTER = 3e-7  # of the sum of the curvatures, so that they can be inverted in single precision


@dataclass(frozen=True)
class Link:
    """How logits become probabilities: `SINGLE` for one label a text, `SEVERAL` for one question a label.

    Attributes:
        probabilities: of logits, both of shape (n, classes).
        losses: negative log-likelihood of each row, shape (n,), or of each row and label, shape (n, classes); from
            logits and targets, both of shape (n, classes).
        both: (losses, probabilities), from logits and targets; overwrites the logits.
    """

    probabilities: Callable[[Floats], Floats]
    losses: Callable[[Floats, Floats], Floats]
    both: Callable[[Floats, Floats], tuple[Floats, Floats]]

    def loss(self, logits: Floats, targets: Floats, weights: Floats | None = None) -> float:
        """Mean loss; rows count by `weights`, shape (n,), or of several labels each by (n, classes)."""
        losses = self.losses(np.asarray(logits, dtype=np.float64), targets)
        if weights is not None and weights.ndim == 2:
            return float(np.average(losses, axis=0, weights=weights).mean())
        per_row = losses if losses.ndim == 1 else losses.mean(axis=1)
        return float(np.average(per_row, weights=weights))


def _softmax_losses(logits: Floats, targets: Floats) -> Floats:
    return np.asarray(-(log_softmax(logits) * targets).sum(axis=1))


def _sigmoid_losses(logits: Floats, targets: Floats) -> Floats:
    return np.asarray(np.logaddexp(0.0, logits) - targets * logits)


def _softmax_both(logits: Floats, targets: Floats) -> tuple[Floats, Floats]:
    logits -= logits.max(axis=1, keepdims=True)
    of_target = np.einsum("ij,ij->i", logits, targets)
    np.exp(logits, out=logits)
    total = logits.sum(axis=1, keepdims=True)
    logits /= total
    return np.log(total[:, 0]) - of_target, logits


def _sigmoid_both(logits: Floats, targets: Floats) -> tuple[Floats, Floats]:
    return _sigmoid_losses(logits, targets), sigmoid(logits)


SINGLE = Link(softmax, _softmax_losses, _softmax_both)
SEVERAL = Link(sigmoid, _sigmoid_losses, _sigmoid_both)


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

    def logits(self, rows: Rows) -> Floats:
        """Shape (n, classes), of dense or sparse rows of shape (n, width)."""
        return np.asarray(rows @ self.weight + self.bias)


def fit_layer(
    rows: Rows,
    targets: Floats,
    penalty: float,
    link: Link,
    *,
    weights: Floats | None = None,
    start: Layer | None = None,
    tolerance: float = CLOSE,
    in_axes: bool = False,
) -> Layer:
    """The layer with the lowest loss.

    Args:
        rows: shape (n, width), float32, dense or sparse.
        targets: shape (n, classes); see `one_column_a_class`.
        penalty: per row.
        link: for one label a text, or several.
        weights: how much each row counts, shape (n,) or (n, classes); None where all count alike.
        start: where the search begins; the optimum is the same.
        tolerance: the search ends when what is left to gain is about this share of the loss.
        in_axes: whether the columns are the rows' principal axes, so that each can be treated by itself.
    """
    shares = _shares(weights, len(targets))
    several = link is SEVERAL
    counts = shares if several else shares[:, 0]

    def value(point: Floats) -> tuple[float, Floats]:
        weight, logits = point[:-1], rows @ point[:-1]
        logits += point[-1]
        losses, error = link.both(logits, targets)
        error -= targets
        error *= shares
        total = float((losses * counts).sum(dtype=np.float64)) + 0.5 * penalty * float(np.vdot(weight, weight))
        gradient = np.empty_like(point)
        np.add(rows.T @ error, np.float32(penalty) * weight, out=gradient[:-1])
        gradient[-1] = error.sum(axis=0)
        return total, gradient

    begin = start or _beginning(targets, rows.shape[1], several=several)
    probabilities = link.probabilities(begin.logits(rows))
    precondition = _preconditioner(rows, probabilities * (1 - probabilities) * shares, penalty, in_axes=in_axes)
    point = np.vstack([begin.weight, begin.bias]).astype(np.float32)
    found = minimise(value, point, precondition, tolerance=tolerance, most_steps=_MOST_STEPS)
    return Layer(found[:-1], found[-1])


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


def _preconditioner(rows: Rows, curvature: Floats, penalty: float, *, in_axes: bool) -> Callable[[Floats], Floats]:
    """Multiplies a gradient, shape (width + 1, classes), with about the inverse curvature of the loss.

    `curvature` is that of each logit, shape (n, classes).
    """
    of_bias = curvature.sum(axis=0)
    of_bias += 1e-3 * of_bias.mean() + 1e-6
    of_row = curvature.mean(axis=1)
    columns, classes = rows.shape[1], curvature.shape[1]
    if not isinstance(rows, SparseMatrix) and not in_axes and columns <= MANY_COLUMNS * classes:
        solve = _together(rows, of_row, penalty)
    else:
        solve = _column_by_column(rows, of_row, penalty)
    return lambda gradient: np.vstack([solve(gradient[:-1]), gradient[-1] / of_bias]).astype(np.float32, copy=False)


def _together(rows: Floats | StoredMatrix, of_row: Floats, penalty: float) -> Callable[[Floats], Floats]:
    apart = max(1, rows.shape[0] // (_ENOUGH_ROWS * rows.shape[1]))
    rows, roots = rows[::apart], np.sqrt(of_row[::apart] * apart)[:, None]
    matrix = np.zeros((rows.shape[1], rows.shape[1]), dtype=np.float32)
    for some, values in _parts(rows):
        part = values * roots[some]
        matrix += part.T @ part
    matrix[np.diag_indices_from(matrix)] += penalty + _JITTER * float(np.trace(matrix))
    inverse = inverse_of_lower(np.linalg.cholesky(matrix))
    return lambda gradient: inverse.T @ (inverse @ gradient)


def _parts(rows: Floats | StoredMatrix) -> Iterator[tuple[slice, Floats]]:
    if isinstance(rows, StoredMatrix):
        return rows.parts()
    return ((some, rows[some]) for some in portions(len(rows)))


def inverse_of_lower(matrix: Floats) -> Floats:
    """The inverse of a lower triangular matrix; the same shape and precision."""
    inverse = np.zeros_like(matrix)
    _fill_inverse(inverse, matrix)
    return inverse


def _fill_inverse(inverse: Floats, matrix: Floats) -> None:
    """By halves, in the memory of `inverse`."""
    if len(matrix) <= _SMALL:
        inverse[:] = np.tril(np.linalg.inv(matrix))
        return
    half = len(matrix) // 2
    upper, lower = inverse[:half, :half], inverse[half:, half:]
    _fill_inverse(upper, matrix[:half, :half])
    _fill_inverse(lower, matrix[half:, half:])
    inverse[half:, :half] = -lower @ (matrix[half:, :half] @ upper)


def _column_by_column(rows: Rows, of_row: Floats, penalty: float) -> Callable[[Floats], Floats]:
    squares = np.einsum("ij,ij,i->j", rows, rows, of_row) if isinstance(rows, np.ndarray) else rows.squares(of_row)
    inverse = (1 / (squares + penalty))[:, None].astype(np.float32)
    return lambda gradient: gradient * inverse
