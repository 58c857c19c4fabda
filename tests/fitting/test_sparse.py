"""Sparse products are those of the dense matrix, in C and in numpy; and the C code never reads outside its arrays."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fitting.matrices import sparse_matrix
from valence.fitting import sparse
from valence.fitting.sparse import SparseMatrix

LOADED = sparse._library


@pytest.fixture(params=["C", "numpy"], autouse=True, scope="module")
def way(request: pytest.FixtureRequest) -> Iterator[str]:
    """Both ways of computing."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param == "numpy":
            patch.setattr(sparse, "_library", lambda: None)
        yield request.param


@st.composite
def matrices(draw: st.DrawFn) -> np.ndarray:
    """Shape (n, width), float32, some of its rows or columns empty."""
    rows, width = draw(st.integers(0, 70)), draw(st.integers(1, 40))
    numbers = np.random.default_rng(draw(st.integers(0, 1 << 32)))
    kept = numbers.random((rows, width)) < draw(st.sampled_from([0.0, 0.05, 0.5, 1.0]))
    return np.asarray(kept * numbers.normal(size=(rows, width)), dtype=np.float32)


@given(matrices(), st.integers(0, 9))
def test_products_are_those_of_the_dense_matrix(dense: np.ndarray, classes: int) -> None:
    numbers = np.random.default_rng(len(dense))
    weight = numbers.normal(size=(dense.shape[1], classes)).astype(np.float32)
    error = numbers.normal(size=(len(dense), classes)).astype(np.float32)
    matrix = sparse_matrix(dense)
    assert matrix.shape == dense.shape
    assert matrix.size == np.count_nonzero(dense)
    for found, product in ((matrix @ weight, dense @ weight), (matrix.T @ error, dense.T @ error)):
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, product, atol=1e-4)


@given(matrices(), st.data())
def test_some_rows_have_the_products_of_these_rows(dense: np.ndarray, data: st.DataObject) -> None:
    rows = data.draw(
        st.one_of(
            st.lists(st.integers(0, max(0, len(dense) - 1)), max_size=80 if len(dense) else 0).map(
                lambda some: np.array(some, dtype=np.int64)
            ),
            st.builds(slice, st.integers(0, 9), st.integers(0, 99), st.integers(1, 3)),
        )
    )
    some, weight = sparse_matrix(dense)[rows], np.ones((dense.shape[1], 2), np.float32)
    assert some.shape == dense[rows].shape
    np.testing.assert_allclose(some @ weight, dense[rows] @ weight, atol=1e-4)
    np.testing.assert_allclose(some.T @ np.ones((len(dense[rows]), 1)), dense[rows].sum(axis=0)[:, None], atol=1e-4)


@given(matrices())
def test_squares_and_products_of_pairs(dense: np.ndarray) -> None:
    matrix, weights = sparse_matrix(dense), np.linspace(0, 1, len(dense))
    np.testing.assert_allclose(matrix.squares(weights), weights @ dense.astype(np.float64) ** 2, atol=1e-4)
    np.testing.assert_allclose(matrix.of_pairs(), dense @ dense.T, atol=1e-4)


def test_other_layouts_and_types_of_the_dense_factor_are_taken() -> None:
    dense = np.eye(3, dtype=np.float32)
    factor = np.arange(12.0).reshape(3, 4)
    for given_as in (np.asfortranarray(factor), factor[:, ::2], factor.astype(np.float32)):
        np.testing.assert_array_equal(sparse_matrix(dense) @ given_as, given_as)


@pytest.mark.parametrize("shape", [(2, 4), (4,), (0, 1)])
def test_a_factor_of_another_height_is_refused(shape: tuple[int, ...]) -> None:
    matrix = sparse_matrix(np.eye(3, dtype=np.float32))
    for half in (matrix, matrix.T):
        with pytest.raises(ValueError, match=r"A matrix with 3 rows is needed, not one of shape"):
            half @ np.zeros(shape, np.float32)


@pytest.mark.parametrize(
    ("starts", "columns", "message"),
    [
        ([0, 1, 2], [0, 3], "Columns are from 0 to 3, but the width is 3"),
        ([0, 1, 2], [-1, 2], "Columns are from -1 to 2, but the width is 3"),
        ([0, 1, 3], [0, 1], "Starts must ascend from 0 to 2"),
        ([1, 1, 2], [0, 1], "Starts must ascend from 0 to 2"),
        ([0, 2, 1, 2], [0, 1], "Starts must ascend from 0 to 2"),
        ([], [], "Starts must ascend from 0 to 0"),
        ([0, 2], [1, 1], "Columns must ascend in each row"),
        ([0, 0, 2], [1, 0], "Columns must ascend in each row"),
    ],
)
def test_what_does_not_fit_together_is_refused(starts: list[int], columns: list[int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        SparseMatrix(np.array(starts, np.int64), np.array(columns, np.int64), np.ones(len(columns), np.float32), 3)


def test_as_many_values_as_columns_are_needed() -> None:
    with pytest.raises(ValueError, match=r"There are \(2,\) columns, but \(1,\) values"):
        SparseMatrix(np.array([0, 2]), np.array([0, 1]), np.ones(1, np.float32), 3)


def test_a_library_that_cannot_be_used_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sparse, "_INTERFACE", 99)
    with caplog.at_level("INFO", logger="valence"):
        assert LOADED.__wrapped__() is None
    assert "take longer to fit: sparse.c was built from another version of Valence" in caplog.text
