"""What is evaluated: rows that a classifier has scored, with what is true of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from valence.model.head import Floats, Ints


@dataclass(frozen=True)
class Scored:
    """n rows with their probabilities.

    Attributes:
        probabilities: shape (n, classes).
        truth: the right class of each row, shape (n,), in 0..classes-1.
        labels: the classes' names, in the order of the columns.
        texts: the n texts.

    >>> scored = Scored(np.array([[0.2, 0.8]]), np.array([1]), ("negative", "positive"), ("Fine.",))
    >>> scored.right.tolist()
    [True]
    """

    probabilities: Floats
    truth: Ints
    labels: tuple[str, ...]
    texts: tuple[str, ...]

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
        """The likeliest class of each row, shape (n,)."""
        return np.asarray(self.probabilities.argmax(axis=1), dtype=np.int64)

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        """Whether the likeliest class is the right one, shape (n,)."""
        return np.asarray(self.predicted == self.truth)
