"""What runs in a worker: a file cut into parts, and a part read, scored and written.

A worker answers with what happened and raises nothing that belongs to a file: one bad file costs no other.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from valence.bulk.answering import Scored, answers, told
from valence.bulk.blocks import Block, Problem
from valence.cluster.connection import fetch, host
from valence.cluster.model import engine_from
from valence.cluster.parts import Part, Plan, Reading, Table, checked, part_opened, planned
from valence.cluster.shards import Receipt, Scoring, Shard, write_shard, writer_for
from valence.cluster.storage import Found, Place, size_of
from valence.data.table.opening import format_of
from valence.errors import ClusterError, DataError, SettingsError, ValenceError
from valence.inference.engine import Engine
from valence.version import __version__

TOLD_PROBLEMS = 20  # of a shard, to the log; all of them go into the file beside it


@dataclass(frozen=True)
class Job:
    """What is the same for all parts of a run.

    Attributes:
        reading: how files are read.
        converted: csv or parquet; None for each file's own format.
        strict: a row that cannot be read or scored costs its shard, and the run.
        marker: a file that every machine must see, in the folder where shards are put.
        scoring: what makes shards what they are, beside their parts.
        version: of Valence.
    """

    reading: Reading
    converted: str | None
    strict: bool
    marker: Place
    scoring: Scoring
    version: str = __version__


@dataclass(frozen=True)
class Task:
    """A part to score, and what of its file is needed for it."""

    table: Table
    part: Part
    shard: Shard
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Done:
    """What became of a part.

    Attributes:
        task: the part.
        receipt: of its shard; None if there is none.
        told: the messages of its first problems, and whether the row was kept.
        error: why there is none.
        fatal: whether the run must stop for it.
    """

    task: Task
    receipt: Receipt | None = None
    told: tuple[tuple[str, bool], ...] = ()
    error: ValenceError | None = None
    fatal: bool = False


class Planner:
    """Cuts files into parts."""

    def __init__(self, reading: Reading, marker: Place, version: str) -> None:
        self._reading = reading
        self._fault = unfit(marker, version)

    def __call__(self, found: Found) -> Plan:
        if self._fault:
            return Plan(found.name, None, (), error=self._fault)
        try:
            kind = kind_of(found.place, self._reading)
        except ValenceError as error:
            return Plan(found.name, None, (), error=error)
        return planned(found.place, found.name, kind, self._reading)


class Scorer:
    """Scores parts, with an engine of one thread."""

    def __init__(self, job: Job, files: Any, name: str) -> None:
        self._job = job
        self._fault = unfit(job.marker, job.version)
        self._engine: Engine | None = None if self._fault else engine_from(fetch(files), name)
        self._give_back = _heap_trimmer()

    def __call__(self, task: Task) -> Done:
        if self._engine is None:
            return Done(task, error=self._fault, fatal=True)
        job, part = self._job, task.part
        finished = task.shard.finished(part, job.scoring)  # by a worker that died before it could say so
        if finished:
            return Done(task, finished)
        messages: list[Problem] = []
        try:
            receipt = self._scored(task, self._engine, messages)
        except _Strict as stop:
            return Done(task, error=stop.error, fatal=True)
        except ValenceError as error:
            return Done(task, error=error)
        finally:
            self._give_back()
        shown = tuple((each.error.message, each.kept) for each in messages)
        return Done(task, receipt, shown)

    def _scored(self, task: Task, engine: Engine, messages: list[Problem]) -> Receipt:
        job, table, part = self._job, task.table, task.part
        added = job.reading.added

        def where(place: int) -> str:
            return f"{table.place.name}, {table.unit} {place}"

        def scored(blocks: Iterator[Block]) -> Iterator[Scored]:
            for block in checked(blocks, part):
                found = told(block, answers(block.texts, engine.answers), where)
                if job.strict and found[2]:
                    raise _Strict(found[2][0].error)
                messages.extend(found[2][: TOLD_PROBLEMS - len(messages)])
                yield found

        with (
            part_opened(table, part, job.reading.encoding, added) as source,
            writer_for(table, source, added, job.converted, task.columns) as writer,
        ):
            return write_shard(task.shard, table, part, scored(source.blocks), writer, job.scoring)


class _Strict(Exception):  # noqa: N818 - it carries an error through what would map errors
    def __init__(self, error: DataError) -> None:
        self.error = error


def kind_of(place: Place, reading: Reading) -> str:
    """The format of a file. Raises SettingsError where its name does not say it."""
    kind = reading.format or format_of(place.name)
    if kind is None:
        raise SettingsError(
            f"{place} has no ending that says its format.",
            way_out="Add --format csv, tsv or jsonl, which then holds for all files.",
            code="format-unknown",
        )
    return kind


def unfit(marker: Place, version: str) -> ValenceError | None:
    """Why this machine cannot take part: another Valence, or it does not see the folder of the shards."""
    if version != __version__:
        return ClusterError(
            f"Valence is {__version__} on {host()}, and {version} where the command was given.",
            way_out="Install the same one on every machine of the cluster.",
            code="cluster-versions",
        )
    try:
        seen = size_of(marker) is not None
    except ValenceError as error:
        return error
    if seen:
        return None
    return SettingsError(
        f"{host()} does not see {marker.parent}, where the shards go.",
        way_out="Give --out a folder that all machines share, or an address such as s3://bucket/folder.",
        code="output-not-shared",
    )


def _heap_trimmer() -> Callable[[], object]:
    """Gives freed memory back to the system: glibc keeps it, and so grows with the largest shard that it has seen."""
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):  # another C library
        return lambda: None
    return lambda: trim(0)
