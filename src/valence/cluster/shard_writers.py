"""How shards are written: in the format of their file, or converted to CSV or Parquet, where text stays text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any, Protocol

from valence.bulk.blocks import Added, Answer, Block
from valence.bulk.output import packing
from valence.bulk.parquet import kinds_of
from valence.bulk.text_formats import DelimitedRows, cells_of, values_of
from valence.cluster.part_reader import PartSource
from valence.cluster.plans import Table
from valence.errors import DataError
from valence.tables import jsonlines
from valence.tables.delimited import Dialect
from valence.tables.parquet import libraries

GROUP_ROWS = 1 << 14  # rows of a row group, which a writer holds in memory


class Writer(Protocol):
    """Writes scored blocks to an open file."""

    def write(self, block: Block, answers: Sequence[Answer | None]) -> None:
        """Appends the block."""

    def close(self) -> None:
        """Writes what is left; the file itself stays open."""


@contextmanager
def writer_for(
    table: Table, source: PartSource, added: Added, converted: str | None, columns: Sequence[str]
) -> Iterator[Callable[[IO[bytes]], Writer]]:
    """What makes a Writer for an open file.

    Args:
        table: the scored file.
        source: its opened part.
        added: names of the two added columns.
        converted: csv or parquet; None for the file's own format.
        columns: for a converted JSONL file, every key that occurs.
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
        """Nothing is left to write."""


class _ParquetWriter:
    """Writes row groups of GROUP_ROWS.

    Args:
        file: to write to.
        schema: of the file.
        batch: makes a pyarrow.RecordBatch from a scored block.
    """

    def __init__(self, file: IO[bytes], schema: Any, batch: Any) -> None:
        self._pa, parquet = libraries()
        self._batch = batch
        self._writer = parquet.ParquetWriter(file, schema)
        self._waiting: list[Any] = []

    def write(self, block: Block, answers: Sequence[Answer | None]) -> None:
        self._waiting.append(self._batch(block, answers))
        if sum(batch.num_rows for batch in self._waiting) >= GROUP_ROWS:
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
    """A block's rows as cells of text, whatever their format; None for an empty cell."""

    def __init__(self, table: Table, columns: Sequence[str]) -> None:
        self._table = table
        self.columns = list(columns or table.header)

    def of(self, block: Block) -> list[list[str | None]]:
        """Rows of cells, in the order of `columns`."""
        if self._table.kind == "parquet":
            return [list(row) for row in zip(*(_as_text(column) for column in block.rows.columns), strict=True)]
        if self._table.kind == "jsonl":
            objects = (jsonlines.spelt(row.raw) for row in block.rows)
            return [[_json_text(item.get(name)) for name in self.columns] for item in objects]
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
        """Nothing is left to write."""


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
    """A Parquet column's cells as text, nested ones as JSON. Raises DataError for bytes."""
    pa, _ = libraries()
    kind = column.type
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        raise DataError(
            "A column holds bytes, which cannot be written as text.",
            hint="Leave out --to, so that the shards are Parquet like the file.",
            code="cell-unwritable",
        )
    try:
        return list(column.cast(pa.string()).to_pylist())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        return [
            None if cell is None else json.dumps(cell, ensure_ascii=False, default=str) for cell in column.to_pylist()
        ]


def _json_text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else jsonlines.written(value)
