"""Formats that can only be written at once, such as Parquet: the answers are kept first, the file is written last.

While a file is scored, only the answers of each block are kept: as a line of JSON, or for Parquet as Arrow's columns.
Once all are there, the input is read again, and its rows are written with them.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from valence.bulk.blocks import chained, digest_of, in_blocks, readable
from valence.bulk.output import packed
from valence.bulk.request import ScoreRequest, Source, source_of
from valence.system.errors import DataError
from valence.tables.answers import Added, Answer
from valence.tables.conversion import columns_of_keys, keys_of
from valence.tables.grid import Row
from valence.tables.parquet_writer import ArrowAnswers
from valence.tables.writers import writer_to

if TYPE_CHECKING:
    from _typeshed import SupportsWrite


class JsonAnswers:
    """Keeps the answers of each block as a line of JSON in an open file, without the rows."""

    def __init__(self, file: SupportsWrite[bytes]) -> None:
        self._file = file

    def write(self, rows: Sequence[Row], answers: Sequence[Answer]) -> None:  # noqa: ARG002 - a Writer
        self._file.write(json.dumps(answers).encode() + b"\n")

    def close(self) -> None:
        """Everything is written."""

    def read(self, path: Path) -> Generator[Sequence[Answer]]:
        """The answers of each block."""
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                yield list(map(Answer.of_json, json.loads(line)))


def write_file(
    request: ScoreRequest,
    added: Added,
    kind: str,
    kept: JsonAnswers | ArrowAnswers,
    part: Path,
    digest: str,
    target: Path,
) -> None:
    """Writes the rows of the input with the answers that were kept.

    Args:
        request: what is scored.
        added: names of the added columns.
        kind: the format to write.
        kept: what has kept the answers.
        part: the file with them.
        digest: of all blocks of the input.
        target: the file to write.

    Raises DataError if the input has changed.
    """
    with source_of(request, added) as source, target.open("wb") as file:
        keys = _keys(request, added) if source.table.columns is None else ()
        writer = writer_to(packed(file, request.out), kind, source.table, added, keys=keys)
        with closing(writer), closing(kept.read(part)) as answers:
            for rows, of_block in zip(_checked(source, digest), answers, strict=True):
                writer.write(rows, of_block)


def _keys(request: ScoreRequest, added: Added) -> tuple[str, ...]:
    """Every key that occurs in a file of JSON."""
    with source_of(request, added) as source:
        return columns_of_keys(keys_of(source.rows))


def _checked(source: Source, expected: str) -> Iterator[Sequence[Row]]:
    """The rows of each block that can be read; they must be those that were scored."""
    digest = ""
    for read in in_blocks(source.rows):
        digest = chained(digest, digest_of(read))
        yield readable(read)
    if digest != expected:
        raise DataError(
            "The file has changed while it was scored.", hint="Use --restart to start again.", code="input-changed"
        )
