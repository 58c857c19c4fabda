"""JSON arrays: read entry by entry, wherever the buffer ends, and written back as the file spells them."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from valence.system.errors import DataError
from valence.tables import json_array
from valence.tables.grid import Row, Unread
from valence.tables.opening import opened
from valence.tables.options import ReadOptions

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
objects = st.lists(st.dictionaries(st.text(), values, max_size=3), max_size=6)


def rows_of(path: Path, content: str | bytes, encoding: str | None = None) -> list[Row | Unread]:
    path.write_bytes(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)
    with opened(path, ReadOptions(format="json", encoding=encoding)) as table:
        return list(table)


def read_all(path: Path, content: str) -> None:
    """Raises the error of the first entry that cannot be read."""
    for row in rows_of(path, content):
        if isinstance(row, Unread):
            raise row.error


@given(objects, st.sampled_from([None, 0, 2]), st.booleans(), st.integers(1, 40), st.booleans())
def test_what_the_json_module_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory,
    entries: list[dict[str, object]],
    indent: int | None,
    ascii_only: bool,
    chunk: int,
    inside: bool,
) -> None:
    document = {"version": [1, "[{"], "data": entries, "end": {"a": 1}} if inside and entries else entries
    content = json.dumps(document, indent=indent, ensure_ascii=ascii_only)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_array, "_CHUNK_CHARS", chunk)  # the buffer ends anywhere
        rows = rows_of(tmp_path_factory.mktemp("json") / "own.json", content)
    assert [json.loads(row.raw) for row in rows if isinstance(row, Row)] == entries
    assert all("\n" not in row.raw for row in rows if isinstance(row, Row))
    assert [row.place for row in rows] == list(range(1, len(entries) + 1))


def test_numbers_are_written_back_as_the_file_spells_them(tmp_path: Path) -> None:
    (row,) = rows_of(tmp_path / "own.json", '[{"n": 1E5, "big": 123456789012345678901234567890, "x": -0}]')
    assert isinstance(row, Row)
    assert row.raw == '{"n": 1E5, "big": 123456789012345678901234567890, "x": -0}'


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ("7", "'7' is not a JSON object"),
        ('["a"]', "is not a JSON object"),
        ('{"text": NaN}', "NaN is Python's, not JSON"),
        ('{"text": "a\tb"}', "Invalid control character"),
        ('{"text": "a\0b"}', "NUL byte"),
    ],
)
def test_an_entry_that_cannot_be_read_leaves_the_others(tmp_path: Path, entry: str, says: str) -> None:
    first, broken, last = rows_of(tmp_path / "own.json", f'[{{"text": "a"}}, {entry}, {{"text": "b"}}]')
    assert isinstance(first, Row)
    assert isinstance(last, Row)
    assert isinstance(broken, Unread)
    assert says in str(broken.error)
    assert broken.error.message.startswith("own.json, entry 2: ")


def test_a_byte_in_another_encoding_leaves_the_other_entries(tmp_path: Path) -> None:
    content = '[{"text": "Köln"}, {"text": "b"}]'.encode("cp1252")
    broken, good = rows_of(tmp_path / "own.json", content)
    assert isinstance(broken, Unread)
    assert isinstance(good, Row)
    assert "0xf6" in broken.error.message
    read = rows_of(tmp_path / "own.json", content, "cp1252")[0]
    assert isinstance(read, Row)
    assert read.cells == {"text": "Köln"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ('[{"text": "a"}\n', "line 2: .*] is expected, but there is 'the end of the file'"),
        ('[{"text": "a"}] [{"text": "b"}]', "something follows"),
        ('[{"text": "a"},]', "this is not valid JSON"),
        ('[\n{"text": "a"},\n{"text": b}]', "line 3: this is not valid JSON"),
        ('[{"text": "never closed', "this is not valid JSON: Unterminated string"),
        ('{"a": [{"text": "a"}], "b": [{"text": "b"}]}', "several lists of objects: 'a', 'b'"),
        ('{"text": {"0": "a"}, "label": {"0": "b"}}', 'orient="records"'),
        ("text,label", r"begins with \[ or {"),
        ("[" * 100_000, "not valid JSON|is not a JSON object"),
    ],
)
def test_a_file_that_is_no_array_of_objects_is_one_clear_error(tmp_path: Path, content: str, says: str) -> None:
    with pytest.raises(DataError, match=says):
        read_all(tmp_path / "own.json", content)


@pytest.mark.parametrize("rest", ['{"text": "cut of', '{"text": 1} {"text": 2}]', '{"text": 1}]]', "]x", "]}"])
def test_what_was_read_before_a_break_is_kept_and_the_break_is_told(tmp_path: Path, rest: str) -> None:
    *kept, broken = rows_of(
        tmp_path / "in.json", '[\n{"text": "a"},\n{"text": "b"}' + f"{rest if rest[0] == ']' else ',' + rest}"
    )
    assert [row.cells["text"] for row in kept[:2] if isinstance(row, Row)] == ["a", "b"]
    assert all(isinstance(row, Row) for row in kept)
    assert isinstance(broken, Unread)
    assert broken.place == len(kept) + 1
    assert "line 3" in broken.error.message
    assert f"Entry {len(kept) + 1} and whatever follows it cannot be read" in broken.error.message


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "own.json"
    entry = json.dumps({"text": "word " * 200, "label": "a"})
    path.write_text(f"[{', '.join([entry] * 10_000)}]", "utf-8")  # 10 MB
    tracemalloc.start()
    with opened(path, ReadOptions()) as table:
        assert sum(1 for _ in table) == 10_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < path.stat().st_size / 2
