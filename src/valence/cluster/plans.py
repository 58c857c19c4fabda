"""Plans how a file is cut into parts, each of which one worker can read, score and write alone.

Each part begins at a block of `valence score` on one machine, so that workers read the same blocks, and write the same
rows, as that command does. Only a file that can be read from the middle has several parts: Parquet, and CSV, TSV and
JSON lines that are not compressed.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from valence.bulk.blocks import Block, blocks_of, chained
from valence.cluster.cuts import bytes_of_group, is_cuttable, offsets_of, row_ranges
from valence.cluster.storage import Place, opened, read_through
from valence.system.errors import DataError, ValenceError
from valence.tables import opening
from valence.tables.answers import Added
from valence.tables.grid import Row, Unread
from valence.tables.open_table import OpenTable, again
from valence.tables.options import ReadOptions
from valence.tables.parquet import ParquetTable
from valence.tables.text_rows import TextRows

_LINES = frozenset(("csv", "tsv", "jsonl"))


@dataclass(frozen=True)
class Reading:
    """How the files of a run are read.

    Attributes:
        options, text_column, added: as in bulk.request.
        part_rows: rows of a part, rounded up to whole blocks.
        keys: whether to collect the keys of the objects in JSON files.
        missing: words that mean that a text is missing.
    """

    options: ReadOptions
    text_column: str | None
    added: Added
    part_rows: int
    keys: bool = False
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """What the beginning of a file tells about it.

    Attributes:
        place: where it is.
        name: the folder of its shards.
        kind: its format.
        unit: what a row's position counts.
        text_column: the column of the texts.
        why: why this column was chosen.
        options: read it again in the same way.
        header: the columns of a file that can be read from the middle, as it writes them.
        packing: how it is compressed; None if it is not.
    """

    place: Place
    name: str
    kind: str
    unit: str
    text_column: str
    why: str
    options: ReadOptions
    header: tuple[str, ...] = ()
    packing: str | None = None


@dataclass(frozen=True)
class Part:
    """Some consecutive rows of a file.

    Attributes:
        index: its number within the file, from 0.
        checksum: of its content and position; hex.
        rows: number of rows that can be read.
        records: number of all rows, including those that cannot be read.
        offset: where it begins, in bytes; 0 for the beginning of the file.
        first: the line or row on which it begins, counted from 1.
        groups: the row groups of a Parquet file that hold it, [first, past the last).
        skipped: rows at the beginning of these groups that belong to the part before.
    """

    index: int
    checksum: str
    rows: int
    records: int
    offset: int
    first: int
    groups: tuple[int, int] = (0, 0)
    skipped: int = 0


@dataclass(frozen=True)
class Plan:
    """A file's parts.

    Attributes:
        name: the folder of its shards.
        table: None if not even the beginning of the file can be read.
        parts: in order.
        keys: the keys of its objects, if they were asked for.
        error: why the rest of the file, after the last part, cannot be read.
    """

    name: str
    table: Table | None
    parts: tuple[Part, ...]
    keys: tuple[str, ...] = ()
    error: ValenceError | None = None


def planned(place: Place, name: str, reading: Reading) -> Plan:
    """Reads a whole file to find where its parts begin. Never raises ValenceError: the plan holds the error.

    The columns of a Parquet file are read for their checksum, but not decoded.
    """
    planner = _Planner(place, name, reading)
    error: ValenceError | None = None
    try:
        planner.read()
        planner.find_offsets()
    except ValenceError as caught:
        error = caught
    return Plan(name, planner.table, tuple(planner.parts), tuple(planner.keys), error)


@contextmanager
def part_opened(table: Table, part: Part, reading: Reading) -> Iterator[tuple[OpenTable, Iterator[Block]]]:
    """An open part: its table, and its blocks, which end in a DataError if they differ from the plan."""
    options = table.options
    if part.offset:  # the header is not in it
        options = _from_line(table, part.first)
    with read_through(table.place) as raw:
        raw.seek(part.offset)
        with opening.opened(table.place.name, options, file=raw) as open_table:
            records: Iterable[Row | Unread]
            if isinstance(open_table, ParquetTable):
                records = open_table.rows(range(*part.groups), part.skipped, part.records, part.first)
            else:
                records = itertools.islice(iter(open_table), part.records)
            texts = TextRows(open_table, reading.added, table.text_column, table.why, records, reading.missing)
            yield open_table, _checked(blocks_of(texts), part)


def _from_line(table: Table, first: int) -> ReadOptions:
    return replace(table.options, header=not table.header, columns=table.header, first_line=first)


def _checked(blocks: Iterable[Block], part: Part) -> Iterator[Block]:
    digest, rows = "", 0
    for block in blocks:
        digest = chained(digest, block.digest)
        rows += len(block.rows)
        yield block
    in_text = part.groups == (0, 0)  # the checksum of a Parquet part is of undecoded bytes
    if rows != part.rows or (in_text and digest != part.checksum):
        raise DataError(
            "The file has changed since the run began.",
            hint="Run the same command again: what has changed is scored again.",
            code="input-changed",
        )


class _Planner:
    """What is known about a file so far."""

    def __init__(self, place: Place, name: str, reading: Reading) -> None:
        self._place, self._name, self._reading = place, name, reading
        self.table: Table | None = None
        self.parts: list[Part] = []
        self.keys: dict[str, None] = {}

    def read(self) -> None:
        path, reading = self._place.name, self._reading
        with read_through(self._place) as raw, opening.opened(path, reading.options, file=raw) as table:
            texts = TextRows.of(table, reading.added, reading.text_column, reading.missing)
            self.table = Table(
                self._place,
                self._name,
                table.kind,
                table.unit,
                texts.text_column,
                texts.why,
                again(table),
                tuple(table.header or ()) if table.kind in _LINES else (),
                table.understood.packing,
            )
            if isinstance(table, ParquetTable):
                self._cut_parquet(table)
            else:
                self._cut(table, blocks_of(texts))

    def _cut(self, table: OpenTable, blocks: Iterator[Block]) -> None:
        """Adds parts of whole blocks; a file that cannot be read from the middle is one part."""
        whole = table.kind not in _LINES or table.understood.packing or not is_cuttable(table.understood.encoding)
        most = float("inf") if whole else self._reading.part_rows
        begins, digest, rows, records = 1, "", 0, 0
        try:
            for block in blocks:
                if self.parts and not records:
                    begins = block.first
                digest = chained(digest, block.digest)
                rows += len(block.rows)
                records += block.records
                if self._reading.keys and table.columns is None:
                    self.keys.update(dict.fromkeys(key for row in block.rows for key in row.cells))
                if records >= most:
                    self.parts.append(Part(len(self.parts), digest, rows, records, 0, begins))
                    digest, rows, records = "", 0, 0
        finally:
            if records:
                self.parts.append(Part(len(self.parts), digest, rows, records, 0, begins))

    def find_offsets(self) -> None:
        """The byte at which each part of a text file begins."""
        if len(self.parts) < 2 or self.parts[0].groups != (0, 0):
            return
        with read_through(self._place) as raw:
            offsets = list(offsets_of(raw, [part.first for part in self.parts]))
        self.parts = [replace(part, offset=offset) for part, offset in zip(self.parts, offsets, strict=True)]

    def _cut_parquet(self, table: ParquetTable) -> None:
        schema = str(table.schema)
        with opened(self._place) as content:
            for groups, skipped, rows, first in row_ranges(table.file.metadata, self._reading.part_rows):
                digest = hashlib.blake2b(f"{schema} {skipped} {rows}".encode(), digest_size=16)
                for group in range(*groups):
                    for piece in bytes_of_group(content, table.file.metadata.row_group(group)):
                        digest.update(piece)
                self.parts.append(Part(len(self.parts), digest.hexdigest(), rows, rows, 0, first, groups, skipped))
