"""Writes scored rows as Parquet: those of Parquet with their types, all others as text."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from typing import IO, Any

from valence.tables.answers import Added, Answer
from valence.tables.conversion import text_maker
from valence.tables.grid import Row
from valence.tables.parquet import libraries
from valence.tables.shape import Shape

_GROUP_ROWS = 1 << 16  # of a row group, which is held in memory
_KINDS = ("string", "float64", "bool_", "string")  # of the added columns


class ParquetWriter:
    """Writes Parquet to an open file, some row groups at a time.

    Args:
        file: to write to.
        shape: of the rows.
        added: names of the added columns.
    """

    def __init__(self, file: IO[bytes], shape: Shape, added: Added) -> None:
        self._pa, parquet = libraries()
        kinds = [getattr(self._pa, kind)() for kind in _KINDS]
        self._kinds = [self._pa.list_(kind) if added.several and i < 2 else kind for i, kind in enumerate(kinds)]
        own = shape.schema or self._pa.schema([(name, self._pa.string()) for name in shape.columns])
        self._typed = shape.schema is not None
        self._texts = text_maker(shape.kind, shape.columns)
        self._schema = _with_added(self._pa, own, added, self._kinds)
        self._writer = parquet.ParquetWriter(file, self._schema)
        self._waiting: list[Any] = []
        self._rows = 0

    def write(self, rows: Sequence[Row], answers: Sequence[Answer]) -> None:
        begun = 0
        for columns, count in self._own(rows):
            values = zip(*(answer.values() for answer in answers[begun : begun + count]), strict=True)
            arrays = [self._pa.array(cells, kind) for cells, kind in zip(values, self._kinds, strict=True)]
            self._waiting.append(self._pa.record_batch([*columns, *arrays], schema=self._schema))
            begun += count
        self._rows += len(rows)
        if self._rows >= _GROUP_ROWS:
            self._flush()

    def close(self) -> None:
        if self._rows:
            self._flush()
        self._writer.close()

    def _own(self, rows: Sequence[Row]) -> Iterator[tuple[list[Any], int]]:
        """Arrays of the rows' own columns, and their number of rows: a slice of each batch, or all of them as text."""
        if not rows:
            return
        if not self._typed:
            texts = zip(*map(self._texts, rows), strict=True)
            yield [self._pa.array(cells, self._pa.string()) for cells in texts], len(rows)
            return
        for _, same in itertools.groupby(rows, key=lambda row: id(row.raw.batch)):
            here = [row.raw for row in same]
            yield here[0].batch.slice(here[0].index, len(here)).columns, len(here)

    def _flush(self) -> None:
        self._writer.write_table(self._pa.Table.from_batches(self._waiting), row_group_size=self._rows)
        self._waiting, self._rows = [], 0


def _with_added(pa: Any, schema: Any, added: Added, kinds: Sequence[Any]) -> Any:
    """The schema with the added columns, also in the metadata of Hugging Face's `datasets`."""
    for name, kind in zip(added.names, kinds, strict=True):
        schema = schema.append(pa.field(name, kind))
    kept = dict(schema.metadata or {})
    if b"huggingface" in kept:
        about = json.loads(kept[b"huggingface"])
        features = about.get("info", {}).get("features")
        if isinstance(features, dict):
            described = (_feature(kind, several=added.several and i < 2) for i, kind in enumerate(_KINDS))
            features.update(zip(added.names, described, strict=True))
        kept[b"huggingface"] = json.dumps(about).encode()
    return schema.with_metadata(kept)


def _feature(kind: str, *, several: bool) -> dict[str, Any]:
    value = {"dtype": kind.removesuffix("_"), "_type": "Value"}
    return {"feature": value, "_type": "List"} if several else value
