"""Where scored rows go: standard output, or a file that appears only when it is complete, and survives a kill.

While a file OUT is written, OUT.part holds its bytes, and the journal OUT.part.json says how many of them count.
The next run cuts off what a killed run wrote beyond that, so no row is written twice and none is lost.
"""

from __future__ import annotations

import fcntl
import functools
import gzip
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Self

from valence.bulk.blocks import Problem
from valence.bulk.counts import Counts
from valence.system.errors import DataError
from valence.system.files import write_json
from valence.tables.decoding import shown, zstd

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

JOURNAL_VERSION = 4
Finish = Callable[[Path, str, Path], None]


@dataclass(frozen=True)
class State:
    """How far a run has got.

    Attributes:
        blocks: number of blocks written.
        digest: of their content, hex; each block's digest is chained to the one before.
        counts: of their rows.
        done: whether the whole input has been scored.
    """

    blocks: int = 0
    digest: str = ""
    counts: Counts = field(default_factory=Counts)
    done: bool = False


class StandardOutput:
    """Writes to standard output; such a run cannot be resumed."""

    state, begun = State(), False

    def write(self, content: bytes) -> None:
        try:
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
        except BrokenPipeError:  # the reader, such as head, has closed it
            raise
        except OSError as error:
            raise DataError(f"Standard output cannot be written: {error.strerror}.", code="output-closed") from error

    def list_problems(self, problems: Sequence[Problem]) -> None:
        """They are only logged."""

    def commit(self, state: State) -> None:
        """A run to standard output cannot be resumed."""

    def finish(self, finish: Finish | None = None) -> None:
        """Everything is already written."""


@dataclass
class _Journal:
    settings: dict[str, Any]
    version: int = JOURNAL_VERSION
    part_bytes: int = 0
    problem_bytes: int = 0
    state: State = field(default_factory=State)


class FileOutput:
    """A file that is written under a temporary name. Use it as a context manager.

    Args:
        target: OUT. Its ending tells how it is compressed.
        settings: all that determines the output, as JSON; a run is resumed only with the same ones.
        unit: what the place of a problem counts.
        final: whether what is written is the content of OUT, and not what `finish` makes it of.
        restart: discard what an interrupted run left.

    Raises DataError if it cannot be written, if another process writes it, or if an interrupted run had other settings.
    """

    def __init__(
        self, target: Path, settings: dict[str, Any], *, unit: str, final: bool = True, restart: bool = False
    ) -> None:
        self.target, self._unit = target, unit
        self._part = target.with_name(f"{target.name}.part")
        self._problems = problems_of(target)
        self._problems_part = target.with_name(f"{self._problems.name}.part")
        self._journal_path = target.with_name(f"{target.name}.part.json")
        with _errors_mapped(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            self._file = _locked(self._part)
        try:
            with _errors_mapped(target):
                if restart:
                    self._journal_path.unlink(missing_ok=True)
                self._journal = self._read_journal(settings) or _Journal(settings)
                kept = self._journal.part_bytes
                self._placed = kept > 0 and os.fstat(self._file.fileno()).st_size == 0  # and killed right after
                self._problems_file = self._problems_part.open("ab")
                self._cut()
                self._content = packed(self._file, target) if final else self._file
        except BaseException:
            self._file.close()
            raise

    @property
    def state(self) -> State:
        """Where to resume; the beginning in a new run."""
        return self._journal.state

    @property
    def begun(self) -> bool:
        """Whether an interrupted run has written something that counts."""
        return self._journal.part_bytes > 0

    def write(self, content: bytes) -> None:
        """Appends; the content is valid only after `commit`."""
        with _errors_mapped(self.target):
            self._content.write(content)

    def list_problems(self, problems: Sequence[Problem]) -> None:
        """Adds them to the list beside the file."""
        with _errors_mapped(self.target):
            self._problems_file.write(problem_lines(problems, self._unit))

    def commit(self, state: State) -> None:
        """From now on, a new run resumes from `state`."""
        with _errors_mapped(self.target):
            for file in (self._file, self._problems_file):
                file.flush()
                os.fsync(file.fileno())
            self._journal.state = state
            self._journal.part_bytes, self._journal.problem_bytes = self._file.tell(), self._problems_file.tell()
            write_json(self._journal_path, asdict(self._journal))

    def finish(self, finish: Finish | None = None) -> None:
        """Puts the complete file in its place; `finish` makes it first of what was written, unless that is final.

        Its steps are ordered so that after a kill between any two, the next run can do the rest.
        """
        with _errors_mapped(self.target):
            if self._placed:
                self._part.unlink()
            else:
                self._place(finish)
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

    def _place(self, finish: Finish | None) -> None:
        if finish is None:
            self._part.replace(self.target)
            return
        draft = self.target.with_name(f"{self.target.name}.part.draft")
        try:
            finish(self._part, self._journal.state.digest, draft)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.replace(self.target)
        self._part.unlink()

    def _read_journal(self, settings: dict[str, Any]) -> _Journal | None:
        """The journal of an interrupted run; None if there is none."""
        if not self._journal_path.exists():
            return None
        try:
            raw = json.loads(self._journal_path.read_text("utf-8"))
            state = raw["state"]
            journal = _Journal(**{**raw, "state": State(**{**state, "counts": Counts(**state["counts"])})})
        except (ValueError, TypeError, KeyError) as error:
            raise self._stale(f"its journal {self._journal_path.name} cannot be read ({error})") from error
        settings = json.loads(json.dumps(settings))  # as the journal has them, without tuples
        other = [name for name in settings if journal.settings.get(name) != settings[name]]
        if journal.version != JOURNAL_VERSION or other:
            raise self._stale(f"it had another {other[0]}" if other else "another version of Valence made it")
        size = self._part.stat().st_size
        placed = journal.state.done and not size and self.target.exists()
        if journal.part_bytes > size and not placed:
            raise self._stale(f"{self._part.name} is shorter than before")
        return journal

    def _cut(self) -> None:
        """Drops what was not committed, and goes to the end."""
        journal = self._journal
        for file, size in ((self._file, journal.part_bytes), (self._problems_file, journal.problem_bytes)):
            file.truncate(min(size, os.fstat(file.fileno()).st_size))
            file.seek(0, os.SEEK_END)

    def _stale(self, why: str) -> DataError:
        return DataError(
            f"An interrupted run left {self._part}, but it cannot be resumed: {why}.",
            hint="Use the same options as before, or --restart to start again.",
            code="resume-mismatch",
        )


def problems_of(target: Path) -> Path:
    """The file that lists rows that could not be read or scored; it exists only if there are any."""
    return target.with_name(f"{target.name}.problems.jsonl")


def problem_lines(problems: Iterable[Problem], unit: str) -> bytes:
    """Lines of the file that lists problems; `unit` is what their places count."""
    lines = [
        {unit: problem.place, "kept": problem.kept, "code": problem.error.code, "error": str(problem.error)}
        for problem in problems
    ]
    return "".join(f"{json.dumps(line)}\n" for line in lines).encode()


def packed(file: IO[bytes], name: Path) -> SupportsWrite[bytes]:
    """The open file, or one that compresses as the name says: each piece alone, so that pieces can be appended."""
    suffix = name.suffix.lower()
    if suffix == ".gz":
        return _Packed(file, functools.partial(gzip.compress, mtime=0))
    return _Packed(file, zstd().compress) if suffix == ".zst" else file


@dataclass
class _Packed:
    file: IO[bytes]
    pack: Callable[[bytes], bytes]

    def write(self, content: bytes) -> None:
        self.file.write(self.pack(content))


def _locked(part: Path) -> IO[bytes]:
    """The file, locked by this process until it ends."""
    file = part.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        mine = (
            part.exists() and os.fstat(file.fileno()).st_ino == part.stat().st_ino
        )  # another process may just have renamed it
    except OSError:
        mine = False
    if not mine:
        file.close()
        raise DataError(
            f"Another process is writing {shown(part).removesuffix('.part')}.",
            hint="Wait until it has finished, or use another --out.",
            code="output-in-use",
        )
    return file


@contextmanager
def _errors_mapped(target: Path) -> Iterator[None]:
    """Maps the file system's errors in the block to a DataError that names the output."""
    try:
        yield
    except OSError as error:
        raise DataError(
            f"{target} cannot be written: {error.strerror or error}.",
            hint="Fix this and run the same command again: it resumes where it stopped.",
            code="output-unwritable",
        ) from error
