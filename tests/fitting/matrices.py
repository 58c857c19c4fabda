"""Sparse matrices for the tests."""

from __future__ import annotations

import numpy as np

from valence.fitting.sparse import SparseMatrix


def sparse_matrix(dense: np.ndarray) -> SparseMatrix:
    """The same matrix, of shape (n, width), with its values other than 0."""
    owners, columns = np.nonzero(dense)
    starts = np.searchsorted(owners, np.arange(len(dense) + 1))
    return SparseMatrix(starts, columns, dense[owners, columns], dense.shape[1])
