"""Parses a submitted file into the parts that will be scored. Knows nothing of the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any, Literal

from valence.server.jobs.reading import THE_FILE, limits_of, options_of, problems_mapped
from valence.server.jobs.rows import FileRows
from valence.server.schemas.jobs import JobQuery
from valence.tables import jsonlines
from valence.tables.answers import Added
from valence.tables.conversion import text_maker
from valence.tables.grid import Unread
from valence.tables.open_table import OpenTable
from valence.tables.opening import opened

Shape = Literal["csv", "tsv", "jsonl"]
_SHAPES: dict[str, Shape] = {"csv": "csv", "tsv": "tsv", "jsonl": "jsonl", "json": "jsonl"}  # the others become csv
# A part is scored and saved at once: a few seconds of work, so that little is repeated after an interruption.
_PART_ROWS, _PART_CHARS = 32, 40_000


@dataclass(frozen=True)
class Upload:
    """A valid file.

    Attributes:
        shape: the format of the result.
        delimiter: between cells; empty for jsonl.
        columns: empty for jsonl, where each row has its own keys.
        rows: in the parts.
        rows_left_out: those that could not be read.
        parts: consecutive rows: lists of cells; for jsonl the unchanged lines. A row is in a list with its text where
            its column does not hold that: in the exports of labelling tools, and where the text is missing.
    """

    shape: Shape
    delimiter: str
    columns: tuple[str, ...]
    text_column: str
    rows: int
    rows_left_out: int
    parts: Sequence[Sequence[Any]]


def read(file: IO[bytes], media_type: str, query: JobQuery, *, max_rows: int, max_bytes: int) -> Upload:
    """Reads a whole file, of `max_bytes` also if it is unpacked. Raises ProblemError that names the invalid line."""
    with (
        problems_mapped(),
        opened(THE_FILE, options_of(query, media_type), file=file, limits=limits_of(max_bytes)) as table,
    ):
        return _read(table, query, max_rows)


def taken_apart(stored: Any, shape: str) -> tuple[Any, str | None]:
    """A row as it was sent, and its text, if that is stored beside it."""
    if isinstance(stored, list) and (shape == "jsonl" or isinstance(stored[0], list)):
        return stored[0], str(stored[1])
    return stored, None


def text_of(stored: Any, shape: str, columns: Sequence[str], text_column: str) -> str:
    """The text of a row."""
    row, beside = taken_apart(stored, shape)
    if beside is not None:
        return beside
    if shape == "jsonl":
        row = row if isinstance(row, dict) else jsonlines.parsed(row)  # objects were kept until version 0.1
    text: str | None = row.get(text_column) if shape == "jsonl" else row[columns.index(text_column)]
    return text or ""


def _read(table: OpenTable, query: JobQuery, max_rows: int) -> Upload:
    rows = FileRows(table, query, Added(), most=max_rows)
    texts = text_maker(table.kind, table.columns or ())
    parts, count, characters = list[list[Any]](), 0, 0
    for read in rows:
        if isinstance(read, Unread):
            continue
        row, text = read
        count += 1
        characters += len(text)
        if not parts or len(parts[-1]) == _PART_ROWS or characters > _PART_CHARS:
            parts.append([])
            characters = len(text)
        given = row.raw if table.columns is None else [cell or "" for cell in texts(row)]
        beside = not text or table.understood.tool is not None
        parts[-1].append([given, text] if beside else given)
    shape = _SHAPES.get(table.kind, "csv")
    delimiter = "" if shape == "jsonl" else table.understood.separator or ","
    return Upload(shape, delimiter, tuple(table.columns or ()), rows.text_column, count, rows.left_out, parts)
