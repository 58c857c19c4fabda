"""A file cut into parts, each of which one worker can read, score and write by itself.

Every part begins where a block of the plain command begins, so a worker reads the same blocks, and writes the same
rows, as one machine that reads the whole file.
"""

from __future__ import annotations

import hashlib
import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Protocol

from valence.bulk.blocks import BLOCK_ROWS, Added, Answer, Block, block_of, in_blocks
from valence.bulk.parquet import ParquetRows, ParquetSource, block_of_batch
from valence.bulk.position import Position
from valence.bulk.run import chained
from valence.bulk.text_formats import DelimitedRows, DelimitedSource, JsonLines, JsonLinesSource
from valence.cluster.storage import Place, opened, read_through
from valence.data.table import delimited, jsonlines, parquet
from valence.data.table.delimited import DelimitedTable, Dialect
from valence.data.table.opening import codec, lines_in
from valence.errors import DataError, ValenceError


@dataclass(frozen=True)
class Reading:
    """How files are read; the same for all of a run.

    Attributes:
        format, text_column, encoding, added: as of bulk.opening.ScoreRequest.
        part_rows: a part has so many rows, up to the end of a block.
        keys: also find out which keys the objects of a JSONL file have.
    """

    format: str | None
    text_column: str | None
    encoding: str | None
    added: Added
    part_rows: int
    keys: bool = False


@dataclass(frozen=True)
class Table:
    """A file as its beginning shows it.

    Attributes:
        place: where it is.
        name: what its shards are put under.
        kind: csv, tsv, jsonl or parquet.
        unit: what places of rows count, "line" or "row".
        text_column: the column of the texts.
        why: why that one.
        header: the columns of a CSV or TSV file.
        dialect: how its cells are parted.
    """

    place: Place
    name: str
    kind: str
    unit: str
    text_column: str
    why: str
    header: tuple[str, ...] = ()
    dialect: Dialect | None = None


@dataclass(frozen=True)
class Part:
    """Some consecutive rows of a file.

    Attributes:
        index: counted from 0 in its file.
        checksum: of everything in it, and of where it is; hex.
        rows: that can be read.
        records: rows, and those that cannot be read.
        offset: where it begins, in bytes of what is decompressed.
        first: the line or row on which it begins, counted from 1.
        groups: the row groups of a Parquet file in which it lies, from the first to before the second.
        skipped: rows at the beginning of these that belong to the part before.
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
        name: what its shards are put under.
        table: None where not even the beginning could be read.
        parts: in order.
        keys: that its objects have, where they were asked for.
        error: why what follows the last part could not be read.
    """

    name: str
    table: Table | None
    parts: tuple[Part, ...]
    keys: tuple[str, ...] = ()
    error: ValenceError | None = None


class Rows(Protocol):
    """How a format's scored rows are written."""

    def head(self) -> bytes:
        """What a file begins with."""

    def encoded(self, block: Block, answers: Sequence[Answer | None]) -> bytes:
        """The block's rows with their answers."""


@dataclass
class PartSource:
    """An opened part: its blocks in order, once, and how they are written as they came."""

    blocks: Iterator[Block]
    rows: Any = field(repr=False)


def planned(place: Place, name: str, kind: str, reading: Reading) -> Plan:
    """Reads a file from one end to the other to find out where its parts begin. Never raises ValenceError.

    A Parquet file is read too, but not decoded.
    """
    cut = _Cut(reading.keys)
    try:
        if kind == "parquet":
            for part in _parquet_parts(place, name, reading, cut):
                cut.parts.append(part)
        else:
            _cut_text(place, name, kind, reading, cut)
    except ValenceError as error:
        return Plan(name, cut.table, tuple(cut.parts), tuple(cut.keys), error)
    return Plan(name, cut.table, tuple(cut.parts), tuple(cut.keys))


@contextmanager
def part_opened(table: Table, part: Part, encoding: str | None, added: Added) -> Iterator[PartSource]:
    """A part to be read again. Raises DataError, also while it is read."""
    path = table.place.name
    if table.kind == "parquet":
        with opened(table.place) as raw, parquet.opened(path, None, raw) as file:
            yield PartSource(_parquet_blocks(path, file, table, part), ParquetRows(file.schema_arrow, added))
        return
    with read_through(table.place) as raw, lines_in(path, raw, encoding, part.offset) as lines:
        if table.kind == "jsonl":
            rows = JsonLines(path, added)
            records: Iterable[Any] = map(rows.unless_clash, jsonlines.rows(path, lines, encoding, part.first))
            yield PartSource(_text_blocks(path, records, table, part), rows)
        else:
            assert table.dialect is not None
            # A part that does not begin the file begins below its header.
            begun = {"header": table.header, "next_line": part.first} if part.offset else {}
            found = DelimitedTable(path, lines, encoding, table.dialect, **begun)  # type: ignore[arg-type]
            yield PartSource(
                _text_blocks(path, found, table, part), DelimitedRows(path, table.header, table.dialect, added)
            )


def checked(blocks: Iterable[Block], part: Part) -> Iterator[Block]:
    """Passes the blocks on, and raises DataError at the end if they are not what was planned."""
    digest, rows = "", 0
    for block in blocks:
        digest = chained(digest, block)
        rows += len(block.places)
        yield block
    in_text = part.groups == (0, 0)  # a Parquet part's checksum is of bytes that are not decoded
    if rows != part.rows or (in_text and digest != part.checksum):
        raise DataError(
            "The file has changed since the run began.",
            way_out="Give the same command again: what has changed is scored anew.",
            code="input-changed",
        )


class _Cut:
    """What is known of a file so far."""

    def __init__(self, wants_keys: bool) -> None:  # noqa: FBT001 - one flag of an inner class
        self.table: Table | None = None
        self.parts: list[Part] = []
        self.keys: dict[str, None] = {}
        self._wants_keys = wants_keys

    def note_keys(self, block: Block) -> None:
        if self._wants_keys:
            for row in block.rows:
                self.keys.update(dict.fromkeys(row.cells))


def _cut_text(place: Place, name: str, kind: str, reading: Reading, cut: _Cut) -> None:
    path = place.name
    with read_through(place) as raw, lines_in(path, raw, reading.encoding) as plain:
        lines = _CountedLines(plain, reading.encoding, _marked(place, path))
        if kind == "jsonl":
            # Nobody asks for the position of what is no local file.
            position = Position(Path("-"))
            source: Any = JsonLinesSource(
                path, iter(lines), reading.encoding, reading.added, reading.text_column, position
            )
            cut.table = Table(place, name, kind, source.unit, source.text_column, source.why)
            _cut_blocks(source.blocks(), lambda: lines.number + 1, lines, reading, cut)
            return
        open_table = delimited.open_csv if kind == "csv" else delimited.open_tsv
        table = open_table(path, iter(lines), reading.encoding)
        source = DelimitedSource(table, reading.added, reading.text_column, Position(Path("-")))
        cut.table = Table(
            place, name, kind, source.unit, source.text_column, source.why, tuple(table.header), table.dialect
        )
        _cut_blocks(source.blocks(), lambda: table.next_line, lines, reading, cut)


def _cut_blocks(
    blocks: Iterator[Block], next_line: Callable[[], int], lines: _CountedLines, reading: Reading, cut: _Cut
) -> None:
    """Parts of whole blocks; where lines cannot be found again by their bytes, the file is one part."""
    most = reading.part_rows if lines.countable else float("inf")
    begins, offset, digest, rows, records = 1, 0, "", 0, 0
    try:
        for block in blocks:
            digest = chained(digest, block)
            rows += len(block.places)
            records += len(block.places) + sum(not each.kept for each in block.problems)
            cut.note_keys(block)
            if records >= most:
                cut.parts.append(Part(len(cut.parts), digest, rows, records, offset, begins))
                begins, digest, rows, records = next_line(), "", 0, 0
                offset = lines.offset_of(begins)
    finally:
        if records:
            cut.parts.append(Part(len(cut.parts), digest, rows, records, offset, begins))


class _CountedLines:
    """Lines of a text file, and the bytes at which they begin.

    Args:
        lines: from the first on.
        encoding: of the file.
        mark: bytes of the mark at its beginning, which is not in the first line.
    """

    def __init__(self, lines: Iterable[str], encoding: str | None, mark: int) -> None:
        self._lines, self._codec = lines, _bytewise(encoding)
        self.number = 0
        self._next = mark
        self._offsets = deque([(1, 0)])

    @property
    def countable(self) -> bool:
        """Whether a line's bytes say where the next begins: not in UTF-16 and the like."""
        return self._codec is not None

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.number += 1
            if self._codec is not None:
                self._next += len(line.encode(self._codec, "surrogateescape"))
                self._offsets.append((self.number + 1, self._next))
            yield line

    def offset_of(self, number: int) -> int:
        """Where this line begins; lines before it need not be known any more."""
        while self._offsets[0][0] < number:
            self._offsets.popleft()
        return self._offsets[0][1]


def _bytewise(encoding: str | None) -> str | None:
    """The codec's name if each line is decoded by itself: UTF-8, and all of one byte a character."""
    name = codec(encoding)
    if name == "utf-8-sig":
        return "utf-8"
    every = bytes(range(256))
    try:
        single = [bytes([each]).decode(name, "surrogateescape") for each in every]
        whole = every.decode(name, "surrogateescape")
    except UnicodeError:
        return None
    one_each = whole == "".join(single) and len(whole) == 256
    return name if one_each and whole.encode(name, "surrogateescape") == every else None


def _marked(place: Place, path: Path) -> int:
    """Bytes of the mark at the beginning of a UTF-8 file."""
    if path.suffix.lower() in {".gz", ".zst"}:
        with read_through(place) as raw, lines_in(path, raw, "latin-1") as lines:
            return 3 if next(iter(lines), "").startswith("\xef\xbb\xbf") else 0
    with opened(place) as raw:
        return 3 if raw.read(3) == b"\xef\xbb\xbf" else 0


def _text_blocks(path: Path, records: Iterable[Any], table: Table, part: Part) -> Iterator[Block]:
    for rows in in_blocks(itertools.islice(records, part.records)):
        yield block_of(path, rows, table.text_column, 0)


def _parquet_parts(place: Place, name: str, reading: Reading, cut: _Cut) -> Iterator[Part]:
    path = place.name
    with opened(place) as raw, parquet.opened(path, reading.encoding, raw) as file:
        source = ParquetSource(path, file, reading.added, reading.text_column)
        cut.table = Table(place, name, "parquet", source.unit, source.text_column, source.why)
        schema = str(file.schema_arrow)
        with opened(place) as content:
            for groups, skipped, rows, first in _ranges(file.metadata, reading.part_rows):
                digest = hashlib.blake2b(f"{schema} {skipped} {rows}".encode(), digest_size=16)
                for group in range(*groups):
                    for piece in _bytes_of(content, file.metadata.row_group(group)):
                        digest.update(piece)
                yield Part(len(cut.parts), digest.hexdigest(), rows, rows, 0, first, groups, skipped)


def _ranges(metadata: Any, most: int) -> Iterator[tuple[tuple[int, int], int, int, int]]:
    """Row groups together up to `most` rows, and large ones cut: (groups, rows skipped, rows, first row)."""
    most = -(-most // BLOCK_ROWS) * BLOCK_ROWS
    first, begun, rows = 1, 0, 0
    for group in range(metadata.num_row_groups):
        size = metadata.row_group(group).num_rows
        if rows and rows + size > most:
            yield (begun, group), 0, rows, first
            first, begun, rows = first + rows, group, 0
        if size <= most:
            rows += size
            continue
        for skipped in range(0, size, most):
            here = min(most, size - skipped)
            yield (group, group + 1), skipped, here, first
            first += here
        begun, rows = group + 1, 0
    if rows:
        yield (begun, metadata.num_row_groups), 0, rows, first


def _bytes_of(file: IO[bytes], group: Any) -> Iterator[bytes]:
    """A row group's bytes as they lie in the file, column by column."""
    for number in range(group.num_columns):
        column = group.column(number)
        start = column.data_page_offset
        if column.has_dictionary_page and column.dictionary_page_offset:
            start = min(start, column.dictionary_page_offset)
        file.seek(start)
        left = column.total_compressed_size
        while left > 0 and (piece := file.read(min(left, 1 << 20))):
            left -= len(piece)
            yield piece


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
