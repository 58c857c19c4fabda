"""Reads one part of a file again, as it was planned."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from valence.bulk.blocks import BLOCK_ROWS, Added, Answer, Block, block_of, in_blocks
from valence.bulk.parquet import ParquetRows, block_of_batch
from valence.bulk.run import chained
from valence.bulk.text_formats import DelimitedRows, JsonLines
from valence.cluster.plans import Part, Table
from valence.cluster.storage import opened, read_through
from valence.errors import DataError
from valence.tables import jsonlines, parquet
from valence.tables.decoding import lines_in
from valence.tables.delimited import DelimitedTable


class Rows(Protocol):
    """Writes scored rows in one format."""

    def head(self) -> bytes:
        """The beginning of the file, such as the header."""

    def encoded(self, block: Block, answers: Sequence[Answer | None]) -> bytes:
        """The block's rows with their answers."""


@dataclass
class PartSource:
    """An opened part.

    Attributes:
        blocks: in order; can be read once.
        rows: writes them in the file's own format: a `Rows`, or bulk.parquet.ParquetRows.
    """

    blocks: Iterator[Block]
    rows: Any = field(repr=False)


@contextmanager
def part_opened(table: Table, part: Part, encoding: str | None, added: Added) -> Iterator[PartSource]:
    """Opens a part for reading. Raises DataError, also while the block reads it."""
    path = table.place.name
    if table.kind == "parquet":
        with opened(table.place) as raw, parquet.opened(path, None, raw) as file:
            yield PartSource(_parquet_blocks(path, file, table, part), ParquetRows(file.schema_arrow, added))
        return
    with read_through(table.place) as raw, lines_in(path, raw, encoding, part.offset) as lines:
        if table.kind == "jsonl":
            rows = JsonLines(path, added)
            objects = map(rows.unless_clash, jsonlines.rows(path, lines, encoding, part.first))
            yield PartSource(_text_blocks(path, objects, table, part), rows)
        else:
            assert table.dialect is not None
            header = table.header if part.offset else None  # only the first part holds the header itself
            records = DelimitedTable(path, lines, encoding, table.dialect, header=header, next_line=part.first)
            yield PartSource(
                _text_blocks(path, records, table, part), DelimitedRows(path, table.header, table.dialect, added)
            )


def checked(blocks: Iterable[Block], part: Part) -> Iterator[Block]:
    """Yields the blocks, and raises DataError at the end if they differ from the plan."""
    digest, rows = "", 0
    for block in blocks:
        digest = chained(digest, block)
        rows += len(block.places)
        yield block
    in_text = part.groups == (0, 0)  # the checksum of a Parquet part is of undecoded bytes
    if rows != part.rows or (in_text and digest != part.checksum):
        raise DataError(
            "The file has changed since the run began.",
            hint="Run the same command again: what has changed is scored again.",
            code="input-changed",
        )


def _text_blocks(path: Path, records: Iterable[Any], table: Table, part: Part) -> Iterator[Block]:
    for rows in in_blocks(itertools.islice(records, part.records)):
        yield block_of(path, rows, table.text_column, 0)


def _parquet_blocks(path: Path, file: Any, table: Table, part: Part) -> Iterator[Block]:
    skip, left, read = part.skipped, part.rows, part.first - 1
    for batch in file.iter_batches(batch_size=BLOCK_ROWS, row_groups=list(range(*part.groups))):
        here = batch.slice(skip) if skip < batch.num_rows else batch.slice(0, 0)
        skip = max(0, skip - batch.num_rows)
        here = here.slice(0, left)
        if here.num_rows:
            yield block_of_batch(path, here, table.text_column, read)
            read, left = read + here.num_rows, left - here.num_rows
        if not left:
            return
