"""Reads Parquet row by row. Class names that Hugging Face's `datasets` stores in the file are used as labels."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from valence.system.errors import DataError
from valence.tables.decoding import library
from valence.tables.grid import Nested, Row, Unread
from valence.tables.headers import column_names
from valence.tables.open_table import OpenTable, Understood
from valence.tables.options import ReadOptions

_BATCH_ROWS = 512  # decoded at once
_BUFFER_BYTES = 1 << 20  # of each column
_MOST_LABELS_A_ROW = 32  # on average; more are token ids or the like


class ParquetTable(OpenTable):
    """An open Parquet file, whose rows can be read several times: one at a time, or in batches.

    Structures, bytes and long lists are not read as cells.

    Attributes:
        file: a pyarrow.parquet.ParquetFile.
        Others: those of open_table.OpenTable. The `raw` of a row, and its `cells`, are a BatchRow.

    Raises DataError if it is damaged, also while it is read, and if pyarrow is not installed.
    """

    kind, unit = "parquet", "row"
    columns: list[str]

    def __init__(self, path: Path, binary: IO[bytes], options: ReadOptions) -> None:
        del options  # none is for Parquet
        self.path = path
        with _damage_mapped(path):
            # With pre_buffer, its default, pyarrow would keep the whole file in memory.
            self.file = libraries()[1].ParquetFile(binary, pre_buffer=False, buffer_size=_BUFFER_BYTES)
        self.schema = self.file.schema_arrow
        self.header = list(self.schema.names)
        self.columns, self.notes = column_names(self.header)
        self.understood = Understood("parquet")
        self.restrict(range(self.file.metadata.num_row_groups), 0, self.file.metadata.num_rows, 1)

    def restrict(self, groups: range, skipped: int, count: int, first: int) -> None:
        """From now on, only some of the rows are read: `count`, after those `skipped` in these row groups.

        `first` is the place of the first.
        """
        self._groups, self._skipped, self._count, self._first = groups, skipped, count, first

    def __iter__(self) -> Iterator[Row | Unread]:
        for batch in self.batches(_BATCH_ROWS):
            yield from batch

    def batches(self, most: int) -> Iterator[Batch]:
        """The rows, `most` at a time."""
        readers = _readers(self.file, self.columns)
        # On one thread: the cores score meanwhile, and several would keep more memory.
        stored = iter(self.file.iter_batches(batch_size=most, row_groups=list(self._groups), use_threads=False))
        skipped, count, place = self._skipped, self._count, self._first
        while count:
            with _damage_mapped(self.path):
                batch = next(stored, None)
            if batch is None:
                return
            here = batch.slice(skipped, count)
            skipped, count = max(0, skipped - batch.num_rows), count - here.num_rows
            if here.num_rows:
                yield Batch(here, readers, place)
            place += here.num_rows


class Batch(Sequence[Row]):
    """Consecutive rows of a Parquet file, whose columns become Python objects when they are first asked for.

    Attributes:
        batch: a pyarrow.RecordBatch.
        readers: column -> what makes its cells of the batch.
        first: the place of the first row.
    """

    def __init__(self, batch: Any, readers: Mapping[str, Callable[[Any], list[Any]]], first: int) -> None:
        self.batch, self.readers, self.first = batch, readers, first
        self._read = dict[str, list[Any]]()

    @cached_property
    def stored(self) -> list[tuple[Any, ...]]:
        """Rows of values as they are stored."""
        return list(zip(*(column.to_pylist() for column in self.batch.columns), strict=True))

    @cached_property
    def texts(self) -> list[tuple[str | None, ...]]:
        """Rows of cells as text, nested ones as JSON. Raises DataError for bytes."""
        return list(zip(*map(_as_text, self.batch.columns), strict=True))

    def __len__(self) -> int:
        return int(self.batch.num_rows)

    def __getitem__(self, index: Any) -> Any:
        row = BatchRow(self, range(len(self))[index])
        return Row(self.first + row.index, row, row)

    def column(self, name: str) -> list[Any]:
        """The cells of a column."""
        if name not in self._read:
            self._read[name] = self.readers[name](self.batch)
        return self._read[name]


class BatchRow(Mapping[str, Any]):
    """One row of a batch: column -> cell, as in a Grid."""

    __slots__ = ("batch", "index")

    def __init__(self, batch: Batch, index: int) -> None:
        self.batch, self.index = batch, index

    def __getitem__(self, name: str) -> Any:
        return self.batch.column(name)[self.index]

    def __iter__(self) -> Iterator[str]:
        return iter(self.batch.readers)

    def __len__(self) -> int:
        return len(self.batch.readers)


@contextmanager
def _damage_mapped(path: Path) -> Iterator[None]:
    pa, _ = libraries()
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        raise DataError(
            f"{path.name} cannot be read as Parquet: {str(error).rstrip('.')}.",
            hint="Write it again.",
            code="file-damaged",
        ) from error


def libraries() -> tuple[Any, ...]:
    """The modules pyarrow and pyarrow.parquet. Raises DataError if they are not installed."""
    return tuple(library(name, "pyarrow", "Parquet", "use CSV") for name in ("pyarrow", "pyarrow.parquet"))


def _readers(file: Any, names: Sequence[str]) -> dict[str, Callable[[Any], list[Any]]]:
    """Column -> what makes its cells of a pyarrow.RecordBatch."""
    classes = _class_names(file.schema_arrow)
    return {name: _reader(file, index, classes) for index, name in enumerate(names)}


def _reader(file: Any, index: int, classes: Mapping[str, list[str]]) -> Callable[[Any], list[Any]]:
    field = file.schema_arrow.field(index)
    kind, names = nested_kind(field.type), classes.get(field.name)
    if kind and not _may_be_labels(file, field):
        return lambda batch: [Nested(kind)] * len(batch)
    if not kind and names is None and _is_text(field.type):
        return lambda batch: batch.column(index).to_pylist()
    read = _list if kind else _cell
    return lambda batch: [read(cell, names) for cell in batch.column(index).to_pylist()]


def _is_text(kind: Any) -> bool:
    types = libraries()[0].types
    return bool(types.is_string(kind) or types.is_large_string(kind))


def _may_be_labels(file: Any, field: Any) -> bool:
    """Whether a column of lists could hold labels. Token ids and embeddings would only fill the memory."""
    types = libraries()[0].types
    if not (types.is_list(field.type) or types.is_large_list(field.type)):
        return False
    inside = field.type.value_type
    if not (_is_text(inside) or types.is_integer(inside)):
        return False
    metadata = file.metadata
    column = next(i for i in range(metadata.num_columns) if metadata.schema.column(i).path.split(".")[0] == field.name)
    values = sum(metadata.row_group(i).column(column).num_values for i in range(metadata.num_row_groups))
    return bool(values <= _MOST_LABELS_A_ROW * metadata.num_rows)


def _list(value: list[Any] | None, classes: list[str] | None) -> Nested | None:
    return None if value is None else Nested.of_list([_cell(item, classes) for item in value])


def nested_kind(kind: Any) -> str:
    """What a column of this type holds if it is not plain values, in words; "" if it is."""
    types = libraries()[0].types
    if types.is_nested(kind):
        return "a list" if types.is_list(kind) or types.is_large_list(kind) else "a structure"
    is_bytes = types.is_binary(kind) or types.is_large_binary(kind)
    return "bytes" if is_bytes else ""


def _class_names(schema: Any) -> dict[str, list[str]]:
    """Column -> names of its classes, if `datasets` has stored them."""
    raw = (schema.metadata or {}).get(b"huggingface")
    features = json.loads(raw).get("info", {}).get("features", {}) if raw else {}
    of_lists = {
        column: feature["feature"]
        for column, feature in features.items()
        if isinstance(feature, dict) and isinstance(feature.get("feature"), dict)
    }
    return {
        column: feature["names"]
        for column, feature in {**features, **of_lists}.items()
        if isinstance(feature, dict) and feature.get("_type") == "ClassLabel" and feature.get("names")
    }


def _cell(value: Any, classes: list[str] | None) -> Any:
    if value is None or isinstance(value, (str, bool, float)):
        return value
    if isinstance(value, int):
        if classes is None:
            return value
        return classes[value] if 0 <= value < len(classes) else None  # datasets writes -1 for no label
    return str(value)  # dates, times, decimals


def bytes_unwritable(where: str) -> DataError:
    """The error of bytes in a file that is to be written as text."""
    what = f"{where} holds bytes, which cannot be written as text."
    return DataError(what, hint="Write Parquet, like the input.", code="cell-unwritable")


def _as_text(column: Any) -> list[str | None]:
    """An array's cells as text, nested ones as JSON. Raises DataError for bytes."""
    pa, _ = libraries()
    kind = column.type
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        raise bytes_unwritable("A column")
    try:
        return list(column.cast(pa.string()).to_pylist())
    except (pa.ArrowNotImplementedError, pa.ArrowInvalid):
        return [
            None if cell is None else json.dumps(cell, ensure_ascii=False, default=str) for cell in column.to_pylist()
        ]
