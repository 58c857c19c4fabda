"""Reads a whole table by its columns, for what needs all rows at once, such as training."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from valence.tables.grid import Grid, Row, Unread, check_not_empty, stopped_by
from valence.tables.headers import check_header
from valence.tables.open_table import OpenTable
from valence.tables.opening import opened
from valence.tables.options import BadRows, ReadOptions

log = logging.getLogger(__name__)


def read_whole(path: Path, options: ReadOptions, bad_rows: BadRows = "stop") -> Grid:
    """All rows of a file. Rows that cannot be read end in an error, or are left out, told and counted (`skip`).

    Raises DataError as `opened` does, and for a file without rows.
    """
    with opened(path, options) as table:
        grid = grid_of(table, table, bad_rows)
        check_header(table, grid)
    return grid


def grid_of(table: OpenTable, rows: Iterable[Row | Unread], bad_rows: BadRows) -> Grid:
    """The rows of an open table, all or some, by columns. Raises DataError if there is none, as `read_whole` does."""
    columns: dict[str, list[Any]] = {name: [] for name in table.columns or ()}
    places, unread = list[int](), list[Unread]()
    for row in rows:
        if isinstance(row, Unread):
            if bad_rows == "stop":
                raise stopped_by(row.error)
            unread.append(row)
            continue
        for name in [name for name in row.cells if name not in columns]:
            columns[name] = [None] * len(places)
        for name, cells in columns.items():
            cells.append(row.cells.get(name))
        places.append(row.place)
    if unread and not places:
        raise unread[0].error
    below = table.unit == "line" and table.header and table.understood.header
    check_not_empty(table.path, places, "rows below its header" if below else "rows")
    return Grid(table.path, columns, places, unit=table.unit, unread=tuple(unread), notes=tuple(table.notes))
