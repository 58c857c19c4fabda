"""Opens a table of any format: the only place that knows all of them."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, cast

from valence.errors import SettingsError
from valence.tables.decoding import FORMATS_IN_WORDS, STANDARD_INPUT, bytes_of, errors_mapped, format_of, unpacked
from valence.tables.delimited import open_csv, open_tsv
from valence.tables.jsonlines import JsonLinesTable
from valence.tables.open_table import OpenTable
from valence.tables.options import ReadOptions
from valence.tables.parquet import ParquetTable

# Each gets the path, for messages, and the decompressed, buffered file; it raises DataError if it cannot be read.
_OPENERS: Mapping[str, Callable[[Path, IO[bytes], ReadOptions], OpenTable]] = {
    "csv": open_csv,
    "tsv": open_tsv,
    "jsonl": JsonLinesTable,
    "parquet": ParquetTable,
}


@contextmanager
def opened(
    path: Path,
    options: ReadOptions,
    *,
    file: IO[bytes] | None = None,
    on_read: Callable[[int], Any] | None = None,
) -> Iterator[OpenTable]:
    """An open table, whose rows are read once, while the block runs.

    Args:
        path: a file, or STANDARD_INPUT.
        options: how it is read.
        file: its bytes, if it is open already; it stays open.
        on_read: called with the number of bytes of each read; without it, a slow read shows a progress bar.

    Raises DataError and SettingsError: here for what concerns the whole file, and while it is read if it is damaged.
    """
    with ExitStack() as stack:
        with errors_mapped(path, options.encoding):
            packed = stack.enter_context(bytes_of(path, on_read) if file is None else _buffered(file))
            binary = packed if options.first_line > 1 else stack.enter_context(unpacked(path, packed))
            table = _OPENERS[kind_of(path, options)](path, binary, options)
        yield table


def kind_of(path: Path, options: ReadOptions) -> str:
    """The format of a file. Raises SettingsError if nothing tells it."""
    kind = options.format or format_of(path)
    if kind is None:
        what = "Standard input has no file name" if path == STANDARD_INPUT else f"{path.name} has no ending"
        raise SettingsError(
            f"{what} that tells the format.",
            hint=f"Add --format csv, tsv or jsonl. Valence recognises the endings of {FORMATS_IN_WORDS}.",
            code="format-unknown",
        )
    return kind


@contextmanager
def _buffered(file: IO[bytes]) -> Iterator[IO[bytes]]:
    """The open file with a buffer, which alone is closed."""
    buffered = io.BufferedReader(cast("Any", file), 1 << 20)
    try:
        yield cast("IO[bytes]", buffered)
    finally:
        buffered.detach()
