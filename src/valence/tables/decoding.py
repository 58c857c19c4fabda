"""Decodes a user's file, or standard input, into lines of text.

Nothing is replaced or dropped silently: a byte that cannot be decoded is marked in its line, where `fault` finds it, so
that one bad line does not affect the others.
"""

from __future__ import annotations

import codecs
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO, Any, cast

from valence.system.errors import DataError
from valence.system.offers import Offer
from valence.tables.encoding_guess import encoding_offers

STANDARD_INPUT = Path("-")
FORMATS_IN_WORDS = "CSV, TSV, JSON, JSONL (NDJSON), fastText, Excel (.xlsx) or Parquet; also as .gz, .zst or .zip"
_FORMATS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".parquet": "parquet",
}
MAX_LINE_CHARS = 32 << 20  # otherwise a file without line ends would be read into memory at once
_ODD = re.compile("[\0\udc80-\udcff]")  # NUL, and what "surrogateescape" makes of bytes that are not in the encoding


def text_lines(path: Path, binary: IO[bytes], encoding: str | None, first: int = 1) -> Iterator[str]:
    """The lines of an open, decompressed file, with their original line ends; `binary` stays open.

    Args:
        path: its name, for messages.
        binary: a buffered file.
        encoding: Python's name of it; None for UTF-8, with or without a byte order mark.
        first: the number of the first line, from 1.

    Raises DataError if the file is damaged. `fault` finds undecodable bytes.
    """
    name = codec(encoding)
    if first > 1 and name == "utf-8-sig":  # a byte order mark occurs only at the beginning
        name = "utf-8"
    with errors_mapped(path, encoding), decoded(binary, name) as text:
        number = first
        while line := text.readline(MAX_LINE_CHARS):
            if len(line) == MAX_LINE_CHARS:
                raise DataError(
                    f"{shown(path)}, line {number}: longer than {MAX_LINE_CHARS:,} characters, so this is not a table.",
                    hint="Check that this is the right file, and that its ending matches its content.",
                    code="line-too-long",
                )
            yield line
            number += 1


@contextmanager
def decoded(binary: IO[bytes], encoding: str) -> Iterator[IO[str]]:
    """The text of a binary file, which stays open, with its line ends; bytes that cannot be decoded are marked."""
    text = io.TextIOWrapper(cast("Any", binary), encoding, "surrogateescape", newline="")
    try:
        yield text
    finally:
        with suppress(ValueError):  # the caller has closed the file, or it still will
            text.detach()


@contextmanager
def errors_mapped(path: Path, encoding: str | None = None) -> Iterator[None]:
    """Maps the errors of reading to a DataError."""
    name = codec(encoding)
    try:
        yield
    except UnicodeError as error:  # from UTF-16 and the like, whose bytes cannot be marked
        if getattr(error, "reason", "") == "truncated data":
            raise _damaged(path, "it ends within a character") from error
        raise _undecodable(f"{shown(path)} is not {name}: {error}.", ()) from error
    except _damage() as error:
        raise _damaged(path, error) from error
    except BrokenPipeError:  # from what the block writes
        raise
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}.", code="data-unreadable") from error


def fault(text: str, encoding: str | None, path: Path, unit: str, place: int) -> DataError | None:
    """What is wrong with the bytes of this text, such as the line (`unit`) 7 (`place`); None if nothing."""
    if text.isascii() and "\0" not in text:  # the usual case, without a regular expression
        return None
    odd = _ODD.search(text)
    if odd is None:
        return None
    where = f"{shown(path)}, {unit} {place}"
    if odd[0] == "\0":
        return DataError(
            f"{where}: there is a NUL byte, so this is not a text file, or it is damaged.",
            hint="If it is damaged, export it again.",
            code="nul-byte",
            offers=(Offer("If it is UTF-16", {"encoding": f"utf-16-{'le' if odd.start() else 'be'}"}),),
        )
    name = codec(encoding)
    before = text[max(0, odd.start() - 20) : odd.start()]
    after = f", after {before!r}," if before else ""
    message = f"{where}: the byte 0x{ord(odd[0]) - 0xDC00:02x}{after} is not {name.upper().removesuffix('-SIG')}."
    # UTF-16 and the like do not take the marked bytes back.
    offers = encoding_offers(text.encode("utf-8", "surrogateescape")) if name == "utf-8-sig" else ()
    return _undecodable(message, offers)


def shown(path: Path) -> str:
    """The file's name in messages.

    >>> shown(Path("own/t.csv")), shown(STANDARD_INPUT)
    ('t.csv', 'standard input')
    """
    return "standard input" if path == STANDARD_INPUT else path.name


def codec(encoding: str | None) -> str:
    """Python's name for the encoding. Raises DataError if it is unknown.

    >>> codec(None), codec("latin-1")
    ('utf-8-sig', 'iso8859-1')
    """
    if encoding is None:
        return "utf-8-sig"
    try:
        "".encode(encoding)  # refuses what is no encoding of texts, such as zlib
        info = codecs.lookup(encoding)
    except (LookupError, ValueError) as error:  # ValueError: a NUL in the name
        raise DataError(
            f"There is no encoding called {encoding!r}.",
            hint="Common ones are utf-8, cp1252 (Windows), latin-1, utf-16 (Excel's Unicode text).",
            code="encoding-unknown",
        ) from error
    return "utf-8-sig" if info.name == "utf-8" else info.name


def format_of(path: Path) -> str | None:
    """The format that the name tells, compressed or not; None if it tells none.

    >>> format_of(Path("reviews.CSV.gz")), format_of(Path("reviews.zip"))
    ('csv', None)
    """
    name = path.name.lower()
    for suffix in (".gz", ".zst", ".zip"):
        name = name.removesuffix(suffix)
    return _FORMATS.get(Path(name).suffix)


def library(module: str, package: str, what: str, instead: str) -> Any:
    """A module that only `what` needs. Raises DataError if its package is not installed."""
    try:
        return import_module(module)
    except ImportError as error:
        raise DataError(
            f"{what} needs {package}, which is not installed.",
            hint=f"`pip install {package}`, or {instead}.",
            code="library-missing",
        ) from error


@cache
def zstd() -> Any:
    """The standard library's zstd from Python 3.14 on, otherwise its backport.

    Found once: an import that fails each time meets Python's import lock each time, also while memory is collected.
    """
    with suppress(ImportError):
        return import_module("compression.zstd")
    return library("backports.zstd", "backports.zstd", "A .zst file", "use .gz or no compression")


def _damage() -> tuple[type[Exception], ...]:
    errors: list[type[Exception]] = [gzip.BadGzipFile, zipfile.BadZipFile, zlib.error, EOFError]
    with suppress(DataError):  # without the library this error cannot occur
        errors.append(zstd().ZstdError)
    return tuple(errors)


def _damaged(path: Path, why: object) -> DataError:
    return DataError(f"{shown(path)} is damaged or incomplete: {why}.", hint="Copy it again.", code="file-damaged")


def _undecodable(message: str, offers: Sequence[Offer]) -> DataError:
    offers = offers or [Offer("Its encoding", {"encoding": None})]
    return DataError(message, hint="Name its encoding, or save it as UTF-8.", code="encoding-unknown", offers=offers)
