"""Rows in the form that a writer needs, whatever format they were read from: as cells, as texts, or as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, time
from typing import Any

from valence.system.errors import DataError
from valence.tables import jsonlines
from valence.tables.grid import Nested, Row, Unread
from valence.tables.parquet import BatchRow, bytes_unwritable

_MOST_COLUMNS = 1_000  # made of JSON: objects with more keys use them as data

TextMaker = Callable[[Row], Sequence[str | None]]


def keys_of(rows: Iterable[Row | Unread]) -> dict[str, None]:
    """Every key that occurs in rows of JSON, in the order of its first one."""
    return dict.fromkeys(key for row in rows if isinstance(row, Row) for key in row.cells)


def columns_of_keys(keys: Collection[str]) -> tuple[str, ...]:
    """The keys of JSON objects as the columns of a table. Raises DataError if there are too many."""
    if len(keys) > _MOST_COLUMNS:
        raise DataError(
            f"The JSON objects have {len(keys):,} different keys, too many for the columns of a table.",
            hint="Write JSON lines, like the input.",
            code="columns-too-many",
        )
    return tuple(keys)


def cells_of(row: Row, columns: Sequence[str]) -> Sequence[Any]:
    """The cells in the order of `columns`, with their types; nested ones as JSON text."""
    if isinstance(row.raw, list):
        return row.raw
    if isinstance(row.raw, BatchRow):
        return [_plain(value, row) for value in _stored(row.raw)]
    item = _object_of(row)
    return [_from_json(item.get(name)) for name in columns]


def text_maker(kind: str, columns: Sequence[str]) -> TextMaker:
    """What makes a row's cells as texts, in the order of `columns`; None for an empty cell. `kind`: the input's."""
    if kind in {"csv", "tsv", "fasttext", "lines"}:
        return lambda row: row.raw
    if kind == "parquet":
        return lambda row: row.raw.batch.texts[row.raw.index]
    if kind == "xlsx":
        return lambda row: list(row.cells.values())

    def of_json(row: Row) -> list[str | None]:
        item = _object_of(row)
        return [None if (value := item.get(name)) is None else _json_text(value) for name in columns]

    return of_json


def _object_of(row: Row) -> dict[str, Any]:
    """A row's object by its keys, and by the columns that the export of a labelling tool holds deeper inside."""
    item: dict[str, Any] = jsonlines.spelt(row.raw)
    return {name: _found_inside(cell) for name, cell in row.cells.items() if name not in item} | item


def _found_inside(cell: Any) -> Any:
    if not isinstance(cell, Nested):
        return cell
    items = list(cell.items or ())
    return items[0] if cell.one_label and len(items) == 1 else items


def json_maker(columns: Sequence[str]) -> Callable[[Row], str]:
    """What makes a row's object as one line of JSON, without the line end."""

    def line(row: Row) -> str:
        if isinstance(row.raw, str):
            return row.raw
        cells = row.raw if isinstance(row.raw, list) else _stored(row.raw)
        item = {name: _json_value(cell, row) for name, cell in zip(columns, cells, strict=True)}
        return json.dumps(item, ensure_ascii=False, default=lambda value: _json_value(value, row))

    return line


def _stored(row: BatchRow) -> Sequence[Any]:
    """The values of a row of Parquet in the order of its columns, as Python objects."""
    return row.batch.stored[row.index]


def _json_text(value: Any) -> str:
    """A value of JSON as text; half a surrogate pair, which only JSON can hold, is spelt as there.

    >>> _json_text("half \\ud83d"), _json_text([True])
    ('half \\\\ud83d', '[true]')
    """
    is_text = isinstance(value, str) and not isinstance(value, jsonlines.Number)
    text: str = value if is_text else jsonlines.written(value)
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def _from_json(value: Any) -> Any:
    """A value of JSON for a cell with a type; a number that a spreadsheet would round stays text."""
    if isinstance(value, jsonlines.Number):
        number = float(value)
        exact = math.isfinite(number) and len(value.strip("-0.")) <= 15
        return number if exact else str(value)
    return _json_text(value) if isinstance(value, (str, list, dict)) else value


def _plain(value: Any, row: Row) -> Any:
    if isinstance(value, bytes):
        raise bytes_unwritable(f"Row {row.place}: a column")
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, default=str)
    if value is None or isinstance(value, (str, int, float, bool, date, time)):
        return value
    return str(value)


def _json_value(value: Any, row: Row) -> Any:
    """A value that JSON has; NaN and infinity are null."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (str, int, bool, list, dict)):
        return value
    if isinstance(value, bytes):
        raise bytes_unwritable(f"Row {row.place}: a column")
    return value.isoformat() if isinstance(value, (date, time)) else str(value)
