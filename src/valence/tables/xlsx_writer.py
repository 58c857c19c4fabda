"""Writes scored rows as a workbook, in constant memory, by XlsxWriter.

Text stays text, so that no cell becomes a formula and no leading zero is lost; numbers and dates stay what they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from valence.system.errors import DataError
from valence.tables.answers import SEPARATOR, Answer
from valence.tables.conversion import cells_of
from valence.tables.decoding import library
from valence.tables.grid import Row

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

_MOST_ROWS = 1_048_576  # of a sheet, with the header
_MOST_CHARACTERS = 32_767  # of a cell
_CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(
    tzinfo=None
)  # always the same, so that the same rows give the same bytes
_FORMATS = {datetime: "yyyy-mm-dd hh:mm:ss", date: "yyyy-mm-dd", time: "hh:mm:ss"}


class XlsxWriter:
    """Writes one sheet to an open file.

    Args:
        file: to write to.
        columns: those of the rows.
        header: their names, and those of the added columns.

    Raises DataError for a cell or a number of rows that a workbook cannot hold.
    """

    def __init__(self, file: SupportsWrite[bytes], columns: Sequence[str], header: Sequence[str]) -> None:
        options = {"constant_memory": True, "nan_inf_to_errors": True, "remove_timezone": True}
        writing = library("xlsxwriter", "XlsxWriter", "A workbook", "write CSV: --out NAME.csv")
        self._book = writing.Workbook(file, options)
        self._book.set_properties({"created": _CREATED})
        self._sheet = self._book.add_worksheet()
        self._dates = {kind: self._book.add_format({"num_format": words}) for kind, words in _FORMATS.items()}
        self._columns, self._row = columns, 0
        self._write(header, "The header")

    def write(self, rows: Sequence[Row], answers: Sequence[Answer]) -> None:
        for row, answer in zip(rows, answers, strict=True):
            added = [SEPARATOR.join(map(str, value)) if isinstance(value, tuple) else value for value in answer]
            self._write([*cells_of(row, self._columns), *added], f"Row {row.place}")

    def close(self) -> None:
        self._book.close()

    def _write(self, cells: Sequence[Any], where: str) -> None:
        if self._row == _MOST_ROWS:
            raise DataError(
                f"A sheet of a workbook has at most {_MOST_ROWS:,} rows, and these are more.",
                hint="Write CSV or Parquet: --out NAME.csv",
                code="cell-unwritable",
            )
        for column, cell in enumerate(cells):
            self._write_cell(column, cell, where)
        self._row += 1

    def _write_cell(self, column: int, cell: Any, where: str) -> None:
        row, sheet = self._row, self._sheet
        if cell is None or cell == "":
            return
        if isinstance(cell, str):
            if len(cell) > _MOST_CHARACTERS:
                raise DataError(
                    f"{where}: a cell has {len(cell):,} characters; a workbook's hold at most {_MOST_CHARACTERS:,}.",
                    hint="Write CSV or Parquet: --out NAME.csv",
                    code="cell-unwritable",
                )
            sheet.write_string(row, column, cell)
        elif isinstance(cell, bool):
            sheet.write_boolean(row, column, cell)
        elif isinstance(cell, (date, time)):
            sheet.write_datetime(row, column, cell, self._dates[type(cell)])
        else:
            sheet.write_number(row, column, cell)
