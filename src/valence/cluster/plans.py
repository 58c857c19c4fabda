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
from dataclasses import dataclass, field, replace

from valence.bulk.blocks import Block, blocks_of, chained
from valence.cluster.cuts import bytes_of_group, is_cuttable, offsets_of, row_ranges
from valence.cluster.request import ClusterRequest
from valence.cluster.storage import Place, opened
from valence.system.errors import DataError, ValenceError
from valence.tables import opening
from valence.tables.answers import Added
from valence.tables.grid import Row, Unread
from valence.tables.open_table import OpenTable, Understood
from valence.tables.parquet import ParquetTable
from valence.tables.text_rows import TextRows

_LINES = frozenset(("csv", "tsv", "jsonl"))


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
        options: how it is read, to read it again in the same way.
        header: the columns of a file that can be read from the middle, as it writes them.
    """

    place: Place
    name: str
    kind: str
    unit: str
    text_column: str
    why: str
    options: Understood
    header: tuple[str, ...] = ()


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


@dataclass
class Plan:
    """A file's parts.

    Attributes:
        name: the folder of its shards.
        table: None if not even the beginning of the file can be read.
        parts: in order.
        keys: of its objects, if the shards have them as columns.
        error: why the rest of the file, after the last part, cannot be read.
    """

    name: str
    table: Table | None = None
    parts: list[Part] = field(default_factory=list)
    keys: dict[str, None] = field(default_factory=dict)
    error: ValenceError | None = None


def planned(place: Place, name: str, request: ClusterRequest) -> Plan:
    """Reads a whole file to find where its parts begin. Never raises ValenceError: the plan holds the error.

    The columns of a Parquet file are read for their checksum, but not decoded.
    """
    plan = Plan(name)
    try:
        with opened(place) as raw, opening.opened(place.name, request.reading, file=raw) as table:
            texts = TextRows.of(table, Added(request.prefix), request.text_column, request.missing)
            plan.table = _described(place, name, table, texts)
            if isinstance(table, ParquetTable):
                _cut_parquet(plan, table, request.part_rows)
            else:
                _cut(plan, table, blocks_of(texts), request)
        _find_offsets(plan, place)
    except ValenceError as error:
        plan.error = error
    return plan


@contextmanager
def part_opened(table: Table, part: Part, request: ClusterRequest) -> Iterator[tuple[OpenTable, Iterator[Block]]]:
    """An open part: its table, and its blocks, which end in a DataError if they differ from the plan."""
    options = table.options
    if part.offset:  # the header is not in it
        options = replace(options, header=not table.header, columns=table.header, first_line=part.first)
    with opened(table.place) as raw:
        raw.seek(part.offset)
        with opening.opened(table.place.name, options, file=raw) as open_table:
            records: Iterable[Row | Unread] = open_table
            if isinstance(open_table, ParquetTable):
                open_table.restrict(range(*part.groups), part.skipped, part.records, part.first)
            else:
                records = itertools.islice(open_table, part.records)
            added = Added(request.prefix)
            texts = TextRows(open_table, added, table.text_column, table.why, records, request.missing)
            yield open_table, _checked(blocks_of(texts), part)


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


def _described(place: Place, name: str, table: OpenTable, texts: TextRows) -> Table:
    header = tuple(table.header or ()) if table.kind in _LINES else ()
    return Table(place, name, table.kind, table.unit, texts.text_column, texts.why, table.understood, header)


def _cut(plan: Plan, table: OpenTable, blocks: Iterator[Block], request: ClusterRequest) -> None:
    """Adds parts of whole blocks; a file that cannot be read from the middle is one part."""
    known = table.understood
    whole = table.kind not in _LINES or known.packing or not is_cuttable(known.encoding)
    most = float("inf") if whole else request.part_rows
    keys = table.columns is None and request.converted not in {None, "jsonl"}
    begins, digest, rows, records = 1, "", 0, 0
    try:
        for block in blocks:
            if plan.parts and not records:
                begins = block.first
            digest = chained(digest, block.digest)
            rows += len(block.rows)
            records += block.records
            if keys:
                plan.keys.update(dict.fromkeys(key for row in block.rows for key in row.cells))
            if records >= most:
                plan.parts.append(Part(len(plan.parts), digest, rows, records, 0, begins))
                digest, rows, records = "", 0, 0
    finally:
        if records:
            plan.parts.append(Part(len(plan.parts), digest, rows, records, 0, begins))


def _find_offsets(plan: Plan, place: Place) -> None:
    """The byte at which each part of a text file begins."""
    if len(plan.parts) < 2 or plan.parts[0].groups != (0, 0):
        return
    with opened(place) as raw:
        offsets = list(offsets_of(raw, [part.first for part in plan.parts]))
    plan.parts = [replace(part, offset=offset) for part, offset in zip(plan.parts, offsets, strict=True)]


def _cut_parquet(plan: Plan, table: ParquetTable, part_rows: int) -> None:
    assert plan.table is not None
    schema, metadata = str(table.schema), table.file.metadata
    with opened(plan.table.place) as content:
        for groups, skipped, rows, first in row_ranges(metadata, part_rows):
            digest = hashlib.blake2b(f"{schema} {skipped} {rows}".encode(), digest_size=16)
            for group in range(*groups):
                for piece in bytes_of_group(content, metadata.row_group(group)):
                    digest.update(piece)
            plan.parts.append(Part(len(plan.parts), digest.hexdigest(), rows, rows, 0, first, groups, skipped))
