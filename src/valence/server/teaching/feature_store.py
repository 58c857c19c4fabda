"""The features of a classifier's examples, on disk: a refit after one more label costs only the fit.

One file per readout. Rows of texts that are no longer examples are overwritten at the next fit.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from valence.model.head import Floats
from valence.model.row_file import RowFile


class FeatureStore:
    """The features of one readout, by the digest of the exact text. Used by one thread.

    Args:
        width: of a row.

    Attributes:
        file: with the rows.
    """

    def __init__(self, width: int) -> None:
        self.file = RowFile(width)
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
        self.file.write(features[None], row)
        self._row_of[digest] = row

    def row_of(self, digest: bytes) -> int:
        """The number of its row in the file."""
        return self._row_of[digest]

    def keep_only(self, digests: Iterable[bytes]) -> None:
        """Overwrites every other row."""
        nothing = np.zeros((1, self.file.width), dtype=np.float32)
        for digest in self._row_of.keys() - set(digests):
            row = self._row_of.pop(digest)
            self.file.write(nothing, row)
            self._free.append(row)
