"""Parquet as a source, by pyarrow: every column keeps its type.

The index of a Parquet file is at its end, so a partial file cannot be continued. Blocks are therefore written as a
sequence of Arrow streams, which are converted to Parquet once all are there.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from valence.bulk.blocks import BLOCK_ROWS, Added, Answer, Block, Problem, text_in
from valence.bulk.text_formats import refuse_clash, values_of
from valence.errors import DataError
from valence.tables.columns import choose_text
from valence.tables.grid import Grid, Nested, check_not_empty
from valence.tables.parquet import libraries, nested_kind

GROUP_ROWS = 1 << 16  # of a row group in the output


class ParquetRows:
    """Writes the scored rows of a Parquet file as Arrow streams, which `finish` converts to a file.

    Attributes:
        schema: of the output.
    """

    def __init__(self, schema: Any, added: Added) -> None:
        self._pa, _ = libraries()
        self._kinds = kinds_of(self._pa, added)
        self.schema = _with(self._pa, schema, added, self._kinds)

    def batch(self, block: Block, answers: Sequence[Answer | None]) -> Any:
        """A pyarrow.RecordBatch of the block's rows with their answers."""
        values = [values_of(answer) for answer in answers]
        added = [self._pa.array([row[i] for row in values], kind) for i, kind in enumerate(self._kinds)]
        return self._pa.record_batch([*block.rows.columns, *added], schema=self.schema)

    def encoded(self, block: Block, answers: Sequence[Answer | None]) -> bytes:
        sink = self._pa.BufferOutputStream()
        with self._pa.ipc.new_stream(sink, self.schema) as writer:
            writer.write_batch(self.batch(block, answers))
        return bytes(sink.getvalue())


def kinds_of(pa: Any, added: Added) -> tuple[Any, Any]:
    """The types of the two added columns."""
    kinds = pa.string(), pa.float64()
    return (pa.list_(kinds[0]), pa.list_(kinds[1])) if added.several else kinds


def block_of_batch(path: Path, batch: Any, text_column: str, read: int) -> Block:
    """A block from a batch; `read` is the number of rows of the file before it."""
    places = range(read + 1, read + batch.num_rows + 1)
    texts, problems = list[str | None](), list[Problem]()
    for place, cell in zip(places, batch.column(text_column).to_pylist(), strict=True):
        text = text_in(cell, f"{path.name}, row {place}")
        texts.append(text if isinstance(text, str) else None)
        if isinstance(text, DataError):
            problems.append(Problem(place, kept=True, error=text))
    digest = hashlib.blake2b(batch.serialize(), digest_size=16).digest()
    return Block(batch, texts, places, problems, digest, read + batch.num_rows)


class ParquetSource:
    """An open Parquet file.

    Args:
        path: for messages.
        file: a pyarrow.parquet.ParquetFile.
        added: names of the two added columns.
        named: the column with the texts, or None to detect it.
    """

    unit = "row"

    def __init__(self, path: Path, file: Any, added: Added, named: str | None) -> None:
        self._path, self._file = path, file
        self.size: int | None = file.metadata.num_rows
        check_not_empty(path, range(file.metadata.num_rows), "rows")
        schema = file.schema_arrow
        first = next(file.iter_batches(batch_size=BLOCK_ROWS))
        self.text_column, self.why = choose_text(_grid(path, first), named)
        refuse_clash(path, schema.names, added)
        kind = schema.field(self.text_column).type
        if nested_kind(kind):
            raise DataError(
                f"{path.name}: the column {self.text_column!r} holds {kind}, not texts.",
                hint="Name the column with the texts by --text-column.",
                code="text-no-string",
            )
        self.layout: dict[str, Any] = {"schema": str(schema)}
        self.encoded = ParquetRows(schema, added).encoded

    def blocks(self) -> Iterator[Block]:
        read = 0
        for batch in self._file.iter_batches(batch_size=BLOCK_ROWS):
            yield block_of_batch(self._path, batch, self.text_column, read)
            read += batch.num_rows

    def head(self) -> bytes:
        return b""


def finish(part: Path, target: Path) -> None:
    """Converts the streams at `part` to a Parquet file at `target`, a few row groups at a time."""
    pa, parquet = libraries()
    with part.open("rb") as streams:
        schema = pa.ipc.open_stream(streams).schema
        with parquet.ParquetWriter(target, schema) as writer:
            waiting, rows = [], 0
            for batch in _batches(pa, streams):
                waiting.append(batch)
                rows += batch.num_rows
                if rows >= GROUP_ROWS:
                    writer.write_table(pa.Table.from_batches(waiting), row_group_size=rows)
                    waiting, rows = [], 0
            if waiting:
                writer.write_table(pa.Table.from_batches(waiting), row_group_size=rows)


def _batches(pa: Any, streams: Any) -> Iterator[Any]:
    end = streams.seek(0, 2)
    streams.seek(0)
    while streams.tell() < end:
        yield from pa.ipc.open_stream(streams)


def _grid(path: Path, batch: Any) -> Grid:
    """A batch's cells, to detect the column with the texts."""
    kinds = {field.name: nested_kind(field.type) for field in batch.schema}
    columns = {
        name: [Nested(kind)] * batch.num_rows if kind else batch.column(name).to_pylist()
        for name, kind in kinds.items()
    }
    return Grid(path, columns, range(1, batch.num_rows + 1), unit="row")


def _with(pa: Any, schema: Any, added: Added, kinds: Sequence[Any]) -> Any:
    """The schema with the added columns, also in the metadata of Hugging Face's `datasets`."""
    for name, kind in zip(added.names, kinds, strict=True):
        schema = schema.append(pa.field(name, kind))
    kept = dict(schema.metadata or {})
    if b"huggingface" in kept:
        about = json.loads(kept[b"huggingface"])
        features = about.get("info", {}).get("features")
        if isinstance(features, dict):
            described = (_feature(kind, several=added.several) for kind in ("string", "float64"))
            features.update(zip(added.names, described, strict=True))
        kept[b"huggingface"] = json.dumps(about).encode()
    return schema.with_metadata(kept)


def _feature(kind: str, *, several: bool) -> dict[str, Any]:
    value = {"dtype": kind, "_type": "Value"}
    return {"feature": value, "_type": "List"} if several else value
