"""Parses a submitted file into the parts that will be scored. Knows nothing of the database."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Literal

from valence.errors import DataError
from valence.server.problems import ProblemError
from valence.tables import delimited, jsonlines
from valence.tables.delimited import DelimitedTable
from valence.tables.grid import all_read

Shape = Literal["csv", "tsv", "jsonl"]
MEDIA_TYPES: dict[str, Shape] = {
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/jsonl": "jsonl",
    "application/x-ndjson": "jsonl",
}
# Columns that the result adds to the file's own.
ADDED_COLUMNS = ("predicted_label", "predicted_probability", "predicted_sure", "predicted_error")
DEFAULT_COLUMN = "text"
# A part is scored and saved at once: a few seconds of work, so that little is repeated after an interruption.
_PART_ROWS, _PART_CHARS = 32, 40_000
_THE_FILE = Path("The file")  # begins the error messages, since an upload has no name


@dataclass(frozen=True)
class Part:
    """Consecutive rows: lists of cells, or for JSON Lines, the unchanged lines."""

    rows: Sequence[Any]


@dataclass(frozen=True)
class Upload:
    """A valid file.

    Attributes:
        columns: empty for jsonl, where each row has its own keys.
        delimiter: between cells; empty for jsonl.
    """

    shape: Shape
    delimiter: str
    columns: tuple[str, ...]
    text_column: str
    rows: int
    parts: Sequence[Part]


def read(file: IO[bytes], shape: Shape, *, text_column: str | None, max_rows: int) -> Upload:
    """Reads a whole file. Raises ProblemError that names the invalid line."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        return _READERS[shape](text, text_column, max_rows)
    except UnicodeDecodeError as error:
        raise _invalid(f"it isn't UTF-8 (invalid byte 0x{error.object[error.start]:02x}). Save it as UTF-8") from error
    except DataError as error:  # names the table's line
        raise ProblemError("invalid-file", f"{error.message} {error.hint}".strip()) from error
    finally:
        text.detach()  # the file is the caller's to close


def text_of(row: Any, shape: str, columns: Sequence[str], text_column: str) -> str:
    """The text of a row."""
    if shape == "jsonl":
        row = row if isinstance(row, dict) else jsonlines.parsed(row)  # objects were kept until version 0.1
    text: str = row[text_column] if shape == "jsonl" else row[columns.index(text_column)]
    return text


def _read_csv(text: io.TextIOWrapper, column: str | None, max_rows: int) -> Upload:
    return _read_table("csv", delimited.open_csv(_THE_FILE, text, None), column, max_rows)


def _read_tsv(text: io.TextIOWrapper, column: str | None, max_rows: int) -> Upload:
    return _read_table("tsv", delimited.open_tsv(_THE_FILE, text, None), column, max_rows)


def _read_table(shape: Shape, table: DelimitedTable, column: str | None, max_rows: int) -> Upload:
    columns = _columns(table.header)
    text_column = _text_column(columns, column)
    index = columns.index(text_column)
    parts = _Parts(max_rows)
    for row in all_read(table):
        parts.add(row.raw, len(row.raw[index]))
    return Upload(shape, table.dialect.delimiter, columns, text_column, parts.rows, parts.done())


def _read_jsonl(text: io.TextIOWrapper, column: str | None, max_rows: int) -> Upload:
    column = column or DEFAULT_COLUMN
    parts = _Parts(max_rows)
    for number, line in enumerate(text, start=1):
        if line.strip():
            row = _object(line, number)
            if not isinstance(row.get(column), str):
                raise _invalid(
                    f"{column!r} is missing or isn't text. Name the key with the text in `text_column`", line=number
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
    """Groups rows into parts and counts them."""

    def __init__(self, max_rows: int) -> None:
        self.rows = 0
        self._max_rows = max_rows
        self._parts: list[Part] = []
        self._open: list[Any] = []
        self._characters = 0

    def add(self, row: Any, characters: int) -> None:
        """Raises ProblemError if the file has too many rows."""
        self.rows += 1
        if self.rows > self._max_rows:
            raise ProblemError(
                "too-many-rows", f"The file has more than {self._max_rows:,} rows. Split it into several files."
            )
        if self._open and (len(self._open) == _PART_ROWS or self._characters + characters > _PART_CHARS):
            self._close()
        self._open.append(row)
        self._characters += characters

    def done(self) -> list[Part]:
        """Raises ProblemError if there are no rows."""
        if not self.rows:
            raise _invalid("it has no rows. Send a header row and one text per row")
        self._close()
        return self._parts

    def _close(self) -> None:
        self._parts.append(Part(self._open))
        self._open, self._characters = [], 0


def _columns(header: list[str]) -> tuple[str, ...]:
    columns = tuple(name.strip() for name in header)
    if not any(columns):
        raise _invalid("it has no header. Add a row of column names", line=1)
    _check_added(columns, line=1)
    return columns


def _text_column(columns: tuple[str, ...], requested: str | None) -> str:
    names = ", ".join(map(repr, columns[:12]))
    if requested is not None:
        if requested not in columns:
            raise _invalid(f"it has no column called {requested!r}. Columns: {names}", line=1)
        return requested
    if DEFAULT_COLUMN in columns:
        return DEFAULT_COLUMN
    if len(columns) > 1:
        raise _invalid(
            f"it has no column called {DEFAULT_COLUMN!r}. Name the column with the texts in `text_column`: {names}",
            line=1,
        )
    return columns[0]


def _check_added(names: Any, *, line: int) -> None:
    taken = [name for name in ADDED_COLUMNS if name in names]
    if taken:
        raise _invalid(
            f"{', '.join(map(repr, taken))}: the result adds columns with these names. Rename yours", line=line
        )


def _object(line: str, number: int) -> dict[str, Any]:
    try:
        row = jsonlines.parsed(line)
    except ValueError as error:
        reason = f'it isn\'t valid JSON ({error}). Write one object per line, such as {{"text": "Good."}}'
        raise _invalid(reason, line=number) from error
    if not isinstance(row, dict):
        raise _invalid('it isn\'t a JSON object. Write one object per line, such as {"text": "Good."}', line=number)
    return row


def _invalid(reason: str, *, line: int | None = None) -> ProblemError:
    where = "The file" if line is None else f"The file, line {line}"
    return ProblemError("invalid-file", f"{where}: {reason}.")
