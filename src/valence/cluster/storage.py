"""Files on this machine, S3 or Google Cloud Storage, by pyarrow's file systems: found, read, and written whole."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast
from urllib.parse import urlsplit
from uuid import uuid4

from valence.data.table.opening import FORMATS_IN_WORDS, format_of
from valence.errors import DataError, SettingsError
from valence.extras import how_to_install

_URI = re.compile(r"[a-z][a-z0-9+.-]+://")
_GLOB = re.compile(r"[*?\[]")
_GLOB_IN_URI = re.compile(r"[*\[]")  # there a question mark begins the query
_TEMPORARY = re.compile(r"\.valence-[0-9a-f]{32}\.tmp")
_BUFFER = 1 << 20  # bytes of one read: each is a request where the file is far away


@dataclass(frozen=True)
class Place:
    """A file or folder.

    Attributes:
        root: the address of its file system, such as s3://bucket?region=eu-west-1; "" for this machine's.
        path: as that file system names it.
    """

    root: str
    path: str

    def __str__(self) -> str:
        return self.path if not self.root else f"{urlsplit(self.root).scheme}://{self.path}"

    def __truediv__(self, name: str) -> Place:
        return replace(self, path=f"{self.path.rstrip('/')}/{name}")

    @property
    def name(self) -> Path:
        """Its name alone: what messages call it, and what says its format."""
        return Path(PurePosixPath(self.path).name)

    @property
    def parent(self) -> Place:
        return replace(self, path=str(PurePosixPath(self.path).parent))


@dataclass(frozen=True)
class Found:
    """A file to score, the name under which its shards are put, and its size in bytes."""

    place: Place
    name: str
    size: int


def place_of(address: str) -> Place:
    """A path on this machine, or an address such as s3://bucket/folder.

    >>> str(place_of("/data/comments.csv")), str(place_of("gs://bucket/a/b.parquet?scheme=http"))
    ('/data/comments.csv', 'gs://bucket/a/b.parquet')

    Raises SettingsError for an address of a kind that pyarrow does not know.
    """
    if not _URI.match(address):
        return Place("", str(Path(address).absolute()))
    parts = urlsplit(address)
    if parts.scheme == "file":
        return Place("", parts.path)
    root = f"{parts.scheme}://{parts.netloc}" + (f"?{parts.query}" if parts.query else "")
    bucket = parts.netloc.rpartition("@")[2]  # before it are keys
    return Place(root, f"{bucket}{parts.path}".rstrip("/"))


def found_files(addresses: Sequence[str], *, but: Place, any_ending: bool) -> list[Found]:
    """The files that paths, folders and patterns name, in the order of their names; those in `but` are left out.

    A pattern's `*` matches within a name, `**` any folders. In a folder, files whose ending says no format are left
    out, unless `any_ending`, and hidden ones are always.

    Raises DataError where nothing is found, SettingsError where two files would be put under one name.
    """
    found = dict[str, Found]()
    for address in addresses:
        here = _found(address, but, any_ending=any_ending)
        if not here:
            raise DataError(
                f"{address}: there is no file to score.",
                way_out="Give a file, a folder or a pattern in quotes. By their endings Valence knows "
                f"{FORMATS_IN_WORDS}.",
                code="data-missing",
            )
        for each in here:
            other = found.setdefault(each.name, each)
            if other.place != each.place:
                raise SettingsError(
                    f"{other.place} and {each.place} would both be put under {each.name}.",
                    way_out="Give the folder that holds both, or score them into two folders.",
                    code="names-clash",
                )
    return [found[name] for name in sorted(found)]


def _found(address: str, but: Place, *, any_ending: bool) -> list[Found]:
    uri = bool(_URI.match(address))
    whole = address.partition("?")[0] if uri else address
    odd = (_GLOB_IN_URI if uri else _GLOB).search(whole)
    if odd is None:
        place = place_of(address)
        info = _info(place)
        if info.is_file:
            return [Found(place, str(place.name), info.size)]
        return _below(place, None, but, any_ending=any_ending) if info.type.name == "Directory" else []
    fixed = whole[: odd.start()].rpartition("/")[0] or ("/" if whole.startswith("/") else ".")
    pattern = whole[len(fixed) :].lstrip("/") if fixed != "." else whole.removeprefix("./")
    folder = place_of(fixed + address[len(whole) :])
    return _below(folder, re.compile(_expression(pattern)), but, any_ending=True)


def _below(folder: Place, pattern: re.Pattern[str] | None, but: Place, *, any_ending: bool) -> list[Found]:
    fs = import_module("pyarrow.fs")
    if _info(folder).type.name != "Directory":
        return []
    with _told(folder):
        infos = file_system(folder.root).get_file_info(fs.FileSelector(folder.path, recursive=True))
    found = []
    for info in infos:
        name = info.path.removeprefix(folder.path).lstrip("/")
        place = Place(folder.root, info.path)
        hidden = any(part.startswith((".", "_")) for part in name.split("/"))
        inside = but.root == place.root and place.path.startswith(f"{but.path}/")
        wanted = pattern.fullmatch(name) if pattern else any_ending or format_of(place.name)
        if info.is_file and wanted and not hidden and not inside:
            found.append(Found(place, name, info.size))
    return found


def _expression(pattern: str) -> str:
    """A pattern of names as a regular expression.

    >>> bool(re.fullmatch(_expression("**/*.csv"), "a/b/c.csv")), bool(re.fullmatch(_expression("*.csv"), "a/c.csv"))
    (True, False)
    """
    parts = re.split(r"(\*\*/|\*\*|\*|\?|\[[^\]]+\])", pattern)
    known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    sets = (f"[{part[1:-1].replace('!', '^', 1) if part[1:2] == '!' else part[1:-1]}]" for part in parts[1::2])
    odd = [known.get(part, made) for part, made in zip(parts[1::2], sets, strict=True)]
    return "".join(re.escape(plain) + special for plain, special in zip(parts[::2], [*odd, ""], strict=True))


@contextmanager
def opened(place: Place) -> Iterator[IO[bytes]]:
    """The file, to be read from any place in it. Raises DataError if it cannot be opened."""
    with _told(place):
        file = file_system(place.root).open_input_file(place.path)
    with file:
        yield cast("IO[bytes]", file)


@contextmanager
def read_through(place: Place) -> Iterator[IO[bytes]]:
    """As `opened`, for what is read from one end to the other: in large pieces."""
    import io

    with opened(place) as file, io.BufferedReader(cast("Any", file), _BUFFER) as buffered:
        yield buffered


@contextmanager
def written(place: Place) -> Iterator[IO[bytes]]:
    """A file to write, which takes its place only if the block ends without an error.

    Two processes may write the same file: each has a temporary one of its own, and the last takes the place.
    Raises DataError if it cannot be written.
    """
    fs = file_system(place.root)
    temporary = place.parent / f".valence-{uuid4().hex}.tmp"
    with _told(place, writing=True):
        if not place.root:
            fs.create_dir(place.parent.path)
        try:
            with fs.open_output_stream(temporary.path) as file:
                yield cast("IO[bytes]", file)
            if not place.root:
                _synchronise(temporary.path)
            fs.move(temporary.path, place.path)
        except BaseException:
            _remove(temporary)
            raise


def write_bytes(place: Place, content: bytes) -> None:
    """Writes a file whole or not at all."""
    with written(place) as file:
        file.write(content)


def read_bytes(place: Place) -> bytes | None:
    """The whole file; None if there is none."""
    if not _info(place).is_file:
        return None
    with opened(place) as file:
        return file.read()


def size_of(place: Place) -> int | None:
    """In bytes; None if there is no such file."""
    info = _info(place)
    return int(info.size) if info.is_file else None


def files_in(folder: Place) -> list[Place]:
    """All files below the folder; none where there is no folder."""
    fs = import_module("pyarrow.fs")
    with _told(folder):
        infos = file_system(folder.root).get_file_info(
            fs.FileSelector(folder.path, recursive=True, allow_not_found=True)
        )
    return [Place(folder.root, info.path) for info in infos if info.is_file]


def remove(place: Place) -> None:
    """Removes a file, if it is there."""
    with _told(place, writing=True):
        _remove(place)


def is_temporary(place: Place) -> bool:
    """Whether it is what a killed process was writing."""
    return _TEMPORARY.fullmatch(place.name.name) is not None


@lru_cache(maxsize=16)
def file_system(root: str) -> Any:
    """Of pyarrow, with one pool of connections for the process. Raises SettingsError if it cannot be had."""
    try:
        fs = import_module("pyarrow.fs")
    except ImportError as error:
        raise DataError(
            "Scoring on a cluster needs pyarrow, which is not installed.",
            way_out=how_to_install("cluster"),
            code="library-missing",
        ) from error
    if not root:
        return fs.LocalFileSystem()
    try:
        return fs.FileSystem.from_uri(root)[0]
    except (ValueError, OSError, NotImplementedError) as error:
        raise SettingsError(
            f"{_without_keys(root)} cannot be used: {error}.",
            way_out="Valence reads this machine's files, s3:// and gs://; for keys see docs/how-to/cluster.md.",
            code="storage-unknown",
        ) from error


def _without_keys(root: str) -> str:
    return re.sub(r"//[^@/]*@", "//", root)


def _info(place: Place) -> Any:
    with _told(place):
        return file_system(place.root).get_file_info(place.path)


def _remove(place: Place) -> None:
    if _info(place).is_file:
        file_system(place.root).delete_file(place.path)


def _synchronise(path: str) -> None:
    """A power cut after the file has its name leaves its content too."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _told(place: Place, *, writing: bool = False) -> Iterator[None]:
    """Maps the file system's errors to a DataError."""
    try:
        yield
    except OSError as error:
        raise DataError(
            f"{place} cannot be {'written' if writing else 'read'}: {error.strerror or error}.",
            way_out="Mend that and give the same command again: what is finished is kept." if writing else "",
            code="output-unwritable" if writing else "data-unreadable",
        ) from error
