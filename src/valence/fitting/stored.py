"""A dense matrix on disk, in a file without a name: its products need memory for a few rows at a time.

The system keeps in memory as much of the file as there is room for, and gives that up for anything more urgent, which
it can't do with an array.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import IO

import numpy as np

from valence.model.feature_rows import portions
from valence.model.head import Floats, Ints

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
        self._file, self._width = _File(), width
        self._numbers: Ints = np.arange(count)
        for some in portions(count):
            self._file.append(some_rows(some))

    @property
    def shape(self) -> tuple[int, int]:
        return len(self._numbers), self._width

    @property
    def nbytes(self) -> int:
        """Of the rows in the file."""
        return len(self._numbers) * self._width * _BYTES

    @property
    def T(self) -> _Transposed:  # noqa: N802 - as numpy's arrays have it
        """The transposed matrix, which has only products."""
        return _Transposed(self)

    def __getitem__(self, rows: Ints | slice) -> StoredMatrix:
        """Some rows."""
        matrix = object.__new__(StoredMatrix)
        matrix._file, matrix._width, matrix._numbers = self._file, self._width, self._numbers[rows]
        return matrix

    def __matmul__(self, dense: Floats) -> Floats:
        """Shape (n, k), from one of shape (width, k)."""
        product = np.empty((len(self._numbers), dense.shape[1]), dtype=np.float32)
        for some, rows in self.parts():
            np.matmul(rows, dense, out=product[some])
        return product

    def squares(self, weights: Floats) -> Floats:
        """The sum of each column's squared values, times the weight of their row: shape (width,), from shape (n,)."""
        total = np.zeros(self._width, dtype=np.float32)
        for some, rows in self.parts():
            total += np.einsum("ij,ij,i->j", rows, rows, weights[some])
        return total

    def parts(self) -> Iterator[tuple[slice, Floats]]:
        """All rows, some at a time: (which, shape (m, width)). The array is overwritten in the next round."""
        slices = list(portions(len(self._numbers)))
        buffer = np.empty((max((some.stop - some.start for some in slices), default=0), self._width), dtype=np.float32)
        for some in slices:
            numbers = self._numbers[some]
            rows = buffer[: len(numbers)]
            cuts = [0, *(np.flatnonzero(np.diff(numbers) != 1) + 1), len(numbers)]
            for first, past in pairwise(cuts):  # neighbours in the file are read at once
                self._file.read(rows[first:past], int(numbers[first]))
            yield some, rows


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


class _File:
    """Closed when it is no longer referred to."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - open for as long as this object lives

    def __del__(self) -> None:
        self._file.close()

    def append(self, rows: Floats) -> None:
        content = np.ascontiguousarray(rows, dtype=np.float32).data.cast("B")
        while content:
            content = content[self._file.write(content) :]

    def read(self, into: Floats, row: int) -> None:
        content, position = into.data.cast("B"), row * into.shape[1] * _BYTES
        while content:
            done = os.preadv(self._file.fileno(), [content], position)
            if not done:
                raise OSError(f"The file of a matrix ends before row {row}.")
            content, position = content[done:], position + done
