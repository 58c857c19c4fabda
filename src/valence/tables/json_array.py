"""Reads a JSON array of objects, or one object that holds one such array, entry by entry.

The standard library parses each entry, on a buffer that moves through the file. A streaming parser such as ijson would
give neither the entry as the file spells it, which is what is written back, nor the entries after a broken one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from valence.system.errors import DataError
from valence.tables.decoding import MAX_LINE_CHARS, codec, decoded, errors_mapped, fault, shown
from valence.tables.grid import Row, Unread
from valence.tables.jsonlines import DECODER, ObjectTable, reason
from valence.tables.options import ReadOptions

_CHUNK_CHARS = 1 << 18
_AHEAD = 64  # characters; a value cut off by the end of the buffer fails within them
_SPACE = re.compile(r"[ \t\r\n]*")
_LINE_BREAK = re.compile(r"[\r\n][ \t\r\n]*")  # in JSON, never within a string
_TOLERANT = json.JSONDecoder(strict=False)  # finds the end of an entry that is not valid


@dataclass(frozen=True)
class _Invalid:
    """Why a value is not valid JSON, and at which character of the buffer."""

    why: str
    at: int


class JsonTable(ObjectTable):
    """An open JSON file."""

    kind, unit = "json", "entry"

    def _read(self, binary: IO[bytes], options: ReadOptions) -> Iterator[Row | Unread]:
        encoding = options.encoding
        with errors_mapped(self.path, encoding), decoded(binary, codec(encoding)) as text:
            yield from self._entries(_Scanner(self.path, text), encoding)

    def _entries(self, scanner: _Scanner, encoding: str | None) -> Iterator[Row | Unread]:
        number, entries = 0, _objects(scanner)
        while True:
            try:
                value, raw = next(entries)
            except StopIteration:
                return
            except DataError as error:
                if not number or error.code != "json-broken":
                    raise
                message = f"{error.message} Entry {number + 1} and whatever follows it cannot be read."
                yield Unread(number + 1, DataError(message, hint=error.hint, code=error.code))
                return
            number += 1
            where = self.where(number)
            wrong = fault(raw, encoding, self.path, "entry", number)
            if wrong is None and isinstance(value, _Invalid):
                wrong = _broken(f"{where}: this is not valid JSON: {value.why}.")
            if wrong is None and not isinstance(value, dict):
                wrong = _broken(f"{where}: {raw[:60]!r} is not a JSON object.")
            yield Unread(number, wrong) if wrong else Row(number, self._cells(value), _LINE_BREAK.sub(" ", raw))


def _objects(scanner: _Scanner) -> Iterator[tuple[Any, str]]:
    """The entries of the file's only array of objects. Raises DataError if there is none, or another."""
    if scanner.peek() == "[":
        yield from _items(scanner)
    elif scanner.peek() == "{":
        yield from _items_inside(scanner)
    else:
        raise scanner.error("a JSON file begins with [ or {")
    if scanner.peek():
        raise scanner.error("something follows after the end of the JSON")


def _items(scanner: _Scanner) -> Iterator[tuple[Any, str]]:
    scanner.take("[")
    if scanner.peek() == "]":
        scanner.take("]")
        return
    while True:
        yield scanner.value()
        if scanner.peek() != ",":
            scanner.take("]")
            return
        scanner.take(",")


def _items_inside(scanner: _Scanner) -> Iterator[tuple[Any, str]]:
    """The entries of the list of objects inside one object, whose other values are skipped."""
    keys = list[str]()
    scanner.take("{")
    while scanner.peek() != "}":
        key = str(scanner.value()[0])
        scanner.take(":")
        if scanner.begins_objects():
            keys.append(key)
            if len(keys) > 1:
                raise DataError(
                    f"{shown(scanner.path)} holds several lists of objects: {', '.join(map(repr, keys))}.",
                    hint="Save the one that is meant as a file of its own, as a JSON array.",
                    code="json-ambiguous",
                )
            yield from _items(scanner)
        else:
            scanner.value()
        if scanner.peek() != "}":
            scanner.take(",")
    scanner.take("}")
    if not keys:
        raise DataError(
            f"{shown(scanner.path)} is one JSON object without a list of objects in it.",
            hint='Write an array of objects, [{"text": "Good.", "label": "positive"}], or one object per line. '
            'From pandas: df.to_json(path, orient="records").',
            code="json-broken",
        )


class _Scanner:
    """Text that is read in chunks, from which JSON values are taken one by one."""

    def __init__(self, path: Path, file: IO[str]) -> None:
        self.path, self._file, self._text, self._at, self._line = path, file, "", 0, 1
        self._ended = False

    def peek(self) -> str:
        """The next character that is no space; "" at the end."""
        while True:
            self._at = cast("re.Match[str]", _SPACE.match(self._text, self._at)).end()
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def take(self, char: str) -> None:
        """Passes over this character. Raises DataError if it is not the next one."""
        if self.peek() != char:
            raise self.error(f"{char} is expected, but there is {self.peek() or 'the end of the file'!r}")
        self._at += 1

    def begins_objects(self) -> bool:
        """Whether what follows is a list that begins with an object."""
        self.peek()
        while not (found := re.compile(r"\[\s*(\S)?").match(self._text, self._at)) or not found[1]:
            if not found or not self._more():
                return False
        return found[1] == "{"

    def value(self) -> tuple[Any, str]:
        """The next value, or an _Invalid, and its text.

        Raises DataError if its end cannot be found.
        """
        self.peek()
        while True:
            value, end = _decoded(self._text, self._at)
            if not isinstance(value, _Invalid) or end:
                if end < len(self._text) or not self._more():  # a number may continue in the next chunk
                    raw, self._at = self._text[self._at : end], end
                    return value, raw
            elif not self._is_cut_off(value) or not self._more():
                self._line += self._text.count("\n", self._at, value.at)
                raise self.error(value.why)

    def error(self, what: str) -> DataError:
        """The error for the present place."""
        line = self._line + self._text.count("\n", 0, self._at)
        return _broken(f"{shown(self.path)}, line {line}: this is not valid JSON: {what}.")

    def _is_cut_off(self, value: _Invalid) -> bool:
        return value.why.startswith("Unterminated string") or value.at >= len(self._text) - _AHEAD

    def _more(self) -> bool:
        """Reads on; at least as much as is kept, so that a long entry is not parsed too often."""
        if self._ended:
            return False
        self._line += self._text.count("\n", 0, self._at)
        kept = self._text[self._at :]
        if len(kept) > MAX_LINE_CHARS:
            raise self.error(f"an entry is longer than {MAX_LINE_CHARS:,} characters")
        more = self._file.read(max(_CHUNK_CHARS, len(kept)))
        self._text, self._at, self._ended = kept + more, 0, not more
        return bool(more)


def _decoded(text: str, at: int) -> tuple[Any, int]:
    """The value at this place and its end; an _Invalid instead of a value that is not valid; end 0 if not found.

    No exception is kept: with its traceback it would keep the buffer until the next garbage collection.
    """
    try:
        return DECODER.raw_decode(text, at)
    except RecursionError:
        why = "it is nested too deeply"
    except ValueError as error:
        why = reason(error) if isinstance(error, json.JSONDecodeError) else str(error)
    try:
        return _Invalid(why, at), _TOLERANT.raw_decode(text, at)[1]
    except RecursionError:
        return _Invalid(why, at), 0
    except json.JSONDecodeError as error:
        return _Invalid(reason(error), error.pos), 0


def _broken(message: str) -> DataError:
    hint = 'Write an array of objects, such as [{"text": "Good.", "label": "positive"}].'
    return DataError(message, hint=hint, code="json-broken")
