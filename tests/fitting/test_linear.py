"""The solver finds the optimum of scikit-learn's, for dense and sparse rows and both kinds of labels."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from tests.fitting.matrices import sparse_matrix
from valence.fitting import linear
from valence.fitting.linear import SEVERAL, SINGLE, fit_layer, inverse_of_lower, one_column_a_class

DRAW = np.random.default_rng(3)
ROWS = (DRAW.normal(size=(200, 12)) * np.geomspace(0.1, 5, 12)).astype(np.float32)
LABELS = (ROWS[:, :3] + DRAW.normal(size=(200, 3))).argmax(axis=1).astype(np.int64)
WEIGHTS = DRAW.uniform(0.2, 3, size=200)


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("weights", [None, WEIGHTS])
@pytest.mark.parametrize("many_columns", [0, 64], ids=["by column", "together"])
def test_the_optimum_is_that_of_scikit_learn(
    sparse: bool, weights: np.ndarray | None, many_columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linear, "MANY_COLUMNS", many_columns)
    total = 200 if weights is None else weights.sum()
    model = LogisticRegression(C=1 / (0.01 * total), tol=1e-8, max_iter=5000).fit(ROWS, LABELS, sample_weight=weights)
    rows = sparse_matrix(ROWS) if sparse else ROWS
    layer = fit_layer(rows, one_column_a_class(LABELS, 3), 0.01, SINGLE, weights=weights, tolerance=1e-10)
    np.testing.assert_allclose(SINGLE.probabilities(layer.logits(rows)), model.predict_proba(ROWS), atol=2e-3)


def test_several_labels_are_questions_of_their_own() -> None:
    marks = (ROWS[:, :2] + DRAW.normal(size=(200, 2)) > 0.3).astype(np.int64)
    layer = fit_layer(ROWS, one_column_a_class(marks, 2), 0.01, SEVERAL, tolerance=1e-10)
    for column in range(2):
        model = LogisticRegression(C=1 / (2 * 0.01 * 200), tol=1e-8, max_iter=5000).fit(ROWS, marks[:, column])
        loose = LogisticRegression(C=1 / (0.01 * 200), tol=1e-8, max_iter=5000).fit(ROWS, marks[:, column])
        found = SEVERAL.probabilities(layer.logits(ROWS))[:, column]
        distance = [np.abs(found - each.predict_proba(ROWS)[:, 1]).max() for each in (model, loose)]
        assert min(distance) < 2e-3


def test_a_start_does_not_change_the_optimum() -> None:
    targets = one_column_a_class(LABELS, 3)
    cold = fit_layer(ROWS, targets, 0.01, SINGLE, tolerance=1e-10)
    warm = fit_layer(ROWS, targets, 0.01, SINGLE, start=fit_layer(ROWS, targets, 1.0, SINGLE), tolerance=1e-10)
    np.testing.assert_allclose(
        SINGLE.probabilities(warm.logits(ROWS)), SINGLE.probabilities(cold.logits(ROWS)), atol=1e-3
    )


@pytest.mark.parametrize("size", [1, 2, 63, 65, 200])
def test_the_inverse_of_a_triangular_matrix(size: int) -> None:
    some = DRAW.normal(size=(size, 2 * size)).astype(np.float32)
    lower = np.linalg.cholesky(some @ some.T)
    inverse = inverse_of_lower(lower)
    assert inverse.dtype == np.float32
    np.testing.assert_array_equal(inverse, np.tril(inverse))
    np.testing.assert_allclose(inverse @ lower, np.eye(size), atol=1e-4)
