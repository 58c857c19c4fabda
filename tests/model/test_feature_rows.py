"""Features in portions: every row is in one, and what is computed from them is what one array gives."""

from __future__ import annotations

import numpy as np
import pytest

from valence.model import feature_rows
from valence.model.feature_rows import SomeRows, portions
from valence.model.head import standardiser

FEATURES = np.random.default_rng(2).normal(3, 2, size=(50, 4)).astype(np.float32)


@pytest.mark.parametrize("rows", [0, 1, 7, 8, 20])
def test_every_row_is_in_one_portion(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feature_rows, "_AT_ONCE", 7)
    assert [row for some in portions(rows) for row in range(rows)[some]] == list(range(rows))


def test_some_rows_are_those_of_their_numbers() -> None:
    rows = SomeRows(FEATURES, np.array([4, 2, 9]))
    assert (rows.shape, len(rows)) == ((3, 4), 3)
    np.testing.assert_array_equal(rows[:], FEATURES[[4, 2, 9]])
    np.testing.assert_array_equal(rows[np.array([2, 0])], FEATURES[[9, 4]])


@pytest.mark.parametrize("weights", [None, np.arange(1.0, 51.0)], ids=["alike", "weighted"])
def test_the_mean_and_deviation_are_those_of_all_rows(
    weights: np.ndarray | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feature_rows, "_AT_ONCE", 7)
    mean, scale = standardiser(FEATURES, weights)
    expected = np.average(FEATURES.astype(np.float64), axis=0, weights=weights)
    np.testing.assert_allclose(mean, expected, rtol=1e-6)
    spread = np.average((FEATURES - expected) ** 2, axis=0, weights=weights)
    np.testing.assert_allclose(scale, np.sqrt(spread), rtol=1e-6)
