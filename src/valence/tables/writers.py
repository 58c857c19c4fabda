"""Writes scored rows in any format, whatever format they were read from.

CSV, TSV and JSON lines can be written piece by piece (`text_writer`), if the columns are known from the beginning. The
other formats have their index at the end, so that a file of theirs is written at once (`file_writer`).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Any, Literal, Protocol

from valence.system.errors import DataError
from valence.tables.answers import Added, Answer
from valence.tables.conversion import json_maker, text_maker
from valence.tables.decoding import shown
from valence.tables.grid import Row
from valence.tables.open_table import OpenTable
from valence.tables.parquet_writer import ParquetWriter
from valence.tables.shape import Shape
from valence.tables.xlsx_writer import XlsxWriter

Rows = Sequence[Row]
Answers = Sequence[Answer]
# What a format is written as that has no writer of its own.
_WRITTEN_AS = {"json": "jsonl", "fasttext": "csv"}
_encoded = json.JSONEncoder(ensure_ascii=False).encode  # json.dumps would make an encoder for every row


class TextWriter(Protocol):
    """Writes rows as pieces of a file."""

    def head(self) -> bytes:
        """The beginning of the file, such as the header."""

    def encoded(self, rows: Rows, answers: Answers) -> bytes:
        """The rows with their answers."""


class FileWriter(Protocol):
    """Writes rows to an open file."""

    def write(self, rows: Rows, answers: Answers) -> None:
        """Appends the rows with their answers."""

    def close(self) -> None:
        """Writes what is left; the file itself stays open."""


def written_as(kind: str) -> str:
    """The format that is written where none is asked for: the input's, if it can be written."""
    return _WRITTEN_AS.get(kind, kind)


def in_pieces(kind: str, table: OpenTable) -> bool:
    """Whether the rows of a table can be written piece by piece as this format."""
    return kind == "jsonl" or (kind in {"csv", "tsv"} and table.columns is not None)


def text_writer(kind: str, shape: Shape, added: Added) -> TextWriter:
    """A writer of csv, tsv or jsonl. CSV keeps the input's separator, if that is CSV, and TSV its quoting."""
    if kind == "jsonl":
        return JsonLinesWriter(shape, added)
    if kind == shape.kind:
        return DelimitedWriter(shape, added, shape.separator or ",", quoted=shape.quoted is not False)
    return DelimitedWriter(shape, added, "," if kind == "csv" else "\t", quoted=True)


def file_writer(kind: str, file: IO[bytes], shape: Shape, added: Added, pack: Callable[[bytes], bytes]) -> FileWriter:
    """A writer of any format to an open file; `pack` compresses the pieces of a text format."""
    if kind == "parquet":
        return ParquetWriter(file, shape, added)
    if kind == "xlsx":
        return XlsxWriter(file, shape, added)
    return _PackedText(file, text_writer(kind, shape, added), pack)


class DelimitedWriter:
    """CSV and TSV in UTF-8. Cells are written as they were read; those that are added are defused.

    Args:
        shape: of the rows.
        added: names of the added columns.
        separator: between cells.
        quoted: whether cells can be quoted.
    """

    def __init__(self, shape: Shape, added: Added, separator: str, *, quoted: bool) -> None:
        self._shape, self._added, self._separator, self._quoted = shape, added, separator, quoted
        self._texts = text_maker(shape.kind, shape.columns)

    def head(self) -> bytes:
        return self._lines([[*self._shape.header, *self._added.names]])

    def encoded(self, rows: Rows, answers: Answers) -> bytes:
        texts, separator = self._texts, self._separator
        return self._lines([*texts(row), *answer.texts(separator)] for row, answer in zip(rows, answers, strict=True))

    def _lines(self, rows: Iterable[Sequence[str | None]]) -> bytes:
        """Encoded rows of cells. Raises DataError for a cell that cannot be written."""
        quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if self._quoted else csv.QUOTE_NONE
        written = list[str]()
        quote = '"' if self._quoted else None
        # csv ends rows with \r\n: with \n alone, it would leave \r unquoted.
        writer = csv.writer(_Sink(written.append), delimiter=self._separator, quoting=quoting, quotechar=quote)
        try:
            writer.writerows(rows)
        except csv.Error as error:  # only a label can contain what an unquoted cell cannot
            raise DataError(
                f"A label of the model contains a tab or a line break, but {shown(self._shape.path)} has no quotes.",
                hint="Write CSV (--out NAME.csv), where such cells can be quoted.",
                code="label-unwritable",
            ) from error
        return "".join([f"{row[:-2]}\n" for row in written]).encode()


@dataclass
class _Sink:
    """Takes the rows that csv writes."""

    write: Callable[[str], None]


class JsonLinesWriter:
    """One object per line: a line of JSON unchanged, with the added keys at its end."""

    def __init__(self, shape: Shape, added: Added) -> None:
        self._added, self._line = added, json_maker(shape.columns)

    def head(self) -> bytes:
        return b""

    def encoded(self, rows: Rows, answers: Answers) -> bytes:
        return "".join(map(self._with, map(self._line, rows), answers)).encode()

    def _with(self, line: str, answer: Answer) -> str:
        return with_keys(line, dict(zip(self._added.names, answer, strict=True)))


def with_keys(line: str, added: dict[str, Any]) -> str:
    """The line of JSON with keys added at its end, and a line end.

    >>> with_keys('{"a": 1E5 }', {"b": None})
    '{"a": 1E5, "b": null}\\n'
    """
    inside = line[:-1].rstrip()
    comma = "" if inside == "{" else ", "
    return f"{inside}{comma}{_encoded(added)[1:]}\n"


class _PackedText:
    def __init__(self, file: IO[bytes], writer: TextWriter, pack: Callable[[bytes], bytes]) -> None:
        self._file, self._writer, self._pack = file, writer, pack
        head = writer.head()
        if head:
            file.write(pack(head))

    def write(self, rows: Rows, answers: Answers) -> None:
        self._file.write(self._pack(self._writer.encoded(rows, answers)))

    def close(self) -> None:
        """Nothing is left to write."""
