"""Parquet: read a piece at a time, and written in row groups that fit into memory."""

from __future__ import annotations

import random
from itertools import chain, islice
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from valence.tables import parquet_writer
from valence.tables.answers import Added, Answer
from valence.tables.opening import opened
from valence.tables.options import ReadOptions
from valence.tables.parquet import ParquetTable
from valence.tables.writers import writer_to


def incompressible(path: Path, rows: int, row_group_size: int) -> Path:
    made = random.Random(0)
    texts = [made.randbytes(500).hex() for _ in range(rows)]
    parquet.write_table(pa.table({"text": texts}), path, row_group_size=row_group_size, compression=None)
    return path


def test_the_first_rows_do_not_read_the_whole_file(tmp_path: Path) -> None:
    path, read = incompressible(tmp_path / "in.parquet", 10_000, 1_000), list[int]()
    with opened(path, ReadOptions(), on_read=read.append) as table:
        assert len(list(islice(table, 100))) == 100
    assert sum(read) < path.stat().st_size / 2


def test_some_rows_of_some_row_groups(tmp_path: Path) -> None:
    path = tmp_path / "in.parquet"
    parquet.write_table(pa.table({"text": [f"text {number}" for number in range(1, 101)]}), path, row_group_size=10)
    with opened(path, ReadOptions()) as table:
        assert isinstance(table, ParquetTable)
        table.restrict(range(2, 6), skipped=3, count=30, first=24)
        blocks = [[(row.place, row.cells["text"]) for row in batch] for batch in table.batches(8)]
        again = [row.place for row in table]
    assert list(chain(*blocks)) == [(number, f"text {number}") for number in range(24, 54)]
    assert max(map(len, blocks)) == 8
    assert again == list(range(24, 54))


def test_row_groups_of_long_texts_have_fewer_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_writer, "_GROUP_BYTES", 600_000)
    source, out = incompressible(tmp_path / "in.parquet", 2_000, 2_000), tmp_path / "out.parquet"
    with opened(source, ReadOptions()) as table, out.open("wb") as file:
        assert isinstance(table, ParquetTable)
        writer = writer_to(file, "parquet", table, Added())
        for batch in table.batches(500):
            writer.write(batch, [Answer("good", 0.5, sure=True)] * len(batch))
        writer.close()
    groups = parquet.ParquetFile(out).metadata
    assert [groups.row_group(group).num_rows for group in range(groups.num_row_groups)] == [1_000, 1_000]
