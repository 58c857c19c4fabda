"""What runs in a worker: planning a file, and reading, scoring and writing a part.

Errors of a file are returned, not raised, so that one bad file does not stop the others.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from valence.bulk.blocks import Block, Problem
from valence.bulk.output import packing
from valence.bulk.scoring import Scored, cleaning, results, with_problems
from valence.cluster.connection import fetch, host
from valence.cluster.inputs import InputFile
from valence.cluster.model import engine_from
from valence.cluster.plans import Part, Plan, Reading, Table, part_opened, planned
from valence.cluster.shards import Receipt, Scoring, Shard, format_of_shard, write_shard
from valence.cluster.storage import Place, size_of
from valence.inference.engine import Engine
from valence.system.errors import ClusterError, DataError, SettingsError, ValenceError
from valence.system.version import __version__
from valence.tables.grid import Unread, stopped_by
from valence.tables.options import BadRows
from valence.tables.posts import Cleaning
from valence.tables.shape import Shape
from valence.tables.writers import FileWriter, file_writer

LOGGED_PROBLEMS = 20  # of a shard; all of them go into the file next to it


@dataclass(frozen=True)
class Job:
    """What is the same for all parts of a run.

    Attributes:
        reading: how files are read.
        converted: the format of the shards; None for each file's own.
        bad_rows: whether the first row that cannot be read or scored ends the run.
        clean: how forum posts are cleaned; None for what the model was trained on.
        marker: a file in the folder of the shards, which every machine must see.
        scoring: what shards depend on besides their parts.
        version: of Valence.
    """

    reading: Reading
    converted: str | None
    bad_rows: BadRows
    clean: Cleaning | None
    marker: Place
    scoring: Scoring
    version: str = __version__


@dataclass(frozen=True)
class Task:
    """A part to score, and what is needed of its file."""

    table: Table
    part: Part
    shard: Shard
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Done:
    """The result of a task.

    Attributes:
        task: the part.
        receipt: of its shard; None if it could not be written.
        problems: the messages of its first problems, and whether the row was kept.
        error: why there is no receipt.
        fatal: whether the error must stop the run.
    """

    task: Task
    receipt: Receipt | None = None
    problems: tuple[tuple[str, bool], ...] = ()
    error: ValenceError | None = None
    fatal: bool = False


class Planner:
    """Cuts files into parts."""

    def __init__(self, reading: Reading, marker: Place, version: str) -> None:
        self._reading = reading
        self._fault = unfit(marker, version)

    def __call__(self, file: InputFile) -> Plan:
        if self._fault:
            return Plan(file.name, None, (), error=self._fault)
        return planned(file.place, file.name, self._reading)


class Scorer:
    """Scores parts with a single-threaded engine."""

    def __init__(self, job: Job, files: Any, name: str) -> None:
        self._job = job
        self._fault = unfit(job.marker, job.version)
        self._engine: Engine | None = None if self._fault else engine_from(fetch(files), name)
        self._trim_heap = _heap_trimmer()

    def __call__(self, task: Task) -> Done:
        if self._engine is None:
            return Done(task, error=self._fault, fatal=True)
        job, part = self._job, task.part
        finished = task.shard.finished(part, job.scoring)  # by a worker that died before it could report it
        if finished:
            return Done(task, finished)
        problems: list[Problem] = []
        try:
            receipt = self._scored(task, self._engine, problems)
        except _Strict as stop:
            return Done(task, error=stop.error, fatal=True)
        except ValenceError as error:
            return Done(task, error=error)
        finally:
            self._trim_heap()
        messages = tuple((problem.error.message, problem.kept) for problem in problems)
        return Done(task, receipt, messages)

    def _scored(self, task: Task, engine: Engine, problems: list[Problem]) -> Receipt:
        job, table, part = self._job, task.table, task.part

        def where(place: int) -> str:
            return f"{table.place.name}, {table.unit} {place}"

        def scored(blocks: Iterator[Block]) -> Iterator[Scored]:
            score = cleaning(engine.answers, job.clean or engine.fitted.cleaning)
            for block in blocks:
                result = with_problems(block, results(block.texts, score), where)
                _, _, block_problems = result
                if job.bad_rows == "stop" and block_problems:
                    first = block_problems[0]
                    raise _Strict(stopped_by(Unread(first.place, first.error)))
                problems.extend(block_problems[: LOGGED_PROBLEMS - len(problems)])
                yield result

        kind = format_of_shard(table, job.converted)
        with part_opened(table, part, job.reading) as (open_table, blocks):
            shape, pack = Shape.of(open_table, task.columns), packing(task.shard.file.name)

            def writer_of(file: IO[bytes]) -> FileWriter:
                return file_writer(kind, file, shape, job.reading.added, pack)

            return write_shard(task.shard, table, part, scored(blocks), writer_of, job.scoring)


class _Strict(Exception):  # noqa: N818 - it carries an error past the handlers of ValenceError
    def __init__(self, error: DataError) -> None:
        self.error = error


def unfit(marker: Place, version: str) -> ValenceError | None:
    """Why this machine cannot take part: another version of Valence, or no access to the folder of the shards."""
    if version != __version__:
        return ClusterError(
            f"{host()} has Valence {__version__}, but the command was run with {version}.",
            hint="Install the same version on every machine of the cluster.",
            code="cluster-versions",
        )
    try:
        seen = size_of(marker) is not None
    except ValenceError as error:
        return error
    if seen:
        return None
    return SettingsError(
        f"{host()} does not see {marker.parent}, the folder for the shards.",
        hint="Give --out a folder that all machines share, or an address such as s3://bucket/folder.",
        code="output-not-shared",
    )


def _heap_trimmer() -> Callable[[], object]:
    """A function that returns freed memory to the system: glibc would keep as much as the largest shard needed."""
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):  # another C library
        return lambda: None
    return lambda: trim(0)
