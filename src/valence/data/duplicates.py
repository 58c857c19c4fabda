"""Finds texts that occur more than once: within train, with different labels, and on both sides of a split.

Two texts are the same if they differ only in case, white space and Unicode form (NFKC): people copy comments with
such differences, and a model that has seen one has seen the other.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from valence.data.examples import Examples, Splits, Target


def normalised(text: str) -> str:
    """The form in which equal texts are identical.

    >>> normalised("  GREAT\\u00a0ﬁlm ") == normalised("great film")
    True
    """
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@dataclass(frozen=True)
class Audit:
    """Numbers of duplicates in the splits of a run; saved with the model.

    Attributes:
        exact: training rows with the text of an earlier training row.
        normalised: the same for normalised texts, including the exact ones.
        contradicting_texts: training texts with different labels on different rows.
        contradicting_rows: the rows of those texts.
        validation_in_train, test_in_train, test_in_validation: rows of the first whose text is also in the second.
    """

    exact: int
    normalised: int
    contradicting_texts: int
    contradicting_rows: int
    validation_in_train: int
    test_in_train: int
    test_in_validation: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    def __str__(self) -> str:
        """One line for the log.

        >>> print(Audit(0, 0, 0, 0, 0, 0, 0))
        no text occurs twice in train, or in two splits
        >>> print(Audit(1, 2, 0, 0, 0, 5, 0))
        training rows that repeat an earlier text: 2 (1 exactly); test rows whose text is also in train: 5
        """
        counts = {
            "training rows that repeat an earlier text": self.normalised,
            "training texts with different labels on different rows": self.contradicting_texts,
            "validation rows whose text is also in train": self.validation_in_train,
            "test rows whose text is also in train": self.test_in_train,
            "test rows whose text is also in validation": self.test_in_validation,
        }
        exactly = {"training rows that repeat an earlier text": f" ({self.exact:,} exactly)"}
        listed = [f"{what}: {count:,}{exactly.get(what, '')}" for what, count in counts.items() if count]
        return "; ".join(listed) or "no text occurs twice in train, or in two splits"


def audit(splits: Splits) -> Audit:
    """Counts the duplicates. Nothing is changed: official splits stay as they are."""
    train, validation, test = (digests(part.texts) for part in (splits.train, splits.validation, splits.test))
    labels: dict[bytes, set[Target]] = defaultdict(set)
    for digest, label in zip(train, splits.train.labels, strict=True):
        labels[digest].add(label)
    held_out = set(validation)
    contradicting = {digest for digest, names in labels.items() if len(names) > 1}
    return Audit(
        exact=len(train) - len(set(splits.train.texts)),
        normalised=len(train) - len(labels),
        contradicting_texts=len(contradicting),
        contradicting_rows=sum(digest in contradicting for digest in train),
        validation_in_train=sum(digest in labels for digest in validation),
        test_in_train=sum(digest in labels for digest in test),
        test_in_validation=sum(digest in held_out for digest in test),
    )


def digests(texts: Sequence[str]) -> list[bytes]:
    """16 bytes for each text, equal for texts that are equal when normalised."""
    return [
        hashlib.blake2b(normalised(text).encode("utf-8", "surrogatepass"), digest_size=16).digest() for text in texts
    ]


def blocks(examples: Examples) -> npt.NDArray[np.int64]:
    """A number for each row, shape (n,). Rows with the same number share a text or a group and must stay together.

    >>> blocks(Examples(("a", "A ", "b", "c"), ("x",) * 4, ("1", "2", "3", "4"), groups=("p", "q", "q", "r"))).tolist()
    [0, 0, 0, 3]
    """
    parent = list(range(len(examples)))

    def root(row: int) -> int:
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    alike: list[Sequence[bytes | str]] = [digests(examples.texts), examples.groups]
    for shared in alike:
        first: dict[bytes | str, int] = {}
        for row, value in enumerate(shared):
            one, other = root(first.setdefault(value, row)), root(row)
            parent[max(one, other)] = min(one, other)
    return np.array([root(row) for row in range(len(examples))], dtype=np.int64)
