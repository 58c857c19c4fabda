"""CSV and TSV into a Grid: the delimiter found out, quoting kept strictly, every odd row named by its line."""

from __future__ import annotations

import csv
import itertools
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal

from valence.data.table.grid import Grid, check_not_empty
from valence.data.table.opening import text_of
from valence.errors import DataError

log = logging.getLogger(__name__)

MAX_CELL_CHARS = 16 << 20  # above csv's 131,072, for long texts; a limit all the same, for a quote that is never closed
DELIMITERS = ",;\t|"
_SAMPLE_CHARS = 1 << 17  # what the delimiter is found out from
_SAMPLE_ROWS = 200


def read_csv(path: Path, encoding: str | None) -> Grid:
    """A CSV file, whatever its delimiter out of comma, semicolon, tab and bar.

    Raises DataError that names the line: a ragged row, a broken quote, a NUL byte, a header that is none.
    """
    with text_of(path, encoding) as file:
        delimiter = sniff(file.read(_SAMPLE_CHARS))
    return _read(path, encoding, delimiter)


def read_tsv(path: Path, encoding: str | None) -> Grid:
    """A TSV file, quoted as CSV is or not quoted at all, as most are.

    A quote is one only if it can be: where reading by quotes fails, or puts a tab inside a cell, it was part of a text.
    """
    try:
        grid = _read(path, encoding, "\t")
    except DataError as error:
        if error.code not in {"quote-broken", "row-ragged"}:
            raise
    else:
        if not any("\t" in cell for cells in grid.columns.values() for cell in cells):
            return grid
    log.info("%s: read without quoting; its quotes are part of the texts.", path.name)
    return _read(path, encoding, "\t", quoted=False)


def sniff(sample: str) -> str:
    """The delimiter that cuts the most rows into as many cells as the header has, and into more than one.

    >>> sniff("text;label\\ngood, really;1\\n")
    ';'
    """

    def fit(delimiter: str) -> tuple[bool, float, int]:
        with _long_cells():
            rows = list(
                itertools.islice(csv.reader(sample.splitlines(keepends=True), delimiter=delimiter), _SAMPLE_ROWS)
            )
        widths = [len(row) for row in (rows[:-1] or rows) if row]  # the sample may end within the last one
        if not widths:
            return False, 0.0, 0
        return widths[0] > 1, widths.count(widths[0]) / len(widths), widths[0]

    return max(DELIMITERS, key=fit)


def _read(path: Path, encoding: str | None, delimiter: str, *, quoted: bool = True) -> Grid:
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE
    with text_of(path, encoding) as file, _long_cells():
        reader = csv.reader(_without_nul(path, file), delimiter=delimiter, quoting=quoting, strict=True)
        begins = 1
        rows: list[list[str]] = []
        places: list[int] = []
        try:
            header = next(reader, [])
            check_not_empty(path, header, "header")
            begins = reader.line_num + 1
            for row in reader:
                if row:
                    _check_width(path, begins, row, header)
                    rows.append(row)
                    places.append(begins)
                begins = reader.line_num + 1
        except csv.Error as error:
            raise _broken(path, begins, error) from error
    check_not_empty(path, rows, "rows below its header")
    names = _names(path, header)
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    _check_header(path, header, list(columns.values()))
    return Grid(path, columns, places)


@contextmanager
def _long_cells() -> Iterator[None]:
    """The limit on a cell is a setting of the whole process, so it is put back."""
    before = csv.field_size_limit(MAX_CELL_CHARS)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _without_nul(path: Path, file: IO[str]) -> Iterator[str]:
    for number, line in enumerate(file, start=1):
        if "\0" in line:
            raise DataError(
                f"{path.name}, line {number}: there is a NUL byte, so this is no text file or a damaged one.",
                way_out="If it is UTF-16, add --encoding utf-16; otherwise export it again.",
                code="nul-byte",
            )
        yield line


def _check_width(path: Path, line: int, row: list[str], header: list[str]) -> None:
    if len(row) != len(header):
        raise DataError(
            f"{path.name}, line {line}: {len(row)} cell(s), where the header has {len(header)}.",
            way_out="Put a text that holds the delimiter or a line break in double quotes, and double its own quotes.",
            code="row-ragged",
        )


def _broken(path: Path, line: int, error: csv.Error) -> DataError:
    """The csv module's words as ours."""
    words = str(error)
    if "field larger" in words:
        what = f"a cell is longer than {MAX_CELL_CHARS:,} characters; most often a quote was opened and never closed"
    elif "unexpected end" in words:
        what = "a quote is opened in this row and never closed"
    else:
        what = f"the quoting is broken ({words})"
    return DataError(
        f"{path.name}, line {line}: {what}.",
        way_out='Inside a quoted text, write each double quote twice: "She said ""no"".".',
        code="quote-broken",
    )


def _names(path: Path, header: list[str]) -> list[str]:
    """Column names; one without a name, such as a saved index, is called by its number."""
    names = [name.strip() or f"(column {number})" for number, name in enumerate(header, start=1)]
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise DataError(
            f"{path.name}, line 1: more than one column is called {', '.join(map(repr, twice))}.",
            way_out="Give every column a name of its own.",
            code="columns-duplicated",
        )
    return names


def _check_header(path: Path, header: list[str], columns: Sequence[Sequence[str]]) -> None:
    """A first line that is data already would cost a row and make the columns nameless: it is refused.

    It is data if one of its "names" stands below it again, as a label does, in a column of few different cells. The
    names 0, 1, ... that pandas gives to nameless columns are names.
    """
    if header == [str(number) for number in range(len(header))]:
        return
    for name, cells in zip(header, columns, strict=True):
        if name.strip() and name in cells and 2 * len(set(cells)) <= len(cells):
            raise DataError(
                f"{path.name}, line 1: {name[:60]!r} is also a value below: the line of column names is missing.",
                way_out="Add a first line that names the columns, such as: text,label",
                code="header-missing",
            )
