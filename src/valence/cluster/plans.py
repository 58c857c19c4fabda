"""Plans how a file is cut into parts, each of which one worker can read, score and write alone.

Each part begins at a block of `valence score` on one machine, so that workers read the same blocks, and write the same
rows, as that command does.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from valence.bulk.blocks import BLOCK_ROWS, Added, Block
from valence.bulk.parquet import ParquetSource
from valence.bulk.progress import ReadProgress
from valence.bulk.run import chained
from valence.bulk.text_formats import DelimitedSource, JsonLinesSource
from valence.cluster.storage import Place, opened, read_through
from valence.errors import ValenceError
from valence.tables import delimited, parquet
from valence.tables.decoding import codec, lines_in
from valence.tables.delimited import Dialect


@dataclass(frozen=True)
class Reading:
    """How the files of a run are read.

    Attributes:
        format, text_column, encoding, added: as in bulk.request.ScoreRequest.
        part_rows: rows of a part, rounded up to whole blocks.
        keys: whether to collect the keys of the objects in JSONL files.
    """

    format: str | None
    text_column: str | None
    encoding: str | None
    added: Added
    part_rows: int
    keys: bool = False


@dataclass(frozen=True)
class Table:
    """What the beginning of a file tells about it.

    Attributes:
        place: where it is.
        name: the folder of its shards.
        kind: csv, tsv, jsonl or parquet.
        unit: what a row's position counts, "line" or "row".
        text_column: the column of the texts.
        why: why this column was chosen.
        header: the columns of a CSV or TSV file.
        dialect: its delimiter and quoting.
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
        index: its number within the file, from 0.
        checksum: of its content and position; hex.
        rows: number of rows that can be read.
        records: number of all rows, including those that cannot be read.
        offset: where it begins, in bytes of the decompressed file.
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


def planned(place: Place, name: str, kind: str, reading: Reading) -> Plan:
    """Reads a whole file to find where its parts begin. Never raises ValenceError: the plan holds the error.

    The columns of a Parquet file are read for their checksum, but not decoded.
    """
    progress = _Progress(reading.keys)
    try:
        if kind == "parquet":
            for part in _parquet_parts(place, name, reading, progress):
                progress.parts.append(part)
        else:
            _cut_text(place, name, kind, reading, progress)
    except ValenceError as error:
        return Plan(name, progress.table, tuple(progress.parts), tuple(progress.keys), error)
    return Plan(name, progress.table, tuple(progress.parts), tuple(progress.keys))


class _Progress:
    """What is known about a file so far."""

    def __init__(self, wants_keys: bool) -> None:  # noqa: FBT001 - one flag of an inner class
        self.table: Table | None = None
        self.parts: list[Part] = []
        self.keys: dict[str, None] = {}
        self._wants_keys = wants_keys

    def note_keys(self, block: Block) -> None:
        if self._wants_keys:
            for row in block.rows:
                self.keys.update(dict.fromkeys(row.cells))


def _cut_text(place: Place, name: str, kind: str, reading: Reading, progress: _Progress) -> None:
    path = place.name
    with read_through(place) as raw, lines_in(path, raw, reading.encoding) as plain:
        lines = _CountedLines(plain, reading.encoding, _mark_bytes(place, path))
        if kind == "jsonl":
            position = ReadProgress(Path("-"))  # not used here
            source: Any = JsonLinesSource(
                path, iter(lines), reading.encoding, reading.added, reading.text_column, position
            )
            progress.table = Table(place, name, kind, source.unit, source.text_column, source.why)
            _cut_blocks(source.blocks(), lambda: lines.number + 1, lines, reading, progress)
            return
        open_table = delimited.open_csv if kind == "csv" else delimited.open_tsv
        table = open_table(path, iter(lines), reading.encoding)
        source = DelimitedSource(table, reading.added, reading.text_column, ReadProgress(Path("-")))
        progress.table = Table(
            place, name, kind, source.unit, source.text_column, source.why, tuple(table.header), table.dialect
        )
        _cut_blocks(source.blocks(), lambda: table.next_line, lines, reading, progress)


def _cut_blocks(
    blocks: Iterator[Block], next_line: Callable[[], int], lines: _CountedLines, reading: Reading, progress: _Progress
) -> None:
    """Adds parts of whole blocks; if lines cannot be found by their byte offsets, the whole file is one part."""
    most = reading.part_rows if lines.countable else float("inf")
    begins, offset, digest, rows, records = 1, 0, "", 0, 0
    try:
        for block in blocks:
            digest = chained(digest, block)
            rows += len(block.places)
            records += len(block.places) + sum(not problem.kept for problem in block.problems)
            progress.note_keys(block)
            if records >= most:
                progress.parts.append(Part(len(progress.parts), digest, rows, records, offset, begins))
                begins, digest, rows, records = next_line(), "", 0, 0
                offset = lines.offset_of(begins)
    finally:
        if records:
            progress.parts.append(Part(len(progress.parts), digest, rows, records, offset, begins))


class _CountedLines:
    """Lines of a text file, and the byte offsets at which they begin.

    Args:
        lines: all lines of the file.
        encoding: of the file.
        mark: size in bytes of the byte order mark, which is not part of the first line.
    """

    def __init__(self, lines: Iterable[str], encoding: str | None, mark: int) -> None:
        self._lines, self._codec = lines, _line_codec(encoding)
        self.number = 0
        self._next = mark
        self._offsets = deque([(1, 0)])

    @property
    def countable(self) -> bool:
        """Whether the next line's offset follows from a line's bytes, which it does not in UTF-16 and the like."""
        return self._codec is not None

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.number += 1
            if self._codec is not None:
                self._next += len(line.encode(self._codec, "surrogateescape"))
                self._offsets.append((self.number + 1, self._next))
            yield line

    def offset_of(self, number: int) -> int:
        """Where this line begins; earlier lines are forgotten."""
        while self._offsets[0][0] < number:
            self._offsets.popleft()
        return self._offsets[0][1]


def _line_codec(encoding: str | None) -> str | None:
    """The codec's name if each line can be decoded alone, as with UTF-8 and all codecs of one byte per character."""
    name = codec(encoding)
    if name == "utf-8-sig":
        return "utf-8"
    all_bytes = bytes(range(256))
    try:
        characters = [bytes([byte]).decode(name, "surrogateescape") for byte in all_bytes]
        decoded = all_bytes.decode(name, "surrogateescape")
    except UnicodeError:
        return None
    one_byte_each = decoded == "".join(characters) and len(decoded) == 256
    return name if one_byte_each and decoded.encode(name, "surrogateescape") == all_bytes else None


def _mark_bytes(place: Place, path: Path) -> int:
    """Size in bytes of the byte order mark of a UTF-8 file."""
    if path.suffix.lower() in {".gz", ".zst"}:
        with read_through(place) as raw, lines_in(path, raw, "latin-1") as lines:
            return 3 if next(iter(lines), "").startswith("\xef\xbb\xbf") else 0
    with opened(place) as raw:
        return 3 if raw.read(3) == b"\xef\xbb\xbf" else 0


def _parquet_parts(place: Place, name: str, reading: Reading, progress: _Progress) -> Iterator[Part]:
    path = place.name
    with opened(place) as raw, parquet.opened(path, reading.encoding, raw) as file:
        source = ParquetSource(path, file, reading.added, reading.text_column)
        progress.table = Table(place, name, "parquet", source.unit, source.text_column, source.why)
        schema = str(file.schema_arrow)
        with opened(place) as content:
            for groups, skipped, rows, first in _ranges(file.metadata, reading.part_rows):
                digest = hashlib.blake2b(f"{schema} {skipped} {rows}".encode(), digest_size=16)
                for group in range(*groups):
                    for piece in _bytes_of(content, file.metadata.row_group(group)):
                        digest.update(piece)
                yield Part(len(progress.parts), digest.hexdigest(), rows, rows, 0, first, groups, skipped)


def _ranges(metadata: Any, most: int) -> Iterator[tuple[tuple[int, int], int, int, int]]:
    """Parts of about `most` rows: small row groups joined, large ones cut. (groups, skipped, rows, first row)."""
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
    """A row group's bytes as they are in the file, column by column."""
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
