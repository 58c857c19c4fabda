"""What a part becomes: a shard, complete or absent, the list of its problems, and a receipt, which is written last.

A shard has the format of its file, or it is converted: to CSV, or to Parquet, in which what was text stays text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from valence.bulk.answering import Scored
from valence.bulk.blocks import Added, Answer, Block
from valence.bulk.output import packing, problem_line
from valence.bulk.parquet import kinds_of
from valence.bulk.text_formats import DelimitedRows, cells_of, values_of
from valence.cluster.parts import Part, PartSource, Table
from valence.cluster.storage import Place, read_bytes, remove, size_of, write_bytes, written
from valence.data.table import jsonlines
from valence.data.table.delimited import Dialect
from valence.data.table.opening import COMPRESSED
from valence.data.table.parquet import libraries
from valence.errors import DataError
from valence.files import indented_json

RECEIPT_VERSION = 1
_OF_SHARD = re.compile(r"part-\d{6,}\.")
GROUP_ROWS = 1 << 14  # of a row group: what a writer holds before it writes


@dataclass(frozen=True)
class Model:
    """Which model has scored: the first digits of the body's id, and the head's version."""

    body: str
    head: str


@dataclass(frozen=True)
class Scoring:
    """What makes a shard what it is, beside its part.

    Attributes:
        model: what scores.
        asked: a digest of the run's options.
    """

    model: Model
    asked: str


@dataclass(frozen=True)
class Receipt:
    """What is known of a finished shard.

    Attributes:
        shard: its file's name.
        input: the file that it is of.
        part: the part's index in it.
        first: the line or row on which that begins.
        checksum: of the part.
        scoring: what has made it.
        rows, blank, unscored, unread: as of bulk.output.State, here of the shard.
        size: of the shard, in bytes.
    """

    shard: str
    input: str
    part: int
    first: int
    checksum: str
    scoring: Scoring
    rows: int
    blank: int
    unscored: int
    unread: int
    size: int
    version: int = RECEIPT_VERSION


@dataclass(frozen=True)
class Shard:
    """Where a part's rows go.

    Attributes:
        folder: of all shards of its file.
        index: of the part.
        ending: of the shard, such as .csv or .jsonl.gz.
    """

    folder: Place
    index: int
    ending: str

    @property
    def file(self) -> Place:
        return self.folder / f"part-{self.index:06}{self.ending}"

    @property
    def problems(self) -> Place:
        """The list of rows that could not be read or scored; there only if there are any."""
        return self.folder / f"{self.file.name}.problems.jsonl"

    @property
    def receipt(self) -> Place:
        return self.folder / f"part-{self.index:06}.json"

    def finished(self, part: Part, scoring: Scoring) -> Receipt | None:
        """The receipt, if this very part was scored by this very model and so, and the shard is there whole."""
        raw = read_bytes(self.receipt)
        try:
            found = json.loads(raw or b"{}")
            made = Scoring(Model(**found["scoring"]["model"]), found["scoring"]["asked"])
            receipt = Receipt(**{**found, "scoring": made})
        except (ValueError, TypeError, KeyError):
            return None  # none, or damaged: the part is scored again
        same = (receipt.checksum, receipt.scoring, receipt.version) == (part.checksum, scoring, RECEIPT_VERSION)
        return receipt if same and size_of(self.file) == receipt.size else None

    def files(self) -> tuple[Place, Place, Place]:
        """Everything that there may be of it."""
        return self.receipt, self.file, self.problems


def ending_of(table: Table, converted: str | None) -> str:
    """Of a file's shards.

    >>> ending_of(Table(Place("", "/a/Comments.jsonl.GZ"), "", "jsonl", "line", "t", ""), None)
    '.jsonl.gz'
    """
    if converted and converted != table.kind:
        return f".{converted}"
    suffix = table.place.name.suffix.lower()
    return f".{table.kind}{suffix if suffix in COMPRESSED else ''}"


class Writer(Protocol):
    """Writes scored blocks to an opened file."""

    def write(self, block: Block, answers: Sequence[Answer | None]) -> None:
        """Appends the block."""

    def close(self) -> None:
        """Writes what is left; the file itself stays open."""


def write_shard(
    shard: Shard,
    table: Table,
    part: Part,
    scored: Iterator[Scored],
    writer_of: Any,
    scoring: Scoring,
) -> Receipt:
    """Writes the shard, its problems and its receipt, in this order; returns the receipt.

    `writer_of` makes a Writer of an opened file. Raises DataError; then nothing is in the shard's place, or what was.
    """
    rows = blank = unscored = unread = 0
    problems = list[bytes]()
    with written(shard.file) as file:
        writer = writer_of(file)
        for block, answers, found in scored:
            writer.write(block, answers)
            problems += [problem_line(each, table.unit) for each in found]
            kept = sum(each.kept for each in found)
            rows += len(answers)
            unscored += kept
            unread += len(found) - kept
            blank += list(answers).count(None) - kept
        writer.close()
    if problems:
        write_bytes(shard.problems, b"".join(problems))
    else:
        remove(shard.problems)  # of an earlier content
    size = size_of(shard.file)
    assert size is not None, "it has just been written"
    receipt = Receipt(
        shard=str(shard.file.name),
        input=str(table.place),
        part=part.index,
        first=part.first,
        checksum=part.checksum,
        scoring=scoring,
        rows=rows,
        blank=blank,
        unscored=unscored,
        unread=unread,
        size=size,
    )
    write_bytes(shard.receipt, (indented_json(asdict(receipt)) + "\n").encode())
    return receipt


@contextmanager
def writer_for(
    table: Table, source: PartSource, added: Added, converted: str | None, columns: Sequence[str]
) -> Iterator[Any]:
    """What makes a Writer of an opened file.

    Args:
        table: the file that is scored.
        source: its opened part.
        added: names of the two columns that are added.
        converted: csv or parquet; None for the file's own format.
        columns: of a converted JSONL file, every key that occurs.
    """
    own = converted is None or converted == table.kind
    if own and table.kind == "parquet":
        yield lambda file: _ParquetWriter(file, source.rows.schema, source.rows.batch)
    elif own:
        pack = packing(table.place.name)
        yield lambda file: _TextWriter(file, source.rows, pack)
    else:
        cells = _Cells(table, source.rows.schema.names[: -len(added.names)] if table.kind == "parquet" else columns)
        if converted == "csv":
            rows = DelimitedRows(table.place.name, cells.columns, Dialect(","), added)
            yield lambda file: _ConvertedCsv(file, rows, cells)
        else:
            yield lambda file: _converted_parquet(file, cells, added)


class _TextWriter:
    def __init__(self, file: IO[bytes], rows: Any, pack: Any) -> None:
        self._file, self._rows, self._pack = file, rows, pack
        head = rows.head()
        if head:
            file.write(pack(head))

    def write(self, block: Block, answers: Sequence[Answer | None]) -> None:
        self._file.write(self._pack(self._rows.encoded(block, answers)))

    def close(self) -> None:
        """Every block is written already."""


class _ParquetWriter:
    """Row groups of GROUP_ROWS.

    Args:
        file: to write to.
        schema: of the file.
        batch: makes a pyarrow.RecordBatch of a scored block.
    """

    def __init__(self, file: IO[bytes], schema: Any, batch: Any) -> None:
        self._pa, parquet = libraries()
        self._batch = batch
        self._writer = parquet.ParquetWriter(file, schema)
        self._waiting: list[Any] = []

    def write(self, block: Block, answers: Sequence[Answer | None]) -> None:
        self._waiting.append(self._batch(block, answers))
        if sum(each.num_rows for each in self._waiting) >= GROUP_ROWS:
            self._flush()

    def close(self) -> None:
        if self._waiting:
            self._flush()
        self._writer.close()

    def _flush(self) -> None:
        table = self._pa.Table.from_batches(self._waiting)
        self._writer.write_table(table, row_group_size=max(1, table.num_rows))
        self._waiting = []


class _Cells:
    """A block's rows as cells of text, whatever their format; None where there is nothing."""

    def __init__(self, table: Table, columns: Sequence[str]) -> None:
        self._table = table
        self.columns = list(columns or table.header)

    def of(self, block: Block) -> list[list[str | None]]:
        """Row by row, in the order of `columns`."""
        if self._table.kind == "parquet":
            return [list(row) for row in zip(*(_as_text(each) for each in block.rows.columns), strict=True)]
        if self._table.kind == "jsonl":
            found = (jsonlines.spelt(row.raw) for row in block.rows)
            return [[_json_text(each.get(name)) for name in self.columns] for each in found]
        return [list(row.raw) for row in block.rows]


class _ConvertedCsv:
    def __init__(self, file: IO[bytes], rows: DelimitedRows, cells: _Cells) -> None:
        self._file, self._rows, self._cells = file, rows, cells
        file.write(rows.head())

    def write(self, block: Block, answers: Sequence[Answer | None]) -> None:
        rows = zip(self._cells.of(block), answers, strict=True)
        lines = ([*("" if cell is None else cell for cell in row), *cells_of(answer)] for row, answer in rows)
        self._file.write(self._rows.lines(lines))

    def close(self) -> None:
        """Every block is written already."""


def _converted_parquet(file: IO[bytes], cells: _Cells, added: Added) -> _ParquetWriter:
    pa, _ = libraries()
    own = ((name, pa.string()) for name in cells.columns)
    kinds = [*own, *zip(added.names, kinds_of(pa, added), strict=True)]
    schema = pa.schema(kinds)

    def batch(block: Block, answers: Sequence[Answer | None]) -> Any:
        rows = cells.of(block)
        columns: list[list[Any]] = [[row[i] for row in rows] for i in range(len(cells.columns))]
        values = [values_of(answer) for answer in answers]
        columns += [[row[i] for row in values] for i in range(len(added.names))]
        arrays = [pa.array(column, kind) for column, (_, kind) in zip(columns, kinds, strict=True)]
        return pa.record_batch(arrays, schema=schema)

    return _ParquetWriter(file, schema, batch)


def _as_text(column: Any) -> list[str | None]:
    """A Parquet column's cells; what holds more than one value as JSON. Raises DataError for bytes."""
    pa, _ = libraries()
    kind = column.type
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        raise DataError(
            "A column holds bytes, which have no text form.",
            way_out="Leave --to away, so that the shards are Parquet as the file is.",
            code="cell-unwritable",
        )
    try:
        return list(column.cast(pa.string()).to_pylist())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        return [
            None if each is None else json.dumps(each, ensure_ascii=False, default=str) for each in column.to_pylist()
        ]


def _json_text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else jsonlines.written(value)


def is_of_shard(place: Place) -> bool:
    """Whether it is a shard, or a shard's list of problems or receipt."""
    return _OF_SHARD.match(str(place.name)) is not None


def shards_in(files: Sequence[Place]) -> Iterator[tuple[Place, int]]:
    """(folder, index) of every receipt among these files."""
    for each in files:
        name = Path(each.name).name
        if name.startswith("part-") and name.endswith(".json") and name[5:-5].isdecimal():
            yield each.parent, int(name[5:-5])
