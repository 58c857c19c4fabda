"""The features of a classifier's examples, on disk without a name: a refit after one more label costs only the fit.

One file per readout, of rows of one width; it has no name in any folder, so nothing is left of it when the process
ends, however it ends. Rows of texts that are no longer examples are overwritten at the next fit.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Sequence
from typing import IO

import numpy as np

from valence.model.head import Floats


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

    def rows(self, digests: Sequence[bytes]) -> Floats:
        """Shape (n, width), of digests that all have a row."""
        found = np.empty((len(digests), self._width), dtype=np.float32)
        for i, digest in enumerate(digests):
            content = os.pread(self._file.fileno(), self._width * 4, self._row_of[digest] * self._width * 4)
            found[i] = np.frombuffer(content, dtype=np.float32)
        return found

    def keep_only(self, digests: Iterable[bytes]) -> None:
        """Overwrites every other row."""
        for digest in self._row_of.keys() - set(digests):
            row = self._row_of.pop(digest)
            self._write(row, bytes(self._width * 4))
            self._free.append(row)

    def close(self) -> None:
        self._file.close()

    def _write(self, row: int, content: bytes) -> None:
        os.pwrite(self._file.fileno(), content, row * self._width * 4)
