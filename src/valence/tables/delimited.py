"""Reads CSV and TSV: detects delimiter and quoting, is strict about quotes, and reports bad rows by their line."""

from __future__ import annotations

import csv
import itertools
import logging
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from valence.errors import DataError
from valence.tables.decoding import fault, lines_of, shown
from valence.tables.grid import Grid, Row, Unread, all_read, check_not_empty

log = logging.getLogger(__name__)

MAX_CELL_CHARS = 16 << 20  # more than csv's 131,072, for long texts; but limited, in case a quote is never closed
MAX_ROW_LINES = 50_000  # lines of one row, for the same reason: they are kept until the row ends
DELIMITERS = ",;\t|"
_DELIMITER_CHARS = 1 << 17  # of the beginning of the file, to detect the delimiter
_QUOTING_CHARS = 4 << 20  # the same for the quoting of a TSV, whose first quote may come late
_SNIFFED_ROWS = 200


@dataclass(frozen=True)
class Dialect:
    """How cells are separated; without `quoted`, a double quote is an ordinary character."""

    delimiter: str
    quoted: bool = True


def read_csv(path: Path, encoding: str | None) -> Grid:
    """A whole CSV file, delimited by comma, semicolon, tab or vertical bar.

    Raises DataError that names the line: a ragged row, a broken quote, a NUL byte, or a missing header.
    """
    with lines_of(path, encoding) as lines:
        return _grid(open_csv(path, lines, encoding))


def read_tsv(path: Path, encoding: str | None) -> Grid:
    """A whole TSV file, quoted like CSV or, as most are, not quoted. Raises as `read_csv` does."""
    with lines_of(path, encoding) as lines:
        return _grid(open_tsv(path, lines, encoding))


def open_csv(path: Path, lines: Iterable[str], encoding: str | None) -> DelimitedTable:
    """A CSV file's rows one at a time. Raises DataError for its header."""
    sample, lines = _sample(lines, _DELIMITER_CHARS)
    return DelimitedTable(path, lines, encoding, Dialect(sniff(sample)))


def open_tsv(path: Path, lines: Iterable[str], encoding: str | None) -> DelimitedTable:
    """A TSV file's rows one at a time. Raises DataError for its header.

    Quotes are part of the texts if quoting leaves more rows of the sample unreadable than no quoting does, or as many
    but with a tab inside a cell. If no cell begins with a quote, nothing is quoted.
    """
    sample, lines = _sample(lines, _QUOTING_CHARS)
    quoted, plain = Dialect("\t"), Dialect("\t", quoted=False)
    if not any(line.startswith('"') or '\t"' in line for line in sample):
        return DelimitedTable(path, lines, encoding, plain)
    by_quotes, without = _trial(path, sample, encoding, quoted), _trial(path, sample, encoding, plain)
    if by_quotes < without or (by_quotes == without and not _tab_in_a_cell(path, sample, encoding)):
        return DelimitedTable(path, lines, encoding, quoted)
    log.info("%s: read without quoting; quotes are part of the texts.", shown(path))
    return DelimitedTable(path, lines, encoding, plain)


class DelimitedTable:
    """An open CSV or TSV file: its header has been read, and its rows can be read one at a time.

    Attributes:
        header: the cells of the first line.
        columns: the names of the columns, one for each cell of the header.
    """

    def __init__(
        self,
        path: Path,
        lines: Iterable[str],
        encoding: str | None,
        dialect: Dialect,
        *,
        header: Sequence[str] | None = None,
        next_line: int = 1,
    ) -> None:
        """With a `header` that has been read before, `lines` begin at line `next_line` of the file."""
        self.path, self.dialect, self._numbered = path, dialect, _Lines(lines, next_line)
        self._records = _records(path, self._numbered, encoding, dialect)
        first = next(self._records, None) if header is None else None
        if isinstance(first, Unread):
            raise first.error
        self.header = list(header or (first.raw if first else []))
        check_not_empty(path, self.header, "header")
        self.columns = _names(path, self.header)

    @property
    def next_line(self) -> int:
        """The number of the line on which the next row begins, counted from 1."""
        return self._numbered.number + 1

    def __iter__(self) -> Iterator[Row | Unread]:
        for record in self._records:
            if isinstance(record, Row) and len(record.raw) != len(self.header):
                yield Unread(record.place, self._ragged(record))
            elif isinstance(record, Row):
                yield Row(record.place, dict(zip(self.columns, record.raw, strict=True)), record.raw)
            else:
                yield record

    def _ragged(self, row: Row) -> DataError:
        return DataError(
            f"{shown(self.path)}, line {row.place}: {len(row.raw)} cell(s), but the header has {len(self.header)}.",
            hint="Put a text with the delimiter or a line break in double quotes, and double the quotes inside it.",
            code="row-ragged",
        )


def sniff(sample: Sequence[str]) -> str:
    """The delimiter that gives most lines as many cells as the first one, and more than one.

    >>> sniff(["text;label\\n", "good, really;1\\n"])
    ';'
    """
    _allow_long_cells()

    def fit(delimiter: str) -> tuple[bool, float, int]:
        rows = list[list[str]]()
        with suppress(csv.Error):  # a broken row is reported when it is read
            rows += itertools.islice(csv.reader(sample, delimiter=delimiter), _SNIFFED_ROWS)
        widths = [len(row) for row in (rows[:-1] or rows) if row]  # the sample may end within the last one
        if not widths:
            return False, 0.0, 0
        return widths[0] > 1, widths.count(widths[0]) / len(widths), widths[0]

    return max(DELIMITERS, key=fit)


class _Lines:
    """Numbered lines. The lines of a broken row can be read again."""

    def __init__(self, lines: Iterable[str], first: int = 1) -> None:
        self._source, self._again = iter(lines), deque[str]()
        self._taken: list[str] = []
        self.number = first - 1

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        """Raises csv.Error for a row that does not end."""
        if len(self._taken) >= MAX_ROW_LINES:
            raise csv.Error("unexpected end of data")
        line = self._again.popleft() if self._again else next(self._source)
        self.number += 1
        self._taken.append(line)
        return line

    def begin_row(self) -> int:
        """The number of the line that comes next."""
        self._taken.clear()
        return self.number + 1

    def give_back(self) -> None:
        """Returns all lines since the row began, except its first, to be read again."""
        back = self._taken[1:]
        self._again.extendleft(reversed(back))
        self.number -= len(back)


def _records(path: Path, numbered: _Lines, encoding: str | None, dialect: Dialect) -> Iterator[Row | Unread]:
    """Every row including the header, without column names. A broken row skips only the line on which it begins."""
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if dialect.quoted else csv.QUOTE_NONE
    _allow_long_cells()
    reader = csv.reader(numbered, delimiter=dialect.delimiter, quoting=quoting, strict=True)
    while True:
        begins = numbered.begin_row()
        try:
            cells = next(reader, None)
        except csv.Error as error:
            numbered.give_back()
            yield Unread(begins, _broken(path, begins, error))
            continue
        if cells is None:
            return
        if cells:
            odd = fault("".join(cells), encoding, f"{shown(path)}, line {begins}")
            yield Unread(begins, odd) if odd else Row(begins, {}, cells)


def _grid(table: DelimitedTable) -> Grid:
    rows = list(all_read(table))
    check_not_empty(table.path, rows, "rows below its header")
    columns = dict(zip(table.columns, zip(*(row.raw for row in rows), strict=True), strict=True))
    _check_header(table.path, table.header, list(columns.values()))
    return Grid(table.path, columns, [row.place for row in rows])


def _sample(lines: Iterable[str], least: int) -> tuple[list[str], Iterator[str]]:
    """The first lines, with at least that many characters, and then all lines."""
    rest, sample, chars = iter(lines), list[str](), 0
    while chars < least and (line := next(rest, None)) is not None:
        sample.append(line)
        chars += len(line)
    return sample, itertools.chain(sample, rest)


def _trial(path: Path, sample: Sequence[str], encoding: str | None, dialect: Dialect) -> int:
    """How many rows of the sample cannot be read in this dialect."""
    width, failed = 0, 0
    for record in _records(path, _Lines(sample), encoding, dialect):
        if isinstance(record, Row):
            width = width or len(record.raw)
            failed += len(record.raw) != width
        else:
            failed += 1
    return failed


def _tab_in_a_cell(path: Path, sample: Sequence[str], encoding: str | None) -> bool:
    records = _records(path, _Lines(sample), encoding, Dialect("\t"))
    return any("\t" in cell for record in records if isinstance(record, Row) for cell in record.raw)


@cache
def _allow_long_cells() -> None:
    """Raises csv's limit on a cell, once. It holds for the whole process and all threads, so it is never lowered."""
    csv.field_size_limit(max(csv.field_size_limit(), MAX_CELL_CHARS))


def _broken(path: Path, line: int, error: csv.Error) -> DataError:
    """The csv module's error as a DataError."""
    words = str(error)
    if "field larger" in words:
        what = f"a cell is longer than {MAX_CELL_CHARS:,} characters; usually a quote that is never closed"
    elif "unexpected end" in words:
        what = "a quote in this row is never closed"
    else:
        what = f"the quoting is broken ({words})"
    return DataError(
        f"{shown(path)}, line {line}: {what}.",
        hint='Inside a quoted text, write each double quote twice: "She said ""no"".".',
        code="quote-broken",
    )


def _names(path: Path, header: list[str]) -> list[str]:
    """Column names; a column without a name, such as a saved index, is named by its number."""
    names = [name.strip() or f"(column {number})" for number, name in enumerate(header, start=1)]
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise DataError(
            f"{shown(path)}, line 1: more than one column is called {', '.join(map(repr, twice))}.",
            hint="Give every column a name of its own.",
            code="columns-duplicated",
        )
    return names


def _check_header(path: Path, header: list[str], columns: Sequence[Sequence[str]]) -> None:
    """Refuses a first line that is data, because it would lose a row and the columns would have no names.

    It is data if one of its "names" occurs again below, as a label does, in a column with few different cells. The
    names 0, 1, ... that pandas gives to unnamed columns are names.
    """
    if header == [str(number) for number in range(len(header))]:
        return
    for name, cells in zip(header, columns, strict=True):
        if name.strip() and name in cells and 2 * len(set(cells)) <= len(cells):
            raise DataError(
                f"{shown(path)}, line 1: {name[:60]!r} also occurs below as a value: the header is missing.",
                hint="Add a first line that names the columns, such as: text,label",
                code="header-missing",
            )
