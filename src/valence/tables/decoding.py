"""Decompresses and decodes a user's file, or standard input, into lines of text.

Nothing is replaced or dropped silently: a byte that cannot be decoded is marked in its line, where `fault` finds it, so
that one bad line does not affect the others.
"""

from __future__ import annotations

import codecs
import gzip
import io
import re
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from typing import IO, Any, cast

from tqdm import tqdm

from valence.errors import DataError

COMPRESSED = (".gz", ".zst")
STANDARD_INPUT = Path("-")
FORMATS_IN_WORDS = (
    "CSV, TSV, JSON, JSONL (NDJSON), fastText, Excel (.xlsx) or Parquet; all but Parquet also as .gz, .zst or .zip"
)
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
_SHOWN_AFTER_S = 1.0  # a shorter read needs no progress bar


@contextmanager
def lines_of(path: Path, encoding: str | None, on_read: Callable[[int], Any] | None = None) -> Iterator[Iterator[str]]:
    """The lines with their original line ends; UTF-8, with or without a byte order mark, if `encoding` is None.

    Args:
        path: a file, or STANDARD_INPUT.
        encoding: Python's name of it.
        on_read: called with the number of bytes of each read; without it, a slow read shows a progress bar.

    Raises DataError if it cannot be opened or is damaged, also while the block reads it. `fault` finds undecodable
    bytes.
    """
    with errors_mapped(path, encoding), _binary(path, on_read) as binary:
        _refuse_utf16(path, binary, encoding)
        with _decoded(path, binary, codec(encoding)) as lines:
            yield lines


@contextmanager
def lines_in(path: Path, file: IO[bytes], encoding: str | None, offset: int = 0) -> Iterator[Iterator[str]]:
    """As `lines_of`, for an open file, from the line at `offset` on.

    Args:
        path: its name, which tells how it is compressed.
        file: at its beginning.
        encoding: Python's name of it; with an `offset`, one in which each line can be decoded alone.
        offset: in bytes of the decompressed file. A compressed file is still decompressed from its beginning.
    """
    name = codec(encoding)
    with errors_mapped(path, encoding), unpacked(path, file) as binary:
        if offset:
            binary.seek(offset)
            name = "utf-8" if name == "utf-8-sig" else name  # a byte order mark occurs only at the beginning
        else:
            _refuse_utf16(path, binary, encoding)
        with _decoded(path, binary, name) as lines:
            yield lines


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
    if first > 1:  # a byte order mark occurs only at the beginning
        name = "utf-8" if name == "utf-8-sig" else name
    with errors_mapped(path, encoding), _decoded(path, binary, name, first) as lines:
        yield from lines


@contextmanager
def _decoded(path: Path, binary: IO[bytes], name: str, first: int = 1) -> Iterator[Iterator[str]]:
    text = io.TextIOWrapper(cast("Any", binary), encoding=name, errors="surrogateescape", newline="")
    try:
        yield _lines(path, text, first)
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
        raise _undecodable(f"{shown(path)} is not {name}: {error}.") from error
    except _damage() as error:
        raise DataError(
            f"{shown(path)} is damaged or incomplete: {error}.", hint="Copy it again.", code="file-damaged"
        ) from error
    except BrokenPipeError:  # from what the block writes
        raise
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}.", code="data-unreadable") from error


def fault(line: str, encoding: str | None, where: str) -> DataError | None:
    """What is wrong with the bytes of this line or cell; None if nothing. `where` begins the message."""
    odd = _ODD.search(line)
    if odd is None:
        return None
    if odd[0] == "\0":
        return DataError(
            f"{where}: there is a NUL byte, so this is not a text file, or it is damaged.",
            hint="If it is UTF-16, add --encoding utf-16; otherwise export it again.",
            code="nul-byte",
        )
    name = codec(encoding)
    before = line[max(0, odd.start() - 20) : odd.start()]
    after = f", after {before!r}," if before else ""
    return _undecodable(
        f"{where}: the byte 0x{ord(odd[0]) - 0xDC00:02x}{after} is not {'UTF-8' if name == 'utf-8-sig' else name}."
    )


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
        info = codecs.lookup(encoding)
    except LookupError as error:
        raise DataError(
            f"There is no encoding called {encoding!r}.",
            hint="Common ones for --encoding: utf-8, cp1252 (Windows), latin-1, utf-16 (Excel's Unicode text).",
            code="encoding-unknown",
        ) from error
    return "utf-8-sig" if info.name == "utf-8" else info.name


def format_of(path: Path) -> str | None:
    """The format that the name tells, compressed or not; None if it tells none.

    >>> format_of(Path("reviews.CSV.gz")), format_of(Path("reviews.zip"))
    ('csv', None)

    Raises DataError for compressed Parquet.
    """
    name = path.name.lower()
    for suffix in COMPRESSED:
        name = name.removesuffix(suffix)
    kind = _FORMATS.get(Path(name).suffix)
    if kind == "parquet" and path.suffix.lower() in COMPRESSED:
        raise DataError(
            f"{path.name}: Parquet has its own compression and cannot be read from a {path.suffix} file.",
            hint="Decompress it first, or name it .parquet.",
            code="layout-unknown",
        )
    return kind


def _lines(path: Path, text: IO[str], first: int) -> Iterator[str]:
    number = first - 1
    while line := text.readline(MAX_LINE_CHARS):
        number += 1
        if len(line) == MAX_LINE_CHARS:
            raise DataError(
                f"{shown(path)}, line {number}: longer than {MAX_LINE_CHARS:,} characters, so this is not a table.",
                hint="Check that this is the right file, and that its ending matches its content.",
                code="line-too-long",
            )
        yield line


@contextmanager
def _binary(path: Path, on_read: Callable[[int], Any] | None) -> Iterator[IO[bytes]]:
    """The decompressed bytes."""
    with bytes_of(path, on_read) as packed, unpacked(path, packed) as binary:
        yield binary


@contextmanager
def bytes_of(path: Path, on_read: Callable[[int], Any] | None = None) -> Iterator[IO[bytes]]:
    """The bytes of a file, or of STANDARD_INPUT, buffered.

    `on_read` is called with the number of bytes of each read; without it, a slow read shows a progress bar.
    """
    if path == STANDARD_INPUT:
        piped = io.BufferedReader(cast("Any", sys.stdin.buffer))
        try:
            yield piped
        finally:
            piped.detach()  # standard input stays open
        return
    with (
        path.open("rb", buffering=0) as raw,
        tqdm(
            total=path.stat().st_size,
            desc=f"reading {path.name}",
            unit="B",
            unit_scale=True,
            delay=_SHOWN_AFTER_S,
            leave=False,
            disable=on_read is not None,
        ) as progress,
        io.BufferedReader(_Counted(raw, on_read or progress.update), 1 << 18) as counted,
    ):
        yield cast("IO[bytes]", counted)


@contextmanager
def unpacked(path: Path, file: IO[bytes]) -> Iterator[IO[bytes]]:
    """The file, decompressed according to its name."""
    suffix = path.suffix.lower()
    if suffix == ".gz":
        with gzip.GzipFile(fileobj=file) as unpacked, io.BufferedReader(unpacked) as buffered:
            yield cast("IO[bytes]", buffered)
    elif suffix == ".zst":
        with zstd().ZstdFile(file) as unpacked, io.BufferedReader(unpacked) as buffered:
            yield cast("IO[bytes]", buffered)
    else:
        yield file


class _Counted(io.RawIOBase):
    """A file that reports how much of it is read."""

    def __init__(self, raw: io.FileIO, on_read: Callable[[int], Any]) -> None:
        self._raw, self._on_read = raw, on_read

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._raw.seekable()

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._raw.seek(offset, whence)

    def readinto(self, buffer: Any) -> int | None:
        count = self._raw.readinto(buffer)
        self._on_read(count or 0)
        return count


def zstd() -> Any:
    """The standard library's zstd from Python 3.14 on, otherwise its backport."""
    for package in ("compression", "backports"):
        with suppress(ImportError):
            return import_module(f"{package}.zstd")
    raise DataError(
        "A .zst file needs zstd, which this Python does not have.",
        hint="`pip install backports.zstd`, or use .gz or no compression.",
        code="library-missing",
    )


def _damage() -> tuple[type[Exception], ...]:
    errors: list[type[Exception]] = [gzip.BadGzipFile, zlib.error, EOFError]
    with suppress(DataError):  # without the library this error cannot occur
        errors.append(zstd().ZstdError)
    return tuple(errors)


def _refuse_utf16(path: Path, binary: IO[bytes], encoding: str | None) -> None:
    start = cast("io.BufferedReader", binary).peek(2)[:2]
    if encoding is None and start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        raise DataError(
            f'{shown(path)} is UTF-16, as Excel\'s "Unicode text" is.',
            hint="Add --encoding utf-16, or save it as CSV UTF-8.",
            code="encoding-unknown",
        )


def _undecodable(message: str) -> DataError:
    return DataError(
        message,
        hint="Name the encoding, such as --encoding cp1252 for a file from Windows or Excel, or save it as UTF-8.",
        code="encoding-unknown",
    )
