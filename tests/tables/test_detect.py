"""The format of a file: from its first bytes, whatever its name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valence.system.errors import DataError
from valence.tables.detect import kind_of
from valence.tables.signatures import not_a_table

NAMES = ["own.csv", "own.tsv", "own.jsonl", "own.json", "own.parquet", "own.xlsx", "own.txt", "own"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"PAR1\0\0", "parquet"),
        (b"PK\x03\x04", "xlsx"),
        (b'[{"text": "a"}]', "json"),
        (b'\xef\xbb\xbf [\n  {"text": "a"}]', "json"),
        (b'{"a": 1,\n "rows": [{"text": "a"}]}', "json"),
        (b"__label__a some text\n", "fasttext"),
    ],
)
def test_what_the_bytes_tell_the_name_does_not_change(name: str, start: bytes, kind: str) -> None:
    told = kind_of(Path(name), start)
    assert told == ("jsonl" if kind == "json" and name == "own.jsonl" and start.startswith(b"{") else kind)


@pytest.mark.parametrize(
    ("name", "start", "kind"),
    [
        ("own.csv", b"text\tlabel\n", "csv"),
        ("own.tsv", b"text\tlabel\n", "tsv"),
        ("own.txt", b"text\tlabel\n", "csv"),
        ("own.xlsx", b"text,label\n", "csv"),
        ("own.csv", b'{"text": "a"}\n{"text": "b"}\n', "jsonl"),
        ("own.json", b'{"text": "a"}\n{"text": "b"}\n', "jsonl"),
        ("own.json", b'{"text": "a"}', "jsonl"),
        ("own.json", b'{"rows": [{"text": "a"}]}', "json"),
        ("own.csv", b"[text],[label]\n", "csv"),
        ("own.csv", b"{text},label\n", "csv"),
        ("own.csv", '\ufeff[{"text": "a"}]'.encode("utf-16"), "json"),
        ("own.csv", b"", "csv"),
    ],
)
def test_text_is_told_by_its_beginning_and_then_by_its_name(name: str, start: bytes, kind: str) -> None:
    assert kind_of(Path(name), start) == kind


@given(st.lists(st.fixed_dictionaries({"text": st.text(), "n": st.integers()}), min_size=1, max_size=4))
def test_json_is_told_from_json_lines(rows: list[dict[str, object]]) -> None:
    for indent in (None, 1):
        assert kind_of(Path("own.csv"), json.dumps(rows, indent=indent).encode()) == "json"
    assert kind_of(Path("own.csv"), "\n".join(map(json.dumps, rows)).encode()) == "jsonl"


@pytest.mark.parametrize(
    ("start", "what"),
    [
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\xff\xd8\xff\xe0", "JPEG"),
        (b"GIF89a", "GIF"),
        (b"RIFF\0\0\0\0WEBP", "WebP"),
        (b"\0\0\0\x18ftypmp42", "video"),
        (b"%PDF-1.7", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", r"old Excel workbook"),
        (b"BZh91AY", "bzip2"),
        (b"\xfd7zXZ\0", "xz"),
        (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
        (b"own.csv".ljust(257, b"\0") + b"ustar", "tar"),
        (b"SQLite format 3\0", "SQLite"),
        (b"\x80\x04\x95", "pickle"),
        (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>", "XML"),
    ],
)
@pytest.mark.parametrize("name", ["own.csv", "own"])
def test_something_else_is_named(name: str, start: bytes, what: str) -> None:
    with pytest.raises(DataError, match=what) as refused:
        kind_of(Path(name), start)
    assert refused.value.code == "not-a-table"
    assert refused.value.hint


@given(st.text(st.characters(min_codepoint=32, max_codepoint=0x2FFF)))
def test_no_text_is_taken_for_something_else(text: str) -> None:
    start = f"text,label\n{text}".encode()
    assert not_a_table(start) is None
    assert kind_of(Path("own"), start) == "csv"


def test_a_binary_file_with_the_name_of_another_is_refused() -> None:
    with pytest.raises(DataError, match=r"does not begin like \.parquet"):
        kind_of(Path("own.parquet"), b"\x00\x01\x02")
