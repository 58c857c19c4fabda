"""Opens a table of any format: the only place that knows all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from valence.system.errors import DataError
from valence.tables.archives import Unpacked, unpack
from valence.tables.byte_streams import Limits, bytes_of
from valence.tables.decoding import STANDARD_INPUT, errors_mapped, shown
from valence.tables.delimited import open_csv, open_tsv
from valence.tables.detect import encoding_by_mark, kind_of
from valence.tables.fasttext import FastTextTable
from valence.tables.json_array import JsonTable
from valence.tables.jsonlines import JsonLinesTable
from valence.tables.lines import LinesTable
from valence.tables.open_table import OpenTable
from valence.tables.options import ReadOptions
from valence.tables.parquet import ParquetTable
from valence.tables.xlsx import WorkbookTable, check_size

# Each gets the path, for messages, and the decompressed, buffered file; it raises DataError if it cannot be read.
_OPENERS: Mapping[str, Callable[[Path, IO[bytes], ReadOptions], OpenTable]] = {
    "csv": open_csv,
    "tsv": open_tsv,
    "jsonl": JsonLinesTable,
    "json": JsonTable,
    "parquet": ParquetTable,
    "xlsx": WorkbookTable,
    "fasttext": FastTextTable,
    "lines": LinesTable,
}
_BINARY_KINDS = {"parquet": "Parquet", "xlsx": "A workbook"}
_TEXT_KINDS = frozenset(("csv", "tsv", "jsonl", "json", "fasttext", "lines"))


@contextmanager
def opened(
    path: Path,
    options: ReadOptions,
    *,
    file: IO[bytes] | None = None,
    on_read: Callable[[int], Any] | None = None,
    limits: Limits | None = None,
) -> Iterator[OpenTable]:
    """An open table, whose rows are read once, while the block runs.

    Args:
        path: a file, or STANDARD_INPUT.
        options: how it is read.
        file: its bytes, if it is open already; it stays open.
        on_read: called with the number of bytes of each read; without it, a slow read shows a progress bar.
        limits: how far it may grow when it is unpacked, for files from strangers.

    Raises DataError and SettingsError: here for what concerns the whole file, and while it is read if it is damaged.
    """
    with ExitStack() as stack:
        with errors_mapped(path, options.encoding):
            packed = stack.enter_context(bytes_of(path, on_read, file))
            if options.first_line > 1:  # in the middle of an unpacked file
                table = _OPENERS[options.format or kind_of(path, b"")](path, packed, options)
            else:
                table = _opened_at_start(
                    path, options, stack.enter_context(unpack(path, packed, options, limits)), limits
                )
        yield table


def _opened_at_start(path: Path, options: ReadOptions, unpacked: Unpacked, limits: Limits | None) -> OpenTable:
    kind = options.format or kind_of(path, unpacked.start, options.encoding, options.named)
    if kind in _TEXT_KINDS and options.encoding is None:
        options = replace(options, encoding=encoding_by_mark(unpacked.start))
    if kind not in _TEXT_KINDS:
        _check_binary(path, unpacked.file, kind, options)
    if kind == "xlsx" and limits:
        check_size(path, unpacked.file, limits.most_bytes)
    table = _OPENERS[kind](path, unpacked.file, options)
    table.understood = replace(
        table.understood, packing=unpacked.packing, member=unpacked.member, members=unpacked.members
    )
    return table


def _check_binary(path: Path, file: IO[bytes], kind: str, options: ReadOptions) -> None:
    """Raises DataError for an encoding, which these formats fix, and for a file without random access."""
    if options.encoding is not None:
        what = f"{shown(path)} has no encoding to choose: it is {kind.upper()}."
        raise DataError(what, hint="Leave out the encoding.", code="option-idle")
    if path == STANDARD_INPUT or not file.seekable():
        raise DataError(
            f"{_BINARY_KINDS[kind]} cannot be read from standard input, because its index is at the end.",
            hint="Save it as a file first.",
            code="layout-unknown",
        )
