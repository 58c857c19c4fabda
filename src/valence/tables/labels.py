"""Turns the cells of a label column into label names, and refuses cells that are not labels.

Whole numbers are one label however they are written (1, 1.0, "1.0"), with the name that the file writes first; files
saved by different programs are matched by `canonical`. True and False become "true" and "false".
"""

from __future__ import annotations

import itertools
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from valence.system.errors import DataError
from valence.system.offers import Offer
from valence.tables import label_lists
from valence.tables.grid import Nested
from valence.tables.invisible import trimmed

_WHOLE = re.compile(r"[+-]?(0|[1-9]\d*)(\.0*)?")  # not 007, which is a code
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_ANSWERS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
_FEW_ROWS = 20  # with more, a value of its own for every row looks like ids; with fewer, like one row a class
_MOST_MEASURED_VALUES = 20  # a scale such as 1, 1.5, ... 5 is still labels; more different fractions are a measurement

_OTHER_COLUMN = (Offer("If another column has the labels", {"label_column": None}),)


def names_of(cells: Sequence[Any]) -> list[str | None]:
    """The label name of each cell; None if the cell is empty.

    >>> names_of([1.0, 2, None]), names_of(["TRUE", "False", ""]), names_of([" 1.0", "0", "nan"])
    (['1', '2', None], ['true', 'false', None], ['1.0', '0', None])
    >>> names_of(["0.0", "1", "0", "1.0"])
    ['0.0', '1', '0.0', '1']
    """
    written = [_written(cell) for cell in cells]
    filled = {name for name in written if name is not None}
    if {name.lower() for name in filled} <= {"true", "false"}:
        return [name and name.lower() for name in written]
    if any(map(_NUMBER.fullmatch, filled)) and all(_NUMBER.fullmatch(name) or name.lower() == "nan" for name in filled):
        written = [None if name and name.lower() == "nan" else name for name in written]
        if all(_WHOLE.fullmatch(name) for name in filled if name.lower() != "nan"):
            return _spelt_first(written, cells)
    return written


def _spelt_first(written: Sequence[str | None], cells: Sequence[Any]) -> list[str | None]:
    """Whole numbers, each as the first cell with it is written; what is not a text in the file has no spelling."""
    spelling: dict[str, str] = {}
    for name, cell in zip(written, cells, strict=True):
        if name is not None:
            spelling.setdefault(_whole(name), name if isinstance(cell, str) else _whole(name))
    return [name and spelling[_whole(name)] for name in written]


def canonical(name: str) -> str:
    """The same for all spellings of a whole number: "1" for "1.0". Any other label is itself.

    >>> canonical("1.0"), canonical("007"), canonical("good")
    ('1', '007', 'good')
    """
    return _whole(name) if _WHOLE.fullmatch(name) else name


def prepared(cells: Sequence[Any], separator: str | None) -> tuple[Sequence[Any], bool]:
    """The cells of a label column as they are to be read, and whether lists were found in cells of text.

    Lists in cells of text become lists, if every cell is one. In formats that write a single label as a list of one
    (Nested.one_label), such lists become single labels if no cell holds several.
    """
    filled = [cell for cell in cells if cell is not None]
    if filled and all(isinstance(cell, Nested) and cell.one_label for cell in filled):
        if all(cell.items is not None and len(cell.items) < 2 for cell in filled):
            return [cell.items[0] if cell is not None and cell.items else None for cell in cells], False
        return cells, False
    lists = None if separator else label_lists.read_lists(cells)
    return (cells, False) if lists is None else (lists, True)


def says_yes_or_no(cells: Iterable[Any]) -> bool:
    """Whether every cell that is not empty is 0 or 1, true or false, yes or no.

    >>> says_yes_or_no(["0", 1.0, True, " Yes", None]), says_yes_or_no([0, 1, 2])
    (True, False)
    """
    return all(written is None or _answer(written) is not None for written in map(_written, cells))


def names_by_columns(columns: Mapping[str, Sequence[Any]]) -> list[tuple[str, ...] | None]:
    """The columns with yes in each row, in alphabetical order; None if a cell of the row is empty.

    Raises UnclearAnswerError for a cell that is neither yes nor no.

    >>> names_by_columns({"rude": [1, 0, None], "angry": ["yes", "no", "no"]})
    [('angry', 'rude'), (), None]
    """
    answers = {name: [_yes_or_no(name, row, cell) for row, cell in enumerate(cells)] for name, cells in columns.items()}
    return [
        None if None in row else tuple(sorted(name for name, yes in zip(answers, row, strict=True) if yes))
        for row in zip(*answers.values(), strict=True)
    ]


class UnclearAnswerError(ValueError):
    """A cell of a yes-or-no column that is neither: in `row` of `column`, as `written`."""

    def __init__(self, column: str, row: int, written: str) -> None:
        super().__init__(f"row {row} of {column!r} is {written!r}")
        self.column, self.row, self.written = column, row, written


def _yes_or_no(column: str, row: int, cell: Any) -> bool | None:
    written = cell.kind if isinstance(cell, Nested) else _written(cell)
    if written is None:
        return None
    answer = _answer(written)
    if answer is None:
        raise UnclearAnswerError(column, row, written)
    return answer


def _answer(written: str) -> bool | None:
    return _ANSWERS.get(_whole(written) if _WHOLE.fullmatch(written) else written.lower())


def several_names_of(cells: Sequence[Any], separator: str | None) -> list[tuple[str, ...] | None]:
    """The sorted label names in each cell of a multi-label column; None if a cell has no value.

    A cell is a list, or a string with separated labels. An empty one means that the text has no label.

    >>> several_names_of(["rude|angry|rude", "", None], "|"), several_names_of([Nested("a list", (2.0, 1))], None)
    ([('angry', 'rude'), (), None], [('1', '2')])
    """
    parts = [None if cell is None else _parts(cell, separator) for cell in cells]
    names = iter(
        names_of([part for labels in parts for part in labels or ()])
    )  # together, so that numbers are treated alike
    return [
        None if labels is None else tuple(sorted({name for name in itertools.islice(names, len(labels)) if name}))
        for labels in parts
    ]


def _parts(cell: Any, separator: str | None) -> Sequence[Any]:
    if isinstance(cell, Nested):
        return cell.items or ()
    return cell.split(separator) if separator and isinstance(cell, str) else (cell,)


def check_some(counts: Mapping[str, int], *, where: str) -> None:
    """Raises DataError if there is no label (name -> rows): to test on, one is enough."""
    if not counts:
        raise DataError(
            f"{where} holds no label at all, so there is nothing to test against.",
            hint="Check that the file is complete.",
            code="labels-missing",
            offers=_OTHER_COLUMN,
        )


def check(counts: Mapping[str, int], *, where: str) -> None:
    """Raises DataError if labels (name -> rows) cannot be learnt: only one, nearly one per row, or measurements."""
    rows = sum(counts.values())
    if len(counts) < 2:
        only = f"only the label {next(iter(counts))!r}" if counts else "no label at all"
        raise DataError(
            f"{where} holds {only}; a classifier needs at least two.",
            hint="Check that the file is complete.",
            code="single-class",
            offers=_OTHER_COLUMN,
        )
    if len(counts) == rows and rows <= _FEW_ROWS:
        raise DataError(
            f"{where} gives each of the {rows:,} rows a label of its own, so none can be both learnt and tested.",
            hint="Give several rows of each label, ten or more to begin with.",
            code="labels-too-many",
            offers=_OTHER_COLUMN,
        )
    fractions = len(counts) > _MOST_MEASURED_VALUES and all(map(_NUMBER.fullmatch, counts))
    measured = fractions and not all(map(_WHOLE.fullmatch, counts))
    if measured or 2 * len(counts) > rows:
        kind = "measurements, such as scores" if measured else "nearly one label per row, like ids"
        example = ", ".join(map(repr, list(counts)[:3]))
        raise DataError(
            f"{where} holds {len(counts):,} different values in {rows:,} rows ({example}, ...): {kind}, not classes.",
            hint="Put the values into a few classes first.",
            code="labels-too-many",
            offers=_OTHER_COLUMN,
        )


def check_told_apart(counts: Mapping[str, int], rows: int, *, where: str) -> None:
    """Raises DataError if a label of a multi-label set (name -> rows) is on every row, so that it cannot be learnt."""
    everywhere = [name for name, count in counts.items() if count == rows]
    if everywhere:
        raise DataError(
            f"{where} has the label {everywhere[0]!r} on every row, so there is nothing to learn.",
            hint="Leave that label out, or give rows that do not have it.",
            code="label-everywhere",
        )


def listed(counts: Mapping[str, int]) -> str:
    """The most frequent labels and their numbers of rows, for messages.

    >>> listed({"a": 1, "b": 1200})
    "'b' (1,200), 'a' (1)"
    """
    ordered = Counter(counts).most_common()
    shown = ", ".join(f"{name!r} ({count:,})" for name, count in ordered[:5])
    return shown + (f" and {len(ordered) - 5:,} more" if len(ordered) > 5 else "")


def _whole(written: str) -> str:
    """A whole number in normal form, without a float, which would hold only sixteen digits.

    >>> _whole("+1.0"), _whole("-0"), _whole("9007199254740993")
    ('1', '0', '9007199254740993')
    """
    digits = written.partition(".")[0].removeprefix("+")
    return "0" if digits == "-0" else digits


def _written(cell: Any) -> str | None:
    """A cell as text; None if it is empty or NaN."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return None
    return trimmed(unicodedata.normalize("NFC", str(cell))) or None
