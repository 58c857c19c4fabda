"""Reads a published archive, whether it is a folder, a tar.gz or a zip."""

from __future__ import annotations

import gzip
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from valence.system.errors import DataError


def members(source: Path) -> Iterator[tuple[str, bytes]]:
    """Yields (path inside, content) of every file. Nothing is unpacked to disk, so no member can escape its folder.

    Raises DataError if `source` is missing, truncated, damaged, or neither a folder, a tar nor a zip.
    """
    if not source.exists():
        raise DataError(f"{source} does not exist.", hint="Check the path.", code="data-missing")
    try:
        if source.is_dir():
            yield from _of_folder(source)
        elif zipfile.is_zipfile(source):
            yield from _of_zip(source)
        elif tarfile.is_tarfile(source):
            yield from _of_tar(source)
        else:
            raise DataError(
                f"{source} is not a folder, nor a readable tar.gz or zip archive.",
                hint="If the download was cut off, fetch it again with `valence data get`.",
                code="archive-damaged",
            )
    except (tarfile.TarError, zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise DataError(
            f"{source} is damaged or incomplete: {error}.",
            hint="Fetch it again with `valence data get`, or copy it again.",
            code="archive-damaged",
        ) from error
    except OSError as error:
        raise DataError(f"{source} cannot be read: {error}.", code="data-unreadable") from error


def _of_folder(source: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(source.rglob("*")):
        if path.is_file():
            yield path.relative_to(source).as_posix(), path.read_bytes()


def _of_zip(source: Path) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(source) as archive:
        for name in archive.namelist():
            if not name.endswith("/"):
                yield name, archive.read(name)


def _of_tar(source: Path) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(source) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.isfile() else None
            if file is not None:
                yield member.name, file.read()
