"""Streams of bytes between a file and its reader: counted, bounded, and read from the beginning again."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, cast

from tqdm import tqdm

from valence.system.errors import DataError
from valence.tables.decoding import STANDARD_INPUT, shown

BUFFER_BYTES = 1 << 18
START_BYTES = 1 << 16  # of a file, from which its format is detected
_SHOWN_AFTER_S = 1.0  # a shorter read needs no progress bar
_FREE_BYTES = 16 << 20  # so much of a file may be unpacked from however few bytes


@dataclass(frozen=True)
class Limits:
    """How far a file may grow when it is unpacked. None: without end.

    Attributes:
        most_bytes: of the unpacked file.
        most_ratio: unpacked bytes for each packed one, from the first 16 MiB on. Tables of text pack 3 to 30 times.
    """

    most_bytes: int | None = None
    most_ratio: int | None = None


@contextmanager
def bytes_of(
    path: Path, on_read: Callable[[int], Any] | None = None, file: IO[bytes] | None = None
) -> Iterator[IO[bytes]]:
    """The bytes of a file, of STANDARD_INPUT, or of a `file` that is open already and stays open; buffered.

    `on_read` is called with the number of bytes of each read; without it, a slow read shows a progress bar.
    """
    if file is not None or path == STANDARD_INPUT:
        buffered = io.BufferedReader(cast("Any", file or sys.stdin.buffer), 1 << 20)
        try:
            yield buffered
        finally:
            buffered.detach()
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
        io.BufferedReader(Counted(raw, on_read or progress.update), BUFFER_BYTES) as counted,
    ):
        yield cast("IO[bytes]", counted)


def beginning(file: IO[bytes]) -> tuple[bytes, IO[bytes]]:
    """The first bytes of a file, and the file at its beginning again: itself, or another where it cannot be sought."""
    start = b""
    while len(start) < START_BYTES and (more := file.read(START_BYTES - len(start))):  # a pipe gives what it has
        start += more
    if file.seekable():
        file.seek(0)
        return start, file
    return start, cast("IO[bytes]", io.BufferedReader(Replayed(start, file), BUFFER_BYTES))


class Replayed(io.RawIOBase):
    """A file of which the beginning has been read already, from its beginning."""

    def __init__(self, start: bytes, rest: IO[bytes]) -> None:
        self._start, self._rest = memoryview(start), rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._start:
            part, self._start = self._start[: len(buffer)], self._start[len(buffer) :]
        else:
            part = memoryview(_some(self._rest, len(buffer)))
        buffer[: len(part)] = part
        return len(part)


class Counted(io.RawIOBase):
    """A file that counts the bytes that are read of it, and reports each read to `on_read`."""

    def __init__(self, file: Any, on_read: Callable[[int], Any] | None = None) -> None:
        self._file, self._on_read, self.count = file, on_read, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return bool(self._file.seekable())

    def seek(self, offset: int, whence: int = 0) -> int:
        if whence == io.SEEK_SET and offset < 0:  # so a damaged zip says
            raise EOFError("it points before its beginning")
        return int(self._file.seek(offset, whence))

    def readinto(self, buffer: Any) -> int:
        data = _some(self._file, len(buffer))
        buffer[: len(data)] = data
        self.count += len(data)
        if self._on_read is not None:
            self._on_read(len(data))
        return len(data)


class Bounded(Counted):
    """An unpacked file, read once, that may not exceed the limits. `packed` counts what was read of the packed one."""

    def __init__(self, path: Path, file: Any, limits: Limits, packed: Counted | None) -> None:
        super().__init__(file, self._check)
        self._path, self._limits, self._packed = path, limits, packed

    def seekable(self) -> bool:
        return False

    def _check(self, _: int) -> None:
        most, ratio = self._limits.most_bytes, self._limits.most_ratio
        if most is not None and self.count > most:
            how = f"more than {most:,} bytes"
        elif ratio and self._packed and self.count > max(_FREE_BYTES, ratio * self._packed.count):
            how = f"more than {ratio:,} times its size"
        else:
            return
        raise DataError(
            f"{shown(self._path)} becomes {how} when it is unpacked.",
            hint="Give it unpacked, or in several parts.",
            code="unpacked-too-large",
        )


def _some(file: IO[bytes], most: int) -> bytes:
    """The next bytes, at least one unless the file is at its end."""
    read = getattr(file, "read1", file.read)
    return cast("bytes", read(most))
