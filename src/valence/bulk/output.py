"""Where scored rows go: a file that appears only when it is whole and survives a kill, or standard output.

While a file OUT is being made, OUT.part holds its bytes and OUT.part.json, the journal, says how many of them count.
What a killed run wrote beyond the journal is cut off by the next one, so no row is written twice and none is lost.
"""

from __future__ import annotations

import fcntl
import gzip
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Protocol, Self

from valence.bulk.blocks import Problem
from valence.data.table.opening import shown, zstd
from valence.errors import DataError
from valence.files import write_json

JOURNAL_VERSION = 1


@dataclass
class State:
    """How far a run has come.

    Attributes:
        blocks: blocks that are written.
        digest: of all they held, hex; each block's is chained to the one before.
        rows: rows in the output.
        blank: of these, rows without a text.
        unscored: of these, rows whose text could not be scored.
        unread: rows that are not in the output.
        done: whether the input has ended.
    """

    blocks: int = 0
    digest: str = ""
    rows: int = 0
    blank: int = 0
    unscored: int = 0
    unread: int = 0
    done: bool = False


class Output(Protocol):
    """Takes encoded blocks in order."""

    def write(self, content: bytes, problems: list[Problem]) -> None:
        """Appends; what is written counts only after `commit`."""

    def commit(self, state: State) -> None:
        """From now on a new run goes on from `state`."""

    def finish(self) -> None:
        """Puts the whole file in its place."""


class StandardOutput:
    """Blocks to standard output, which nothing can resume."""

    def write(self, content: bytes, problems: list[Problem]) -> None:  # noqa: ARG002 - they are logged as they come
        try:
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
        except BrokenPipeError:  # whoever read it, such as head, has enough
            raise
        except OSError as error:
            raise DataError(f"Standard output cannot be written: {error.strerror}.", code="output-closed") from error

    def commit(self, state: State) -> None:
        """Nothing can be gone on with."""

    def finish(self) -> None:
        """What was written is out already."""


@dataclass
class _Journal:
    settings: dict[str, Any]
    version: int = JOURNAL_VERSION
    part_bytes: int = 0
    problem_bytes: int = 0
    state: State = field(default_factory=State)


class FileOutput:
    """A file that is written beside its place. Use it as a context manager.

    Args:
        target: OUT. Its ending says how it is compressed.
        settings: everything that decides the output's bytes, as JSON; a stopped run with others cannot be gone on with.
        unit: what a problem's place counts.
        head: what the output begins with.
        convert: makes the file at its second argument of the one at its first, where blocks are not yet the format.
        restart: drop what a stopped run left.

    Raises DataError if it cannot be written, if another process is writing it, or if a stopped run had other settings.
    """

    def __init__(
        self,
        target: Path,
        settings: dict[str, Any],
        *,
        unit: str,
        head: bytes = b"",
        convert: Callable[[Path, Path], None] | None = None,
        restart: bool = False,
    ) -> None:
        self.target, self._unit, self._convert = target, unit, convert
        self._part = target.with_name(f"{target.name}.part")
        self._problems = problems_of(target)
        self._problems_part = target.with_name(f"{self._problems.name}.part")
        self._journal_path = target.with_name(f"{target.name}.part.json")
        self._pack = packing(target)
        with _written(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            self._file = _locked(self._part)
        try:
            with _written(target):
                if restart:
                    self._journal_path.unlink(missing_ok=True)
                self._journal = self._found(settings) or _Journal(settings)
                kept = self._journal.part_bytes
                self._placed = kept > 0 and os.fstat(self._file.fileno()).st_size == 0  # and killed right after
                self._problems_file = self._problems_part.open("ab")
                self._cut()
                if not kept and head:
                    self._file.write(self._pack(head))
        except BaseException:
            self._file.close()
            raise

    @property
    def state(self) -> State:
        """Where the run stands that is gone on with; at the beginning in a new one."""
        return self._journal.state

    def write(self, content: bytes, problems: list[Problem]) -> None:
        with _written(self.target):
            self._file.write(self._pack(content))
            for each in problems:
                self._problems_file.write(problem_line(each, self._unit))

    def commit(self, state: State) -> None:
        with _written(self.target):
            for file in (self._file, self._problems_file):
                file.flush()
                os.fsync(file.fileno())
            self._journal.state = state
            self._journal.part_bytes, self._journal.problem_bytes = self._file.tell(), self._problems_file.tell()
            write_json(self._journal_path, asdict(self._journal))

    def finish(self) -> None:
        """The steps in such an order that a kill between any two lets the next run take the rest."""
        with _written(self.target):
            if self._placed:
                self._part.unlink()
            else:
                self._place()
            if self._journal.problem_bytes:
                if self._problems_part.stat().st_size:
                    self._problems_part.replace(self._problems)
            else:
                self._problems.unlink(missing_ok=True)
            self._problems_part.unlink(missing_ok=True)
            self._journal_path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        self._problems_file.close()

    def _place(self) -> None:
        if self._convert is None:
            self._part.replace(self.target)
            return
        draft = self.target.with_name(f"{self.target.name}.part.draft")
        self._convert(self._part, draft)
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.replace(self.target)
        self._part.unlink()

    def _found(self, settings: dict[str, Any]) -> _Journal | None:
        """The journal of a stopped run."""
        if not self._journal_path.exists():
            return None
        try:
            raw = json.loads(self._journal_path.read_text("utf-8"))
            found = _Journal(**{**raw, "state": State(**raw["state"])})
        except (ValueError, TypeError, KeyError) as error:
            raise self._stale(f"its journal {self._journal_path.name} cannot be read ({error})") from error
        other = [name for name in settings if found.settings.get(name) != settings[name]]
        if found.version != JOURNAL_VERSION or other:
            raise self._stale(f"it had another {other[0]}" if other else "another Valence made it")
        size = self._part.stat().st_size
        placed = found.state.done and not size and self.target.exists()
        if found.part_bytes > size and not placed:
            raise self._stale(f"{self._part.name} is shorter than it was")
        return found

    def _cut(self) -> None:
        """Drops what was written and not committed, and goes to the end."""
        journal = self._journal
        for file, size in ((self._file, journal.part_bytes), (self._problems_file, journal.problem_bytes)):
            file.truncate(min(size, os.fstat(file.fileno()).st_size))
            file.seek(0, os.SEEK_END)

    def _stale(self, why: str) -> DataError:
        return DataError(
            f"A stopped run has left {self._part}, and this one cannot go on with it: {why}.",
            way_out="Give the options of then, or --restart to begin anew.",
            code="resume-mismatch",
        )


def problems_of(target: Path) -> Path:
    """The file that lists the rows which could not be read or scored; it is there only if there are any."""
    return target.with_name(f"{target.name}.problems.jsonl")


def problem_line(problem: Problem, unit: str) -> bytes:
    """A line of the file that lists problems; `unit` is what their places count."""
    error = problem.error
    line = {unit: problem.place, "kept": problem.kept, "code": error.code, "error": str(error)}
    return json.dumps(line).encode() + b"\n"


def packing(target: Path) -> Callable[[bytes], bytes]:
    """How bytes are compressed for a file of this name: each piece by itself, so that pieces can follow each other."""
    suffix = target.suffix.lower()
    if suffix == ".gz":
        return lambda content: gzip.compress(content, mtime=0)
    if suffix == ".zst":
        library = zstd()
        return lambda content: bytes(library.compress(content))
    return lambda content: content


def _locked(part: Path) -> IO[bytes]:
    """The file, for this process alone until it ends, however it ends."""
    file = part.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        mine = part.exists() and os.fstat(file.fileno()).st_ino == part.stat().st_ino  # not just renamed by another
    except OSError:
        mine = False
    if not mine:
        file.close()
        raise DataError(
            f"Another process is writing {shown(part).removesuffix('.part')}.",
            way_out="Wait until it has finished, or give another --out.",
            code="output-in-use",
        )
    return file


@contextmanager
def _written(target: Path) -> Iterator[None]:
    """Maps the file system's errors in the block to a DataError that names the output."""
    try:
        yield
    except OSError as error:
        raise DataError(
            f"{target} cannot be written: {error.strerror or error}.",
            way_out="Mend that and run the same command again: it goes on from where it was.",
            code="output-unwritable",
        ) from error
