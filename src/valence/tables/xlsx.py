"""Reads Excel workbooks (.xlsx) row by row, with openpyxl.

python-calamine is ten times as fast, but it allocates the whole rectangle of a sheet: a workbook of 5 KB with one cell
in the last corner asks for 512 GiB, which ends the process. benchmarks/workbooks.py measures both.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from valence.system.errors import DataError
from valence.system.offers import Offer
from valence.tables.columns import listed
from valence.tables.decoding import library, shown
from valence.tables.grid import Row, Unread, check_not_empty
from valence.tables.headers import column_names, is_above
from valence.tables.layout import titles_of
from valence.tables.notes import Note, counted
from valence.tables.open_table import OpenTable, Understood
from valence.tables.options import ReadOptions

MOST_UNPACKED_BYTES = 2 << 30  # of all parts of a workbook
MOST_SHARED_BYTES = 256 << 20  # of its different texts, which are kept in memory
MOST_CELLS = 100_000_000  # including empty ones to the left of the last in each row, which cost time, not memory
_MOST_OFFERED = 12  # sheets
_SEARCHED_BYTES = 1 << 20  # of a sheet, for merged cells and formulas without a value; an empty text is one
_UNSAVED = re.compile(rb'<c(?![^>]* t="str")[^>]*><f[^>]*(?:/>|>[^<]*</f>)(?:<v ?/>|<v></v>)?</c>')
_TABLE_ROWS = 20  # of which a sheet with a table fills one at least


class WorkbookTable(OpenTable):
    """An open workbook: the sheet that is named, or the only one with a table.

    Attributes: those of open_table.OpenTable. The `raw` of a row is the list of its values, with dates as
    datetime has them; `cells` has them as text.

    Raises DataError for a damaged or oversized workbook, and for several sheets with tables.
    """

    kind, unit = "xlsx", "row"
    columns: list[str]
    header: list[str]

    def __init__(self, path: Path, binary: IO[bytes], options: ReadOptions) -> None:
        self.path = path
        with _damage_mapped(path):
            check_size(path, binary)
            book = _workbook(binary)
            sheet, notes = _sheet(path, book, options)
            rows = _filled_rows(sheet)
            start = [(place, cells, list(map(_named, cells))) for place, cells in itertools.islice(rows, _TABLE_ROWS)]
            above = titles_of([names for *_, names in start]) if options.header else 0
            self._titles = [is_above(self, place, " ".join(names)) for place, _, names in start[:above]]
            below = start[above + options.header :]
            self._rows = itertools.chain(((place, cells) for place, cells, _ in below), rows)
        self.header = list(options.columns or (start[above][-1] if start else ()))
        check_not_empty(path, self.header, "header")
        self.columns, numbered = column_names(self.header)
        self.notes = (*notes, *numbered, *_empty_cells(sheet))
        self._width_from = "the header has" if options.header else "--columns names"
        self.understood = Understood(
            "xlsx",
            header=options.header,
            columns=options.columns,
            sheet=sheet.title,
            sheets=tuple(each.title for each in book.worksheets),
        )

    def __iter__(self) -> Iterator[Row | Unread]:
        yield from self._titles
        while True:
            with _damage_mapped(self.path):
                found = next(self._rows, None)
            if found is None:
                return
            place, cells = found
            width = len(self.header)
            if len(cells) > width:
                yield Unread(place, self._too_wide(place, len(cells)))
                continue
            missing = [None] * (width - len(cells))
            with _damage_mapped(self.path):  # a cell looks up its format only now
                raw = [*(cell.value for cell in cells), *missing]
                shown_as = [*(_as_seen(cell) for cell in cells), *missing]
            yield Row(place, dict(zip(self.columns, shown_as, strict=True)), raw)

    def _too_wide(self, place: int, width: int) -> DataError:
        return DataError(
            f"{self.where(place)}: {width} cells, but {self._width_from} {len(self.header)}.",
            hint="Give every column a name in the first row, or clear the cells outside the table.",
            code="row-ragged",
        )


def _workbook(binary: IO[bytes]) -> Any:
    """An open workbook, its charts unread: openpyxl fails at a sheet of charts that has none.

    Raises DataError if openpyxl is not installed.
    """
    warnings.filterwarnings("ignore", module="openpyxl")  # about styles and extensions, which are not read
    openpyxl = library("openpyxl", "openpyxl", "A workbook", "save the sheet as CSV")
    reader = openpyxl.reader.excel.ExcelReader(binary, read_only=True, data_only=True, keep_links=False)
    reader.read_chartsheet = lambda *_: reader.wb._add_sheet(openpyxl.chartsheet.Chartsheet(parent=reader.wb))  # noqa: SLF001
    reader.read()
    return reader.wb


def as_seen(value: Any, number_format: str = "General") -> str | None:
    """A cell's value as a spreadsheet shows it: 1 for 1.0, TRUE, a date without a time that is not shown, 12%.

    >>> as_seen(1.0), as_seen(True), as_seen(0.125, "0.0%"), as_seen(dt.datetime(2026, 3, 1)), as_seen(0.1 + 0.2)
    ('1', 'TRUE', '12.5%', '2026-03-01', '0.3')
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        if number_format.endswith("%"):
            return f"{value:.{len(number_format.partition('.')[2]) - 1 if '.' in number_format else 0}%}"
        whole = float(value).is_integer() and abs(value) < 1e15
        return str(int(value)) if whole else f"{value:.15g}"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "seconds")
    return str(value)


def _as_seen(cell: Any) -> str | None:
    value = cell.value
    return value if value is None or isinstance(value, str) else as_seen(value, cell.number_format or "")


def check_size(path: Path, binary: IO[bytes], most_bytes: int | None = None) -> None:
    """Raises DataError for a workbook that would not fit. zipfile never unpacks more than a part says it has.

    Args:
        path: its name, for messages.
        binary: the workbook, at its beginning.
        most_bytes: of its different texts, and of an eighth of the whole, if it comes from a stranger.
    """
    with _damage_mapped(path), zipfile.ZipFile(binary) as archive:
        parts = archive.infolist()
    binary.seek(0)
    shared = sum(part.file_size for part in parts if "sharedStrings" in part.filename or "styles" in part.filename)
    most, most_shared = (8 * most_bytes, most_bytes) if most_bytes else (MOST_UNPACKED_BYTES, MOST_SHARED_BYTES)
    if sum(part.file_size for part in parts) > most or shared > most_shared:
        raise DataError(
            f"{shown(path)} is too large for a workbook.", hint="Save the sheet as CSV.", code="unpacked-too-large"
        )


def _sheet(path: Path, book: Any, options: ReadOptions) -> tuple[Any, list[Note]]:
    """The sheet to read, and what should be known about the others."""
    sheets = {sheet.title: sheet for sheet in book.worksheets}
    if options.sheet is not None:
        if options.sheet not in sheets:
            raise DataError(
                f"{shown(path)} has no sheet called {options.sheet!r}.",
                hint=f"Its sheets are {listed(sheets)}.",
                code="sheet-unknown",
                offers=_offers(sheets),
            )
        return sheets[options.sheet], []
    filled = [sheet for sheet in sheets.values() if _holds_table(sheet)]
    visible = [sheet for sheet in filled if sheet.sheet_state == "visible"] or filled
    if not visible:
        raise DataError(
            f"{shown(path)} is empty: none of its sheets holds a table.",
            hint="Give a workbook with a row of column names and one text per row.",
            code="file-empty",
        )
    first, *others = [sheet.title for sheet in visible]
    if not others:
        return visible[0], []
    if not options.take_first:
        raise DataError(
            f"{shown(path)} has {len(visible)} sheets that hold something: {listed((first, *others))}.",
            code="sheets-several",
            offers=_offers((first, *others)),
        )
    told = f"Sheet {first!r} was read; also filled: {listed(others)}."
    return visible[0], [Note("sheets-several", told, offers=_offers(others))]


def _offers(sheets: Iterable[str]) -> tuple[Offer, ...]:
    return tuple(Offer("To read one of them", {"sheet": title}) for title in itertools.islice(sheets, _MOST_OFFERED))


def _empty_cells(sheet: Any) -> Iterator[Note]:
    """Notes on cells that are read as empty: merged ones, and formulas that no program has calculated."""
    with sheet._get_source() as xml:  # noqa: SLF001 - openpyxl gives either formulas or values, and None for both that are missing
        beginning = xml.read(_SEARCHED_BYTES)
    if merged := beginning.count(b"<mergeCell "):
        yield Note(
            "cells-merged",
            f"{counted(merged, 'group')} of merged cells: only the first of each has a value, the others are empty.",
            "Unmerge them, and fill each cell.",
        )
    if count := len(_UNSAVED.findall(beginning)):
        yield Note(
            "formulas-unsaved",
            f"{counted(count, 'formula')} at the sheet's beginning without a saved result: their cells are empty.",
            "Open the workbook in a spreadsheet program and save it again.",
        )


def _holds_table(sheet: Any) -> bool:
    """Whether one of the first filled rows has two cells or more, or several rows have one."""
    rows = [row for _, row in itertools.islice(_filled_rows(sheet), _TABLE_ROWS)]
    return any(len(row) > 1 for row in rows) or len(rows) > 1


def _filled_rows(sheet: Any) -> Iterator[tuple[int, list[Any]]]:
    """Each row that is not empty: its number from 1, and its cells up to the last that is filled."""
    sheet.reset_dimensions()  # what a workbook says about its size is often wrong
    passed = 0
    for number, row in enumerate(sheet.iter_rows(), 1):
        passed += len(row)
        if passed > MOST_CELLS:
            raise DataError(
                f"The sheet {sheet.title!r} has more than {MOST_CELLS:,} cells, empty ones included.",
                hint="Save it as CSV, or delete the empty columns.",
                code="unpacked-too-large",
            )
        cells = list(row)
        while cells and cells[-1].value in {None, ""}:
            cells.pop()
        if cells:
            yield number, cells


def _named(cell: Any) -> str:
    return as_seen(cell.value) or ""


@contextmanager
def _damage_mapped(path: Path) -> Iterator[None]:
    """Maps whatever openpyxl raises for a damaged workbook, which is not one kind of exception."""
    try:
        yield
    except DataError:
        raise
    except Exception as error:  # KeyError, ParseError, BadZipFile, ValueError and more
        raise DataError(
            f"{shown(path)} cannot be read as a workbook: {error!s:.200}.",
            hint="Save it again as .xlsx, or as CSV.",
            code="file-damaged",
        ) from error
