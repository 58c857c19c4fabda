"""Parts, read one by one, are the whole file as one machine reads it."""

from __future__ import annotations

import csv
import json
import pickle
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyarrow import parquet

from tests.cluster.inputs import packed, texts, write_csv, write_jsonl
from valence.bulk import blocks
from valence.bulk.request import ScoreRequest, source_of
from valence.cluster import cuts
from valence.cluster.plans import Part, Plan, part_opened, planned
from valence.cluster.request import ClusterRequest
from valence.cluster.storage import place_of
from valence.system.errors import DataError
from valence.tables.answers import Added, Answer
from valence.tables.options import ReadOptions
from valence.tables.parquet import BatchRow

Read = tuple[list[Any], list[str | Answer], list[int], list[str]]


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (blocks, cuts):
        monkeypatch.setattr(module, "BLOCK_ROWS", 8)


def request(encoding: str | None = None, column: str | None = "text", rows: int = 16, **more: Any) -> ClusterRequest:
    reading = ReadOptions(encoding=encoding)
    return ClusterRequest([], "", Path(), text_column=column, reading=reading, part_rows=rows, **more)


def plan(path: Path, rows: int = 16, encoding: str | None = None) -> Plan:
    return planned(place_of(str(path)), path.name, request(encoding, rows=rows))


def by_parts(found: Plan, encoding: str | None = None) -> Read:
    """Rows, texts, places and problems, in the order of the parts."""
    assert found.table is not None
    rows: Read = ([], [], [], [])
    for part in found.parts:
        with part_opened(found.table, part, request(encoding)) as (_, read):
            for block in read:
                add(rows, block)
    return rows


def whole(path: Path, encoding: str | None = None) -> Read:
    rows: Read = ([], [], [], [])
    asked = ScoreRequest(path, Path("-"), text_column="text", reading=ReadOptions(encoding=encoding))
    with source_of(asked, Added()) as source:
        for block in source.blocks():
            add(rows, block)
    return rows


def add(rows: Read, block: blocks.Block) -> None:
    rows[0].extend(dict(row.cells) if isinstance(row.raw, BatchRow) else row.raw for row in block.rows)
    rows[1].extend(block.texts)
    rows[2].extend(row.place for row in block.rows)
    rows[3].extend(f"{each.place} {each.kept} {each.error}" for each in block.problems)


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.jsonl"])
def test_parts_of_text_are_the_whole(tmp_path: Path, name: str) -> None:
    kind = name.split(".")[1]
    path = tmp_path / f"a.{kind}"
    if kind == "jsonl":
        write_jsonl(path, 300)
    else:
        write_csv(path, 300, "," if kind == "csv" else "\t")
    found = plan(path)
    assert found.error is None
    assert len(found.parts) > 15
    assert [part.index for part in found.parts] == list(range(len(found.parts)))
    assert by_parts(found) == whole(path)


def test_a_compressed_file_is_one_part(tmp_path: Path) -> None:
    path = packed(write_csv(tmp_path / "a.csv", 300))
    found = plan(path)
    assert len(found.parts) == 1
    assert by_parts(found) == whole(path)


def test_a_part_needs_no_row_that_can_be_read_and_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    lines = ['{"text": "a film"}'] * 16 + ["broken"] * 16 + ['{"id": 1}'] * 16
    path.write_text("\n".join(lines))
    found = plan(path)
    assert [part.rows for part in found.parts] == [16, 0, 16]
    assert by_parts(found) == whole(path)


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(cells, cells) | st.text('",;\n\r x\ufeff', max_size=8), min_size=9, max_size=60),
    st.booleans(),
    st.sampled_from(["\n", "\r\n"]),
)
def test_any_bytes_of_a_csv_are_cut_so_that_nothing_is_lost(
    tmp_path: Path, rows: list[tuple[str, str] | str], mark: bool, end: str
) -> None:
    path = tmp_path / "any.csv"
    with path.open("w", encoding="utf-8-sig" if mark else "utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator=end)
        writer.writerow(["id", "text"])
        for row in rows:
            if isinstance(row, str):
                file.write(row + end)  # whatever it is: ragged, an open quote, blank
            else:
                writer.writerow(row)
    found = plan(path)
    if found.error is None:
        assert by_parts(found) == whole(path)
    else:  # such as a header that is none
        with pytest.raises(DataError, match=re.escape(found.error.message)):
            whole(path)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "gbk"])
def test_encodings_whose_lines_cannot_be_found_by_bytes_are_one_part(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    lines = ["id,text", *(f"{i},text {i} ä" if encoding != "gbk" else f"{i},text {i} 好" for i in range(100))]
    path.write_text("\n".join(lines), encoding)
    found = plan(path, encoding=encoding)
    assert (len(found.parts) == 1) == (encoding != "cp1252")
    assert by_parts(found, encoding) == whole(path, encoding)


@pytest.mark.parametrize("groups", [3, 16, 50, 1000])
def test_parts_of_parquet_are_the_whole(tmp_path: Path, groups: int) -> None:
    path = tmp_path / "a.parquet"
    table = pa.table({"text": list(texts(300)), "n": range(300)})
    parquet.write_table(table, path, row_group_size=groups)
    found = plan(path)
    assert len(found.parts) > 15
    assert all(part.rows <= 16 for part in found.parts)
    assert by_parts(found) == whole(path)


def test_the_checksum_follows_the_content_of_a_part_alone(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", 100)
    before = [part.checksum for part in plan(path).parts]
    path.write_text(path.read_text("utf-8").replace("\n90,", "\n91,"), "utf-8")
    after = [part.checksum for part in plan(path).parts]
    assert [a == b for a, b in zip(before, after, strict=True)].count(False) == 1


def test_a_parquet_checksum_follows_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    found = []
    for last in ("wonderful", "dull"):
        parquet.write_table(pa.table({"text": ["a b c"] * 99 + [last]}), path, row_group_size=20)
        found.append([part.checksum for part in plan(path, rows=20).parts])
    assert [a == b for a, b in zip(*found, strict=True)] == [True] * 4 + [False]


def test_what_changes_after_the_plan_is_noticed(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", 100)
    found = plan(path)
    path.write_text(path.read_text("utf-8").replace("dull", "full"), "utf-8")
    with pytest.raises(DataError, match="changed since the run began"):
        by_parts(found)


def test_a_damaged_end_costs_only_what_follows(tmp_path: Path) -> None:
    path = packed(write_csv(tmp_path / "a.csv", 120_000))  # more than what is read ahead to find the delimiter
    path.write_bytes(path.read_bytes()[:-4000])
    found = plan(path)
    assert found.error is not None
    assert found.error.code == "file-damaged"
    assert sum(part.rows for part in found.parts) > 10_000


def test_keys_are_those_of_all_objects(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(json.dumps({"text": "a b c", f"k{i % 3}": i}) for i in range(50)))
    found = planned(place_of(str(path)), "a", request(column=None, converted="csv"))
    assert list(found.keys) == ["text", "k0", "k1", "k2"]


def test_a_file_that_cannot_even_be_begun_has_an_error_and_no_table(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,code\n1,2\n")
    found = plan(tmp_path / "a.csv")
    assert found.table is None
    assert found.error is not None
    assert found.error.code == "column-unknown"


def test_parts_can_be_sent(tmp_path: Path) -> None:
    found = plan(write_csv(tmp_path / "a.csv", 30))
    assert pickle.loads(pickle.dumps(found)) == found
    assert isinstance(found.parts[0], Part)
