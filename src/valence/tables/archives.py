"""Unpacks a user's file: gz, zst, or a zip that holds one table. Told from the first bytes, whatever the name.

Everything is unpacked while it is read, so that memory does not grow with the file. Where files come from strangers,
Limits stop archives that would become huge.
"""

from __future__ import annotations

import gzip
import io
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any, NamedTuple, cast

from valence.system.errors import DataError
from valence.tables.byte_streams import BUFFER_BYTES, Bounded, Counted, Limits, beginning
from valence.tables.decoding import format_of, shown, zstd

GZ, ZST, ZIP = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"
_SKIPPABLE = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")  # a frame of zstd with something else than content
_IN_MEMORY_BYTES = 8 << 20  # of a workbook in an archive; a larger one is put into a temporary file
_LEVELS = 2  # a zip that holds a .csv.gz
_SHOWN_MEMBERS = 12
_TRUSTED_BYTES = 4 << 30  # of a workbook in an archive, which must be copied


class Unpacked(NamedTuple):
    """An unpacked, buffered file at its beginning.

    `start` are its first bytes, at most START_BYTES; `packing` is "gz", "zst", "zip", or two of them such as "zip.gz";
    `member` is the name of the file in a zip.
    """

    file: IO[bytes]
    start: bytes
    packing: str | None
    member: str | None


@contextmanager
def unpack(path: Path, file: IO[bytes], limits: Limits | None = None) -> Iterator[Unpacked]:
    """The content of an open, buffered file at its beginning, while the block runs.

    Raises DataError for a zip without exactly one table, and DataError (`unpacked-too-large`) while it is read if it
    exceeds the limits. Damage raises what decoding.errors_mapped maps.
    """
    limits = limits or Limits()
    packings, member = list[str](), None
    packed: Counted | None = None
    with ExitStack() as stack:
        start, file = beginning(file)
        for _ in range(_LEVELS):
            name = _packing(path, start, file)
            if name is None:
                break
            if packed is None:
                packed = Counted(file)
                file = cast("IO[bytes]", io.BufferedReader(packed, BUFFER_BYTES))
                stack.callback(cast("Any", file).detach)
            inner, found = _OPENERS[name](path, file, stack)
            member = member or found
            packings.append(name)
            bounded = io.BufferedReader(Bounded(path, inner, limits, packed), BUFFER_BYTES)
            start, file = beginning(cast("IO[bytes]", stack.enter_context(bounded)))
            if start.startswith((b"PAR1", ZIP)) and not file.seekable():
                file = stack.enter_context(_copied(path, file, limits))
        yield Unpacked(file, start, ".".join(packings) or None, member)


def holds_one_table(path: Path) -> bool:
    """Whether a .zip holds exactly one table. Also true if it cannot be read as a zip, so that reading says why."""
    try:
        with zipfile.ZipFile(path) as archive:
            only_table(path, [info.filename for info in archive.infolist() if not info.is_dir()])
    except DataError:
        return False
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return True
    return True


def is_workbook(path: Path, file: IO[bytes]) -> bool:
    """Whether a zip is an Excel workbook. Raises DataError for a document of another program."""
    with _zip(path, file) as archive:
        names = set(archive.namelist())
    if "xl/workbook.xml" in names or "xl/workbook.bin" in names:
        return True
    for inside, what in _DOCUMENTS.items():
        if inside in names:
            raise DataError(
                f"{shown(path)} is not a table: it is {what}.",
                hint="Save its table as .xlsx or CSV.",
                code="not-a-table",
            )
    return False


_DOCUMENTS = {
    "word/document.xml": "a Word document",
    "ppt/presentation.xml": "a PowerPoint presentation",
    "META-INF/manifest.xml": "an OpenDocument file",
    "META-INF/container.xml": "an e-book",
    "AndroidManifest.xml": "an Android app",
    "META-INF/MANIFEST.MF": "a Java archive",
    "Index/Document.iwa": "a document of Apple's Numbers or Pages",
}


def _packing(path: Path, start: bytes, file: IO[bytes]) -> str | None:
    if start.startswith(GZ):
        return "gz"
    if start.startswith(ZST) or _SKIPPABLE.match(start):
        return "zst"
    if start.startswith(ZIP):
        return None if is_workbook(path, file) else "zip"
    return None


def _open_gz(_: Path, file: IO[bytes], stack: ExitStack) -> tuple[Any, None]:
    return stack.enter_context(gzip.GzipFile(fileobj=file)), None


def _open_zst(_: Path, file: IO[bytes], stack: ExitStack) -> tuple[Any, None]:
    return stack.enter_context(zstd().ZstdFile(file)), None


def _open_zip(path: Path, file: IO[bytes], stack: ExitStack) -> tuple[Any, str]:
    archive = stack.enter_context(_zip(path, file))
    member = only_table(path, [info.filename for info in archive.infolist() if not info.is_dir()])
    try:
        return stack.enter_context(archive.open(member)), member
    except RuntimeError as error:  # zipfile's way to ask for a password
        raise DataError(
            f"{shown(path)} has a password.", hint="Unpack it first, and give the file in it.", code="archive-locked"
        ) from error
    except NotImplementedError as error:
        raise DataError(
            f"{shown(path)} is packed in a way that is not read: {error}.",
            hint="Unpack it first, and give the file in it.",
            code="archive-unknown",
        ) from error


_OPENERS: dict[str, Callable[[Path, IO[bytes], ExitStack], tuple[Any, str | None]]] = {
    "gz": _open_gz,
    "zst": _open_zst,
    "zip": _open_zip,
}


def only_table(path: Path, names: list[str]) -> str:
    """The one table among the files of an archive: by ending, or because there is no other file.

    >>> only_table(Path("a.zip"), ["__MACOSX/._t.csv", "in/t.csv", "readme.txt"])
    'in/t.csv'

    Raises DataError that lists the files if there are several or none.
    """
    own = [name for name in names if not _is_clutter(name)]
    tables = [name for name in own if format_of(Path(name)) is not None]
    texts = [name for name in own if name.lower().endswith(".txt")]
    for candidates in (tables, own, texts):
        if len(candidates) == 1:
            return candidates[0]
        if candidates and candidates is not own:
            break
    listed = ", ".join(map(repr, own[:_SHOWN_MEMBERS]))
    more = f" and {len(own) - _SHOWN_MEMBERS:,} more" if len(own) > _SHOWN_MEMBERS else ""
    raise DataError(
        f"{shown(path)} holds {f'{len(tables)} tables' if tables else 'no table'}: {listed or 'it is empty'}{more}.",
        hint="Unpack it, and give the file that is meant; or pack that file alone.",
        code="archive-ambiguous",
    )


def _is_clutter(name: str) -> bool:
    """Whether a program, and no person, has put the file into the archive."""
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or name.endswith("/") or parts[-1].startswith(".") or parts[-1] in _CLUTTER


_CLUTTER = frozenset(("Thumbs.db", "desktop.ini"))


@contextmanager
def _zip(path: Path, file: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    if not file.seekable():
        raise DataError(
            f"A zip cannot be read from {shown(path)}, because its index is at the end.",
            hint="Save it as a file first.",
            code="layout-unknown",
        )
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except DataError:
        raise
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, ValueError) as error:
        raise DataError(
            f"{shown(path)} is damaged or incomplete: {error}.", hint="Copy it again.", code="file-damaged"
        ) from error
    finally:
        file.seek(0)


@contextmanager
def _copied(path: Path, file: IO[bytes], limits: Limits) -> Iterator[IO[bytes]]:
    """The unpacked file with random access, which workbooks and Parquet need."""
    bounded = Bounded(path, file, Limits(limits.most_bytes or _TRUSTED_BYTES), None)
    with tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES) as copy:
        shutil.copyfileobj(bounded, copy, BUFFER_BYTES)
        copy.seek(0)
        yield cast("IO[bytes]", copy)
