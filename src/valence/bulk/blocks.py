"""Cuts a file into blocks, the unit in which it is read, scored and written.

Where a block ends depends only on the file, never on timing or the number of cores. So a resumed run writes the same
bytes as an uninterrupted one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from valence.errors import DataError
from valence.tables.decoding import shown
from valence.tables.grid import Nested, Row, Unread

BLOCK_ROWS = 512  # enough to batch texts of similar length; half a second of one core
BLOCK_CHARS = 1 << 20  # of whole rows; bounds the memory for long texts


@dataclass(frozen=True)
class Added:
    """The names of the two added columns, and whether a cell can hold several labels."""

    label: str
    probability: str
    several: bool = False

    @classmethod
    def prefixed(cls, prefix: str, *, several: bool) -> Added:
        """PREFIXlabel and PREFIXprobability."""
        return cls(f"{prefix}label", f"{prefix}probability", several)

    @property
    def names(self) -> tuple[str, str]:
        return self.label, self.probability


@dataclass(frozen=True)
class Answer:
    """What is added to a row: the most probable label, and its calibrated probability in 0..1.

    With a multi-label model, the assigned labels, the most probable first, and the probability of each.
    """

    label: str | tuple[str, ...]
    probability: float | tuple[float, ...]


@dataclass(frozen=True)
class Problem:
    """A row that could not be scored.

    Attributes:
        place: its line or row, from 1.
        kept: whether it is in the output, with empty cells; otherwise it could not be read.
        error: what is wrong.
    """

    place: int
    kept: bool
    error: DataError


@dataclass(frozen=True)
class Block:
    """Some consecutive rows.

    Attributes:
        rows: the readable rows, in the form of their format.
        texts: the text of each; None if it has none.
        places: the line or row of each.
        problems: of rows that cannot be read, and of cells that are not text.
        digest: of everything read, to recognise it in a resumed run.
        position: how far the file has been read, in the unit of `Source.size`.
    """

    rows: Any
    texts: Sequence[str | None]
    places: Sequence[int]
    problems: Sequence[Problem]
    digest: bytes
    position: int


class Source(Protocol):
    """An open file of one format, which can also write its scored rows.

    Attributes:
        unit: what a place counts, "line" or "row".
        text_column: the column of the texts.
        why: why this column was chosen.
        size: total bytes (rows in Parquet), to estimate the remaining time; None for standard input.
        layout: what else determines the output, such as the delimiter; JSON.
    """

    unit: str
    text_column: str
    why: str
    size: int | None
    layout: dict[str, Any]

    def blocks(self) -> Iterator[Block]:
        """All blocks in order; can be read once."""

    def head(self) -> bytes:
        """The beginning of the output, such as the header."""

    def encoded(self, block: Block, answers: Sequence[Answer | None]) -> bytes:
        """The block's rows with their answers."""


def in_blocks(rows: Iterable[Row | Unread]) -> Iterator[list[Row | Unread]]:
    """Up to BLOCK_ROWS rows at a time, and fewer if they are long."""
    block, chars = list[Row | Unread](), 0
    for row in rows:
        block.append(row)
        chars += (sum(map(len, row.raw)) if isinstance(row.raw, list) else len(row.raw)) if isinstance(row, Row) else 0
        if len(block) == BLOCK_ROWS or chars >= BLOCK_CHARS:
            yield block
            block, chars = [], 0
    if block:
        yield block


def block_of(path: Path, rows: Sequence[Row | Unread], text_column: str, position: int) -> Block:
    """A block of a text file at `path`."""
    digest = hashlib.blake2b(digest_size=16)
    kept, texts, problems = list[Row](), list[str | None](), list[Problem]()
    for row in rows:
        if isinstance(row, Unread):
            digest.update(f"{row.place}\0{row.error}\0".encode("utf-8", "surrogatepass"))
            problems.append(Problem(row.place, kept=False, error=row.error))
            continue
        digest.update(f"{row.place}\0{row.raw}\0".encode("utf-8", "surrogatepass"))
        kept.append(row)
        text = text_in(row.cells.get(text_column), f"{shown(path)}, line {row.place}")
        texts.append(text if isinstance(text, str) else None)
        if isinstance(text, DataError):
            problems.append(Problem(row.place, kept=True, error=text))
    return Block(kept, texts, [row.place for row in kept], problems, digest.digest(), position)


def text_in(cell: object, where: str) -> str | DataError | None:
    """The text of a cell; None if it is blank, which is no error; the error if it is not text."""
    if cell is None:
        return None
    if not isinstance(cell, str):
        kind = cell.kind if isinstance(cell, Nested) else f"{cell!r}, not a string"
        hint = "Name the column with the texts by --text-column."
        return DataError(f"{where}: the text is {kind}.", hint=hint, code="text-no-string")
    return cell if cell.strip() else None
