"""A dense matrix on disk: its products need memory for a few rows at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from valence.model.feature_rows import portions
from valence.model.head import Floats, Ints
from valence.model.row_file import RowFile

_BYTES = 4  # of a float32


class StoredMatrix:
    """Rows of float32. Immutable; a selection of rows shares the file, which is gone when nothing refers to it.

    Args:
        count: of rows.
        width: number of columns.
        some_rows: gives the rows of a slice, shape (m, width); it is asked for one slice after the other.

    >>> matrix = StoredMatrix(2, 3, lambda some: np.arange(6).reshape(2, 3)[some])
    >>> (matrix[1:] @ np.eye(3, dtype=np.float32)).tolist()
    [[3.0, 4.0, 5.0]]
    """

    def __init__(self, count: int, width: int, some_rows: Callable[[slice], Floats]) -> None:
        self._file, self._numbers = RowFile(width), np.arange(count)
        for some in portions(count):
            self._file.write(some_rows(some), some.start)

    @property
    def shape(self) -> tuple[int, int]:
        return len(self._numbers), self._file.width

    @property
    def nbytes(self) -> int:
        """Of the rows in the file."""
        return len(self._numbers) * self._file.width * _BYTES

    @property
    def T(self) -> _Transposed:  # noqa: N802 - as numpy's arrays have it
        """The transposed matrix, which has only products."""
        return _Transposed(self)

    def __getitem__(self, rows: Ints | slice) -> StoredMatrix:
        """Some rows."""
        matrix = object.__new__(StoredMatrix)
        matrix._file, matrix._numbers = self._file, self._numbers[rows]
        return matrix

    def __matmul__(self, dense: Floats) -> Floats:
        """Shape (n, k), from one of shape (width, k)."""
        product = np.empty((len(self._numbers), dense.shape[1]), dtype=np.float32)
        for some, rows in self.parts():
            np.matmul(rows, dense, out=product[some])
        return product

    def squares(self, weights: Floats) -> Floats:
        """The sum of each column's squared values, times the weight of their row: shape (width,), from shape (n,)."""
        total = np.zeros(self._file.width, dtype=np.float32)
        for some, rows in self.parts():
            total += np.einsum("ij,ij,i->j", rows, rows, weights[some])
        return total

    def parts(self) -> Iterator[tuple[slice, Floats]]:
        """All rows, some at a time: (which, shape (m, width)). The array is overwritten in the next round."""
        slices = list(portions(len(self._numbers)))
        buffer = np.empty(
            (max((some.stop - some.start for some in slices), default=0), self._file.width), dtype=np.float32
        )
        for some in slices:
            yield some, self._file.rows(self._numbers[some]).into(buffer)


class _Transposed:
    """The transposed matrix of one with shape (n, width)."""

    def __init__(self, matrix: StoredMatrix) -> None:
        self._matrix = matrix

    def __matmul__(self, dense: Floats) -> Floats:
        """Shape (width, k), from one of shape (n, k)."""
        product = np.zeros((self._matrix.shape[1], dense.shape[1]), dtype=np.float32)
        for some, rows in self._matrix.parts():
            product += rows.T @ dense[some]
        return product
