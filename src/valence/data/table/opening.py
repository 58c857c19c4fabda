"""A user's file as text: decompressed by its name, decoded strictly, with progress where it takes long.

What cannot be decoded ends in an error that names the line and the byte; nothing is replaced or dropped silently.
"""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any, cast

from tqdm import tqdm

from valence.errors import DataError

COMPRESSED = (".gz", ".zst")
_SHOWN_AFTER_S = 1.0  # a progress bar for a file that is read at once would only flicker


@contextmanager
def text_of(path: Path, encoding: str | None) -> Iterator[IO[str]]:
    """The file as text, line ends as they are; UTF-8, with or without a byte order mark, where `encoding` is None.

    Raises DataError if it cannot be opened, is damaged, or is not in that encoding, also while the block reads it.
    """
    name = codec(encoding)
    try:
        with _binary(path) as binary:
            _refuse_utf16(path, binary, encoding)
            with io.TextIOWrapper(cast("Any", binary), encoding=name, newline="") as text:
                yield text
    except UnicodeError as error:
        raise _undecodable(path, name, error) from error
    except _damage() as error:
        raise DataError(
            f"{path.name} is damaged or cut off: {error}.", way_out="Copy it again.", code="file-damaged"
        ) from error
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}.", code="data-unreadable") from error


def codec(encoding: str | None) -> str:
    """Python's name of the encoding. Raises DataError if there is none of that name.

    >>> codec(None), codec("latin-1")
    ('utf-8-sig', 'iso8859-1')
    """
    if encoding is None:
        return "utf-8-sig"
    try:
        found = codecs.lookup(encoding)
    except LookupError as error:
        raise DataError(
            f"There is no encoding called {encoding!r}.",
            way_out="Usual ones for --encoding: utf-8, cp1252 (Windows), latin-1, utf-16 (Excel's Unicode text).",
            code="encoding-unknown",
        ) from error
    return "utf-8-sig" if found.name == "utf-8" else found.name


def plain_suffix(path: Path) -> str:
    """What the name says that the file is, compressed or not; "" where it says nothing.

    >>> plain_suffix(Path("reviews.CSV.gz"))
    '.csv'
    """
    name = path.name.lower()
    for suffix in COMPRESSED:
        name = name.removesuffix(suffix)
    return Path(name).suffix


@contextmanager
def _binary(path: Path) -> Iterator[IO[bytes]]:
    """The decompressed bytes."""
    with (
        path.open("rb", buffering=0) as raw,
        tqdm(
            total=path.stat().st_size,
            desc=f"reading {path.name}",
            unit="B",
            unit_scale=True,
            delay=_SHOWN_AFTER_S,
            leave=False,
        ) as progress,
        io.BufferedReader(_Counted(raw, progress), 1 << 18) as counted,
    ):
        suffix = path.suffix.lower()
        if suffix == ".gz":
            with gzip.GzipFile(fileobj=counted) as unpacked:
                yield cast("IO[bytes]", io.BufferedReader(unpacked))
        elif suffix == ".zst":
            with _zstd().ZstdFile(counted) as unpacked:
                yield cast("IO[bytes]", io.BufferedReader(unpacked))
        else:
            yield counted


class _Counted(io.RawIOBase):
    """A file that tells the progress bar how far it has been read."""

    def __init__(self, raw: io.FileIO, progress: Any) -> None:
        self._raw, self._progress = raw, progress

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        count = self._raw.readinto(buffer)
        self._progress.update(count or 0)
        return count


def _zstd() -> Any:
    """The standard library's zstd from Python 3.14 on, and its backport before."""
    try:
        from compression import zstd
    except ImportError:
        try:
            from backports import zstd
        except ImportError as error:
            raise DataError(
                "Reading .zst needs zstd, which this Python does not have.",
                way_out="`pip install backports.zstd`, or unpack the file first.",
                code="library-missing",
            ) from error
    return zstd


def _damage() -> tuple[type[Exception], ...]:
    found: list[type[Exception]] = [gzip.BadGzipFile, zlib.error, EOFError]
    with suppress(DataError):  # without the library no such error can come
        found.append(_zstd().ZstdError)
    return tuple(found)


def _refuse_utf16(path: Path, binary: IO[bytes], encoding: str | None) -> None:
    start = cast("io.BufferedReader", binary).peek(2)[:2]
    if encoding is None and start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        raise DataError(
            f'{path.name} is UTF-16, as Excel\'s "Unicode text" is.',
            way_out="Add --encoding utf-16, or save it as CSV UTF-8.",
            code="encoding-unknown",
        )


def _undecodable(path: Path, name: str, error: UnicodeError) -> DataError:
    """The error that names line and byte. Decoding goes by pieces, so the place is looked up in the whole content."""
    shown = "UTF-8" if name == "utf-8-sig" else name
    with _binary(path) as binary:
        content = binary.read()
    try:
        content.decode(name)
    except UnicodeDecodeError as found:
        # utf-8-sig counts from behind the byte order mark
        mark = len(codecs.BOM_UTF8) if name == "utf-8-sig" and content.startswith(codecs.BOM_UTF8) else 0
        start = found.start + mark
        line = content[:start].decode(name, "ignore").count("\n") + 1
        at = f"{path.name}, line {line}: byte {start + 1} of the file (0x{content[start]:02x}) is not {shown}."
    else:
        at = f"{path.name} is not {shown}: {error}."
    return DataError(
        at,
        way_out="Name the encoding, such as --encoding cp1252 for a file from Windows or Excel, or save it as UTF-8.",
        code="encoding-unknown",
    )
