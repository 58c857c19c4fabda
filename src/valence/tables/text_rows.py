"""An open table whose texts are to be scored: its text column, and its rows."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from valence.system.errors import DataError
from valence.system.offers import Offer
from valence.tables.answers import Added
from valence.tables.columns import choose_text
from valence.tables.decoding import shown
from valence.tables.grid import Grid, Nested, Row, Unread
from valence.tables.headers import check_header
from valence.tables.noticed import without_missing
from valence.tables.open_table import OpenTable
from valence.tables.parquet import Batch, ParquetTable
from valence.tables.whole import grid_of

NAME_TEXTS = (Offer("Name the column with the texts", {"text_column": None}),)
_FIRST_ROWS = 512  # by which the text column is chosen


class TextRows:
    """The rows of a table, or some of them; can be read once, row by row or in blocks.

    Args:
        table: the open table.
        added: names of the added columns, if some are added.
        text_column: the column of the texts.
        why: why this column was chosen.
        rows: those of the table.
        missing: words that mean that a text is missing, such as "N/A".
    """

    def __init__(
        self,
        table: OpenTable,
        added: Added | None,
        text_column: str,
        why: str,
        rows: Iterable[Row | Unread],
        missing: Sequence[str] = (),
    ) -> None:
        self.text_column, self.why = text_column, why
        self._table, self._added, self._rows, self._missing = table, added, rows, missing

    @classmethod
    def of(cls, table: OpenTable, added: Added | None, named: str | None, missing: Sequence[str] = ()) -> TextRows:
        """All rows of a table; `named` is the column with the texts, or None to detect it.

        Raises DataError and SettingsError if there are no rows, if the first line is data and not a header, if no
        column or several could hold the texts, or for a column with a name that is added.
        """
        grid, rows = beginning(table)
        check_header(table, grid)
        text_column, why = choose_text(grid, named)
        if added is not None:
            added.refuse_clash(table.path, grid.columns)
        filled = [cell for cell in grid.columns[text_column] if cell is not None]
        if filled and all(isinstance(cell, Nested) for cell in filled):
            what = f"{shown(table.path)}: the column {text_column!r} holds {filled[0].kind}, not texts."
            raise DataError(what, code="text-no-string", offers=NAME_TEXTS)
        return cls(table, added, text_column, why, rows, missing)

    def __iter__(self) -> Iterator[Row | Unread]:
        added = self._added
        if added is None or self._table.columns is not None:
            return iter(self._rows)
        return (added.unless_clash(self._table.path, row) for row in self._rows)

    def blocks(self, most_rows: int, most_chars: int) -> Iterator[Sequence[Row | Unread]]:
        """The rows in blocks of `most_rows`, and fewer if they are long; of Parquet, each block is a parquet.Batch."""
        if isinstance(self._rows, ParquetTable):
            yield from self._rows.batches(most_rows)
            return
        block, chars = list[Row | Unread](), 0
        for row in self:
            block.append(row)
            chars += 0 if isinstance(row, Unread) else _chars(row.raw)
            if len(block) == most_rows or chars >= most_chars:
                yield block
                block, chars = [], 0
        if block:
            yield block

    def texts_of(self, rows: Sequence[Row]) -> list[str | DataError | None]:
        """The text of each row; None if it is blank or missing, which is no error; the error if it is not text."""
        name = self.text_column
        cells: Sequence[Any] = rows.column(name) if isinstance(rows, Batch) else [row.cells.get(name) for row in rows]
        if self._missing:
            cells = without_missing(cells, self._missing)
        return [
            (cell if cell.strip() else None) if isinstance(cell, str) else self._no_text(cell, rows[index])
            for index, cell in enumerate(cells)
        ]

    def _no_text(self, cell: Any, row: Row) -> DataError | None:
        if cell is None:
            return None
        return no_string(self._table.where(row.place), cell)


def beginning(table: OpenTable) -> tuple[Grid, Iterable[Row | Unread]]:
    """The first rows of a table, by which its columns are chosen, and all rows, which can be read once.

    Raises DataError if there are no rows, or if none of the first can be read.
    """
    rows = iter(table)
    first = list(itertools.islice(rows, _FIRST_ROWS))
    grid = grid_of(table, first, "skip")
    return grid, table if isinstance(table, ParquetTable) else itertools.chain(first, rows)


def _chars(raw: str | list[Any]) -> int:
    """The characters of a row."""
    if isinstance(raw, str):
        return len(raw)
    try:
        return sum(map(len, raw))
    except TypeError:  # a workbook also has numbers
        return sum(len(cell) for cell in raw if isinstance(cell, str))


def no_string(where: str, cell: Any) -> DataError:
    """The error of a cell that is not a text."""
    kind = cell.kind if isinstance(cell, Nested) else f"{cell!r}, not a string"
    return DataError(f"{where}: the text is {kind}.", code="text-no-string", offers=NAME_TEXTS)
