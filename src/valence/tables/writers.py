"""Writes scored rows in any format, whatever format they were read from.

CSV, TSV and JSON lines can be written piece by piece, if the columns are known from the beginning. The other formats
have their index at the end, so that a file of theirs is written at once.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from valence.system.errors import DataError
from valence.tables.answers import Added, Answer
from valence.tables.conversion import TextMaker, json_maker, text_maker
from valence.tables.decoding import shown
from valence.tables.grid import Row
from valence.tables.open_table import OpenTable
from valence.tables.parquet_writer import ParquetWriter
from valence.tables.xlsx_writer import XlsxWriter

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

Rows = Sequence[Row]
Answers = Sequence[Answer]
# What a format is written as that has no writer of its own.
_WRITTEN_AS = {"json": "jsonl", "fasttext": "csv", "lines": "csv"}
_encoded = json.JSONEncoder(ensure_ascii=False).encode  # json.dumps would make an encoder for every row


class Writer(Protocol):
    """Writes rows to an open file, which stays open."""

    def write(self, rows: Rows, answers: Answers) -> None:
        """Appends the rows with their answers."""

    def close(self) -> None:
        """Writes what is left."""


def written_as(kind: str) -> str:
    """The format that is written where none is asked for: the input's, if it can be written."""
    return _WRITTEN_AS.get(kind, kind)


def in_pieces(kind: str, table: OpenTable) -> bool:
    """Whether the rows of a table can be written piece by piece as this format."""
    return kind == "jsonl" or (kind in {"csv", "tsv"} and table.columns is not None)


def writer_to(
    file: SupportsWrite[bytes],
    kind: str,
    table: OpenTable,
    added: Added,
    *,
    keys: Sequence[str] = (),
    begun: bool = False,
) -> Writer:
    """A writer of any format.

    Args:
        file: where to; a text format is written in pieces, each of which may be compressed alone.
        kind: the format.
        table: the rows are its.
        added: names of the added columns.
        keys: the columns of JSON objects; only jsonl needs none.
        begun: whether the file has its beginning already, which only a text format can.
    """
    columns = tuple(keys if table.columns is None else table.columns)
    header = [name.encode("utf-8", "backslashreplace").decode() for name in (*(table.header or columns), *added.names)]
    texts = text_maker(table.kind, columns)
    if kind == "parquet":
        return ParquetWriter(file, columns, texts, getattr(table, "schema", None), added)
    if kind == "xlsx":
        return XlsxWriter(file, columns, header)
    if kind == "jsonl":
        return JsonLinesWriter(file, columns, added)
    writer = DelimitedWriter(file, kind, table, texts)
    if not begun:
        writer.write_cells([header])
    return writer


class DelimitedWriter:
    """CSV and TSV in UTF-8. Cells are written as they were read; those that are added are defused.

    CSV keeps the separator of the input, if that is CSV, and TSV its quoting.
    """

    def __init__(self, file: SupportsWrite[bytes], kind: str, table: OpenTable, texts: TextMaker) -> None:
        own, known = kind == table.kind, table.understood
        self._file, self._path, self._texts = file, table.path, texts
        self._separator = known.separator or "," if own else {"csv": ",", "tsv": "\t"}[kind]
        self._quoted = known.quoted is not False if own else True

    def write(self, rows: Rows, answers: Answers) -> None:
        texts, separator = self._texts, self._separator
        self.write_cells([*texts(row), *answer.texts(separator)] for row, answer in zip(rows, answers, strict=True))

    def close(self) -> None:
        """Everything is written."""

    def write_cells(self, rows: Iterable[Sequence[str | None]]) -> None:
        """Appends rows of cells. Raises DataError for a cell that cannot be written."""
        quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if self._quoted else csv.QUOTE_NONE
        written = list[str]()
        quote = '"' if self._quoted else None
        # csv ends rows with \r\n: with \n alone, it would leave \r unquoted.
        writer = csv.writer(_Sink(written.append), delimiter=self._separator, quoting=quoting, quotechar=quote)
        try:
            writer.writerows(rows)
        except csv.Error as error:  # only a label can contain what an unquoted cell cannot
            raise DataError(
                f"A label of the model contains a tab or a line break, but {shown(self._path)} has no quotes.",
                hint="Write CSV (--out NAME.csv), where such cells can be quoted.",
                code="label-unwritable",
            ) from error
        self._file.write("".join([f"{row[:-2]}\n" for row in written]).encode())


@dataclass
class _Sink:
    """Takes the rows that csv writes."""

    write: Callable[[str], None]


class JsonLinesWriter:
    """One object per line: a line of JSON unchanged, with the added keys at its end."""

    def __init__(self, file: SupportsWrite[bytes], columns: Sequence[str], added: Added) -> None:
        self._file, self._line, self._names = file, json_maker(columns), added.names

    def write(self, rows: Rows, answers: Answers) -> None:
        self._file.write("".join(map(self._with, map(self._line, rows), answers)).encode())

    def close(self) -> None:
        """Everything is written."""

    def _with(self, line: str, answer: Answer) -> str:
        return with_keys(line, dict(zip(self._names, answer, strict=True)))


def with_keys(line: str, added: dict[str, Any]) -> str:
    """The line of JSON with keys added at its end, and a line end.

    >>> with_keys('{"a": 1E5 }', {"b": None})
    '{"a": 1E5, "b": null}\\n'
    """
    inside = line[:-1].rstrip()
    comma = "" if inside == "{" else ", "
    return f"{inside}{comma}{_encoded(added)[1:]}\n"
