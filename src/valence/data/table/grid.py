"""A file's cells by column, with the place that each row has in the file: what every format is read into."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from valence.errors import DataError


@dataclass(frozen=True)
class Nested:
    """Stands for a cell that holds a list or an object, which is neither a text nor a label."""

    kind: str


@dataclass(frozen=True)
class Grid:
    """The cells of one file.

    Attributes:
        path: the file, for messages.
        columns: name -> one cell a row: str, int, float, bool, None (nothing there) or Nested.
        places: where in the file each row begins, counted from 1.
        unit: what `places` counts: "line", or "row" in a format without lines.
    """

    path: Path
    columns: Mapping[str, Sequence[Any]]
    places: Sequence[int]
    unit: str = "line"

    def __len__(self) -> int:
        return len(self.places)

    def where(self, row: int) -> str:
        """The row's place, as every message begins.

        >>> Grid(Path("own/t.csv"), {"text": ["a"]}, [2]).where(0)
        't.csv, line 2'
        """
        return f"{self.path.name}, {self.unit} {self.places[row]}"


def check_not_empty(path: Path, content: Sequence[Any], what: str) -> None:
    """Raises DataError if the file has no `what`: "header" or "rows"."""
    if not content:
        raise DataError(
            f"{path.name} is empty: it has no {what}.",
            way_out="Give a file with a line of column names and one labelled text a row.",
            code="file-empty",
        )
