"""What `valence score` is asked to do, and the file opened for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from valence.bulk.blocks import Added, Source
from valence.bulk.parquet import ParquetSource
from valence.bulk.progress import ReadProgress
from valence.bulk.text_formats import DelimitedSource, JsonLinesSource
from valence.errors import SettingsError
from valence.tables import delimited, parquet
from valence.tables.decoding import FORMATS_IN_WORDS, STANDARD_INPUT, format_of, lines_of

STANDARD_OUTPUT = Path("-")


@dataclass(frozen=True)
class ScoreRequest:
    """What is scored, and where the result goes.

    Attributes:
        path: a file, or STANDARD_INPUT.
        out: the file to write, or STANDARD_OUTPUT.
        text_column: None to detect it.
        format: csv, tsv, jsonl or parquet; None if the name of `path` tells it.
        encoding: of a text file; None for UTF-8.
        prefix: of the two added columns, PREFIXlabel and PREFIXprobability.
        strict: stop at the first row that cannot be read or scored.
        restart: discard what an interrupted run left.
    """

    path: Path
    out: Path
    text_column: str | None = None
    format: str | None = None
    encoding: str | None = None
    prefix: str = "predicted_"
    strict: bool = False
    restart: bool = False

    def format_in_use(self) -> str:
        """The format of input and output. Raises SettingsError if it is not known, or if they differ."""
        kind = self.format or format_of(self.path)
        if kind is None:
            what = (
                "Standard input has no file name" if self.path == STANDARD_INPUT else f"{self.path.name} has no ending"
            )
            raise SettingsError(
                f"{what} that tells the format.",
                hint=f"Add --format csv, tsv or jsonl. Valence recognises the endings of {FORMATS_IN_WORDS}.",
                code="format-unknown",
            )
        if self.out == STANDARD_OUTPUT:
            if kind == "parquet":
                raise SettingsError(
                    "Parquet cannot be written to standard output, because its index is at the end.",
                    hint="Give a file as --out.",
                    code="format-unknown",
                )
            return kind
        if format_of(self.out) not in {kind, None if self.format else kind}:
            packed = "" if kind == "parquet" else f", .{kind}.gz or .{kind}.zst"
            raise SettingsError(
                f"The output has the input's format, {kind.upper()}, but the name {self.out.name} does not say so.",
                hint=f"Let --out end in .{kind}{packed}.",
                code="format-mismatch",
            )
        if self.path.exists() and self.out.exists() and self.path.samefile(self.out):
            raise SettingsError(
                f"--out {self.out} is the input file.", hint="Give it another name.", code="output-is-input"
            )
        return kind


@contextmanager
def opened(request: ScoreRequest, *, several: bool) -> Iterator[Source]:
    """The open file, with its text column checked. Raises DataError and SettingsError, also while it is read.

    Args:
        request: what is scored.
        several: whether the model is multi-label.
    """
    kind = request.format_in_use()
    path, encoding, named = request.path, request.encoding, request.text_column
    added = Added.prefixed(request.prefix, several=several)
    if kind == "parquet":
        with parquet.opened(path, encoding) as file:
            yield ParquetSource(path, file, added, named)
        return
    progress = ReadProgress(path)
    with lines_of(path, encoding, progress.advance) as lines:
        if kind == "jsonl":
            yield JsonLinesSource(path, lines, encoding, added, named, progress)
        else:
            open_table = delimited.open_csv if kind == "csv" else delimited.open_tsv
            yield DelimitedSource(open_table(path, lines, encoding), added, named, progress)
