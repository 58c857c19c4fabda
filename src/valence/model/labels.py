"""A classifier's labels: their names, their order, and the indices that stand for them in arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from valence.errors import DataError


class Labels:
    """The ordered, distinct label names of a classifier; index i is column i of its logits.

    >>> labels = Labels.discover(["positive", "negative", "positive"])
    >>> labels.names
    ('negative', 'positive')
    >>> labels.encode(["positive", "negative"]).tolist()
    [1, 0]
    """

    def __init__(self, names: Sequence[str]) -> None:
        if len(names) < 2:
            raise DataError(
                f"A classifier needs at least two labels, and there is only {list(names)!r}.",
                way_out="Check the label column: does it hold the labels that you mean?",
                code="single-class",
            )
        if len(set(names)) != len(names):
            raise DataError(f"Labels must be distinct: {list(names)!r}.", code="labels-not-distinct")
        self.names = tuple(names)
        self._index = {name: i for i, name in enumerate(self.names)}

    @classmethod
    def discover(cls, labels: Iterable[str]) -> Labels:
        """The labels that occur, sorted by name."""
        return cls(sorted(set(labels)))

    def __len__(self) -> int:
        return len(self.names)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Labels) and self.names == other.names

    def __hash__(self) -> int:
        return hash(self.names)

    def __repr__(self) -> str:
        return f"Labels({list(self.names)!r})"

    def encode(self, labels: Sequence[str]) -> npt.NDArray[np.int64]:
        """Indices of shape (n,). Raises DataError for a label that the classifier does not know."""
        unknown = sorted(set(labels) - self._index.keys())
        if unknown:
            raise DataError(
                f"Unknown label(s) {unknown[:5]!r}; the classifier knows {list(self.names)!r}.",
                way_out="Rename them in the data, or fit a new head on data that has them.",
                code="unknown-label",
            )
        return np.array([self._index[label] for label in labels], dtype=np.int64)
