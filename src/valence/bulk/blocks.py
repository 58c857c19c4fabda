"""Cuts a file into blocks, the unit in which it is read, scored and written.

Where a block ends depends only on the file, never on timing or the number of cores. So a resumed run writes the same
bytes as an uninterrupted one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from valence.system.errors import DataError
from valence.tables.answers import NO_TEXT, Answer
from valence.tables.grid import Row, Unread
from valence.tables.noticed import LONGEST_WORD, missing_words
from valence.tables.parquet import Batch
from valence.tables.text_rows import TextRows

BLOCK_ROWS = 512  # enough to batch texts of similar length; half a second of one core
BLOCK_CHARS = 1 << 20  # of whole rows; bounds the memory for long texts
_BLANK = Answer(error=NO_TEXT)


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
        words: words that may mean that a text is missing -> number of such texts.
        first: the place of the first row, whether it can be read or not.
        digest: of everything read, to recognise it in a resumed run.
        position: how far the file has been read, in bytes on disk.
    """

    rows: Sequence[Row]
    texts: Sequence[str | Answer]
    problems: Sequence[Problem]
    words: Mapping[str, int]
    first: int
    digest: bytes
    position: int

    @property
    def records(self) -> int:
        """Number of its rows, including those that cannot be read."""
        return len(self.rows) + sum(not problem.kept for problem in self.problems)


def blocks_of(rows: TextRows, position: Callable[[], int] = lambda: 0) -> Iterator[Block]:
    """The rows in blocks of BLOCK_ROWS, and fewer if they are long."""
    for read in in_blocks(rows):
        yield _block(rows, read, position())


def in_blocks(rows: TextRows) -> Iterator[Sequence[Row | Unread]]:
    """The same blocks as they are read."""
    return rows.blocks(BLOCK_ROWS, BLOCK_CHARS)


def chained(digest: str, of_block: bytes) -> str:
    """The digest of all blocks up to one, given that of those before it and its own."""
    return hashlib.blake2b(digest.encode() + of_block, digest_size=16).hexdigest()


def readable(read: Sequence[Row | Unread]) -> Sequence[Row]:
    """Those of the rows that can be read."""
    return read if isinstance(read, Batch) else [row for row in read if isinstance(row, Row)]


def digest_of(read: Sequence[Row | Unread]) -> bytes:
    """Recognises the rows when they are read again."""
    if isinstance(read, Batch):
        content = read.batch.serialize()
    else:
        rows = [(row.place, str(row.error) if isinstance(row, Unread) else row.raw) for row in read]
        content = repr(rows).encode("utf-8", "surrogatepass")
    return hashlib.sha256(content).digest()  # processors have instructions for it


def _block(rows: TextRows, read: Sequence[Row | Unread], position: int) -> Block:
    kept, texts = readable(read), list[str | Answer]()
    unread = () if isinstance(read, Batch) else [row for row in read if isinstance(row, Unread)]
    problems = [Problem(row.place, kept=False, error=row.error) for row in unread]
    for index, text in enumerate(rows.texts_of(kept)):
        if isinstance(text, str):
            texts.append(text)
        elif text is None:
            texts.append(_BLANK)
        else:
            problems.append(Problem(kept[index].place, kept=True, error=text))
            texts.append(Answer(error=text.code))
    problems.sort(key=lambda problem: problem.place)
    words = missing_words(text for text in texts if isinstance(text, str) and len(text) <= LONGEST_WORD)
    return Block(kept, texts, problems, words, read[0].place, digest_of(read), position)
