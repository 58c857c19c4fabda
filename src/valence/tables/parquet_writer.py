"""Writes scored rows as Parquet: those of Parquet with their types, all others as text."""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from valence.tables.answers import Added, Answer
from valence.tables.conversion import TextMaker
from valence.tables.grid import Row
from valence.tables.parquet import Batch, libraries

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

_GROUP_ROWS, _GROUP_BYTES = 1 << 16, 64 << 20  # the most of a row group, which is held in memory
_KINDS = ("string", "float64", "bool_", "string")  # of the added columns


class ParquetWriter:
    """Writes Parquet to an open file, some row groups at a time.

    Args:
        file: to write to.
        columns: those of the rows.
        texts: makes the texts of a row.
        schema: of the rows; None for rows of text.
        added: names of the added columns.
    """

    def __init__(
        self, file: SupportsWrite[bytes], columns: Sequence[str], texts: TextMaker, schema: Any, added: Added
    ) -> None:
        self._pa, parquet = libraries()
        self._texts, self._added = texts, ArrowAnswers(added)
        own = schema or self._pa.schema([(name, self._pa.string()) for name in columns])
        self._schema = _with_added(own, self._added.schema, several=added.several)
        self._writer = parquet.ParquetWriter(file, self._schema)
        self._waiting: list[Any] = []
        self._rows = self._bytes = 0

    def write(self, rows: Sequence[Row], answers: Any) -> None:
        """Appends the rows; `answers` are a sequence of Answer, or what ArrowAnswers made of it."""
        if not rows:
            return
        added = answers if isinstance(answers, self._pa.RecordBatch) else self._added.batch(answers)
        batch = self._pa.record_batch([*self._own(rows), *added.columns], schema=self._schema)
        self._waiting.append(batch)
        self._rows += batch.num_rows
        self._bytes += batch.nbytes
        if self._rows >= _GROUP_ROWS or self._bytes >= _GROUP_BYTES:
            self._flush()

    def close(self) -> None:
        if self._rows:
            self._flush()
        self._writer.close()

    def _own(self, rows: Sequence[Row]) -> list[Any]:
        """Arrays of the rows' own columns: as they were read, or as text."""
        if isinstance(rows, Batch):
            return list(rows.batch.columns)
        texts = zip(*map(self._texts, rows), strict=True)
        return [self._pa.array(cells, self._pa.string()) for cells in texts]

    def _flush(self) -> None:
        self._writer.write_table(self._pa.Table.from_batches(self._waiting), row_group_size=self._rows)
        self._waiting, self._rows, self._bytes = [], 0, 0


class ArrowAnswers:
    """Answers as Arrow's columns; written to a file, each block is a stream, without the rows.

    Attributes:
        schema: of the added columns.
    """

    def __init__(self, added: Added, file: SupportsWrite[bytes] | None = None) -> None:
        self._file, (self._pa, _) = file, libraries()
        kinds = [getattr(self._pa, kind)() for kind in _KINDS]
        kinds = [self._pa.list_(kind) if added.several and i < 2 else kind for i, kind in enumerate(kinds)]
        self.schema = self._pa.schema(list(zip(added.names, kinds, strict=True)))

    def batch(self, answers: Sequence[Answer]) -> Any:
        """A pyarrow.RecordBatch."""
        columns = list(zip(*answers, strict=True)) or [()] * len(_KINDS)
        arrays = [self._pa.array(cells, kind) for cells, kind in zip(columns, self.schema.types, strict=True)]
        return self._pa.record_batch(arrays, schema=self.schema)

    def write(self, rows: Sequence[Row], answers: Sequence[Answer]) -> None:  # noqa: ARG002 - a Writer
        sink = self._pa.BufferOutputStream()
        with self._pa.ipc.new_stream(sink, self.schema) as stream:
            stream.write_batch(self.batch(answers))
        assert self._file is not None
        self._file.write(sink.getvalue())

    def close(self) -> None:
        """Everything is written."""

    def read(self, path: Path) -> Generator[Any]:
        """The RecordBatch of each block."""
        with path.open("rb") as file:
            while file.tell() < path.stat().st_size:
                yield from self._pa.ipc.open_stream(file)


def _with_added(schema: Any, added: Any, *, several: bool) -> Any:
    """The schema with the added columns, also in the metadata of Hugging Face's `datasets`."""
    for field in added:
        schema = schema.append(field)
    kept = dict(schema.metadata or {})
    if b"huggingface" in kept:
        about = json.loads(kept[b"huggingface"])
        features = about.get("info", {}).get("features")
        if isinstance(features, dict):
            described = (_feature(kind, several=several and i < 2) for i, kind in enumerate(_KINDS))
            features.update(zip(added.names, described, strict=True))
        kept[b"huggingface"] = json.dumps(about).encode()
    return schema.with_metadata(kept)


def _feature(kind: str, *, several: bool) -> dict[str, Any]:
    value = {"dtype": kind.removesuffix("_"), "_type": "Value"}
    return {"feature": value, "_type": "List"} if several else value
