"""Reads a whole file for its sender: its rows, as JSON in a temporary file. Nothing is kept."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import IO, Any

from valence.data.preview import read_as
from valence.server.jobs.reading import THE_FILE, limits_of, options_of, problems_mapped
from valence.server.jobs.rows import FileRows
from valence.server.schemas.files import ReadingQuery
from valence.tables.conversion import columns_of_keys, keys_of, text_maker
from valence.tables.grid import Unread
from valence.tables.open_table import OpenTable
from valence.tables.opening import opened
from valence.tables.posts import cleaned

MOST_ROWS = 500_000
_MOST_LISTED = 100  # rows that were left out; the others are counted
# A row costs about as much as the scoring of a token, and so do this many characters of it.
_CHARACTERS_A_TOKEN = 1000
_CHARGED_AT_ONCE = 1000


@contextmanager
def whole_file(
    file: IO[bytes], media_type: str, query: ReadingQuery, *, max_bytes: int, charge: Callable[[int], None]
) -> Iterator[IO[bytes]]:
    """A schemas.files.FileRows as JSON, in a temporary file, which is deleted when the block ends.

    It is complete before it is sent, so that an error in the last row is a problem and not half an answer.

    Args:
        file: what was sent.
        media_type: its content type.
        query: how it is read.
        max_bytes: of the file, also unpacked.
        charge: called with the tokens that reading has cost so far; may raise.

    Raises ProblemError that names the line or the parameter at fault.
    """
    with tempfile.TemporaryFile() as answer:
        with problems_mapped(), ExitStack() as stack:
            options, limits = options_of(query, media_type), limits_of(max_bytes)
            table = stack.enter_context(opened(THE_FILE, options, file=file, limits=limits))
            columns = table.columns
            if columns is None:  # each row of JSON has its own keys
                columns = columns_of_keys(keys_of(table))
                file.seek(0)
                table = stack.enter_context(opened(THE_FILE, options, file=file, limits=limits))
            for piece in _json(table, columns, query, charge):
                answer.write(piece)
        yield answer


def _json(
    table: OpenTable, columns: Sequence[str], query: ReadingQuery, charge: Callable[[int], None]
) -> Iterator[bytes]:
    """The pieces of the answer."""
    rows = FileRows(table, query, None, most=MOST_ROWS)
    texts = text_maker(table.kind, columns)
    listed, count, characters = list[dict[str, Any]](), 0, 0
    head = {"columns": columns, "text_column": rows.text_column, "unit": table.unit}
    at = columns.index(rows.text_column)
    yield _written({"read_as": read_as(table.understood), **head})[:-1] + b', "rows": ['
    for read in rows:
        if isinstance(read, Unread):
            if len(listed) < _MOST_LISTED:
                listed.append({"place": read.place, "why": read.error.message})
            continue
        row, text = read
        cells = [cell or "" for cell in texts(row)]
        own = (cleaned(text) or "") if query.clean == "forum" else text
        line = {"place": row.place, "cells": cells, "text": None if own == cells[at] else own}
        yield (b", " if count else b"") + _written(line)
        count += 1
        characters += len(text)
        if count % _CHARGED_AT_ONCE == 0:
            charge(count + characters // _CHARACTERS_A_TOKEN)
    charge(count + characters // _CHARACTERS_A_TOKEN)
    yield b"], " + _written({"rows_left_out": rows.left_out, "left_out": listed})[1:]


def _written(value: Any) -> bytes:
    """As JSON, in UTF-8."""
    try:
        return json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:  # half a surrogate pair, which only JSON can hold
        return json.dumps(value).encode()
