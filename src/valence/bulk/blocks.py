"""A file cut into blocks, the unit in which it is read, scored and written.

Where a block ends depends on the file alone, never on time or on how many cores there are: that is why a resumed run
writes the same bytes as an undisturbed one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from valence.data.table.grid import Nested, Row, Unread
from valence.data.table.opening import shown
from valence.errors import DataError

BLOCK_ROWS = 512  # enough for the engine to find texts of like length; half a second's work of one core
BLOCK_CHARS = 1 << 20  # of everything in the rows: bounds the memory where texts are long


@dataclass(frozen=True)
class Added:
    """The two columns that are added: their names, and whether a cell holds several labels, or none."""

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

    Of a multi-label model the labels that are given, the most probable first, and the probability of each.
    """

    label: str | tuple[str, ...]
    probability: float | tuple[float, ...]


@dataclass(frozen=True)
class Problem:
    """A row that could not be scored.

    Attributes:
        place: its line or row, counted from 1.
        kept: whether it is in the output, with empty cells added; otherwise it could not even be read.
        error: what was wrong.
    """

    place: int
    kept: bool
    error: DataError


@dataclass(frozen=True)
class Block:
    """Some consecutive rows.

    Attributes:
        rows: those that could be read, as their format has them.
        texts: the text of each; None where it has none.
        places: where each of them is.
        problems: of rows that could not be read, and of texts that are none.
        digest: of everything read, to know it again.
        position: how far the file has been read, in what `Source.size` counts.
    """

    rows: Any
    texts: Sequence[str | None]
    places: Sequence[int]
    problems: Sequence[Problem]
    digest: bytes
    position: int


class Source(Protocol):
    """An opened file of one format, which knows how a scored row of it is written.

    Attributes:
        unit: what a place counts, "line" or "row".
        text_column: the column of the texts.
        why: why that one.
        size: bytes (or rows, in Parquet) in all, for the time that is left; None for standard input.
        layout: what else decides the bytes of the output, such as the delimiter; JSON.
    """

    unit: str
    text_column: str
    why: str
    size: int | None
    layout: dict[str, Any]

    def blocks(self) -> Iterator[Block]:
        """All blocks in order; once."""

    def head(self) -> bytes:
        """What the output begins with."""

    def encoded(self, block: Block, answers: Sequence[Answer | None]) -> bytes:
        """The block's rows with their answers."""


def in_blocks(rows: Iterable[Row | Unread]) -> Iterator[list[Row | Unread]]:
    """Up to BLOCK_ROWS rows at a time, and fewer where they are long."""
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
    """A block of a text format, of the file at `path`."""
    digest = hashlib.blake2b(digest_size=16)
    kept, texts, problems = list[Row](), list[str | None](), list[Problem]()
    for row in rows:
        if isinstance(row, Unread):
            digest.update(f"{row.place}\0{row.error}\0".encode("utf-8", "surrogatepass"))
            problems.append(Problem(row.place, kept=False, error=row.error))
            continue
        digest.update(f"{row.place}\0{row.raw}\0".encode("utf-8", "surrogatepass"))
        kept.append(row)
        found = text_in(row.cells.get(text_column), f"{shown(path)}, line {row.place}")
        texts.append(found if isinstance(found, str) else None)
        if isinstance(found, DataError):
            problems.append(Problem(row.place, kept=True, error=found))
    return Block(kept, texts, [row.place for row in kept], problems, digest.digest(), position)


def text_in(cell: object, where: str) -> str | DataError | None:
    """The text of a cell; None where it is blank, which is no fault, and the error where it is none."""
    if cell is None:
        return None
    if not isinstance(cell, str):
        kind = cell.kind if isinstance(cell, Nested) else f"{cell!r}, not a string"
        way_out = "Name the column of the texts by --text-column."
        return DataError(f"{where}: the text is {kind}.", way_out=way_out, code="text-no-string")
    return cell if cell.strip() else None
