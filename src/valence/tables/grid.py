"""What every format is read into: single rows with their place in the file, or a whole file by column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from valence.system.errors import DataError
from valence.system.offers import Offer
from valence.tables.decoding import shown
from valence.tables.notes import Note

MOST_LABELS = 256  # of one row
SPANS = "spans of the text"  # labels of parts of it, which no classifier learns


@dataclass(frozen=True)
class Nested:
    """Stands for a cell that holds a list or an object.

    Attributes:
        kind: what it is, in words.
        items: the values of a list that may be labels; None for anything else.
        one_label: whether a list of one may stand for a single label, because the format writes all labels as lists.
    """

    kind: str
    items: tuple[Any, ...] | None = None
    one_label: bool = False

    @classmethod
    def of_list(cls, values: Sequence[Any]) -> Nested:
        """A list. Its values are kept if they could be labels: not nested, and not as many as in an embedding."""
        plain = len(values) <= MOST_LABELS and not any(isinstance(value, (list, dict)) for value in values)
        return cls("a list", tuple(values) if plain else None)

    @classmethod
    def of_labels(cls, values: Sequence[Any]) -> Nested:
        """A list of labels in a format that writes a single label in the same way."""
        return replace(cls.of_list(values), one_label=True)


class Row(NamedTuple):
    """One row of a table. A named tuple, because millions are made of them.

    Attributes:
        place: where it begins, from 1, in the unit of its table: the line, row or entry.
        cells: column -> cell, as in a Grid.
        raw: what is written back: the cells in the order of the columns (str in a format of text; in a workbook also
            numbers, bool, datetime and None), the object as one line of JSON (JSON, JSONL), or a parquet.BatchRow.
    """

    place: int
    cells: Mapping[str, Any]
    raw: Any


@dataclass(frozen=True)
class Unread:
    """A row that cannot be read. `error` says why, and names the file and the place."""

    place: int
    error: DataError


@dataclass(frozen=True)
class Grid:
    """The cells of one file.

    Attributes:
        path: the file, for messages.
        columns: name -> one cell per row: str, int, float, bool, None (empty) or Nested.
        places: where in the file each row begins, from 1.
        unit: what `places` counts: "line", or "row" in a format without lines.
        unread: rows that cannot be read, which were left out.
        notes: what was noticed in the file.
    """

    path: Path
    columns: Mapping[str, Sequence[Any]]
    places: Sequence[int]
    unit: str = "line"
    unread: tuple[Unread, ...] = ()
    notes: tuple[Note, ...] = ()

    def __len__(self) -> int:
        return len(self.places)

    def where(self, row: int) -> str:
        """The row's place, which begins every message about it.

        >>> Grid(Path("own/t.csv"), {"text": ["a"]}, [2]).where(0)
        't.csv, line 2'
        """
        return f"{shown(self.path)}, {self.unit} {self.places[row]}"


def stopped_by(error: DataError) -> DataError:
    """The error of a row to end the reading with, which offers to leave such rows out."""
    skip = Offer("To leave such rows out", {"bad_rows": "skip"})
    return DataError(error.message, hint=error.hint, code=error.code, offers=(*error.offers, skip))


def check_not_empty(path: Path, content: Sequence[Any], what: str) -> None:
    """Raises DataError if the file has no `what`: "header" or "rows"."""
    if not content:
        raise DataError(
            f"{shown(path)} is empty: it has no {what}.",
            hint="Give a file with a line of column names and one text per row.",
            code="file-empty",
        )
