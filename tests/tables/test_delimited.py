"""CSV and TSV as people's programs write them, and every way that they can be broken."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valence.system.errors import DataError
from valence.tables.delimited import MAX_ROW_LINES
from valence.tables.grid import Grid
from valence.tables.headers import column_names
from valence.tables.layout import DELIMITERS, MAX_CELL_CHARS
from valence.tables.options import ReadOptions
from valence.tables.whole import read_whole

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def to_file(content: str | bytes, name: str = "own.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return to_file


def read(path: Path, **options: Any) -> Grid:
    return read_whole(path, ReadOptions(**options))


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0")).filter(lambda cell: cell.strip("\r\n") == cell)


@given(
    st.lists(st.tuples(cells.map(lambda cell: f"x{cell}"), cells), min_size=1, max_size=20),
    st.sampled_from(DELIMITERS),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_the_csv_module_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], delimiter: str, end: str
) -> None:
    path = tmp_path_factory.mktemp("csv") / "own.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
        writer.writerows([("a text", "a label"), *rows])
    columns = read(path).columns
    assert list(zip(columns["a text"], columns["a label"], strict=True)) == rows


def test_rows_know_the_line_that_they_begin_on(write: Write) -> None:
    grid = read(write('text,label\n"two\nlines",a\n\nlast,b\n'))
    assert grid.columns["text"] == ["two\nlines", "last"]
    assert (grid.where(0), grid.where(1)) == ("own.csv, line 2", "own.csv, line 5")


def test_a_byte_order_mark_is_no_part_of_the_first_name(write: Write) -> None:
    assert "text" in read(write(b"\xef\xbb\xbftext;label\r\ngood;1\r\n")).columns


def test_another_encoding_is_named_by_line_and_byte_and_read_when_it_is_given(write: Write) -> None:
    path = write("text,label\ngood,1\ncafé,0\n".encode("cp1252"))
    with pytest.raises(DataError, match=r"own\.csv, line 3: the byte 0xe9, after 'caf', is not UTF-8\. .*--encoding"):
        read(path)
    assert read(path, encoding="cp1252").columns["text"] == ["good", "café"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
def test_a_byte_order_mark_tells_the_encoding(write: Write, encoding: str) -> None:
    path = write("text\tlabel\nschön\t1\n".encode(encoding), "own.tsv")
    assert read(path).columns == read(path, encoding=encoding).columns == {"text": ["schön"], "label": ["1"]}


def test_columns_with_the_same_name_are_numbered(write: Write) -> None:
    assert list(read(write("text, text ,label,\na,b,1,2\n")).columns) == ["text", "text (2)", "label", "(column 4)"]


@pytest.mark.parametrize("name", ["nonesuch", "a\0b", "zlib", "rot13", "base64"])
def test_an_encoding_that_does_not_exist_is_told(write: Write, name: str) -> None:
    with pytest.raises(DataError, match="There is no encoding called"):
        read(write("text,label\na,b\n"), encoding=name)


def test_of_many_columns_with_one_name_the_first_are_listed() -> None:
    names, (note,) = column_names(["a", "a (3)", *["a"] * 20_000])
    assert len(set(names)) == len(names)
    assert names[:4] == ["a", "a (3)", "a (2)", "a (4)"]
    assert note.message.endswith("'a (14)' and 19988 more.")


@pytest.mark.parametrize("first", ["sep=;", "sep=|", "SEP=;", '"sep=;"', "\ufeffsep=;"])
def test_a_first_line_that_names_the_separator_is_obeyed(write: Write, first: str) -> None:
    separator = first.strip('"')[-1]
    grid = read(write(f"{first}\r\ntext{separator}label\r\na, b, c{separator}1\r\n"))
    assert grid.columns == {"text": ["a, b, c"], "label": ["1"]}
    assert grid.where(0) == "own.csv, line 3"
    assert [note.code for note in grid.notes] == ["separator-line"]


def test_a_column_called_sep_is_a_column(write: Write) -> None:
    assert list(read(write("sep=,text\na,b\n")).columns) == ["sep=", "text"]


def test_backslashes_escape_quotes_where_only_that_reads_every_row(write: Write) -> None:
    escaped = read(write('text,label\n"a \\"b\\", c",1\n"a ""b"", c",2\n'))
    assert escaped.columns["text"] == ['a "b", c'] * 2
    assert [note.code for note in escaped.notes] == ["backslash-quotes"]
    windows = read(write('text,label\n"C:\\a\\",1\n"a ""b"", c",2\n'))
    assert windows.columns["text"] == ["C:\\a\\", 'a "b", c']
    assert windows.notes == ()
    with pytest.raises(DataError, match=r"line 2: the quoting is broken.*--bad-rows skip"):
        read(write('text,label\n"a \\"b\\", c",1\n"a "b" c",2\n'))


def test_a_column_without_a_name_is_called_by_its_number(write: Write) -> None:
    assert list(read(write(",text,label\n0,good,1\n")).columns) == ["(column 1)", "text", "label"]


def test_a_ten_megabyte_text_is_read(write: Write) -> None:
    text = "word " * (2 << 20)
    assert len(read(write(f"text,label\n{text},1\n")).columns["text"][0]) == len(text)
    assert (
        csv.field_size_limit() >= MAX_CELL_CHARS
    )  # one limit for all threads: it is never lowered while another reads


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "empty: it has no header"),
        ("text,label\n", "no rows"),
        ("text,label\na,1\nb,1,extra\n", r"line 3: 3 cell\(s\), but the table has 2 columns"),
        ("text,label\na,1\nb\n", r"line 3: 1 cell\(s\)"),
        ('text,label\na,1\n"b,1\nc,0\n', "line 3: a quote in this row is never closed"),
        ('text,label\n"' + MAX_ROW_LINES * "a\n" + '",1\n', "line 2: a quote in this row is never closed"),
        ('text,label\na,1\n"b"c,1\n', "line 3: the quoting is broken"),
        ("text,label\na,1\nb\0,1\n", "line 3: there is a NUL byte"),
        (
            "a film,good\nb film,good\nc film,bad\nd film,good\ne film,bad\n",
            "line 1: 'good' also occurs below as a value",
        ),
        (f'text,label\na,1\n"{"long " * (MAX_CELL_CHARS // 4)}\n', "line 3: a cell is longer than"),
    ],
)
def test_what_is_wrong_is_named_with_its_line_and_a_way_out(write: Write, content: str, words: str) -> None:
    with pytest.raises(DataError, match=words) as caught:
        read(write(content))
    assert "own.csv" in caught.value.message
    assert caught.value.hint


def test_pandas_numbers_for_names_are_names(write: Write) -> None:
    assert list(read(write("0,1\ngood film,1\nbad film,0\nfine film,1\nold film,0\n")).columns) == ["0", "1"]


@pytest.mark.parametrize(
    "content", ['text\tlabel\n"Good, he said\t1\nsaid "no"\t0\n', 'text\tlabel\n"Odd\t1\nend"\t0\n']
)
def test_quotes_in_a_tsv_that_does_not_quote_are_part_of_the_texts(write: Write, content: str) -> None:
    grid = read(write(content, "own.tsv"))
    assert grid.columns["label"] == ["1", "0"]
    assert grid.columns["text"][0].startswith('"')


def test_a_tsv_that_quotes_is_read_by_its_quotes(write: Write) -> None:
    grid = read(write('text\tlabel\n"two\nlines, ""quoted"""\t1\n', "own.tsv"))
    assert grid.columns["text"] == ['two\nlines, "quoted"']
