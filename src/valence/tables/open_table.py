"""What every format is opened as: a table whose rows are read once, one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from valence.tables.decoding import shown
from valence.tables.grid import Row, Unread
from valence.tables.notes import Note
from valence.tables.options import ReadOptions


@dataclass(frozen=True)
class Understood(ReadOptions):
    """How a file is read, as given or detected. None where it does not apply. As options, it reads the file again.

    Attributes: those of ReadOptions, and
        packing: how it is compressed: gz, zst or zip.
        tool: the labelling tool whose export it is.
        sheets: all those of a workbook.
        members: all tables of the archive.
    """

    packing: str | None = None
    tool: str | None = None
    sheets: tuple[str, ...] = ()
    members: tuple[str, ...] = ()


class OpenTable:
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

    path: Path
    kind: str
    unit: str
    columns: Sequence[str] | None = None
    header: Sequence[str] | None = None
    understood: Understood
    notes: Sequence[Note] = ()

    def where(self, place: int) -> str:
        """The file and the place in it, which begin every message about a row."""
        return f"{shown(self.path)}, {self.unit} {place}"

    def __iter__(self) -> Iterator[Row | Unread]:
        """The rows in their order. Can be called once."""
        raise NotImplementedError
