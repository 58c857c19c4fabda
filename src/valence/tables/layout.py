"""Tells how a CSV or TSV file is laid out, from its first lines: the delimiter, and the lines above its header."""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

from valence.system.errors import DataError
from valence.system.offers import Offer
from valence.tables.decoding import shown
from valence.tables.options import ReadOptions

DELIMITERS = ",;\t|"
MAX_CELL_CHARS = 16 << 20  # more than csv's 131,072, for long texts; but limited, in case a quote is never closed
_SNIFFED_ROWS = 200
_MOST_TITLES = 10  # rows above the header
_EVEN = 0.9  # of the rows below such a header have as many cells
_NAME_CHARS = 40  # of a column at most, to tell a header below titles
_TOLD = re.compile(r'"?sep *= *(.) *"?[\r\n]*', re.IGNORECASE)


def separator_line(lines: Iterator[str], options: ReadOptions) -> tuple[str | None, Iterator[str]]:
    """The separator that a first line `sep=;` names, and the lines below it; None, and all lines, without one."""
    first = next(lines, None) if options.first_line == 1 else None
    told = _TOLD.fullmatch(first) if first else None
    if first is None or told:
        return told[1] if told else None, lines
    return None, itertools.chain([first], lines)


def check_named(path: Path, told: str, sample: Sequence[str]) -> None:
    """Raises DataError if another delimiter than the one that is named above these lines makes columns of them."""
    used, _ = layout_of(sample)
    other = _fit(sample, used)
    if not _fit(sample, told).has_columns and other.has_columns and other.even >= _EVEN:
        raise DataError(
            f"{shown(path)}, line 1: it names the separator {told!r}, but the lines below it have {used!r}.",
            hint="Correct or delete that line.",
            code="separator-wrong",
            offers=(Offer("Or name the separator", {"separator": used}),),
        )


def layout_of(sample: Sequence[str], delimiters: str = DELIMITERS) -> tuple[str, int]:
    """The delimiter that gives most lines as many cells as the header, and more than one; and the lines above that.

    >>> layout_of(["text;label\\n", "good, really;1\\n"])
    (';', 0)
    >>> layout_of(["Reviews; by month\\n", "text,label\\n", "good,1\\n", '"bad, really",0\\n', "dull,0\\n"])
    (',', 1)
    """
    fits = {delimiter: _fit(sample, delimiter) for delimiter in delimiters}
    best = max(fits, key=fits.__getitem__)
    return best, fits[best].above


class _Fit(NamedTuple):
    """How well a delimiter fits, the better the greater.

    `even` is the share of the rows that have as many cells as the header, `width`; `above` are the lines above that.
    """

    has_columns: bool
    even: float
    untitled: bool
    width: int
    above: int


def _fit(sample: Sequence[str], delimiter: str) -> _Fit:
    allow_long_cells()
    reader, rows = csv.reader(sample, delimiter=delimiter), list[tuple[int, list[str]]]()
    with suppress(csv.Error):  # a broken row is reported when it is read
        rows += ((reader.line_num, row) for row in itertools.islice(reader, _SNIFFED_ROWS) if row)
    rows = rows[:-1] or rows  # the sample may end within the last one
    titles = titles_of([row for _, row in rows])
    widths = [len(row) for _, row in rows[titles:]] or [0]
    even = widths.count(widths[0]) / len(widths)
    return _Fit(widths[0] > 1, even, not titles, widths[0], rows[titles - 1][0] if titles else 0)


def titles_of(rows: Sequence[Sequence[str]]) -> int:
    """How many rows are above the header: titles and comments, with fewer cells than it and the rows below it."""
    header = next((at for at, row in enumerate(rows[: _MOST_TITLES + 1]) if _are_names(row)), 0)
    widths = [len(row) for row in rows]
    above = all(len(row) < widths[header] or row[0].startswith("#") or not any(row[1:]) for row in rows[:header])
    below = widths[header + 1 :]
    return header if above and below and below.count(widths[header]) >= _EVEN * len(below) else 0


def _are_names(row: Sequence[str]) -> bool:
    """Whether cells may be names of columns. Text that is cut at its commas has spaces at the ends."""
    short = all(cell and cell == cell.strip() and len(cell) <= _NAME_CHARS for cell in row)
    return short and 1 < len(row) == len(set(row))


def sample_of(lines: Iterable[str], least: int) -> tuple[list[str], Iterator[str]]:
    """The first lines, with at least that many characters, and then all lines."""
    rest, sample, chars = iter(lines), list[str](), 0
    while chars < least and (line := next(rest, None)) is not None:
        sample.append(line)
        chars += len(line)
    return sample, itertools.chain(sample, rest)


@cache
def allow_long_cells() -> None:
    """Raises csv's limit on a cell, once. It holds for the whole process and all threads, so it is never lowered."""
    csv.field_size_limit(max(csv.field_size_limit(), MAX_CELL_CHARS))
