"""Reads JSON lines (JSONL, NDJSON): one object per line; every key that occurs is a column.

JSON is what RFC 8259 says, so Python's NaN and Infinity are refused, and numbers may have any size and spelling. To
write a row back, use its line or `spelt`: 1E5, 1e999 and -0 do not survive as Python numbers.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from valence.system.errors import DataError
from valence.tables.decoding import codec, fault, shown, text_lines
from valence.tables.exports import ObjectCells
from valence.tables.grid import Row, Unread
from valence.tables.notes import Note
from valence.tables.open_table import OpenTable, Understood
from valence.tables.options import ReadOptions


class ObjectTable(OpenTable):
    """An open file of JSON objects, of which `_read` gives the rows.

    Attributes: those of open_table.OpenTable. The `raw` of a row is its object as one line of JSON.
    """

    _own_notes: tuple[Note, ...] = ()

    def __init__(self, path: Path, binary: IO[bytes], options: ReadOptions) -> None:
        self.path, self._cells = path, ObjectCells()
        self._rows = self._read(binary, options)
        self._start = list(itertools.islice(self._rows, 1))  # tells which tool wrote the file
        self.understood = Understood(self.kind, codec(options.encoding), tool=self._cells.tool)

    @property
    def notes(self) -> tuple[Note, ...]:  # type: ignore[override]  # they grow with the rows
        return (*self._cells.notes, *self._own_notes)

    def __iter__(self) -> Iterator[Row | Unread]:
        return itertools.chain(self._start, self._rows)

    def _read(self, binary: IO[bytes], options: ReadOptions) -> Iterator[Row | Unread]:
        raise NotImplementedError


class JsonLinesTable(ObjectTable):
    """An open file of one JSON object per line, perhaps with a comma after it; blank lines are skipped."""

    kind, unit = "jsonl", "line"

    def _read(self, binary: IO[bytes], options: ReadOptions) -> Iterator[Row | Unread]:
        path, encoding, first, cells = self.path, options.encoding, options.first_line, self._cells
        for number, ended in enumerate(text_lines(path, binary, encoding, first), first):
            line = ended.strip()
            if not line:
                continue
            if line[-1] == ",":  # as between the entries of an array
                line, self._own_notes = line[:-1], (_COMMAS,)
            read = fault(line, encoding, path, "line", number) or _object(path, number, line)
            yield Unread(number, read) if isinstance(read, DataError) else Row(number, cells(read), line)


_COMMAS = Note("commas-trimmed", "Lines of JSON have a comma at the end, which is left out.")


def parsed(line: str) -> Any:
    """The value of a line of JSON. Raises ValueError, also for what only Python accepts as JSON."""
    try:
        return DECODER.decode(line)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def reason(error: json.JSONDecodeError) -> str:
    """What is wrong, without the place, which Python's words end with."""
    return error.msg.removesuffix(" at").removesuffix(" starting")


class Number(str):
    """A number as spelt in the file."""

    __slots__ = ()


def spelt(line: str) -> Any:
    """The value of a valid line of JSON, with numbers as they are spelt, for `written`."""
    return json.loads(line, parse_int=Number, parse_float=Number)


def written(value: Any) -> str:
    """A value from `spelt` as JSON, on one line.

    >>> written(spelt('{"a":[1E5,1.0,-0,1e999,true],"b":"\\u00e9"}'))
    '{"a": [1E5, 1.0, -0, 1e999, true], "b": "é"}'
    """
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{written(key)}: {written(item)}' for key, item in value.items())}}}"
    return json.dumps(value, ensure_ascii=False)


def _integer(digits: str) -> int | Decimal:
    """Python's int refuses more than 4,300 digits."""
    try:
        return int(digits)
    except ValueError:
        return Decimal(digits)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is Python's, not JSON; write null or leave the key out")


# What only Python accepts as JSON is refused.
DECODER = json.JSONDecoder(parse_constant=_no_constant, parse_int=_integer)


def _object(path: Path, number: int, line: str) -> dict[str, Any] | DataError:
    try:
        value = parsed(line)
    except json.JSONDecodeError as error:
        what = f"this is not valid JSON: {reason(error)}, at character {error.pos + 1}"
    except ValueError as error:
        what = f"this is not valid JSON: {error}"
    else:
        if isinstance(value, dict):
            return value
        what = f"{line.strip()[:60]!r} is not a JSON object"
    return DataError(
        f"{shown(path)}, line {number}: {what}.",
        hint='Write one object per line, such as {"text": "Good.", "label": "positive"}.',
        code="json-broken",
    )
