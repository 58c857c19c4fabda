"""Where a file can be cut: the bytes at which lines begin, and the row groups of Parquet."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import IO, Any

from valence.bulk.blocks import BLOCK_ROWS
from valence.tables.decoding import codec


def offsets_of(file: IO[bytes], numbers: Sequence[int]) -> Iterator[int]:
    """The bytes at which these lines begin, in ascending order; line 1, with whatever is before it, is at 0."""
    text = io.TextIOWrapper(file, "latin-1", newline="")  # a character for each byte
    try:
        number, offset = 1, 0
        for wanted in numbers:
            while number < wanted:
                offset += len(text.readline())
                number += 1
            yield offset
    finally:
        text.detach()


def is_cuttable(encoding: str | None) -> bool:
    """Whether each line can be decoded alone: in UTF-8, and in codecs of one byte per character with its line ends."""
    name = codec(encoding)
    if name == "utf-8-sig":
        return True
    all_bytes = bytes(range(256))
    try:
        characters = [bytes([byte]).decode(name, "surrogateescape") for byte in all_bytes]
        decoded = all_bytes.decode(name, "surrogateescape")
    except UnicodeError:
        return False
    same_ends = all([i for i, each in enumerate(characters) if each == end] == [ord(end)] for end in "\r\n")
    return decoded == "".join(characters) and len(decoded) == len(all_bytes) and same_ends


def row_ranges(metadata: Any, most: int) -> Iterator[tuple[tuple[int, int], int, int, int]]:
    """Parts of about `most` rows: small row groups joined, large ones cut. (groups, skipped, rows, first row)."""
    most = -(-most // BLOCK_ROWS) * BLOCK_ROWS
    first, begun, rows = 1, 0, 0
    for group in range(metadata.num_row_groups):
        size = metadata.row_group(group).num_rows
        if rows and rows + size > most:
            yield (begun, group), 0, rows, first
            first, begun, rows = first + rows, group, 0
        if size <= most:
            rows += size
            continue
        for skipped in range(0, size, most):
            here = min(most, size - skipped)
            yield (group, group + 1), skipped, here, first
            first += here
        begun, rows = group + 1, 0
    if rows:
        yield (begun, metadata.num_row_groups), 0, rows, first


def bytes_of_group(file: IO[bytes], group: Any) -> Iterator[bytes]:
    """A row group's bytes as they are in the file, column by column."""
    for number in range(group.num_columns):
        column = group.column(number)
        start = column.data_page_offset
        if column.has_dictionary_page and column.dictionary_page_offset:
            start = min(start, column.dictionary_page_offset)
        file.seek(start)
        left = column.total_compressed_size
        while left > 0 and (piece := file.read(min(left, 1 << 20))):
            left -= len(piece)
            yield piece
