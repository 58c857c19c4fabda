"""Complete or absent: files and folders that are written beside their target and renamed into place.

Knows the standard library alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_bytes(path: Path, content: bytes) -> None:
    """Writes a file whole or not at all: a reader sees the old content or the new, never a part."""
    with file_in_place_of(path) as file:
        file.write(content)


@contextmanager
def file_in_place_of(path: Path, *, mode: int = 0o644) -> Iterator[IO[bytes]]:
    """Yields a file to write, which takes the place of `path` only if the block ends without an error.

    It gets `mode` once it is whole; until then only its owner may read it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_json(path: Path, value: Any) -> None:
    """Writes JSON, indented, in the order given, whole or not at all; a list of plain values stands on one line."""
    write_bytes(path, (indented_json(value) + "\n").encode())


def indented_json(value: Any, indent: str = "") -> str:
    """JSON to be read and compared by lines: a curve's points take one of them, not hundreds.

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
        lines = [f"{inner}{json.dumps(str(key))}: {indented_json(each, inner)}" for key, each in value.items()]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if isinstance(value, list | tuple) and any(isinstance(each, dict | list | tuple) for each in value):
        lines = [f"{inner}{indented_json(each, inner)}" for each in value]
        return "[\n" + ",\n".join(lines) + f"\n{indent}]"
    return json.dumps(value, ensure_ascii=False)


@contextmanager
def folder_in_place_of(target: Path) -> Iterator[Path]:
    """Yields an empty folder beside `target`; it takes the target's place only if the block ends without an error.

    The old folder is moved aside before and removed after, so at no moment is a half-written folder at `target`.
    """
    target = target.absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}.draft-"))
    try:
        yield draft
        draft.chmod(0o755)
        if target.exists():
            retired = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}.old-"))
            target.rename(retired / "old")
            try:
                draft.rename(target)
            except OSError:
                (retired / "old").rename(target)
                raise
            finally:
                shutil.rmtree(retired, ignore_errors=True)
        else:
            draft.rename(target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
