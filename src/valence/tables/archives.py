"""Unpacks a user's file: gz, zst, or a table in a zip. Told from the first bytes, whatever the name.

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
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import IO, Any, NamedTuple, cast

from valence.system.errors import DataError
from valence.system.offers import Offer
from valence.tables.byte_streams import BUFFER_BYTES, Bounded, Counted, Limits, beginning
from valence.tables.columns import listed
from valence.tables.decoding import format_of, shown, zstd
from valence.tables.options import ReadOptions

GZ, ZST, ZIP = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PK\x03\x04"
_SKIPPABLE = re.compile(rb"[\x50-\x5f]\x2a\x4d\x18")  # a frame of zstd with something else than content
_IN_MEMORY_BYTES = 8 << 20  # of a workbook in an archive; a larger one is put into a temporary file
_LEVELS = 2  # a zip that holds a .csv.gz
_SHOWN_MEMBERS = 12
_TRUSTED_BYTES = 4 << 30  # of a workbook in an archive, which must be copied


class Unpacked(NamedTuple):
    """An unpacked, buffered file at its beginning.

    `start` are its first bytes, at most START_BYTES; `packing` is "gz", "zst", "zip", or two of them such as "zip.gz";
    `member` is the name of the file in a zip, and `members` are those of all its tables.
    """

    file: IO[bytes]
    start: bytes
    packing: str | None
    member: str | None
    members: tuple[str, ...]


@contextmanager
def unpack(
    path: Path, file: IO[bytes], options: ReadOptions | None = None, limits: Limits | None = None
) -> Iterator[Unpacked]:
    """The content of an open, buffered file at its beginning, while the block runs.

    Raises DataError for a zip without exactly one table unless the options name one, for a name without a zip, and
    (`unpacked-too-large`) while it is read if it exceeds the limits. Damage raises what decoding.errors_mapped maps.
    """
    options, limits = options or ReadOptions(), limits or Limits()
    packings, member, members = list[str](), None, list[str]()
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
            inner: Any
            if name == "zip":
                archive = stack.enter_context(_zip(path, file))
                member, members = chosen(path, archive.namelist(), options if member is None else ReadOptions())
                inner = stack.enter_context(_opened(path, archive, member))
            else:
                inner = stack.enter_context(gzip.GzipFile(fileobj=file) if name == "gz" else zstd().ZstdFile(file))
            packings.append(name)
            bounded = io.BufferedReader(Bounded(path, inner, limits, packed), BUFFER_BYTES)
            start, file = beginning(cast("IO[bytes]", stack.enter_context(bounded)))
            if start.startswith((b"PAR1", ZIP)) and not file.seekable():
                file = stack.enter_context(_copied(path, file, limits))
        if len(packings) == _LEVELS and _packing(path, start, file):
            raise DataError(
                f"{shown(path)} is packed more than {_LEVELS} times.", hint="Unpack it first.", code="archive-unknown"
            )
        if options.member is not None and member is None:
            raise DataError(
                f"{shown(path)} is no zip archive, so it holds no {options.member!r}.",
                hint="Leave the name out.",
                code="option-idle",
            )
        yield Unpacked(file, start, ".".join(packings) or None, member, tuple(members))


def check_members(path: Path, options: ReadOptions) -> None:
    """Raises DataError for a .zip without exactly one table, unless the options name one.

    Not if it cannot be read as a zip, so that reading says why.
    """
    if path.suffix.lower() != ".zip" or options.member is not None:
        return
    names = ["the table"]
    with suppress(zipfile.BadZipFile, NotImplementedError, ValueError, OSError), zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    chosen(path, names, options)


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


def _opened(path: Path, archive: zipfile.ZipFile, member: str) -> IO[bytes]:
    try:
        return archive.open(member)
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


def chosen(path: Path, names: Sequence[str], options: ReadOptions) -> tuple[str, list[str]]:
    """The file of an archive to read, and all those that may be tables: by ending, or because there is no other file.

    >>> chosen(Path("a.zip"), ["__MACOSX/._t.csv", "in/t.csv", "readme.txt"], ReadOptions())
    ('in/t.csv', ['in/t.csv'])

    Raises DataError that lists the files if there are several or none, or not the one that is named.
    """
    own = [name for name in names if not _is_clutter(name)]
    tables = [name for name in own if format_of(Path(name)) is not None]
    if not tables:
        tables = own if len(own) == 1 else [name for name in own if name.lower().endswith(".txt")]
    member = options.member if options.member in own else None
    if options.member is None and (len(tables) == 1 or (tables and options.take_first)):
        member = tables[0]
    if member is not None:
        return member, tables
    what = f"{len(tables)} tables" if tables else "no table"
    named = listed(tables or own if options.member is None else own) or "it is empty"
    raise DataError(
        f"{shown(path)} holds {what if options.member is None else f'no {options.member!r}'}: {named}.",
        hint="" if tables else "Unpack it, and give the file that is meant.",
        code="archive-ambiguous" if options.member is None else "member-unknown",
        offers=[Offer("To read one of them", {"member": name}) for name in tables[:_SHOWN_MEMBERS]],
    )


def _is_clutter(name: str) -> bool:
    """Whether a program, and no person, has put the file into the archive."""
    parts = PurePosixPath(name).parts
    return "__MACOSX" in parts or name.endswith("/") or not parts or parts[-1].startswith(".") or parts[-1] in _CLUTTER


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
