"""A sparse matrix and its products with dense ones: in C (sparse.c), or row by row in numpy where that was not built.

SciPy has such matrices too, but it is as large as half of what serving needs otherwise.
"""

from __future__ import annotations

import ctypes
import logging
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from valence.fitting.stored import StoredMatrix
from valence.model.head import Floats, Ints
from valence.system import c_library

log = logging.getLogger(__name__)

_INTERFACE = 1  # version of the functions in sparse.c: a library built from another one is not called
_ROWS_AT_ONCE = 64  # that are made dense

Columns = npt.NDArray[np.int32]


class _Sparse(ctypes.Structure):
    _fields_ = (
        ("rows", ctypes.c_int64),
        *((name, ctypes.c_void_p) for name in ("starts", "ends", "columns", "values")),
    )


class SparseMatrix:
    """Rows with few values that are not 0, float32. Immutable; a selection of rows shares its columns and values.

    Products are float32, and their sums are added up in a fixed order, so threads do not change them.

    Args:
        starts: shape (n + 1,); row i has the values from starts[i] up to starts[i + 1].
        columns: of each value, ascending in each row.
        values: of the same shape.
        width: number of columns.

    Raises ValueError if these do not fit together.

    >>> matrix = SparseMatrix(np.array([0, 1, 3]), np.array([2, 0, 1]), np.array([5.0, 6.0, 7.0]), 3)
    >>> (matrix @ np.eye(3, dtype=np.float32)).tolist()
    [[0.0, 0.0, 5.0], [6.0, 7.0, 0.0]]
    """

    def __init__(self, starts: Ints, columns: npt.NDArray[np.integer], values: Floats, width: int) -> None:
        _check(starts, columns, values, width)
        self._starts, self._ends = starts[:-1].astype(np.int64), starts[1:].astype(np.int64)
        self._columns: Columns = np.ascontiguousarray(columns, dtype=np.int32)
        self._values: Floats = np.ascontiguousarray(values, dtype=np.float32)
        self._width = width

    @property
    def shape(self) -> tuple[int, int]:
        return len(self._starts), self._width

    @property
    def size(self) -> int:
        """How many values there are."""
        return int((self._ends - self._starts).sum())

    @property
    def nbytes(self) -> int:
        """Of memory that the columns and values take."""
        return self._columns.nbytes + self._values.nbytes

    @property
    def T(self) -> _Transposed:  # noqa: N802 - as numpy's arrays have it
        """The transposed matrix, which has only products."""
        return _Transposed(self)

    def __getitem__(self, rows: Ints | slice) -> SparseMatrix:
        """Some rows."""
        return self._like(self._starts[rows], self._ends[rows], self._values)

    def __matmul__(self, dense: Floats) -> Floats:
        """Shape (n, k), from one of shape (width, k)."""
        return self._product(dense, transposed=False)

    def squares(self, weights: Floats) -> Floats:
        """The sum of each column's squared values, times the weight of their row: shape (width,), from shape (n,)."""
        return (self._like(self._starts, self._ends, self._values**2).T @ weights[:, None])[:, 0]

    def of_pairs(self) -> Floats:
        """The products of each row with each, shape (n, n)."""
        count = len(self._starts)
        products = np.empty((count, count), dtype=np.float32)
        for first in range(0, count, _ROWS_AT_ONCE):
            some = self[first : first + _ROWS_AT_ONCE]
            products[:, first : first + _ROWS_AT_ONCE] = self @ some.dense().T
        return products

    def _like(self, starts: Ints, ends: Ints, values: Floats) -> SparseMatrix:
        """A matrix with the same columns."""
        matrix = object.__new__(SparseMatrix)
        matrix._starts, matrix._ends = np.ascontiguousarray(starts), np.ascontiguousarray(ends)
        matrix._columns, matrix._values, matrix._width = self._columns, values, self._width
        return matrix

    def dense(self) -> Floats:
        """The same matrix as an array."""
        rows = np.zeros(self.shape, dtype=np.float32)
        for i, (columns, values) in enumerate(self._rows()):
            rows[i, columns] = values
        return rows

    def _rows(self) -> Iterator[tuple[Columns, Floats]]:
        for start, end in zip(self._starts, self._ends, strict=True):
            yield self._columns[start:end], self._values[start:end]

    def _product(self, dense: Floats, *, transposed: bool) -> Floats:
        inputs, outputs = self.shape if transposed else self.shape[::-1]
        if dense.ndim != 2 or len(dense) != inputs:
            raise ValueError(f"A matrix with {inputs} rows is needed, not one of shape {dense.shape}.")
        factor = np.ascontiguousarray(dense, dtype=np.float32)
        product = np.zeros((outputs, factor.shape[1]), dtype=np.float32)
        library = _library()
        if library is None:
            self._add_in_numpy(factor, product, transposed=transposed)
            return product
        addresses = (array.ctypes.data for array in (self._starts, self._ends, self._columns, self._values))
        function = library.valence_transposed_product if transposed else library.valence_product
        function(
            ctypes.byref(_Sparse(len(self._starts), *addresses)),
            factor.ctypes.data,
            product.ctypes.data,
            factor.shape[1],
        )
        return product

    def _add_in_numpy(self, factor: Floats, product: Floats, *, transposed: bool) -> None:
        for i, (columns, values) in enumerate(self._rows()):
            if transposed:
                product[columns] += values[:, None] * factor[i]  # no column occurs twice in a row
            else:
                product[i] = np.add.reduce(factor[columns] * values[:, None], axis=0)


class _Transposed:
    """The transposed matrix of one with shape (n, width)."""

    def __init__(self, matrix: SparseMatrix) -> None:
        self._matrix = matrix

    def __matmul__(self, dense: Floats) -> Floats:
        """Shape (width, k), from one of shape (n, k)."""
        return self._matrix._product(dense, transposed=True)


Rows = Floats | SparseMatrix | StoredMatrix


def _check(starts: Ints, columns: npt.NDArray[np.integer], values: Floats, width: int) -> None:
    """The C code trusts these."""
    if columns.ndim != 1 or columns.shape != values.shape:
        raise ValueError(f"There are {columns.shape} columns, but {values.shape} values.")
    if (
        starts.ndim != 1
        or not len(starts)
        or starts[0] != 0
        or starts[-1] != len(columns)
        or np.any(np.diff(starts) < 0)
    ):
        raise ValueError(f"Starts must ascend from 0 to {len(columns)}.")
    if len(columns) and not 0 <= columns.min() <= columns.max() < min(width, 1 << 31):
        raise ValueError(f"Columns are from {columns.min()} to {columns.max()}, but the width is {width}.")
    ascends = np.ones(len(columns) + 1, dtype=bool)
    np.greater(columns[1:], columns[:-1], out=ascends[1:-1])
    ascends[starts] = True
    if not ascends.all():
        raise ValueError("Columns must ascend in each row.")


@cache
def _library() -> ctypes.CDLL | None:
    """sparse.c, loaded once; None where it cannot be used."""
    try:
        functions = c_library.load(Path(__file__).with_name("_sparse.so"), "sparse.c", _INTERFACE)
    except c_library.LibraryMissingError as error:
        log.info("Heads with n-grams take longer to fit: %s.", error)
        return None
    for function in (functions.valence_product, functions.valence_transposed_product):
        function.argtypes = (ctypes.POINTER(_Sparse), ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)
        function.restype = None
    return functions
