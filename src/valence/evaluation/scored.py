"""The rows to evaluate: a classifier's probabilities and the right answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from valence.data.examples import Examples
from valence.model.head import Floats, Head, Ints
from valence.model.labels import Labels

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Scored:
    """n rows with their probabilities, each row of one class.

    Attributes:
        probabilities: shape (n, classes).
        truth: the right class of each row, shape (n,), in 0..classes-1.
        labels: the classes' names, in the order of the columns.
        texts: the n texts.
        keys: where each row comes from, such as "file.csv:17"; empty if nothing says so.
        answers: the class that each row is given, shape (n,); by default the most probable one.

    >>> scored = Scored(np.array([[0.2, 0.8]]), np.array([1]), ("negative", "positive"), ("Fine.",))
    >>> scored.right.tolist()
    [True]
    """

    figure: ClassVar[str] = "accuracy"  # the name of the share of right rows

    probabilities: Floats
    truth: Ints
    labels: tuple[str, ...]
    texts: tuple[str, ...]
    keys: tuple[str, ...] = ()
    answers: Ints | None = None

    def __post_init__(self) -> None:
        rows, classes = self.probabilities.shape
        if (len(self.truth), len(self.texts), len(self.labels)) != (rows, rows, classes):
            raise ValueError(
                f"probabilities are {self.probabilities.shape}, but there are {len(self.truth)} right answers, "
                f"{len(self.texts)} texts and {len(self.labels)} labels."
            )

    def __len__(self) -> int:
        return len(self.truth)

    @property
    def predicted(self) -> Ints:
        """The class that each row is given, shape (n,)."""
        if self.answers is not None:
            return self.answers
        return np.asarray(self.probabilities.argmax(axis=1), dtype=np.int64)

    @property
    def right(self) -> Bools:
        """Whether the class that it is given is the right one, shape (n,)."""
        return np.asarray(self.predicted == self.truth)

    def has(self, label: int) -> Bools:
        """Whether each row has the class, shape (n,)."""
        return np.asarray(self.truth == label)


@dataclass(frozen=True)
class MultiLabelScored:
    """n rows with their probabilities, each row with several labels or none.

    Attributes:
        probabilities: shape (n, labels), each of having one label.
        truth: 1 for each label that the row has, 0 for the others, shape (n, labels).
        predicted: 1 for each label that the row is given, 0 for the others, shape (n, labels).
        labels: their names, in the order of the columns.
        texts: the n texts.
        keys: where each row comes from, such as "file.csv:17"; empty if nothing says so.
    """

    figure: ClassVar[str] = "subset accuracy"

    probabilities: Floats
    truth: Ints
    predicted: Ints
    labels: tuple[str, ...]
    texts: tuple[str, ...]
    keys: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        shape = (len(self.texts), len(self.labels))
        shapes = {array.shape for array in (self.probabilities, self.truth, self.predicted)}
        if shapes != {shape}:
            raise ValueError(f"there are {shape[0]} texts and {shape[1]} labels, but arrays of shapes {shapes}.")

    def __len__(self) -> int:
        return len(self.truth)

    @property
    def right(self) -> Bools:
        """Whether exactly the right labels are given, shape (n,)."""
        return np.asarray((self.predicted == self.truth).all(axis=1))

    def has(self, label: int) -> Bools:
        """Whether each row has the label, shape (n,)."""
        return np.asarray(self.truth[:, label] == 1)

    def named(self, marks: Ints) -> str:
        """The labels of one row in words; `marks` of shape (labels,).

        >>> none = np.zeros((0, 2), dtype=int)
        >>> MultiLabelScored(none, none, none, ("angry", "rude"), ()).named(np.array([1, 1]))
        'angry, rude'
        """
        return ", ".join(self.labels[i] for i in np.flatnonzero(marks)) or "no label"


AnyScored = Scored | MultiLabelScored


def scored(probabilities: Floats, truth: Ints, *, head: Head, labels: Labels, rows: Examples) -> AnyScored:
    """Rows that a head has scored; `truth` as `Labels.encode` returns it."""
    return answered(probabilities, head.decide(probabilities), truth, labels=labels, rows=rows)


def answered(probabilities: Floats, answers: Ints, truth: Ints, *, labels: Labels, rows: Examples) -> AnyScored:
    """Rows with their answers; these and `truth` as `Labels.encode` returns them."""
    if labels.multi_label:
        return MultiLabelScored(probabilities, truth, answers, labels.names, rows.texts, rows.keys)
    return Scored(probabilities, truth, labels.names, rows.texts, rows.keys, answers)
