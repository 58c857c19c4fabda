"""Parses a submitted file into the parts that will be scored. Knows nothing of the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any, Literal

from valence.server.jobs.reading import THE_FILE, in_words, limits_of, names_in, options_of, problems_mapped
from valence.server.problems import ProblemError
from valence.server.schemas.jobs import JobQuery
from valence.system.errors import DataError
from valence.tables import jsonlines
from valence.tables.answers import Added
from valence.tables.conversion import text_maker
from valence.tables.grid import Unread
from valence.tables.open_table import OpenTable
from valence.tables.opening import opened
from valence.tables.text_rows import TextRows

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
    rows = TextRows.of(table, Added(), query.text_column, names_in(query.missing))
    parts = _Parts(max_rows)
    left_out = 0
    texts = text_maker(table.kind, table.columns or ())
    for row in rows:
        if isinstance(row, Unread) and query.bad_rows == "stop":
            raise ProblemError("invalid-file", f"{in_words(row.error)} To leave such rows out: `bad_rows=skip`.")
        if isinstance(row, Unread):
            left_out += 1
            continue
        text = rows.texts_of([row])[0]
        if isinstance(text, DataError):
            raise text
        given = row.raw if table.columns is None else [cell or "" for cell in texts(row)]
        beside = text is None or table.understood.tool is not None
        parts.add([given, text or ""] if beside else given, len(text or ""))
    shape = _SHAPES.get(table.kind, "csv")
    delimiter = "" if shape == "jsonl" else table.understood.separator or ","
    return Upload(shape, delimiter, tuple(table.columns or ()), rows.text_column, parts.rows, left_out, parts.done())


class _Parts:
    """Groups rows into parts and counts them."""

    def __init__(self, max_rows: int) -> None:
        self.rows = 0
        self._max_rows = max_rows
        self._parts: list[list[Any]] = []
        self._open: list[Any] = []
        self._characters = 0

    def add(self, row: Any, characters: int) -> None:
        """Raises ProblemError if the file has too many rows."""
        self.rows += 1
        if self.rows > self._max_rows:
            raise ProblemError(
                "too-many-rows", f"The file has more than {self._max_rows:,} rows. Split it into several files."
            )
        if self._open and (len(self._open) == _PART_ROWS or self._characters + characters > _PART_CHARS):
            self._close()
        self._open.append(row)
        self._characters += characters

    def done(self) -> list[list[Any]]:
        self._close()
        return self._parts

    def _close(self) -> None:
        self._parts.append(self._open)
        self._open, self._characters = [], 0
