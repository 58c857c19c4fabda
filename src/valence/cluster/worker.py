"""What runs in a worker: planning a file, and reading, scoring and writing a part.

Errors of a file are returned, not raised, so that one bad file does not stop the others.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from valence.bulk.blocks import Block, Problem
from valence.bulk.counts import LOGGED_PROBLEMS
from valence.bulk.scoring import Scored, cleaning, results, with_problems
from valence.cluster.connection import fetch, host
from valence.cluster.inputs import InputFile
from valence.cluster.model import engine_from
from valence.cluster.plans import Plan, part_opened, planned
from valence.cluster.request import ClusterRequest
from valence.cluster.shards import Receipt, Task, write_shard
from valence.cluster.storage import Place, size_of
from valence.inference.engine import Engine
from valence.system.errors import ClusterError, SettingsError, ValenceError
from valence.system.version import __version__
from valence.tables.answers import Added
from valence.tables.grid import stopped_by


@dataclass(frozen=True)
class Job:
    """What is the same for all parts of a run.

    Attributes:
        request: what is asked.
        marker: a file in the folder of the shards, which every machine must see.
        asked: a digest of the model and of the run's options.
        version: of Valence.
    """

    request: ClusterRequest
    marker: Place
    asked: str
    version: str = __version__


@dataclass(frozen=True)
class Done:
    """The result of a task.

    Attributes:
        task: the part.
        receipt: of its shard; None if it could not be written.
        problems: the messages of its first problems, and whether the row was kept.
        error: why there is no receipt.
        fatal: whether the error must stop the run, because this machine cannot take part.
    """

    task: Task
    receipt: Receipt | None = None
    problems: tuple[tuple[str, bool], ...] = ()
    error: ValenceError | None = None
    fatal: bool = False


class Planner:
    """Cuts files into parts."""

    def __init__(self, job: Job) -> None:
        self._request, self._fault = job.request, unfit(job)

    def __call__(self, file: InputFile) -> Plan:
        if self._fault:
            return Plan(file.name, error=self._fault)
        return planned(file.place, file.name, self._request)


class Scorer:
    """Scores parts with a single-threaded engine."""

    def __init__(self, job: Job, files: Any, name: str) -> None:
        self._job, self._fault = job, unfit(job)
        self._engine: Engine | None = None if self._fault else engine_from(fetch(files), name)
        self._trim_heap = _heap_trimmer()

    def __call__(self, task: Task) -> Done:
        if self._engine is None:
            return Done(task, error=self._fault, fatal=True)
        finished = task.finished(self._job.asked)  # by a worker that died before it could report it
        if finished:
            return Done(task, finished)
        problems: list[Problem] = []
        try:
            receipt = self._scored(task, self._engine, problems)
        except ValenceError as error:
            return Done(task, error=error)
        finally:
            self._trim_heap()
        messages = tuple((problem.error.message, problem.kept) for problem in problems)
        return Done(task, receipt, messages)

    def _scored(self, task: Task, engine: Engine, problems: list[Problem]) -> Receipt:
        request, table = self._job.request, task.table
        score = cleaning(engine.answers, request.clean or engine.fitted.cleaning)

        def where(place: int) -> str:
            return f"{table.place.name}, {table.unit} {place}"

        def scored(blocks: Iterator[Block]) -> Iterator[Scored]:
            for block in blocks:
                result = with_problems(block, results(block.texts, score), where)
                _, _, block_problems = result
                if request.bad_rows == "stop" and block_problems:
                    raise stopped_by(block_problems[0].error)
                problems.extend(block_problems[: LOGGED_PROBLEMS - len(problems)])
                yield result

        added = Added(request.prefix, several=engine.fitted.labels.multi_label)
        with part_opened(table, task.part, request) as (open_table, blocks):
            return write_shard(task, open_table, scored(blocks), added, self._job.asked)


def unfit(job: Job) -> ValenceError | None:
    """Why this machine cannot take part: another version of Valence, or no access to the folder of the shards."""
    if job.version != __version__:
        return ClusterError(
            f"{host()} has Valence {__version__}, but the command was run with {job.version}.",
            hint="Install the same version on every machine of the cluster.",
            code="cluster-versions",
        )
    try:
        seen = size_of(job.marker) is not None
    except ValenceError as error:
        return error
    if seen:
        return None
    return SettingsError(
        f"{host()} does not see {job.marker.parent}, the folder for the shards.",
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
