"""Tells the format of a file from its first bytes, whatever its name; the name decides only between CSV and TSV."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Sequence
from pathlib import Path

from valence.system.errors import DataError
from valence.tables.decoding import codec, format_of, shown
from valence.tables.fasttext import LABEL as FASTTEXT_LABEL
from valence.tables.signatures import not_a_table

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OBJECT = re.compile(r'\s*\{\s*("|\})')
_ARRAY = re.compile(r"\s*\[\s*([\]{]|$)")
_LINES = 20  # of the beginning, by which the kind of a text file is detected
_BINARY = ("parquet", "xlsx")


def encoding_by_mark(start: bytes) -> str | None:
    """Python's name of the encoding that a byte order mark tells; None without one.

    >>> encoding_by_mark(b"\\xff\\xfet\\0"), encoding_by_mark(b"text")
    ('utf-16', None)
    """
    return next((name for mark, name in _BOMS if start.startswith(mark)), None)


def kind_of(path: Path, start: bytes, encoding: str | None = None, named: str | None = None) -> str:
    """The format of a decompressed file: one of options.FORMATS.

    Args:
        path: its name, for messages, and to tell TSV from CSV.
        start: its first bytes.
        encoding: Python's name of it, if it was given.
        named: the format that something else than its name tells; "lines" if that is plain text.

    Raises DataError (`not-a-table`) that says what the file is if it is something else.
    """
    named = named or format_of(path)
    if start.startswith(b"PAR1"):
        return "parquet"
    if start.startswith(b"PK\x03\x04"):
        return "xlsx"  # archives.unpacked has replaced any other zip by its member
    mark = encoding_by_mark(start)
    other = not_a_table(start) if mark in {None, "utf-8-sig"} else None
    if other is not None:
        what, hint = other
        raise DataError(f"{shown(path)} is not a table: it is {what}.", hint=hint, code="not-a-table")
    if named in _BINARY and not _is_text(start):
        raise DataError(
            f"{shown(path)} is not what its ending says, or it is damaged: it does not begin like .{named}.",
            hint="Copy or export it again.",
            code="file-damaged",
        )
    return _text_kind(named, start.decode(mark or codec(encoding), "replace"))


def _text_kind(named: str | None, text: str) -> str:
    text = text.removeprefix("\ufeff")
    lines = [line for line in re.split(r"\r\n?|\n", text) if line.strip()][:_LINES]
    first = lines[0] if lines else ""
    if FASTTEXT_LABEL.search(first):
        return "fasttext"
    if named == "jsonl" and not _ARRAY.match(text):
        return "jsonl"
    if named == "json" or _ARRAY.match(text) or _OBJECT.match(text):
        return "jsonl" if _is_object_per_line(lines) else "json"
    if 2 * sum(_is_object(line) or _is_list(line) for line in lines) > len(lines):  # below a comment, or not valid
        return "jsonl"
    if named not in {"tsv", "lines"}:
        return "csv"
    other = _are_cells(lines) if named == "lines" else "\t" not in first and re.search("[,;|]", first)
    return "csv" if other else named


def _are_cells(lines: Sequence[str]) -> bool:
    """Whether plain text is a table: its lines have equally many tabs, semicolons or bars; not commas."""
    counts = [{line.count(sign) for line in lines} for sign in "\t;|"]
    hinted = bool(lines) and lines[0].lower().strip('"').startswith("sep=")
    return hinted or any(len(count) == 1 and 0 not in count for count in counts if len(lines) > 1)


def _is_object_per_line(lines: Sequence[str]) -> bool:
    """Whether the first line is an object, and so is the next, if there is one, unless the object holds a table."""
    if len(lines) > 1:
        return _is_object(lines[0]) and bool(_OBJECT.match(lines[1]))
    return bool(lines) and _is_object(lines[0]) and not re.search(r"\[\s*\{", lines[0])


def _is_object(line: str) -> bool:
    """Whether it is meant as an object, valid or not."""
    line = line.strip(" ,")
    return line.startswith("{") and line.endswith("}") and (":" in line or line == "{}")


def _is_list(line: str) -> bool:
    try:
        return isinstance(json.loads(line), list)
    except (ValueError, RecursionError):
        return False


def _is_text(start: bytes) -> bool:
    return encoding_by_mark(start) is not None or b"\0" not in start
