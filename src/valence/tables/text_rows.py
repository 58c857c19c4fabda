"""An open table whose texts are to be scored: its text column, and its rows."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from valence.system.errors import DataError
from valence.tables.answers import Added
from valence.tables.columns import choose_text_of_rows
from valence.tables.decoding import shown
from valence.tables.grid import Nested, Row, Unread, check_not_empty
from valence.tables.headers import check_header
from valence.tables.noticed import without_missing
from valence.tables.open_table import OpenTable
from valence.tables.parquet import Batch, ParquetRows, ParquetTable

_FIRST_ROWS = 512  # by which the text column is chosen


class TextRows:
    """The rows of a table, or some of them; can be read once, row by row or in blocks.

    Args:
        table: the open table.
        added: names of the added columns.
        text_column: the column of the texts.
        why: why this column was chosen.
        rows: those of the table.
        missing: words that mean that a text is missing, such as "N/A".
    """

    def __init__(
        self,
        table: OpenTable,
        added: Added,
        text_column: str,
        why: str,
        rows: Iterable[Row | Unread],
        missing: Sequence[str] = (),
    ) -> None:
        self.text_column, self.why = text_column, why
        self._table, self._added, self._rows, self._missing = table, added, rows, missing

    @classmethod
    def of(cls, table: OpenTable, added: Added, named: str | None, missing: Sequence[str] = ()) -> TextRows:
        """All rows of a table; `named` is the column with the texts, or None to detect it.

        Raises DataError and SettingsError if there are no rows, if the first line is data and not a header, if no
        column or several could hold the texts, or for a column with a name that is added.
        """
        rows = iter(table)
        first = list(itertools.islice(rows, _FIRST_ROWS))
        path, columns = table.path, table.columns
        check_not_empty(path, first, "rows below its header" if columns and table.unit == "line" else "rows")
        if columns is None:
            columns = list(dict.fromkeys(name for row in first if isinstance(row, Row) for name in row.cells))
        if table.understood.header and table.understood.separator is not None:
            read = [row.cells for row in first if isinstance(row, Row)]
            check_header(path, table.header or (), [[cells[name] for cells in read] for name in columns])
        text_column, why = choose_text_of_rows(path, columns, first, named)
        added.refuse_clash(path, columns)
        _refuse_nested(path, text_column, first)
        return cls(table, added, text_column, why, _all_rows(table, first, rows), missing)

    def __iter__(self) -> Iterator[Row | Unread]:
        if self._table.columns is not None:
            return iter(self._rows)
        return (self._added.unless_clash(self._table.path, row) for row in self._rows)

    def blocks(self, most_rows: int, most_chars: int) -> Iterator[Sequence[Row | Unread]]:
        """The rows in blocks of `most_rows`, and fewer if they are long; of Parquet, each block is a parquet.Batch."""
        if isinstance(self._rows, ParquetRows):
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
        kind = cell.kind if isinstance(cell, Nested) else f"{cell!r}, not a string"
        return _no_string(f"{shown(self._table.path)}, {self._table.unit} {row.place}: the text is {kind}.")


def _all_rows(table: OpenTable, first: list[Row | Unread], rest: Iterator[Row | Unread]) -> Iterable[Row | Unread]:
    return table.rows() if isinstance(table, ParquetTable) else itertools.chain(first, rest)


def _chars(raw: str | list[Any]) -> int:
    """The characters of a row."""
    if isinstance(raw, str):
        return len(raw)
    try:
        return sum(map(len, raw))
    except TypeError:  # a workbook also has numbers
        return sum(len(cell) for cell in raw if isinstance(cell, str))


def _refuse_nested(path: Path, column: str, rows: Sequence[Row | Unread]) -> None:
    cells = [row.cells.get(column) for row in rows if isinstance(row, Row)]
    filled = [cell for cell in cells if cell is not None]
    if filled and all(isinstance(cell, Nested) for cell in filled):
        raise _no_string(f"{shown(path)}: the column {column!r} holds {filled[0].kind}, not texts.")


def _no_string(message: str) -> DataError:
    return DataError(message, hint="Name the column with the texts by --text-column.", code="text-no-string")
