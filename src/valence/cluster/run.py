"""Scores files on a cluster: cut into parts, finished ones left out, the others spread over the workers.

OUT holds a folder of shards for each file; a receipt beside each shard; run.json, what the run was asked for, written
first; and manifest.json, what there is, written last.
"""

from __future__ import annotations

import hashlib
import json
import logging
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from valence.bulk.blocks import Added
from valence.cluster.connection import Cluster
from valence.cluster.model import engine_from, files_of
from valence.cluster.parts import Plan, Reading
from valence.cluster.shards import Model, Receipt, Scoring, Shard, ending_of, is_of_shard, shards_in
from valence.cluster.storage import (
    Found,
    Place,
    files_in,
    found_files,
    is_temporary,
    place_of,
    read_bytes,
    remove,
    write_bytes,
)
from valence.cluster.worker import Done, Job, Planner, Scorer, Task
from valence.errors import DataError, ValenceError
from valence.files import indented_json
from valence.version import __version__

log = logging.getLogger(__name__)

PART_ROWS = 16_384  # half a minute of one core: what a killed worker costs at most
MOST_COLUMNS = 1_000  # of converted JSON: where keys are data, a table is none
READ_HERE = 64 << 20  # bytes that this process cuts into parts sooner than workers would have started
LOGGED_PROBLEMS = 20
RUN, MANIFEST = "run.json", "manifest.json"


@dataclass(frozen=True)
class ClusterRequest:
    """What is scored, and into what.

    Attributes:
        files: paths, folders, patterns and addresses.
        out: the folder for the shards; an address, or a folder that all machines share.
        model: a model folder on this machine.
        text_column, format, encoding, prefix: as of bulk.opening.ScoreRequest.
        converted: csv or parquet; None for each file's own format.
        part_rows: rows of a shard, up to the end of a block.
        strict: stop at the first row that cannot be read or scored, and at the first file.
        restart: score everything again.
    """

    files: Sequence[str]
    out: str
    model: Path
    text_column: str | None = None
    format: str | None = None
    encoding: str | None = None
    prefix: str = "predicted_"
    converted: str | None = None
    part_rows: int = PART_ROWS
    strict: bool = False
    restart: bool = False

    def reading(self, *, several: bool) -> Reading:
        """How its files are read, for a model that gives a text several labels, or none, or for one that does not."""
        added = Added.prefixed(self.prefix, several=several)
        keys = self.converted is not None
        return Reading(self.format, self.text_column, self.encoding, added, self.part_rows, keys=keys)


@dataclass
class Counts:
    """Of all shards: rows in them; of these, without a text and not scored; rows that are in none."""

    rows: int = 0
    blank: int = 0
    unscored: int = 0
    unread: int = 0

    def add(self, receipt: Receipt) -> None:
        self.rows += receipt.rows
        self.blank += receipt.blank
        self.unscored += receipt.unscored
        self.unread += receipt.unread


def score_files(request: ClusterRequest, cluster: Cluster) -> Counts:
    """Scores the files and returns the counts of all shards, those of earlier runs too.

    Raises DataError and SettingsError before anything is scored for what holds for all files, and at the end, when all
    others are finished, for files and parts that could not be read; with `strict` at the first.
    """
    out = place_of(request.out)
    found = found_files(request.files, but=out, any_ending=request.format is not None)
    files = files_of(request.model)
    engine = engine_from(files, request.model.name)  # a model that cannot be run is told here, once
    model = Model(engine.body_version, engine.head_version)
    reading = request.reading(several=engine.fitted.labels.multi_label)
    del engine
    run = _Run(request, reading, cluster, out, Scoring(model, _begin(out, request, model)))
    plans = run.planned(found)
    run.score(plans, files)
    run.finish(plans)
    return run.counts


def _begin(out: Place, request: ClusterRequest, model: Model) -> str:
    """Notes what the run is asked for, and returns a digest of it.

    Raises DataError if an earlier one in this folder was asked for something else.
    """
    settings = {
        "Valence": __version__,
        "model": asdict(model),
        "text column": request.text_column,
        "prefix": request.prefix,
        "format": request.format,
        "encoding": request.encoding,
        "converted to": request.converted,
        "rows of a shard": request.part_rows,
    }
    raw = read_bytes(out / RUN)
    if raw is not None and not request.restart:
        try:
            before = json.loads(raw)
            other = [name for name in settings if before.get(name) != settings[name]]
        except (ValueError, AttributeError):
            other = ["run.json, which cannot be read"]
        if other:
            raise DataError(
                f"{out} holds the shards of a run that had another {other[0]}.",
                way_out="Give the options of then, another --out, or --restart to score everything again.",
                code="resume-mismatch",
            )
    remove(out / MANIFEST)  # it is there only while it is true
    content = (indented_json(settings) + "\n").encode()
    write_bytes(out / RUN, content)
    return hashlib.blake2b(content, digest_size=8).hexdigest()


class _Run:
    """One run: plans, then shards, then the manifest."""

    def __init__(
        self, request: ClusterRequest, reading: Reading, cluster: Cluster, out: Place, scoring: Scoring
    ) -> None:
        self._request, self._cluster, self._out = request, cluster, out
        self._job = Job(reading, request.converted, request.strict, out / RUN, scoring)
        self._receipts = dict[tuple[str, int], Receipt]()
        self._faults = dict[str, ValenceError]()
        self._tasks = list[Task]()
        self._logged = 0
        self.counts = Counts()

    def planned(self, found: Sequence[Found]) -> list[Plan]:
        """The files' plans, in the order of their names. Raises the error of a file with `strict`."""
        job = self._job
        if sum(each.size for each in found) <= READ_HERE:
            work: Iterable[Plan] = map(Planner(job.reading, job.marker, job.version), found)
        else:
            work = self._cluster.spread(Planner, [job.reading, job.marker, job.version], found)
        plans = []
        with self._bar("reading", "file", len(found)) as bar:
            for plan in work:
                plans.append(plan)
                bar.update()
                if plan.error is not None:
                    if self._request.strict or plan.error.code in {"cluster-versions", "output-not-shared"}:
                        raise plan.error
                    self._tell_fault(plan.name, plan.error)
        plans.sort(key=lambda plan: plan.name)
        if len(plans) == 1 and plans[0].table is None:  # there is nothing beside it that could go on
            assert plans[0].error is not None
            raise plans[0].error
        for columns in sorted({(plan.table.text_column, plan.table.why) for plan in plans if plan.table}):
            log.info("%s files: texts from %r (%s).", f"{len(plans):,}", *columns)
        return plans

    def score(self, plans: Sequence[Plan], files: Any) -> None:
        """Every part that is not finished. Raises the first error with `strict`."""
        self._tasks = list(self._made(plans))
        left = list(self._left())
        total = sum(task.part.records for task in self._tasks)
        if len(left) < len(self._tasks):
            log.info(
                "%s of %s shards are finished already.", f"{len(self._tasks) - len(left):,}", f"{len(self._tasks):,}"
            )
        shared = self._cluster.share(files)
        name = self._request.model.name
        with self._bar("scoring", "row", total) as bar:
            bar.update(total - sum(task.part.records for task in left))
            for done in self._cluster.spread(Scorer, [self._job, shared, name], left):
                if done.error is not None and (done.fatal or self._request.strict):
                    raise done.error
                self._note(done)
                bar.update(done.task.part.records)

    def finish(self, plans: Sequence[Plan]) -> None:
        """Clears away, writes the manifest, tells. Raises DataError if something is missing."""
        self._clear(plans)
        for task in self._tasks:
            receipt = self._receipts.get(_key(task))
            if receipt:
                self.counts.add(receipt)
        manifest = {
            "complete": not self._faults,
            "model": asdict(self._job.scoring.model),
            "counts": asdict(self.counts),
            "files": [self._file(plan) for plan in plans],
            "faults": {name: str(error) for name, error in self._faults.items()},
        }
        write_bytes(self._out / MANIFEST, (indented_json(manifest) + "\n").encode())
        self._tell()
        if self._faults:
            listed = "; ".join(f"{name}: {error.message}" for name, error in list(self._faults.items())[:3])
            raise DataError(
                f"{len(self._faults):,} of the inputs or their parts could not be scored: {listed}",
                way_out=f"All others are in {self._out}. Mend these, and the same command does only them.",
                code="shards-missing",
            )

    def _made(self, plans: Sequence[Plan]) -> Iterator[Task]:
        """The parts of all files in such an order that the last to be begun are not all of one file."""
        converted = self._request.converted
        columns = self._columns(plans) if converted else ()
        for plan in plans:
            if plan.table is None:
                continue
            folder, ending = self._out / plan.name, ending_of(plan.table, converted)
            own = columns if plan.table.kind == "jsonl" else ()
            for part in plan.parts:
                yield Task(plan.table, part, Shard(folder, part.index, ending), own)

    def _columns(self, plans: Sequence[Plan]) -> tuple[str, ...]:
        """Every key that occurs in any file, so that all shards have the same columns."""
        names = tuple(dict.fromkeys(key for plan in plans for key in plan.keys))
        if len(names) > MOST_COLUMNS:
            raise DataError(
                f"The JSON objects have {len(names):,} different keys, too many for the columns of a table.",
                way_out="Leave --to away: JSON lines stay JSON lines.",
                code="columns-too-many",
            )
        return names

    def _left(self) -> Iterator[Task]:
        """Tasks that no earlier run has finished; the receipts of the others are kept."""
        there = set() if self._request.restart else set(shards_in(files_in(self._out)))
        for task in self._tasks:
            begun = (task.shard.folder, task.part.index) in there
            receipt = task.shard.finished(task.part, self._job.scoring) if begun else None
            if receipt:
                self._receipts[_key(task)] = receipt
                continue
            if self._request.restart:
                remove(task.shard.receipt)
            yield task

    def _note(self, done: Done) -> None:
        if done.error is not None:
            self._tell_fault(f"{done.task.table.name}, part {done.task.part.index}", done.error)
        if done.receipt is not None:
            self._receipts[_key(done.task)] = done.receipt
        for message, kept in done.told:
            self._logged += 1
            if self._logged <= LOGGED_PROBLEMS:
                self._say("%s (%s)", message, "kept without a score" if kept else "left out")
            elif self._logged == LOGGED_PROBLEMS + 1:
                self._say("More such rows are listed in the files *.problems.jsonl only.")

    def _clear(self, plans: Sequence[Plan]) -> None:
        """Removes what killed workers were writing, and shards that a file does not have any more."""
        mine = {each for task in self._tasks for each in task.shard.files()}
        whole = {self._out / plan.name for plan in plans if plan.error is None}
        for each in files_in(self._out):
            if is_temporary(each) or (is_of_shard(each) and each.parent in whole and each not in mine):
                remove(each)

    def _file(self, plan: Plan) -> dict[str, Any]:
        shards = [
            {"shard": f"{plan.name}/{receipt.shard}", "rows": receipt.rows, "checksum": receipt.checksum}
            for part in plan.parts
            if (receipt := self._receipts.get((plan.name, part.index)))
        ]
        return {"input": str(plan.table.place) if plan.table else plan.name, "parts": len(plan.parts), "shards": shards}

    def _tell_fault(self, name: str, error: ValenceError) -> None:
        self._faults[name] = error
        self._say("%s (not scored; the rest goes on)", error.message)

    def _say(self, words: str, *values: object) -> None:
        with tqdm.external_write_mode(file=sys.stderr):
            log.warning(words, *values)

    def _tell(self) -> None:
        counts = self.counts
        parts = [f"{counts.rows:,} rows in {len(self._receipts):,} shards"]
        for count, words in (
            (counts.blank, "without a text"),
            (counts.unscored, "whose text could not be scored"),
            (counts.unread, "more left out, since they could not be read"),
        ):
            if count:
                parts.append(f"{count:,} {words}")
        log.info("%s: %s.", self._out, ", ".join(parts))
        if counts.unscored or counts.unread:
            log.info("What was wrong with which row: *.problems.jsonl beside the shards.")

    def _bar(self, title: str, unit: str, total: int) -> Any:
        return tqdm(
            total=total,
            desc=title,
            unit=unit,
            unit_scale=unit == "row",
            mininterval=0.2 if sys.stderr.isatty() else 30.0,
            file=sys.stderr,
            leave=False,
            delay=1.0,
        )


def _key(task: Task) -> tuple[str, int]:
    return task.table.name, task.part.index
