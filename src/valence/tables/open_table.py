"""What every format is opened as: a table whose rows are read once, one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from valence.tables.grid import Row, Unread
from valence.tables.notes import Note
from valence.tables.options import ReadOptions


@dataclass(frozen=True)
class Understood:
    """How a file is read: what was given and what was detected. None where it does not apply.

    Attributes:
        kind: its format, one of options.FORMATS.
        encoding: of a text file; Python's name of it.
        separator: between the cells of CSV and TSV.
        quoted: whether these cells can be quoted.
        header: whether the first row names the columns.
        sheet: of a workbook.
        packing: how it is compressed: gz, zst or zip.
        member: the file in the archive.
        tool: the labelling tool whose export it is.
        escaped: whether a backslash, and not a second quote, escapes a quote.
    """

    kind: str
    encoding: str | None = None
    separator: str | None = None
    quoted: bool | None = None
    header: bool = True
    sheet: str | None = None
    packing: str | None = None
    member: str | None = None
    tool: str | None = None
    escaped: bool = False


class OpenTable(Protocol):
    """An open file, read once, row by row, in constant memory where the format allows.

    Attributes:
        path: the file, for messages.
        kind: its format.
        unit: what the place of a row counts, from 1: "line", "row" or "entry".
        columns: their names, all different; None where each row has its own keys (JSON).
        header: the same as the file writes them: perhaps blank or repeated.
        understood: how it is read.
        notes: what was noticed; complete once all rows have been read.
    """

    @property
    def path(self) -> Path: ...
    @property
    def kind(self) -> str: ...
    @property
    def unit(self) -> str: ...
    @property
    def columns(self) -> Sequence[str] | None: ...
    @property
    def header(self) -> Sequence[str] | None: ...

    understood: Understood

    @property
    def notes(self) -> tuple[Note, ...]: ...

    def __iter__(self) -> Iterator[Row | Unread]:
        """The rows in their order. Can be called once."""


def again(table: OpenTable, *, first_line: int = 1) -> ReadOptions:
    """Options that read the file again in the same way, without detecting anything.

    With a `first_line`, they read the rest of a text file from that line on: the header is not in it.
    """
    known = table.understood
    begun = first_line > 1
    header = tuple(table.header or ())
    given = not known.header or (begun and bool(header))
    return ReadOptions(
        known.kind,
        known.encoding,
        known.separator,
        header=not given,
        columns=header if given else (),
        sheet=known.sheet,
        quoted=known.quoted,
        escaped=known.escaped,
        first_line=first_line,
    )
