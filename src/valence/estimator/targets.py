"""Labels as people hold them in Python, checked: one for each text, several, or a matrix of 0 and 1."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.exceptions import DataConversionWarning

from valence.data.examples import Target, labels_of
from valence.data.texts import cells_of, columns_of
from valence.system.errors import DataError

_MOST_FRACTIONS = 20  # a scale such as 1, 1.5, ... 5 is still labels, as in a file

Array = npt.NDArray[Any]
_SEVERAL = (list, tuple, set, frozenset, np.ndarray)


@dataclass(frozen=True)
class Targets:
    """The labels of n texts.

    Attributes:
        rows: each text's label, or tuple of labels, in words.
        classes: the labels that occur, sorted, in the type that they were given in; of a matrix its columns.
        matrix: whether they were given as one.
    """

    rows: list[Target]
    classes: Array
    matrix: bool = False

    def take(self, rows: Sequence[int]) -> Targets:
        """Of these rows alone; of a matrix all columns stay."""
        kept = [self.rows[row] for row in rows]
        if self.matrix:
            return replace(self, rows=kept)
        there = {name for target in kept for name in labels_of(target)}
        return replace(self, rows=kept, classes=self.classes[[str(each) in there for each in self.classes]])

    def check_several_classes(self) -> None:
        """Raises DataError if there is nothing to tell apart."""
        if len(self.classes) < 2:
            only = f"only one class, {self.classes.tolist()[0]!r}" if len(self.classes) else "no class at all"
            raise DataError(
                f"There is {only}: a classifier needs at least two labels.",
                hint="Check that y holds the labels that you mean, and give texts of each.",
                code="single-class",
            )

    @property
    def multi_label(self) -> bool:
        return self.matrix or (bool(self.rows) and not isinstance(self.rows[0], str))


def targets_of(y: Any, *, texts: int) -> Targets:
    """Reads labels. Raises DataError for those that are missing, mixed, a measurement, or not one for each text."""
    if y is None:
        raise DataError(
            "TextClassifier requires y to be passed, but the target y is None.",
            hint="Give a label for each text.",
            code="labels-missing",
        )
    if isinstance(y, (str, bytes, dict)):
        raise DataError(f"The labels are {type(y).__name__}, not a list.", hint="Give one label for each text.")
    found = _read(y)
    if len(found.rows) != texts:
        raise DataError(
            f"There are {texts} texts, and labels of shape ({len(found.rows)},): inconsistent numbers of samples.",
            hint="Give one label, or one list of labels, for each text.",
            code="labels-differ",
        )
    return found


def _read(y: Any) -> Targets:
    columns = columns_of(y)
    if columns is not None:
        if len(columns) == 1:
            return _of_labels(next(iter(columns.values())))
        return _of_matrix(np.array(list(columns.values()), dtype=object).T, np.asarray(list(columns)))
    if isinstance(y, np.ma.MaskedArray):
        y = y.tolist()  # None where it is masked
    shape: tuple[int, ...] = getattr(y, "shape", ())
    if len(shape) == 2 and shape[1] == 1:
        warnings.warn("A column-vector y was passed when a 1d array was expected.", DataConversionWarning, stacklevel=4)
        return _of_labels(np.asarray(y)[:, 0])
    if len(shape) == 2:
        marks = np.asarray(y)
        return _of_matrix(marks, np.arange(marks.shape[1]))
    if len(shape) > 2 or (isinstance(y, np.ndarray) and not shape):
        raise DataError(
            f"The labels have shape {shape}.",
            hint="Give shape (n,), or (n, labels) with 0 and 1.",
            code="labels-differ",
        )
    return _of_labels(y)


def _of_matrix(marks: Array, classes: Array) -> Targets:
    """Each row's labels by the names or numbers of the columns that are marked."""
    if not np.isin(marks, (0, 1)).all():
        raise DataError(
            "The indicator matrix holds other values than 0 and 1.",
            hint="Give 1 where a text has the label, else 0.",
            code="labels-differ",
        )
    return Targets([tuple(sorted(map(str, classes[row.astype(bool)]))) for row in marks], classes, matrix=True)


def _of_labels(y: Any) -> Targets:
    """Each row's label or labels, and those that occur."""
    cells = list(y) if isinstance(y, np.ndarray) else cells_of(y)
    several = {isinstance(each, _SEVERAL) for each in cells}
    if several == {True, False}:
        raise DataError(
            "Some texts have a list of labels, and others a single label.",
            hint="Give every text a list, such as ['angry'], and [] where it has no label.",
            code="labels-mixed",
        )
    if several == {True}:
        rows = [list(each) for each in cells]
        for row, labels in enumerate(rows):
            _check_present(labels, row, len(rows))
        flat = [label for labels in rows for label in labels]
        return Targets([tuple(sorted(set(map(str, labels)))) for labels in rows], _distinct(flat, np.asarray(flat)))
    for row, label in enumerate(cells):
        _check_present([label], row, len(cells))
    # What is an array already keeps its type, also inside a frame's column.
    given = np.asarray(y if hasattr(y, "__array__") else cells)
    return Targets([str(each) for each in given], _distinct(cells, given))


def _check_present(labels: Sequence[Any], row: int, rows: int) -> None:
    for label in labels:
        if _is_missing(label):
            shown = "blank" if isinstance(label, str) else f"missing ({label})"
            raise DataError(
                f"Label {row} of {rows} (counted from 0) is {shown}.",
                hint="Leave such rows out, in the texts too.",
                code="label-missing",
            )


def _is_missing(label: Any) -> bool:
    """None, NaN, infinity, pandas' NA and NaT, a blank word."""
    if label is None or (isinstance(label, str) and not label.strip()):
        return True
    try:
        return bool(label != label) or (isinstance(label, (float, np.floating)) and bool(np.isinf(label)))  # noqa: PLR0124
    except (TypeError, ValueError):  # NA is neither equal to itself nor not
        return True


def _distinct(cells: Sequence[Any], given: Array) -> Array:
    """The classes, sorted. Raises DataError for words beside numbers, and for a measurement."""
    kinds = sorted({_kind(each) for each in cells})
    if len(kinds) > 1:
        raise DataError(
            f"The labels are of several kinds: {' and '.join(kinds)}.",
            hint="Make them all words, or all numbers.",
            code="labels-mixed",
        )
    try:
        classes: Array = np.unique(given)
    except TypeError as error:
        raise DataError(
            f"The labels cannot be sorted: {error}.", hint="Give words or numbers.", code="labels-mixed"
        ) from error
    if len(classes) > _MOST_FRACTIONS and any(isinstance(each, (float, np.floating)) and each % 1 for each in cells):
        raise DataError(
            f"Unknown label type: continuous. There are {len(classes)} different fractions, such as {classes[0]}: "
            "measurements, not classes.",
            hint="Put them into a few classes first.",
            code="labels-too-many",
        )
    return classes


def _kind(label: Any) -> str:
    if isinstance(label, (bool, np.bool_)):
        return "true or false"
    return (
        "words"
        if isinstance(label, (str, bytes))
        else "numbers"
        if isinstance(label, (int, float, np.number))
        else type(label).__name__
    )
