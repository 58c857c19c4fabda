"""Rows of numbers on disk, in a file without a name: nothing is left of it when its processes end, however they end.

The system keeps in memory as much of the file as there is room for, and gives that up for anything more urgent, which
it can't do with an array.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import IO

import numpy as np

from valence.model.head import Floats, Ints

_BYTES = 4  # of a float32
_AT_ONCE = 1 << 30  # bytes; Linux reads and writes at most 2 GiB in one call


class RowFile:
    """Rows of float32, all of one width.

    Args:
        width: of a row.
        descriptor: of an open file that somebody else closes; None for a new file, which is closed when nothing refers
            to this object.

    >>> file = RowFile(2)
    >>> file.write(np.arange(6, dtype=np.float32).reshape(3, 2), 0)
    >>> file.rows([2, 0])[:].tolist()
    [[4.0, 5.0], [0.0, 1.0]]
    """

    def __init__(self, width: int, descriptor: int | None = None) -> None:
        self.width = width
        self._own: IO[bytes] | None = None
        if descriptor is None:
            self._own = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - open for as long as this object lives
            descriptor = self._own.fileno()
        self.descriptor = descriptor

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Closes the file if it is this object's own."""
        if self._own:
            self._own.close()

    def rows(self, numbers: Sequence[int] | Ints) -> FileRows:
        """Some of its rows, which are read when they are asked for."""
        return FileRows(self, np.array(numbers, dtype=np.int64))

    def write(self, rows: Floats, first: int) -> None:
        """Writes rows, shape (n, width), from row number `first` on."""
        content = np.ascontiguousarray(rows, dtype=np.float32).data.cast("B")
        position = first * self.width * _BYTES
        while content:
            done = os.pwrite(self.descriptor, content[:_AT_ONCE], position)
            content, position = content[done:], position + done

    def write_at(self, numbers: Ints, rows: Floats) -> None:
        """Writes rows, shape (n, width), to their numbers, shape (n,)."""
        for first, past in _runs(numbers):
            self.write(rows[first:past], int(numbers[first]))

    def read(self, into: Floats, first: int) -> None:
        """Fills `into`, shape (n, width), from row number `first` on. Raises OSError if the file has fewer rows."""
        content, position = into.data.cast("B"), first * self.width * _BYTES
        while content:
            done = os.preadv(self.descriptor, [content[:_AT_ONCE]], position)
            if not done:
                raise OSError(f"A file of features ends before row {position // (self.width * _BYTES) + 1}.")
            content, position = content[done:], position + done


class FileRows:
    """Some rows of a file, which are read when they are asked for.

    Args:
        file: with the rows.
        numbers: of the rows in the file, shape (n,).
    """

    def __init__(self, file: RowFile, numbers: Ints) -> None:
        self._file, self._numbers = file, numbers

    @property
    def shape(self) -> tuple[int, int]:
        return len(self._numbers), self._file.width

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, rows: Ints | slice) -> Floats:
        """Shape (m, width), float32. Raises OSError if the file has fewer rows."""
        some = FileRows(self._file, self._numbers[rows])
        return some.into(np.empty(some.shape, dtype=np.float32))

    def into(self, array: Floats) -> Floats:
        """Reads all of them into the first rows of an array, and returns these. Raises OSError as above."""
        rows = array[: len(self)]
        for first, past in _runs(self._numbers):
            self._file.read(rows[first:past], int(self._numbers[first]))
        return rows


def _runs(numbers: Ints) -> Iterator[tuple[int, int]]:
    """Where neighbours in the file begin and end, which are read or written at once.

    >>> list(_runs(np.array([4, 5, 6, 2])))
    [(0, 3), (3, 4)]
    """
    cuts = [0, *(np.flatnonzero(np.diff(numbers) != 1) + 1).tolist(), len(numbers)]
    return pairwise(cuts if len(numbers) else [])
