"""Complete or absent: files and folders that are written beside their target and renamed into place.

A disk that is full, and whatever else forbids to write, becomes an OutputError here. Linux lets two folders change
places in one step; elsewhere there is a moment between two renames, after which a kill leaves the old folder aside.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import glob
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from valence.system.errors import OutputError

# What only writing meets, and what reading meets too.
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG}
# How libraries in other languages word a full disk, without a number: safetensors, PyTorch, numpy.
_NO_ROOM_IN_WORDS = re.compile(
    r"No space left|File too large|os error 28|PytorchStreamWriter failed|unexpected pos \d"
    r"|\d requested and \d+ written"
)

_AT_THE_WORKING_FOLDER = -100  # AT_FDCWD
_EXCHANGE = 2  # RENAME_EXCHANGE


@contextmanager
def writing(target: Path) -> Iterator[None]:
    """Maps a full disk or missing rights, however a library reports them, to an OutputError that names `target`.

    >>> with writing(Path("models/own")):
    ...     raise OSError(errno.ENOSPC, "No space left on device")
    Traceback (most recent call last):
    valence.system.errors.OutputError: models/own cannot be written: No space left on device. Free some space or ...
    """
    try:
        yield
    except Exception as error:
        why = _why_not_written(error, target)
        if not why:
            raise
        raise OutputError(
            f"{target} cannot be written: {why}.",
            hint="Free some space or change the permissions, and run the command again; nothing was changed.",
        ) from error


def _why_not_written(error: BaseException | None, target: Path) -> str:
    """The reason in words; empty if the error is of another kind."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            return os.strerror(error.errno)
        if isinstance(error, OSError) and error.errno in _FORBIDDEN and error.filename is not None:
            near = Path(os.fsdecode(error.filename)).absolute()
            if near.is_relative_to(target.absolute().parent) or target.absolute().is_relative_to(near):
                return os.strerror(error.errno)
        if isinstance(error, FileNotFoundError) and error.filename is not None:
            missing = Path(os.fsdecode(error.filename)).absolute()
            if _is_made_for(missing, target.absolute()):  # some file systems, /proc for one, say this of a new file
                return os.strerror(errno.ENOENT)
        if _NO_ROOM_IN_WORDS.search(str(error)):
            return os.strerror(errno.ENOSPC)
        error = error.__cause__ or error.__context__
    return ""


def _is_made_for(path: Path, target: Path) -> bool:
    """Whether `path` is what writing `target` makes: the target, a folder on the way to it, or its temporary name."""
    return target.is_relative_to(path) or (path.parent == target.parent and path.name.startswith(f".{target.name}."))


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_bytes(path: Path, content: bytes) -> None:
    """Writes a file completely or not at all: a reader sees the old or the new content. Raises OutputError."""
    with writing(path), file_in_place_of(path) as file:
        file.write(content)


def check_file_free(path: Path, *, overwrite: bool) -> None:
    """Raises OutputError if `path` exists and must not be overwritten."""
    if path.exists() and not overwrite:
        raise OutputError(
            f"{path} already exists.", hint="Name another file, or add --overwrite.", code="output-exists"
        )


@contextmanager
def file_in_place_of(path: Path, *, mode: int | None = None) -> Iterator[IO[bytes]]:
    """Yields a file to write, which replaces `path` only if the block ends without an error.

    Once complete it gets `mode`, by default that of the umask; until then only its owner can read it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o666 & ~umask() if mode is None else mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_json(path: Path, value: Any) -> None:
    """Writes indented JSON, completely or not at all; a list of plain values is one line."""
    write_bytes(path, (indented_json(value) + "\n").encode())


def indented_json(value: Any, indent: str = "") -> str:
    """JSON that is easy to read and to compare: the points of a curve take one line, not hundreds.

    >>> print(indented_json({"name": "a", "points": [1, 2], "rows": [{"b": []}]}))
    {
      "name": "a",
      "points": [1, 2],
      "rows": [
        {
          "b": []
        }
      ]
    }
    """
    inner = indent + "  "
    if isinstance(value, dict) and value:
        lines = [f"{inner}{json.dumps(str(key))}: {indented_json(item, inner)}" for key, item in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if isinstance(value, list | tuple) and any(isinstance(item, dict | list | tuple) for item in value):
        lines = [f"{inner}{indented_json(item, inner)}" for item in value]
        return "[\n" + ",\n".join(lines) + f"\n{indent}]"
    return json.dumps(value, ensure_ascii=False)


@contextmanager
def folder_in_place_of(target: Path) -> Iterator[Path]:
    """Yields an empty folder next to `target`, which replaces `target` only if the block ends without an error.

    There is never a half-written folder at `target`. The next call removes a draft that a killed process left.
    Raises OutputError if it cannot be written.
    """
    with writing(target):
        target = target.absolute()
        target.parent.mkdir(parents=True, exist_ok=True)
        remove_abandoned(target)
        draft = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}.draft-"))
        lock = _locked(draft)
        try:
            yield draft
            _set_modes(draft)
            _put_in_place(draft, target)
        except BaseException:
            shutil.rmtree(draft, ignore_errors=True)
            raise
        finally:
            os.close(lock)


def umask() -> int:
    """The process's umask. Python itself can only read it by setting it, for all threads."""
    try:
        status = Path("/proc/self/status").read_text("ascii", errors="replace")
        return int(re.findall(r"^Umask:\s*([0-7]+)$", status, re.MULTILINE)[0], 8)
    except (OSError, IndexError):  # not Linux
        mask = os.umask(0o022)
        os.umask(mask)
        return mask


def _set_modes(folder: Path) -> None:
    """Gives everything in the folder the modes of new files, whatever wrote or copied it."""
    lacking = umask()
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod((0o777 if path.is_dir() else 0o666) & ~lacking)


def remove_folder(folder: Path) -> None:
    """Removes a folder so that a kill leaves it complete or gone."""
    aside = Path(tempfile.mkdtemp(dir=folder.absolute().parent, prefix=f".{folder.name}.draft-"))
    with suppress(FileNotFoundError):
        folder.rename(aside / "old")
    shutil.rmtree(aside, ignore_errors=True)


def _put_in_place(draft: Path, target: Path) -> None:
    if not target.exists():
        draft.rename(target)
    elif _exchanged(draft, target):
        shutil.rmtree(draft, ignore_errors=True)  # it holds the old content now
    else:
        retired = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}.old-"))
        target.rename(retired / "old")
        try:
            draft.rename(target)
        except OSError:
            (retired / "old").rename(target)
            raise
        finally:
            shutil.rmtree(retired, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Exchanges the two in one step and returns whether that worked; Linux can do it on most file systems."""
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    here = _AT_THE_WORKING_FOLDER
    return rename is not None and rename(here, os.fsencode(one), here, os.fsencode(other), _EXCHANGE) == 0


def _locked(folder: Path) -> int:
    """The folder, open and locked while this process lives, which shows that it is not abandoned."""
    descriptor = os.open(folder, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def remove_abandoned(target: Path) -> None:
    """Removes drafts and old versions of the folder `target` whose process was killed."""
    for draft in target.parent.glob(f".{glob.escape(target.name)}.draft-*"):
        with suppress(OSError):  # another process removed it first, or is writing it
            descriptor = os.open(draft, os.O_RDONLY)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(draft, ignore_errors=True)
            finally:
                os.close(descriptor)
