"""A classifier's labels: their names, their order, and their indices in arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from valence.data.examples import Target, labels_of
from valence.system.errors import DataError
from valence.tables.answers import SEPARATOR
from valence.tables.labels import canonical


class Labels:
    """The ordered, distinct label names of a classifier; index i is column i of its logits.

    Attributes:
        names: in this order.
        multi_label: whether a text can have several of them, or none; otherwise it has exactly one.

    >>> labels = Labels.discover(["positive", "negative", "positive"])
    >>> labels.names
    ('negative', 'positive')
    >>> labels.encode(["positive", "negative"]).tolist()
    [1, 0]
    >>> Labels.discover([("angry", "rude"), ()]).encode([("rude",), ()]).tolist()
    [[0, 1], [0, 0]]
    >>> Labels(["0.0", "1.0"]).encode(["1", "0.0"]).tolist()
    [1, 0]
    """

    def __init__(self, names: Sequence[str], *, multi_label: bool = False) -> None:
        if len(names) < 2:
            raise DataError(
                f"A classifier needs at least two labels, and there is only {list(names)!r}.",
                hint="Check the label column: does it contain the right labels?",
                code="single-class",
            )
        unwritable = [name for name in names if multi_label and SEPARATOR in name]
        if unwritable:
            raise DataError(
                f"The label {unwritable[0]!r} contains {SEPARATOR!r}, which separates the labels of a text in a cell.",
                hint="Rename it; in a table, another separator can be named (--label-separator).",
                code="label-unwritable",
            )
        if len(set(names)) != len(names):
            raise DataError(f"Labels must be distinct: {list(names)!r}.", code="labels-not-distinct")
        self.names, self.multi_label = tuple(names), multi_label
        # Whole numbers in every spelling: files write 1 or 1.0 for the same label.
        self._index = {canonical(name): i for i, name in enumerate(self.names)}
        self._index |= {name: i for i, name in enumerate(self.names)}

    @classmethod
    def discover(cls, labels: Iterable[Target]) -> Labels:
        """The labels that occur, sorted by name; multi-label if rows have tuples of them."""
        rows = list(labels)
        names = sorted({name for row in rows for name in labels_of(row)})
        return cls(names, multi_label=any(not isinstance(row, str) for row in rows))

    def __len__(self) -> int:
        return len(self.names)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Labels) and (self.names, self.multi_label) == (other.names, other.multi_label)

    def __hash__(self) -> int:
        return hash((self.names, self.multi_label))

    def __repr__(self) -> str:
        return f"Labels({list(self.names)!r}{', multi_label=True' if self.multi_label else ''})"

    def encode(self, labels: Sequence[Target]) -> npt.NDArray[np.int64]:
        """Indices of shape (n,); in the multi-label case 1 for each label of a text and 0 for the others, (n, labels).

        Raises DataError for an unknown label, and for rows with one label instead of several or the reverse.
        """
        self._check_kind(labels)
        given = {name for row in labels for name in labels_of(row)}
        spelling = {name: name if name in self._index else canonical(name) for name in given}
        unknown = sorted(name for name, known in spelling.items() if known not in self._index)
        if unknown:
            raise DataError(
                f"Unknown label(s) {unknown[:5]!r}; the classifier knows {list(self.names)!r}.",
                hint="Rename them in the data, or fit a new head on data with these labels.",
                code="unknown-label",
            )
        if not self.multi_label:
            return np.array([self._index[spelling[str(label)]] for label in labels], dtype=np.int64)
        marks = np.zeros((len(labels), len(self)), dtype=np.int64)
        for row, names in enumerate(labels):
            marks[row, [self._index[spelling[name]] for name in labels_of(names)]] = 1
        return marks

    def _check_kind(self, labels: Sequence[Target]) -> None:
        if all(isinstance(row, str) != self.multi_label for row in labels):
            return
        if self.multi_label:
            raise DataError(
                "The rows have one label each, but the classifier is multi-label.",
                hint="Give lists of labels, or for a table the separator in its cells (--label-separator).",
                code="labels-differ",
            )
        raise DataError(
            "The rows have lists of labels, but the classifier gives each text exactly one.",
            hint="Give rows with one label each, or fit a head on these: `valence transfer`.",
            code="labels-differ",
        )
