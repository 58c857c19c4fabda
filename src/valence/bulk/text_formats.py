"""CSV, TSV and JSON lines as sources. Cells and lines are written back as they were read."""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from valence.bulk.blocks import Added, Answer, Block, block_of, in_blocks
from valence.bulk.progress import ReadProgress
from valence.errors import DataError, SettingsError
from valence.model.labels import SEPARATOR
from valence.tables import jsonlines
from valence.tables.columns import choose_text_of_rows
from valence.tables.decoding import shown
from valence.tables.delimited import DelimitedTable, Dialect
from valence.tables.grid import Row, Unread, check_not_empty

DECIMALS = 6  # of a probability in the output


class DelimitedRows:
    """Writes the scored rows of a CSV or TSV file, with its delimiter and quoting, in UTF-8.

    Args:
        path: of the file, for messages.
        header: the cells of its first line.
        dialect: delimiter and quoting.
        added: names of the two added columns.
    """

    def __init__(self, path: Path, header: Sequence[str], dialect: Dialect, added: Added) -> None:
        self._path, self._header, self._dialect, self._added = path, header, dialect, added

    def head(self) -> bytes:
        return self.lines([[*self._header, *self._added.names]])

    def encoded(self, block: Block, answers: Sequence[Answer | None]) -> bytes:
        return self.lines([*row.raw, *cells_of(answer)] for row, answer in zip(block.rows, answers, strict=True))

    def lines(self, rows: Iterable[Sequence[str]]) -> bytes:
        """Encoded rows of cells. Raises DataError for a cell that cannot be written."""
        quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if self._dialect.quoted else csv.QUOTE_NONE
        ended = _RowEnds()
        writer = csv.writer(
            ended,
            delimiter=self._dialect.delimiter,
            quoting=quoting,
            quotechar='"' if self._dialect.quoted else None,
        )
        try:
            writer.writerows(rows)
        except csv.Error as error:  # only a label can contain what an unquoted cell cannot
            raise DataError(
                f"A label of the model contains a tab or a line break, but {shown(self._path)} does not use quotes.",
                hint="Save the file as CSV, where such cells can be quoted.",
                code="label-unwritable",
            ) from error
        return "".join(ended.written).encode()


def cells_of(answer: Answer | None) -> tuple[str, str]:
    """The two added cells of a row; empty without an answer. Several labels are separated by SEPARATOR.

    >>> cells_of(Answer(("angry", "rude"), (0.9, 0.625)))
    ('angry|rude', '0.900000|0.625000')
    """
    if answer is None:
        return "", ""
    if isinstance(answer.probability, float):
        return str(answer.label), f"{answer.probability:.{DECIMALS}f}"
    return SEPARATOR.join(answer.label), SEPARATOR.join(
        f"{probability:.{DECIMALS}f}" for probability in answer.probability
    )


def values_of(answer: Answer | None) -> tuple[Any, Any]:
    """The same two cells for a format with numbers, lists and null."""
    if answer is None:
        return None, None
    if isinstance(answer.probability, float):
        return answer.label, round(answer.probability, DECIMALS)
    return answer.label, [round(probability, DECIMALS) for probability in answer.probability]


class DelimitedSource:
    """A CSV or TSV file.

    Args:
        table: the open file.
        added: names of the two added columns.
        named: the column with the texts, or None to detect it.
        position: how far the file has been read.
    """

    unit = "line"

    def __init__(self, table: DelimitedTable, added: Added, named: str | None, position: ReadProgress) -> None:
        self._table, self._position = table, position
        self.size = position.size
        self._blocks = in_blocks(table)
        self._first = next(self._blocks, [])
        check_not_empty(table.path, self._first, "rows below its header")
        self.text_column, self.why = choose_text_of_rows(table.path, table.columns, self._first, named)
        refuse_clash(table.path, table.columns, added)
        self.layout: dict[str, Any] = {
            "columns": list(table.columns),
            "delimiter": table.dialect.delimiter,
            "quoted": table.dialect.quoted,
        }
        rows_written = DelimitedRows(table.path, table.header, table.dialect, added)
        self.head, self.encoded = rows_written.head, rows_written.encoded

    def blocks(self) -> Iterator[Block]:
        for rows in itertools.chain([self._first], self._blocks):
            yield block_of(self._table.path, rows, self.text_column, self._position.bytes)


class _RowEnds:
    """Takes rows from csv and ends them with a line feed. With that as terminator, csv leaves \\r unquoted."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def write(self, row: str) -> None:
        self.written.append(row.removesuffix("\r\n") + "\n")


class JsonLines:
    """Writes the scored rows of a JSONL file: each line unchanged, with two keys added at its end.

    Args:
        path: of the file, for messages.
        added: names of the two added keys.
    """

    def __init__(self, path: Path, added: Added) -> None:
        self._path, self._added = path, added

    def head(self) -> bytes:
        return b""

    def encoded(self, block: Block, answers: Sequence[Answer | None]) -> bytes:
        lines = (self._line(row, answer) for row, answer in zip(block.rows, answers, strict=True))
        return "".join(lines).encode()

    def unless_clash(self, row: Row | Unread) -> Row | Unread:
        """The row, or an error if it has a key with an added name; in the first block, that ends the run instead."""
        clash = next((name for name in self._added.names if isinstance(row, Row) and name in row.cells), None)
        if clash is None:
            return row
        error = DataError(
            f"{shown(self._path)}, line {row.place}: it already has the key {clash!r}, which would be added.",
            hint="Choose other names for the added keys by --prefix.",
            code="columns-clash",
        )
        return Unread(row.place, error)

    def _line(self, row: Row, answer: Answer | None) -> str:
        added = json.dumps(dict(zip(self._added.names, values_of(answer), strict=True)), ensure_ascii=False)
        return f"{row.raw[:-1].rstrip()}{', ' if row.cells else ''}{added[1:]}\n"


class JsonLinesSource:
    """A file of one JSON object per line. Its arguments are those of DelimitedSource."""

    unit = "line"

    def __init__(
        self,
        path: Path,
        lines: Iterator[str],
        encoding: str | None,
        added: Added,
        named: str | None,
        position: ReadProgress,
    ) -> None:
        self._path, self._position = path, position
        self.size = position.size
        self._blocks = in_blocks(jsonlines.rows(path, lines, encoding))
        self._first = next(self._blocks, [])
        check_not_empty(path, self._first, "rows")
        names = dict.fromkeys(name for row in self._first if isinstance(row, Row) for name in row.cells)
        self.text_column, self.why = choose_text_of_rows(path, names, self._first, named)
        refuse_clash(path, names, added)
        self.layout: dict[str, Any] = {}
        self._lines = JsonLines(path, added)
        self.head, self.encoded = self._lines.head, self._lines.encoded

    def blocks(self) -> Iterator[Block]:
        for rows in itertools.chain([self._first], self._blocks):
            kept = [self._lines.unless_clash(row) for row in rows]
            yield block_of(self._path, kept, self.text_column, self._position.bytes)


def refuse_clash(path: Path, columns: Any, added: Added) -> None:
    """Raises SettingsError if the file has a column with an added name."""
    for name in added.names:
        if name in columns:
            raise SettingsError(
                f"{shown(path)} already has the column {name!r}, which would be added.",
                hint="Choose other names for the added columns by --prefix, such as --prefix second_.",
                code="columns-clash",
            )
