"""A matrix on disk has the products of the array that it is made from, and a fit on it is a fit on the array."""

from __future__ import annotations

import numpy as np
import pytest

from valence.fitting import blocks
from valence.fitting.blocks import readout_block
from valence.fitting.linear import MANY_COLUMNS, SINGLE, fit_layer, one_column_a_class
from valence.fitting.stored import StoredMatrix
from valence.model.head import Floats, Ints, standardiser

DRAW = np.random.default_rng(3)
ROWS = DRAW.normal(size=(1300, 12)).astype(np.float32)
CHOSEN = DRAW.permutation(1300)[:700]


def _stored(rows: Floats) -> StoredMatrix:
    return StoredMatrix(len(rows), rows.shape[1], lambda some: rows[some])


@pytest.mark.parametrize("some", [slice(None), slice(100, 1200), slice(None, None, 3), CHOSEN, np.zeros(0, np.int64)])
def test_products_of_any_rows_are_those_of_the_array(some: slice | Ints) -> None:
    stored, rows = _stored(ROWS)[some], ROWS[some]
    right, left = DRAW.normal(size=(12, 4)).astype(np.float32), DRAW.normal(size=(len(rows), 4)).astype(np.float32)
    weights = DRAW.uniform(size=len(rows)).astype(np.float32)
    assert stored.shape == rows.shape
    assert stored.nbytes == rows.nbytes
    np.testing.assert_allclose(stored @ right, rows @ right, atol=1e-4)
    np.testing.assert_allclose(stored.T @ left, rows.T @ left, atol=1e-3)
    np.testing.assert_allclose(stored.squares(weights), (rows**2 * weights[:, None]).sum(axis=0), rtol=1e-4)


def test_a_selection_outlives_what_it_was_made_from() -> None:
    selected = _stored(ROWS)[CHOSEN][::2]
    np.testing.assert_array_equal(selected @ np.eye(12, dtype=np.float32), ROWS[CHOSEN][::2])


@pytest.mark.parametrize("classes", [2, 6])
def test_a_large_block_is_fitted_from_disk_as_from_memory(classes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    width = MANY_COLUMNS * 3  # column by column with two classes, all together with six
    labels = np.arange(1300) % classes
    features = (DRAW.normal(size=(1300, width)) + 2 * DRAW.normal(size=(classes, width))[labels]).astype(np.float32)
    targets, scale = one_column_a_class(labels, classes), standardiser(features, None)
    in_memory = readout_block("general", features, *scale, classes)
    monkeypatch.setattr(blocks, "_MOST_NUMBERS", 1000)
    on_disk = readout_block("general", features, *scale, classes)
    assert isinstance(on_disk.rows, StoredMatrix)
    for some in (slice(0, 1000), CHOSEN):
        expected, found = (
            block.unfold(fit_layer(block.rows[some], targets[some], 0.1, SINGLE, tolerance=1e-9).weight)
            for block in (in_memory, on_disk)
        )
        np.testing.assert_allclose(found, expected, atol=2e-3)
