"""Files on this machine, S3 or Google Cloud Storage: found, read, and written completely or not at all.

The file systems are pyarrow's, which includes S3 and Google Cloud Storage; fsspec over them does not list folders of
the latter. This module adds addresses, temporary names, and errors that name the file.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast
from urllib.parse import urlsplit
from uuid import uuid4

from valence.system.errors import DataError, SettingsError
from valence.system.extras import how_to_install

URI = re.compile(r"[a-z][a-z0-9+.-]+://")
_TEMPORARY = re.compile(r"\.valence-[0-9a-f]{32}\.tmp")
_BUFFER = 1 << 20  # bytes per read: each read of a remote file is a request


@dataclass(frozen=True)
class Place:
    """A file or folder.

    Attributes:
        root: the address of its file system, such as s3://bucket?region=eu-west-1; "" for this machine.
        path: its path on that file system.
    """

    root: str
    path: str

    def __str__(self) -> str:
        return self.path if not self.root else f"{urlsplit(self.root).scheme}://{self.path}"

    def __truediv__(self, name: str) -> Place:
        return replace(self, path=f"{self.path.rstrip('/')}/{name}")

    @property
    def name(self) -> Path:
        """Its file name, which messages show and which tells its format."""
        return Path(PurePosixPath(self.path).name)

    @property
    def parent(self) -> Place:
        return replace(self, path=str(PurePosixPath(self.path).parent))


def place_of(address: str) -> Place:
    """A path on this machine, or an address such as s3://bucket/folder.

    >>> str(place_of("/data/comments.csv")), str(place_of("gs://bucket/a/b.parquet?scheme=http"))
    ('/data/comments.csv', 'gs://bucket/a/b.parquet')

    Raises SettingsError for a kind of address that pyarrow does not support.
    """
    if not URI.match(address):
        return Place("", str(Path(address).absolute()))
    parts = urlsplit(address)
    if parts.scheme == "file":
        return Place("", parts.path)
    root = f"{parts.scheme}://{parts.netloc}" + (f"?{parts.query}" if parts.query else "")
    bucket = parts.netloc.rpartition("@")[2]  # without the keys before it
    return Place(root, f"{bucket}{parts.path}".rstrip("/"))


def listed(folder: Place) -> list[tuple[Place, int]]:
    """All files below the folder, and their sizes in bytes; none if there is no such folder."""
    fs = file_system(folder.root)
    selector = import_module("pyarrow.fs").FileSelector(folder.path, recursive=True, allow_not_found=True)
    with _errors_mapped(folder):
        infos = fs.get_file_info(selector)
    return [(Place(folder.root, info.path), info.size) for info in infos if info.is_file]


@contextmanager
def opened(place: Place) -> Iterator[IO[bytes]]:
    """The file, buffered, open for random access. Raises DataError if it cannot be opened."""
    with _errors_mapped(place):
        file = file_system(place.root).open_input_file(place.path)
    with file, io.BufferedReader(file, _BUFFER) as buffered:
        yield cast("IO[bytes]", buffered)


@contextmanager
def written(place: Place) -> Iterator[IO[bytes]]:
    """A file to write, under a temporary name. It is renamed only if the block ends without an error.

    Two processes may write the same file: each writes its own temporary file, and the last rename wins.
    Raises DataError if it cannot be written.
    """
    fs = file_system(place.root)
    temporary = place.parent / f".valence-{uuid4().hex}.tmp"
    with _errors_mapped(place, writing=True):
        if not place.root:
            fs.create_dir(place.parent.path)
        try:
            with fs.open_output_stream(temporary.path) as file:
                yield cast("IO[bytes]", file)
            if not place.root:
                _synchronise(temporary.path)
            fs.move(temporary.path, place.path)
        except BaseException:
            remove(temporary)
            raise


def write_bytes(place: Place, content: bytes) -> None:
    """Writes a file completely or not at all."""
    with written(place) as file:
        file.write(content)


def read_bytes(place: Place) -> bytes | None:
    """The whole file; None if there is none."""
    if size_of(place) is None:
        return None
    with opened(place) as file:
        return file.read()


def size_of(place: Place) -> int | None:
    """In bytes; None if there is no such file."""
    with _errors_mapped(place):
        info = file_system(place.root).get_file_info(place.path)
    return int(info.size) if info.is_file else None


def remove(place: Place) -> None:
    """Removes a file, if it exists."""
    with _errors_mapped(place, writing=True):
        if size_of(place) is not None:
            file_system(place.root).delete_file(place.path)


def is_temporary(place: Place) -> bool:
    """Whether it is a temporary file, which only a killed process leaves."""
    return _TEMPORARY.fullmatch(place.name.name) is not None


@lru_cache(maxsize=16)
def file_system(root: str) -> Any:
    """Pyarrow's file system of an address, one per process, so that connections are shared.

    Raises SettingsError if the address cannot be used.
    """
    try:
        fs = import_module("pyarrow.fs")
    except ImportError as error:
        raise DataError(
            "Scoring on a cluster needs pyarrow, which is not installed.",
            hint=how_to_install("cluster"),
            code="library-missing",
        ) from error
    if not root:
        return fs.LocalFileSystem()
    try:
        return fs.FileSystem.from_uri(root)[0]
    except (ValueError, OSError, NotImplementedError) as error:
        raise SettingsError(
            f"{_without_keys(root)} cannot be used: {error}.",
            hint="Valence reads files on this machine, s3:// and gs://. For access keys see docs/how-to/cluster.md.",
            code="storage-unknown",
        ) from error


def _without_keys(root: str) -> str:
    return re.sub(r"//[^@/]*@", "//", root)


def _synchronise(path: str) -> None:
    """Writes the content to disk before the file is renamed, in case the power fails right after."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _errors_mapped(place: Place, *, writing: bool = False) -> Iterator[None]:
    """Maps the file system's errors to a DataError."""
    try:
        yield
    except OSError as error:
        raise DataError(
            f"{place} cannot be {'written' if writing else 'read'}: {error.strerror or error}.",
            hint="Fix this and run the same command again: finished work is kept." if writing else "",
            code="output-unwritable" if writing else "data-unreadable",
        ) from error
