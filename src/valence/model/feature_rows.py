"""Features that are read some rows at a time, so that a fit on many rows does not hold several copies of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

_AT_ONCE = 512  # rows


class FeatureRows(Protocol):
    """Features of shape (n, width): an array, or rows in a file that are read when they are asked for."""

    @property
    def shape(self) -> tuple[int, ...]: ...

    def __len__(self) -> int: ...

    def __getitem__(self, rows: Any, /) -> npt.NDArray[np.floating[Any]]: ...


def portions(rows: int) -> Iterator[slice]:
    """Slices of a few rows each that together cover this number of rows.

    >>> list(portions(700))
    [slice(0, 512, None), slice(512, 700, None)]
    """
    return (slice(start, min(start + _AT_ONCE, rows)) for start in range(0, rows, _AT_ONCE))


class SomeRows:
    """Some rows of other features, which are read when they are asked for.

    Args:
        features: shape (n, width).
        numbers: of the rows, shape (m,).
    """

    def __init__(self, features: FeatureRows, numbers: npt.NDArray[np.int64]) -> None:
        self._features, self._numbers = features, numbers

    @property
    def shape(self) -> tuple[int, ...]:
        return len(self._numbers), self._features.shape[1]

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, rows: Any, /) -> npt.NDArray[np.floating[Any]]:
        return self._features[self._numbers[rows]]
