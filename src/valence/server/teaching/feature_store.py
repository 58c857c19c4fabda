"""The features of a classifier's examples, on disk without a name: a refit after one more label costs only the fit.

One file per readout, of rows of one width; it has no name in any folder, so nothing is left of it when the process
ends, however it ends. Rows of texts that are no longer examples are overwritten at the next fit.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import IO

import numpy as np

from valence.model.head import Floats, Ints

_BYTES = 4  # of a float32
_AT_ONCE = 1 << 20  # bytes


class FeatureStore:
    """The features of one readout, by the digest of the exact text. Used by one thread.

    Args:
        width: of a row.
    """

    def __init__(self, width: int) -> None:
        self._width = width
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - open for as long as this object lives
        self._row_of: dict[bytes, int] = {}
        self._free: list[int] = []
        self._rows = 0

    def missing(self, digests: Sequence[bytes]) -> list[int]:
        """The positions of the digests that have no row yet."""
        return [i for i, digest in enumerate(digests) if digest not in self._row_of]

    def add(self, digest: bytes, features: Floats) -> None:
        """Stores a row of shape (width,)."""
        row = self._free.pop() if self._free else self._rows
        self._rows = max(self._rows, row + 1)
        self._write(row, np.ascontiguousarray(features, dtype=np.float32).tobytes())
        self._row_of[digest] = row

    def row_of(self, digest: bytes) -> int:
        """The number of its row in the file."""
        return self._row_of[digest]

    def file(self) -> StoredFile:
        """The file, open until it is closed, also when the store is closed before."""
        return StoredFile(os.dup(self._file.fileno()), self._width)

    def keep_only(self, digests: Iterable[bytes]) -> None:
        """Overwrites every other row."""
        for digest in self._row_of.keys() - set(digests):
            row = self._row_of.pop(digest)
            self._write(row, bytes(self._width * _BYTES))
            self._free.append(row)

    def close(self) -> None:
        self._file.close()

    def _write(self, row: int, content: bytes) -> None:
        os.pwrite(self._file.fileno(), content, row * self._width * _BYTES)


@dataclass(frozen=True)
class StoredFile:
    """The file of a store, for this process or one that inherits it.

    Attributes:
        descriptor: of the file.
        width: of a row.
    """

    descriptor: int
    width: int

    def rows(self, numbers: Sequence[int] | Ints) -> StoredRows:
        """Some of its rows."""
        return StoredRows(self, np.array(numbers, dtype=np.int64))

    def close(self) -> None:
        os.close(self.descriptor)


class StoredRows:
    """Some rows of a store's file, which are read when they are asked for.

    Args:
        file: of the store.
        numbers: of the rows in the file, shape (n,).
    """

    def __init__(self, file: StoredFile, numbers: Ints) -> None:
        self._file, self._numbers = file, numbers

    @property
    def shape(self) -> tuple[int, int]:
        return len(self._numbers), self._file.width

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, rows: Ints | slice) -> Floats:
        """Shape (m, width), float32. Raises OSError if the file has fewer rows."""
        numbers = self._numbers[rows]
        found = np.empty((len(numbers), self._file.width), dtype=np.float32)
        # Neighbours in the file are read at once: most are in the order in which they were added.
        cuts = np.flatnonzero(np.diff(numbers) != 1) + 1
        for first, past in zip([0, *cuts], [*cuts, len(numbers)], strict=True) if len(numbers) else ():
            self._read(found[first:past].data.cast("B"), int(numbers[first]))
        return found

    def _read(self, into: memoryview, row: int) -> None:
        position, done = row * self._file.width * _BYTES, 0
        while done < len(into):
            content = os.pread(self._file.descriptor, min(_AT_ONCE, len(into) - done), position + done)
            if not content:
                raise OSError(f"The features of row {row} are missing.")
            into[done : done + len(content)] = content
            done += len(content)
