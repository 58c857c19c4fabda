"""Reads CSV and TSV: detects delimiter and quoting, is strict about quotes, and reports bad rows by their line."""

from __future__ import annotations

import csv
import itertools
import logging
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, Literal

from valence.system.errors import DataError
from valence.tables.decoding import codec, fault, shown, text_lines
from valence.tables.grid import Row, Unread, check_not_empty
from valence.tables.headers import column_names, is_above
from valence.tables.layout import (
    DELIMITERS,
    MAX_CELL_CHARS,
    allow_long_cells,
    check_named,
    layout_of,
    sample_of,
    separator_line,
)
from valence.tables.notes import Note
from valence.tables.open_table import OpenTable, Understood
from valence.tables.options import ReadOptions

log = logging.getLogger(__name__)

MAX_ROW_LINES = 50_000  # lines of one row, for the same reason: they are kept until the row ends
_DELIMITER_CHARS = 1 << 17  # of the beginning of the file, to detect the delimiter
_QUOTING_CHARS = 4 << 20  # the same for the quoting of a TSV, whose first quote may come late


def open_csv(path: Path, binary: IO[bytes], options: ReadOptions) -> DelimitedTable:
    """A CSV file, delimited by comma, semicolon, tab or vertical bar unless the options name another separator.

    A backslash may stand before a quote within a quoted cell, as MySQL and Spark write it.

    Raises DataError for its header. A row that cannot be read is an Unread, which names the line: a ragged row, a
    broken quote, or a NUL byte.
    """
    told, lines = separator_line(text_lines(path, binary, options.encoding, options.first_line), options)
    sample, lines = sample_of(lines, _DELIMITER_CHARS)
    if told and options.separator is None:
        check_named(path, told, sample)
    separator, above = layout_of(sample, options.separator or told or DELIMITERS)
    first = options.first_line + bool(told)
    options = replace(options, separator=separator, quoted=options.quoted is not False, first_line=first)
    titles = list(itertools.islice(lines, above if options.header else 0))
    if options.escaped is None and options.quoted:
        escaped, lines = _is_escaped(path, lines, options)
        options = replace(options, escaped=escaped)
    notes = [note for note, noticed in ((_SEPARATOR_LINE, told), (_BACKSLASH, options.escaped)) if noticed]
    return DelimitedTable(path, "csv", lines, options, titles=titles, notes=notes)


def open_tsv(path: Path, binary: IO[bytes], options: ReadOptions) -> DelimitedTable:
    """A TSV file, quoted like CSV or, as most are, not quoted. Raises as `open_csv` does.

    Quotes are part of the texts if quoting leaves more rows of the sample unreadable than no quoting does, or as many
    but with a tab inside a cell. If no cell begins with a quote, nothing is quoted.
    """
    lines = text_lines(path, binary, options.encoding, options.first_line)
    sample, lines = sample_of(lines, _QUOTING_CHARS)
    separator, above = layout_of(sample, options.separator or "\t")
    options = replace(options, separator=separator)
    titles = list(itertools.islice(lines, above if options.header else 0))
    if options.quoted is None:
        options = replace(options, quoted=_is_quoted(path, sample[len(titles) :], options))
    return DelimitedTable(path, "tsv", lines, options, titles=titles)


_SEPARATOR_LINE = Note("separator-line", "The first line names the separator, for Excel; it is left out.")
_BACKSLASH = Note("backslash-quotes", "Quotes inside quoted cells have a backslash before them, which is left out.")


def _is_escaped(path: Path, lines: Iterator[str], options: ReadOptions) -> tuple[bool, Iterator[str]]:
    """Whether backslashes before quotes read every row of the beginning, and doubled quotes do not; and all lines."""
    sample, lines = sample_of(lines, _QUOTING_CHARS)
    if not any('\\"' in line for line in sample):
        return False, lines
    fails = _trial(path, sample, options) > 0
    return fails and _trial(path, sample, replace(options, escaped=True)) == 0, lines


def _is_quoted(path: Path, sample: Sequence[str], options: ReadOptions) -> bool:
    if not any(line.startswith('"') or f'{options.separator}"' in line for line in sample):
        return False
    quoted = replace(options, quoted=True)
    by_quotes, without = _trial(path, sample, quoted), _trial(path, sample, replace(options, quoted=False))
    if by_quotes < without or (by_quotes == without and not _separator_in_a_cell(path, sample, quoted)):
        return True
    log.info("%s: read without quoting; quotes are part of the texts.", shown(path))
    return False


class DelimitedTable(OpenTable):
    """An open CSV or TSV file: its header has been read, and its rows can be read one at a time.

    Attributes: those of open_table.OpenTable. The `raw` of a row is the list of its cells.
    """

    unit = "line"
    columns: list[str]
    header: list[str]

    def __init__(
        self,
        path: Path,
        kind: str,
        lines: Iterable[str],
        options: ReadOptions,
        *,
        titles: Sequence[str] = (),
        notes: Sequence[Note] = (),
    ) -> None:
        """`titles` are the lines above the header, and `lines` those from it on."""
        self.path, self.kind = path, kind
        above = enumerate(titles, options.first_line)
        self._titles = [is_above(self, place, line) for place, line in above if line.strip()]
        self._records = _records(path, _Lines(lines, options.first_line + len(titles)), options)
        _, first = next(self._records, (0, [])) if options.header else (0, [])
        if isinstance(first, DataError):
            raise first
        self.header = list(options.columns or first)
        check_not_empty(path, self.header, "header")
        self.columns, named = column_names(self.header)
        self.notes = (*notes, *named)
        fields = {**vars(options), "format": kind, "encoding": codec(options.encoding), "first_line": 1, "sheet": None}
        self.understood = Understood(**fields)

    def __iter__(self) -> Iterator[Row | Unread]:
        columns, width = self.columns, len(self.header)
        yield from self._titles
        for place, cells in self._records:
            if isinstance(cells, DataError):
                yield Unread(place, cells)
            elif len(cells) != width:
                yield Unread(place, self._ragged(place, len(cells)))
            else:
                yield Row(place, dict(zip(columns, cells, strict=True)), cells)

    def _ragged(self, line: int, cells: int) -> DataError:
        return DataError(
            f"{self.where(line)}: {cells} cell(s), but the table has {len(self.header)} columns.",
            hint="Put a text with the delimiter or a line break in double quotes, and double the quotes inside it.",
            code="row-ragged",
        )


class _Lines:
    """Numbered lines. The lines of a broken row can be read again."""

    def __init__(self, lines: Iterable[str], first: int = 1) -> None:
        self._source, self._again = iter(lines), deque[str]()
        self._taken: list[str] = []
        self._number = first

    def __iter__(self) -> Iterator[str]:
        """Raises csv.Error for a row that does not end."""
        again, taken = self._again, self._taken
        while (line := again.popleft() if again else next(self._source, None)) is not None:
            if len(taken) >= MAX_ROW_LINES:
                again.appendleft(line)
                raise csv.Error("unexpected end of data")
            taken.append(line)
            yield line

    def end_row(self, *, broken: bool = False) -> int:
        """The number of the line on which the row began; only that line is taken by a broken row."""
        begun = self._number
        if broken:
            self._again.extendleft(reversed(self._taken[1:]))
            del self._taken[1:]
        self._number += len(self._taken)
        self._taken.clear()
        return begun


def _records(path: Path, numbered: _Lines, options: ReadOptions) -> Iterator[tuple[int, list[str] | DataError]]:
    """The line and the cells of every row including the header. A broken row skips only the line on which it begins."""
    quoting: Literal[0, 3] = csv.QUOTE_MINIMAL if options.quoted else csv.QUOTE_NONE
    escape, delimiter = "\\" if options.escaped else None, options.separator or ","
    allow_long_cells()
    while True:  # begins again after a broken row
        reader = csv.reader(iter(numbered), delimiter=delimiter, quoting=quoting, escapechar=escape, strict=True)
        try:
            for cells in reader:
                line = numbered.end_row()
                if cells:
                    yield line, fault("".join(cells), options.encoding, path, "line", line) or cells
        except csv.Error as error:
            line = numbered.end_row(broken=True)
            yield line, _broken(path, line, error)
        else:
            return


def _trial(path: Path, sample: Sequence[str], options: ReadOptions) -> int:
    """How many rows of the sample cannot be read with these options."""
    width, failed = 0, 0
    for _, cells in _records(path, _Lines(sample), options):
        if isinstance(cells, DataError):
            failed += 1
        else:
            width = width or len(cells)
            failed += len(cells) != width
    return failed


def _separator_in_a_cell(path: Path, sample: Sequence[str], options: ReadOptions) -> bool:
    records = _records(path, _Lines(sample), options)
    return any(str(options.separator) in cell for _, cells in records if isinstance(cells, list) for cell in cells)


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
