"""Opens a file of any format as a source."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from valence.bulk.blocks import Added, Source
from valence.bulk.parquet import ParquetSource
from valence.bulk.position import Position
from valence.bulk.text_formats import DelimitedSource, JsonLinesSource
from valence.data.table import delimited, parquet
from valence.data.table.opening import FORMATS_IN_WORDS, STANDARD_INPUT, format_of, lines_of
from valence.errors import SettingsError

STANDARD_OUTPUT = Path("-")


@dataclass(frozen=True)
class ScoreRequest:
    """What is scored, and into what.

    Attributes:
        path: a file, or STANDARD_INPUT.
        out: the file to write, or STANDARD_OUTPUT.
        text_column: None to find it out.
        format: csv, tsv, jsonl or parquet; None where the name of `path` says it.
        encoding: of a text file; UTF-8 where it is None.
        prefix: of the two added columns, which are called PREFIXlabel and PREFIXprobability.
        strict: stop at the first row that cannot be read or scored.
        restart: drop what a stopped run left.
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
        """The one format of input and output. Raises SettingsError where it is not known, or where they differ."""
        found = self.format or format_of(self.path)
        if found is None:
            what = "Standard input has no name" if self.path == STANDARD_INPUT else f"{self.path.name} has no ending"
            raise SettingsError(
                f"{what} that says its format.",
                way_out=f"Add --format csv, tsv or jsonl. By their endings Valence knows {FORMATS_IN_WORDS}.",
                code="format-unknown",
            )
        if self.out == STANDARD_OUTPUT:
            if found == "parquet":
                raise SettingsError(
                    "Parquet cannot be written to standard output: its index comes last.",
                    way_out="Give --out a file.",
                    code="format-unknown",
                )
            return found
        if format_of(self.out) not in {found, None if self.format else found}:
            packed = "" if found == "parquet" else f", .{found}.gz or .{found}.zst"
            raise SettingsError(
                f"The output has the input's format, {found.upper()}, and the name {self.out.name} does not say so.",
                way_out=f"Let --out end in .{found}{packed}.",
                code="format-mismatch",
            )
        if self.path.exists() and self.out.exists() and self.path.samefile(self.out):
            raise SettingsError(
                f"--out {self.out} is the file that is read.", way_out="Give it another name.", code="output-is-input"
            )
        return found


@contextmanager
def opened(request: ScoreRequest, *, several: bool) -> Iterator[Source]:
    """The file, its text column found and checked. Raises DataError and SettingsError, also while it is read.

    Args:
        request: what is scored.
        several: whether a text gets several labels, or none.
    """
    kind = request.format_in_use()
    path, encoding, named = request.path, request.encoding, request.text_column
    added = Added.prefixed(request.prefix, several=several)
    if kind == "parquet":
        with parquet.opened(path, encoding) as file:
            yield ParquetSource(path, file, added, named)
        return
    position = Position(path)
    with lines_of(path, encoding, position.advance) as lines:
        if kind == "jsonl":
            yield JsonLinesSource(path, lines, encoding, added, named, position)
        else:
            open_table = delimited.open_csv if kind == "csv" else delimited.open_tsv
            yield DelimitedSource(open_table(path, lines, encoding), added, named, position)
