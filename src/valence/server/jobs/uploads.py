"""A file that was sent, as the parts that will be scored. Knows nothing of Flask or of the database."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

from valence.data.table import delimited, jsonlines
from valence.data.table.delimited import DelimitedTable
from valence.data.table.grid import all_read
from valence.errors import DataError
from valence.server.problems import ProblemError

Shape = Literal["csv", "tsv", "jsonl"]
MEDIA_TYPES: dict[str, Shape] = {
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/jsonl": "jsonl",
    "application/x-ndjson": "jsonl",
}
# What a result has beside the file's own columns.
ADDED = ("predicted_label", "predicted_probability", "predicted_sure", "predicted_error")
DEFAULT_COLUMN = "text"
# A part is what is scored and saved at a time: seconds of work at most, so that little is done again.
_PART_ROWS, _PART_CHARS = 32, 40_000
_THE_FILE = Path("The file")  # how messages begin: what was sent has no name


@dataclass(frozen=True)
class Part:
    """Rows that follow each other: a list of cells each, or, from JSON lines, the line to the letter."""

    rows: Sequence[Any]


@dataclass(frozen=True)
class Upload:
    """A sound file.

    Attributes:
        columns: empty for jsonl, where each row has its own.
        delimiter: between cells; empty for jsonl.
    """

    shape: Shape
    delimiter: str
    columns: tuple[str, ...]
    text_column: str
    rows: int
    parts: Sequence[Part]


def read(file: IO[bytes], shape: Shape, *, text_column: str | None, most_rows: int) -> Upload:
    """Reads a whole file. Raises ProblemError that names the line which is not right."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        return _READERS[shape](text, text_column, most_rows)
    except UnicodeDecodeError as error:
        raise _invalid(
            f"it is not UTF-8: the byte 0x{error.object[error.start]:02x} cannot stand there. Save it as UTF-8"
        ) from error
    except DataError as error:  # of a row of a table; it names the line
        raise ProblemError("invalid-file", f"{error.message} {error.way_out}".strip()) from error
    finally:
        text.detach()  # the file is the caller's to close


def text_of(row: Any, shape: str, columns: Sequence[str], text_column: str) -> str:
    """The cell of a row that is scored."""
    if shape == "jsonl":
        row = row if isinstance(row, dict) else jsonlines.parsed(row)  # objects were kept until version 0.1
    found: str = row[text_column] if shape == "jsonl" else row[columns.index(text_column)]
    return found


def _read_csv(text: io.TextIOWrapper, column: str | None, most_rows: int) -> Upload:
    return _read_table("csv", delimited.open_csv(_THE_FILE, text, None), column, most_rows)


def _read_tsv(text: io.TextIOWrapper, column: str | None, most_rows: int) -> Upload:
    return _read_table("tsv", delimited.open_tsv(_THE_FILE, text, None), column, most_rows)


def _read_table(shape: Shape, table: DelimitedTable, column: str | None, most_rows: int) -> Upload:
    columns = _columns(table.header)
    chosen = _chosen(columns, column)
    index = columns.index(chosen)
    parts = _Parts(most_rows)
    for row in all_read(table):
        parts.add(row.raw, len(row.raw[index]))
    return Upload(shape, table.dialect.delimiter, columns, chosen, parts.rows, parts.done())


def _read_jsonl(text: io.TextIOWrapper, column: str | None, most_rows: int) -> Upload:
    column = column or DEFAULT_COLUMN
    parts = _Parts(most_rows)
    for number, line in enumerate(text, start=1):
        if line.strip():
            row = _object(line, number)
            if not isinstance(row.get(column), str):
                raise _invalid(
                    f"there is no text under {column!r}. Name the key that holds it in `text_column`", line=number
                )
            _check_added(row, line=number)
            parts.add(line.strip(), len(row[column]))
    return Upload("jsonl", "", (), column, parts.rows, parts.done())


_READERS: dict[Shape, Callable[[io.TextIOWrapper, str | None, int], Upload]] = {
    "csv": _read_csv,
    "tsv": _read_tsv,
    "jsonl": _read_jsonl,
}


class _Parts:
    """Cuts rows into parts, and counts them."""

    def __init__(self, most_rows: int) -> None:
        self.rows = 0
        self._most_rows = most_rows
        self._parts: list[Part] = []
        self._open: list[Any] = []
        self._characters = 0

    def add(self, row: Any, characters: int) -> None:
        """Raises ProblemError if there are too many."""
        self.rows += 1
        if self.rows > self._most_rows:
            raise ProblemError(
                "too-many-rows", f"The file has more than {self._most_rows} rows. Send it in several files."
            )
        if self._open and (len(self._open) == _PART_ROWS or self._characters + characters > _PART_CHARS):
            self._close()
        self._open.append(row)
        self._characters += characters

    def done(self) -> list[Part]:
        """Raises ProblemError if there is no row."""
        if not self.rows:
            raise _invalid("it has no rows. Send a line of column names and one text a row")
        self._close()
        return self._parts

    def _close(self) -> None:
        self._parts.append(Part(self._open))
        self._open, self._characters = [], 0


def _columns(header: list[str]) -> tuple[str, ...]:
    columns = tuple(name.strip() for name in header)
    if not any(columns):
        raise _invalid("it has no header. Send a line of column names first", line=1)
    _check_added(columns, line=1)
    return columns


def _chosen(columns: tuple[str, ...], asked: str | None) -> str:
    known = ", ".join(map(repr, columns[:12]))
    if asked is not None:
        if asked not in columns:
            raise _invalid(f"it has no column called {asked!r}. `text_column` may be {known}", line=1)
        return asked
    if DEFAULT_COLUMN in columns:
        return DEFAULT_COLUMN
    if len(columns) > 1:
        raise _invalid(f"none of its columns is called {DEFAULT_COLUMN!r}. Name one in `text_column`: {known}", line=1)
    return columns[0]


def _check_added(names: Any, *, line: int) -> None:
    there = [name for name in ADDED if name in names]
    if there:
        raise _invalid(f"{', '.join(map(repr, there))} is what the result adds. Rename it", line=line)


def _object(line: str, number: int) -> dict[str, Any]:
    try:
        found = jsonlines.parsed(line)
    except ValueError as error:
        said = f'it is no JSON ({error}). Write one object a line, such as {{"text": "Good."}}'
        raise _invalid(said, line=number) from error
    if not isinstance(found, dict):
        raise _invalid('it is no JSON object. Write one a line, such as {"text": "Good."}', line=number)
    return found


def _invalid(said: str, *, line: int | None = None) -> ProblemError:
    where = "The file" if line is None else f"The file, line {line}"
    return ProblemError("invalid-file", f"{where}: {said}.")
