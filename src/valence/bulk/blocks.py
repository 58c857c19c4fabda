"""Cuts a file into blocks, the unit in which it is read, scored and written.

Where a block ends depends only on the file, never on timing or the number of cores. So a resumed run writes the same
bytes as an uninterrupted one.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from valence.system.errors import DataError
from valence.tables.answers import NO_TEXT, Answer
from valence.tables.grid import Row, Unread
from valence.tables.parquet import BatchRow
from valence.tables.text_rows import TextRows

BLOCK_ROWS = 512  # enough to batch texts of similar length; half a second of one core
BLOCK_CHARS = 1 << 20  # of whole rows; bounds the memory for long texts


@dataclass(frozen=True)
class Problem:
    """A row that could not be scored.

    Attributes:
        place: its line, row or entry, from 1.
        kept: whether it is in the output, with its error; otherwise it could not be read.
        error: what is wrong.
    """

    place: int
    kept: bool
    error: DataError


@dataclass(frozen=True)
class Block:
    """Some consecutive rows.

    Attributes:
        rows: those that can be read.
        texts: the text of each, or the answer of a row that has none.
        problems: of rows that cannot be read, and of cells that are not text.
        first: the place of the first row, whether it can be read or not.
        digest: of everything read, to recognise it in a resumed run.
        position: how far the file has been read, in bytes on disk.
    """

    rows: Sequence[Row]
    texts: Sequence[str | Answer]
    problems: Sequence[Problem]
    first: int
    digest: bytes
    position: int

    @property
    def records(self) -> int:
        """Number of its rows, including those that cannot be read."""
        return len(self.rows) + sum(not problem.kept for problem in self.problems)


def blocks_of(rows: TextRows, read: Iterable[Row | Unread], position: Callable[[], int] = lambda: 0) -> Iterator[Block]:
    """The rows in blocks of BLOCK_ROWS, and fewer if they are long; `read` are the rows, or some of them."""
    for block in _in_blocks(read):
        yield _block(rows, block, position())


def chained(digest: str, block: Block) -> str:
    """The digest of all blocks up to this one, given that of those before it."""
    return hashlib.blake2b(digest.encode() + block.digest, digest_size=16).hexdigest()


def _in_blocks(rows: Iterable[Row | Unread]) -> Iterator[list[Row | Unread]]:
    block, chars = list[Row | Unread](), 0
    for row in rows:
        block.append(row)
        chars += _chars(row.raw) if isinstance(row, Row) else 0
        if len(block) == BLOCK_ROWS or chars >= BLOCK_CHARS:
            yield block
            block, chars = [], 0
    if block:
        yield block


def _chars(raw: object) -> int:
    if isinstance(raw, str):
        return len(raw)
    return sum(len(cell) for cell in raw if isinstance(cell, str)) if isinstance(raw, list) else 0


def _block(rows: TextRows, read: Sequence[Row | Unread], position: int) -> Block:
    kept, texts, problems = list[Row](), list[str | Answer](), list[Problem]()
    for row in read:
        if isinstance(row, Unread):
            problems.append(Problem(row.place, kept=False, error=row.error))
            continue
        kept.append(row)
        text = rows.text_of(row)
        if isinstance(text, DataError):
            problems.append(Problem(row.place, kept=True, error=text))
            texts.append(Answer(error=text.code))
        else:
            texts.append(Answer(error=NO_TEXT) if text is None else text)
    return Block(kept, texts, problems, read[0].place, _digest(read), position)


def _digest(rows: Sequence[Row | Unread]) -> bytes:
    digest = hashlib.blake2b(digest_size=16)
    for batch, same in itertools.groupby(rows, key=_batch_of):
        if batch is None:
            for row in same:
                content = row.error if isinstance(row, Unread) else row.raw
                digest.update(f"{row.place}\0{content}\0".encode("utf-8", "surrogatepass"))
        else:  # many rows at once
            here = [row.raw.index for row in same if isinstance(row, Row)]
            digest.update(batch.batch.slice(here[0], len(here)).serialize())
    return digest.digest()


def _batch_of(row: Row | Unread) -> Any:
    return row.raw.cells if isinstance(row, Row) and isinstance(row.raw, BatchRow) else None
