"""What `valence score` is asked to do, and the file opened for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from valence.bulk.blocks import Block, blocks_of
from valence.inference.engine import Engine
from valence.system.errors import SettingsError
from valence.system.version import __version__
from valence.tables.answers import PREFIX, Added
from valence.tables.decoding import STANDARD_INPUT, format_of
from valence.tables.open_table import OpenTable
from valence.tables.opening import opened
from valence.tables.options import BadRows, ReadOptions
from valence.tables.posts import Cleaning
from valence.tables.text_rows import TextRows
from valence.tables.writers import in_pieces, written_as

STANDARD_OUTPUT = Path("-")
_WRITABLE = ("csv", "tsv", "jsonl", "parquet", "xlsx")
_PACKED = (".gz", ".zst")


@dataclass(frozen=True, kw_only=True)
class ScoreOptions:
    """How files are scored, on one machine and on a cluster.

    Attributes:
        text_column: None to detect it.
        reading: how a file is read.
        prefix: of the added columns.
        bad_rows: whether the first row that cannot be read or scored ends the run, or is left out and listed.
        clean: how forum posts are cleaned; None for what the model was trained on.
        missing: words that mean that a text is missing, such as "N/A".
        restart: discard what an interrupted run left.
    """

    text_column: str | None = None
    reading: ReadOptions = field(default_factory=ReadOptions)
    prefix: str = PREFIX
    bad_rows: BadRows = "skip"
    restart: bool = False
    clean: Cleaning | None = None
    missing: tuple[str, ...] = ()

    def settings(self, engine: Engine) -> dict[str, Any]:
        """Those on which the output depends, as JSON: an interrupted run is resumed only with the same ones."""
        return {
            "Valence": __version__,
            "model": {"body": engine.body_version, "head": engine.head_version},
            "text column": self.text_column,
            "prefix": self.prefix,
            "cleaning": self.clean or engine.fitted.cleaning,
            "missing words": list(self.missing),
        }


@dataclass(frozen=True)
class ScoreRequest(ScoreOptions):
    """What is scored, and where the result goes.

    Attributes: those of ScoreOptions, and
        path: a file, or STANDARD_INPUT.
        out: the file to write, or STANDARD_OUTPUT.
    """

    path: Path
    out: Path

    def check(self) -> None:
        """Raises SettingsError for names that cannot be, before anything is read."""
        if self.out == STANDARD_OUTPUT:
            return
        kind, packed = format_of(self.out), self.out.suffix.lower()
        unknown = kind not in _WRITABLE and not (kind is None and self.reading.format)
        if unknown or packed == ".zip" or (packed in _PACKED and kind in {"parquet", "xlsx"}):
            raise SettingsError(
                f"The ending of --out {self.out.name} does not tell a format that can be written.",
                hint="Let it end in .csv, .tsv, .jsonl, .parquet or .xlsx; the first three also in .gz or .zst.",
                code="format-mismatch",
            )
        if self.path.exists() and self.out.exists() and self.path.samefile(self.out):
            raise SettingsError(
                f"--out {self.out} is the input file.", hint="Give it another name.", code="output-is-input"
            )

    def written_format(self, table: OpenTable) -> str:
        """The format of the output: the one that its name tells, otherwise the input's.

        Raises SettingsError for what would need the whole input twice, from standard input, or to standard output.
        """
        own = written_as(table.kind)
        kind = own if self.out == STANDARD_OUTPUT else format_of(self.out) or own
        if in_pieces(kind, table) or STANDARD_OUTPUT not in {self.out, self.path}:
            return kind
        if self.out == STANDARD_OUTPUT:
            raise SettingsError(
                f"{kind.upper()} cannot be written to standard output, because its index is at the end.",
                hint="Give a file as --out.",
                code="format-unknown",
            )
        raise SettingsError(
            f"{table.kind.upper()} from standard input cannot become {kind.upper()}, which reads the input twice.",
            hint=f"Save it as a file first, or let --out end in .{own}.",
            code="format-mismatch",
        )


class ReadProgress:
    """Counts the bytes read from `path`. `size` is None for standard input, whose length is not known."""

    def __init__(self, path: Path) -> None:
        self.size = path.stat().st_size if path != STANDARD_INPUT and path.is_file() else None
        self.bytes = 0

    def advance(self, count: int) -> None:
        self.bytes += count


class Source(NamedTuple):
    """The open file of a request: the table, its rows with their texts, and how far it has been read."""

    table: OpenTable
    rows: TextRows
    progress: ReadProgress

    def blocks(self) -> Iterator[Block]:
        """All blocks in order; can be read once."""
        return blocks_of(self.rows, lambda: self.progress.bytes)


@contextmanager
def source_of(request: ScoreRequest, added: Added) -> Iterator[Source]:
    """The open file, with its text column checked. Raises DataError and SettingsError, also while it is read."""
    progress = ReadProgress(request.path)
    with opened(request.path, request.reading, on_read=progress.advance) as table:
        yield Source(table, TextRows.of(table, added, request.text_column, request.missing), progress)
