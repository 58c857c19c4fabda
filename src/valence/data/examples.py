"""Labelled texts and the splits of a data set."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# The label of a row; in a multi-label set its labels in alphabetical order, possibly none.
Target = str | tuple[str, ...]


def labels_of(target: Target) -> tuple[str, ...]:
    """A row's labels, in either kind of set.

    >>> labels_of("spam"), labels_of(("angry", "urgent")), labels_of(())
    (('spam',), ('angry', 'urgent'), ())
    """
    return (target,) if isinstance(target, str) else target


@dataclass(frozen=True)
class Examples:
    """Texts with their labels, and a key that says where each came from (a file name, or a file and line).

    `groups` is empty, or holds a name for each row: rows of one group, such as an author, stay on one side of a split.
    Either every row has one label, or, in a multi-label set, every row has a tuple of labels.
    """

    texts: tuple[str, ...]
    labels: tuple[Target, ...]
    keys: tuple[str, ...]
    groups: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not len(self.texts) == len(self.labels) == len(self.keys):
            raise ValueError(f"{len(self.texts)} texts, {len(self.labels)} labels, {len(self.keys)} keys")
        if self.groups and len(self.groups) != len(self.texts):
            raise ValueError(f"{len(self.texts)} texts, {len(self.groups)} groups")

    def __len__(self) -> int:
        return len(self.texts)

    @property
    def multi_label(self) -> bool:
        """Whether rows can have several labels; false if there are no rows."""
        return bool(self.labels) and not isinstance(self.labels[0], str)

    @property
    def label_counts(self) -> Counter[str]:
        """Each label that occurs, and on how many rows."""
        return Counter(label for row in self.labels for label in labels_of(row))

    def joined(self, others: Examples) -> Examples:
        """These rows and then the others."""
        groups = (*self.groups, *others.groups) if self.groups else ()
        return Examples(
            (*self.texts, *others.texts), (*self.labels, *others.labels), (*self.keys, *others.keys), groups
        )

    def take(self, indices: Sequence[int]) -> Examples:
        """The rows at `indices`, in that order."""
        return Examples(
            tuple(self.texts[i] for i in indices),
            tuple(self.labels[i] for i in indices),
            tuple(self.keys[i] for i in indices),
            tuple(self.groups[i] for i in indices) if self.groups else (),
        )

    def renamed(self, name_of: Callable[[str], str]) -> Examples:
        """The same rows, with each label replaced by `name_of` it."""
        labels = tuple(
            name_of(row) if isinstance(row, str) else tuple(sorted({name_of(name) for name in row}))
            for row in self.labels
        )
        return Examples(self.texts, labels, self.keys, self.groups)


@dataclass(frozen=True)
class Dataset:
    """A named data set with its official splits.

    Attributes:
        test: the reserved test set. No choice is based on it.
        test_split: what the data set itself calls that split.
        unlabelled: texts without labels, for language-model adaptation and distillation.
        checksum: SHA-256 over the sorted keys and texts; part of every result.
        facts: how a user's file was read, for a model's provenance; empty for a published set.
    """

    name: str
    train: Examples
    test: Examples
    checksum: str
    unlabelled: tuple[str, ...] = ()
    test_split: str = "test"
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Splits:
    """What a training run works with: validation is cut from train, test is the reserved set."""

    train: Examples
    validation: Examples
    test: Examples


def content_checksum(rows: Iterable[tuple[str, str]]) -> str:
    """Hex SHA-256 over (key, text) pairs, independent of their order.

    >>> content_checksum([("b", "two"), ("a", "one")]) == content_checksum([("a", "one"), ("b", "two")])
    True
    """
    digest = hashlib.sha256()
    for key, text in sorted(rows):
        digest.update(key.encode() + b"\0" + text.encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()
