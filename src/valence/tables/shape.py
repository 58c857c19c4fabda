"""What the rows of an input look like: all that a writer needs to know of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from valence.tables.open_table import OpenTable


@dataclass(frozen=True)
class Shape:
    """What the rows of an input look like.

    Attributes:
        path: of the input, for messages.
        kind: its format.
        columns: their names; of JSON, every key that occurs, or empty if they are not known.
        header: the same as the file writes them.
        separator, quoted: of CSV and TSV.
        schema: of Parquet.
    """

    path: Path
    kind: str
    columns: tuple[str, ...]
    header: tuple[str, ...]
    separator: str | None = None
    quoted: bool | None = None
    schema: Any = None

    @classmethod
    def of(cls, table: OpenTable, keys: Iterable[str] = ()) -> Shape:
        """The shape of an open table; `keys` are those of JSON, if they are needed."""
        known = table.understood
        columns = tuple(keys if table.columns is None else table.columns)
        header = tuple(table.header or columns)
        schema = getattr(table, "schema", None)
        return cls(table.path, table.kind, columns, header, known.separator, known.quoted, schema)
