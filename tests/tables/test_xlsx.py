"""Workbooks: cells as people see them, the sheet that is meant, and every way that one can be broken."""

from __future__ import annotations

import datetime as dt
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from valence.data import labelled_file
from valence.system.errors import DataError
from valence.tables import xlsx
from valence.tables.grid import Row, Unread
from valence.tables.opening import opened
from valence.tables.options import ReadOptions, TableOptions
from valence.tables.whole import read_whole

Sheets = dict[str, list[list[Any]]]


def book(tmp_path: Path, sheets: Sheets, *, name: str = "own.xlsx", hidden: tuple[str, ...] = ()) -> Path:
    path = tmp_path / name
    with xlsxwriter.Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as written:
        date, percent = (written.add_format({"num_format": form}) for form in ("dd.mm.yyyy", "0.0%"))
        for title, rows in sheets.items():
            sheet = written.add_worksheet(title)
            for number, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, dt.date):
                        sheet.write_datetime(number, column, cell, date)
                    elif cell == 0.125:
                        sheet.write_number(number, column, cell, percent)
                    elif cell is not None:
                        sheet.write(number, column, cell)
            if title in hidden:
                sheet.hide()
    return path


def test_cells_are_read_as_people_see_them(tmp_path: Path) -> None:
    row = ["a text", 1.0, 2.5, True, dt.date(2026, 3, 1), dt.datetime(2026, 3, 1, 12, 30), 0.125]  # noqa: DTZ001
    path = book(tmp_path, {"One": [["text", "n", "x", "ok", "day", "time", "share"], row]})
    (read,) = zip(*read_whole(path, ReadOptions()).columns.values(), strict=True)
    assert read == ("a text", "1", "2.5", "TRUE", "2026-03-01", "2026-03-01 12:30:00", "12.5%")
    with opened(path, ReadOptions()) as table:
        (stored,) = table
    assert isinstance(stored, Row)
    assert stored.raw[4] == dt.datetime(2026, 3, 1)  # noqa: DTZ001


texts = st.text(st.characters(min_codepoint=32, exclude_categories=("Cs", "Cn", "Co")), min_size=1).filter(str.strip)


@given(st.lists(st.tuples(texts, st.integers(-999, 999) | st.booleans() | st.none()), min_size=1, max_size=8))
def test_what_a_spreadsheet_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, Any]]
) -> None:
    path = book(tmp_path_factory.mktemp("xlsx"), {"One": [["text", "label"], *map(list, rows)]})
    columns = read_whole(path, ReadOptions()).columns
    seen = [(text, None if cell is None else str(cell).upper()) for text, cell in rows]
    assert list(zip(columns["text"], columns["label"], strict=True)) == seen


def test_a_sheet_of_charts_without_one_is_no_damage(tmp_path: Path) -> None:
    path, written = tmp_path / "own.xlsx", Workbook()
    written.active.append(["text", "label"])
    written.active.append(["a film", "a"])
    written.active.print_area = "A1:B2"  # a name of the second sheet
    written.create_chartsheet("Charts", 0)
    written.save(path)
    assert read_whole(path, ReadOptions()).columns == {"text": ["a film"], "label": ["a"]}


def test_a_title_above_the_header_is_no_row(tmp_path: Path) -> None:
    table: list[list[Any]] = [["text", "label"], ["A film, 2026", 1], ["A play", 0], ["A book", 1]]
    path = book(tmp_path, {"One": [["Reviews of films"], ["June"], [], *table]})
    with opened(path, ReadOptions()) as opened_table:
        first, second, *rows = opened_table
        assert opened_table.columns == ["text", "label"]
    assert isinstance(first, Unread)
    assert "own.xlsx, row 1: 'Reviews of films' is above the header" in first.error.message
    assert (second.place, [row.place for row in rows]) == (2, [5, 6, 7])
    survey: list[list[Any]] = [
        ["What did you like best, and why would you say so?", "label", "note"],
        ["A film", 1],
        ["A play", 0],
    ]
    assert len(read_whole(book(tmp_path, {"One": survey}), ReadOptions())) == 2


def test_merged_cells_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "own.xlsx"
    with xlsxwriter.Workbook(path) as written:
        sheet = written.add_worksheet()
        for row, text in enumerate(["text", "a film", "a play", "a book"]):
            sheet.write(row, 0, text)
        sheet.write(0, 1, "label")
        sheet.merge_range("B2:B4", "a")
    assert [note.code for note in read_whole(path, ReadOptions()).notes] == ["cells-merged"]
    with pytest.raises(DataError, match=r"1 group of merged cells: only the first of each has a value"):
        labelled_file.read(path, TableOptions())


def test_the_only_sheet_with_a_table_is_read(tmp_path: Path) -> None:
    sheets: Sheets = {"About": [["My data"]], "Data": [["text", "label"], ["a", 1]], "Empty": [], "Old": [["x", "y"]]}
    path = book(tmp_path, sheets, name="own.csv", hidden=("Old",))
    with opened(path, ReadOptions()) as table:
        assert (table.understood.sheet, table.columns) == ("Data", ["text", "label"])


def test_several_sheets_are_named_and_one_can_be_chosen(tmp_path: Path) -> None:
    path = book(tmp_path, {"It's A": [["text", "label"], ["a", 1]], "B": [["text", "label"], ["b", 2]]})
    with pytest.raises(DataError, match=r"\"It's A\", 'B'.*--sheet") as refused:
        read_whole(path, ReadOptions())
    assert refused.value.code == "sheets-several"
    assert read_whole(path, ReadOptions(sheet="B")).columns["text"] == ["b"]
    with pytest.raises(DataError, match=r"no sheet called 'C'.*\"It's A\", 'B'"):
        read_whole(path, ReadOptions(sheet="C"))


def test_rows_know_their_number_and_blank_ones_are_skipped(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        [],
        ["text", "label", "text"],
        ["a", 1],
        [None, None],
        ["b", None, "c"],
        ["d", 1, None, "outside"],
    ]
    path = book(tmp_path, {"One": rows})
    with opened(path, ReadOptions()) as table:
        first, second, outside = table
        assert table.columns == ["text", "label", "text (2)"]
        assert [note.code for note in table.notes] == ["columns-numbered"]
    assert (first.place, second.place) == (3, 5)
    assert isinstance(outside, Unread)
    assert "own.xlsx, row 6: 4 cells, but the header has 3" in outside.error.message


def test_a_workbook_without_a_header_takes_names(tmp_path: Path) -> None:
    path = book(tmp_path, {"One": [["a", 1], ["b", 2]]})
    options = ReadOptions(header=False, columns=("text", "label"))
    assert read_whole(path, options).columns == {"text": ["a", "b"], "label": ["1", "2"]}


def test_a_cell_in_the_last_corner_does_not_cost_the_rectangle(tmp_path: Path) -> None:
    """A reader that allocates a sheet's rectangle asks for 512 GiB here, and the process ends."""
    path = tmp_path / "own.xlsx"
    with xlsxwriter.Workbook(path) as written:
        sheet = written.add_worksheet()
        sheet.write_row(0, 0, ["text", "label"])
        sheet.write(20_000, 16_383, "x")
    with opened(path, ReadOptions()) as table:
        (far,) = table
    assert isinstance(far, Unread)
    assert "row 20001: 16384 cells, but the header has 2" in far.error.message


def test_cells_that_are_only_empty_are_limited_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = book(tmp_path, {"One": [["text", "label"], *([None] * 99 + ["x"] for _ in range(99))]})
    monkeypatch.setattr(xlsx, "MOST_CELLS", 9_000)
    with opened(path, ReadOptions()) as table, pytest.raises(DataError, match="more than 9,000 cells"):
        list(table)


def test_a_workbook_that_would_become_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = book(tmp_path, {"One": [["text", "label"], ["a" * 1000, 1]]})
    monkeypatch.setattr(xlsx, "MOST_SHARED_BYTES", 500)
    with pytest.raises(DataError, match="too large") as refused:
        read_whole(path, ReadOptions())
    assert refused.value.code == "unpacked-too-large"


@given(st.data())
def test_a_damaged_workbook_is_read_or_one_clear_error(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("damaged") / "own.xlsx"
    content = bytearray((Path(__file__).parent / "cases" / "28c_workbook.xlsx").read_bytes())
    if data.draw(st.booleans(), "cut off"):
        del content[data.draw(st.integers(0, len(content))) :]
    else:
        content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    with suppress(DataError):  # anything else is a fault of ours
        assert len(read_whole(path, ReadOptions())) == 12


def test_damaged_xml_inside_is_one_clear_error(tmp_path: Path) -> None:
    path = book(tmp_path, {"One": [["text", "label"], ["a", 1]]})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"][:-100]
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(DataError, match="cannot be read as a workbook") as refused:
        read_whole(path, ReadOptions())
    assert refused.value.code == "file-damaged"


def test_options_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    path = book(tmp_path, {"One": [["text", "label"], ["a", 1]]})
    with pytest.raises(DataError, match="no encoding"):
        read_whole(path, ReadOptions(encoding="cp1252"))


def test_formulas_without_a_saved_result_are_noticed(tmp_path: Path) -> None:
    path, written = tmp_path / "own.xlsx", Workbook()
    for row in (("text", "label"), ("A film", '=IF(TRUE,"a","b")'), ("A play", '=IF(TRUE,"b","a")')):
        written.active.append(row)
    written.save(path)
    assert [note.code for note in read_whole(path, ReadOptions()).notes] == ["formulas-unsaved"]
    with pytest.raises(DataError, match=r"no label at all.*2 formulas at the sheet's beginning without a saved result"):
        labelled_file.read(path, TableOptions())
    with xlsxwriter.Workbook(path) as saved:
        sheet = saved.add_worksheet()
        for number, row in enumerate((("text", "label"), ("A film", "a"), ("A play", "b"))):
            sheet.write(number, 0, row[0])
            sheet.write_formula(number, 1, '=LOWER("A")', None, row[1])
    assert read_whole(path, ReadOptions()).notes == ()
