"""Reads Parquet into a Grid. Class names that Hugging Face's `datasets` stores in the file are used as labels."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from tqdm import tqdm

from valence.errors import DataError
from valence.tables.decoding import STANDARD_INPUT, shown
from valence.tables.grid import Grid, Nested, check_not_empty

_MOST_LABELS_A_ROW = 32  # on average; more are token ids or the like


def read(path: Path, encoding: str | None) -> Grid:
    """A whole Parquet file. Structures, bytes and long lists are not read. Raises as `opened` does."""
    with opened(path, encoding) as file:
        columns = _columns(file)
        rows = file.metadata.num_rows
    check_not_empty(path, range(rows), "rows")
    return Grid(path, columns, range(1, rows + 1), unit="row")


@contextmanager
def opened(path: Path, encoding: str | None, file: Any = None) -> Iterator[Any]:
    """The file as a pyarrow.parquet.ParquetFile; `file` if it is already open.

    Raises DataError if it is damaged, also while the block reads it, if pyarrow is not installed, if it is standard
    input, which has no random access, or if an encoding was given: the format fixes it.
    """
    if encoding is not None:
        raise DataError(
            f"{shown(path)} is Parquet, whose texts are always UTF-8.",
            hint="Leave out --encoding.",
            code="option-idle",
        )
    if path == STANDARD_INPUT:
        raise DataError(
            "Parquet cannot be read from standard input, because its index is at the end.",
            hint="Save it as a file first.",
            code="layout-unknown",
        )
    pa, parquet = libraries()
    try:
        with parquet.ParquetFile(path if file is None else file) as opened_file:
            yield opened_file
    except (pa.ArrowException, OSError) as error:
        raise DataError(
            f"{path.name} cannot be read as Parquet: {error}.", hint="Write it again.", code="file-damaged"
        ) from error


def libraries() -> tuple[Any, Any]:
    """The modules pyarrow and pyarrow.parquet. Raises DataError if they are not installed."""
    try:
        return import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as error:
        raise DataError(
            "Parquet needs pyarrow, which is not installed.",
            hint="`pip install pyarrow`, or save the file as CSV.",
            code="library-missing",
        ) from error


def _columns(file: Any) -> dict[str, list[Any]]:
    schema = file.schema_arrow
    names = _class_names(schema)
    columns: dict[str, list[Any]] = {}
    for field in tqdm(schema, desc="reading Parquet", unit="column", delay=1.0, leave=False):
        kind, classes = nested_kind(field.type), names.get(field.name)
        if kind and not _may_be_labels(file, field):
            columns[field.name] = [Nested(kind)] * file.metadata.num_rows
            continue
        cells = file.read(columns=[field.name]).column(0).to_pylist()
        columns[field.name] = [_list(cell, classes) if kind else _cell(cell, classes) for cell in cells]
    return columns


def _may_be_labels(file: Any, field: Any) -> bool:
    """Whether a column of lists could hold labels. Token ids and embeddings would only fill the memory."""
    types = libraries()[0].types
    if not (types.is_list(field.type) or types.is_large_list(field.type)):
        return False
    inside = field.type.value_type
    if not (types.is_string(inside) or types.is_large_string(inside) or types.is_integer(inside)):
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
