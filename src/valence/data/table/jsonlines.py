"""JSON lines (JSONL, NDJSON) into a Grid: one object a line, the columns being every key that occurs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from valence.data.table.grid import Grid, Nested, check_not_empty
from valence.data.table.opening import text_of
from valence.errors import DataError


def read(path: Path, encoding: str | None) -> Grid:
    """A file of one JSON object a line. Raises DataError that names the line which is none."""
    rows: list[dict[str, Any]] = []
    places: list[int] = []
    with text_of(path, encoding) as file:
        for number, line in enumerate(file, start=1):
            if line.strip():
                rows.append(_object(path, number, line))
                places.append(number)
    check_not_empty(path, rows, "rows")
    names = dict.fromkeys(name for row in rows for name in row)
    return Grid(path, {name: [_cell(row.get(name)) for row in rows] for name in names}, places)


def _object(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        if number == 1 and line.lstrip().startswith("["):
            raise _is_array(path) from error
        raise DataError(
            f"{path.name}, line {number}: no JSON: {error}.",
            way_out='Write one object a line, such as {"text": "Good.", "label": "positive"}.',
            code="json-broken",
        ) from error
    if isinstance(found, list) and number == 1:
        raise _is_array(path)
    if not isinstance(found, dict):
        raise DataError(
            f"{path.name}, line {number}: {line.strip()[:60]!r} is no JSON object.",
            way_out='Write one object a line, such as {"text": "Good.", "label": "positive"}.',
            code="json-broken",
        )
    return found


def _is_array(path: Path) -> DataError:
    return DataError(
        f"{path.name} is one JSON array, not one object a line.",
        way_out=f"Make lines of it: jq -c '.[]' {path.name} > {path.stem.partition('.')[0]}.lines.jsonl",
        code="json-array",
    )


def _cell(value: Any) -> Any:
    if isinstance(value, (list, dict)):
        return Nested("a list" if isinstance(value, list) else "an object")
    return value
