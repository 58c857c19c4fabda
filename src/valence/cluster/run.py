"""Scores files on a cluster: they are cut into parts, and the parts that are not finished are spread over the workers.

OUT holds a folder of shards for each file, with a receipt for each shard; run.json, with the options of the run, which
is written first; and manifest.json, the list of all shards, which is written last.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from valence.bulk.counts import Counts, ProblemLog, progress_bar, warn
from valence.cluster.connection import Cluster
from valence.cluster.inputs import InputFile, input_files
from valence.cluster.model import engine_from, files_of
from valence.cluster.plans import Plan
from valence.cluster.request import ClusterRequest
from valence.cluster.shards import Receipt, Task, belongs_to_shard
from valence.cluster.storage import Place, is_temporary, listed, place_of, read_bytes, remove, write_bytes
from valence.cluster.worker import Done, Job, Planner, Scorer
from valence.system.errors import DataError, ValenceError
from valence.system.files import indented_json
from valence.tables.conversion import columns_of_keys
from valence.tables.writers import written_as

log = logging.getLogger(__name__)

READ_HERE = 64 << 20  # bytes that this process plans faster than workers would start
RUN, MANIFEST = "run.json", "manifest.json"


def score_files(request: ClusterRequest, cluster: Cluster) -> None:
    """Scores the files and logs the counts of all shards, including those of earlier runs.

    Raises DataError and SettingsError at once for what affects all files. For a file or part that cannot be read it
    raises at the end, when all others are finished; with `bad_rows` stop at once.
    """
    out = place_of(request.out)
    inputs = input_files(request.files, exclude=out, any_ending=request.reading.format is not None)
    files = files_of(request.model)
    engine = engine_from(files, request.model.name)  # reports a model that cannot be run, once
    settings = request.settings(engine)
    del engine
    run = _Run(Job(request, out / RUN, _begin(out, request, settings)), cluster, out, settings["model"])
    plans = run.planned(inputs)
    run.score(plans, files)
    run.finish(plans)


def _begin(out: Place, request: ClusterRequest, settings: dict[str, Any]) -> str:
    """Writes the run's settings to run.json and returns a digest of them.

    Raises DataError if an earlier run in this folder had other options.
    """
    settings |= {
        "reading": json.loads(json.dumps(asdict(request.reading))),
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
                hint="Use the same options as before, another --out, or --restart to score everything again.",
                code="resume-mismatch",
            )
    remove(out / MANIFEST)  # it exists only while it is up to date
    content = (indented_json(settings) + "\n").encode()
    write_bytes(out / RUN, content)
    return hashlib.blake2b(content, digest_size=8).hexdigest()


class _Run:
    """One run: plans, then shards, then the manifest."""

    def __init__(self, job: Job, cluster: Cluster, out: Place, model: Mapping[str, str]) -> None:
        self._job, self._request, self._cluster, self._out, self._model = job, job.request, cluster, out, model
        self._receipts = dict[tuple[str, int], Receipt]()
        self._faults = dict[str, ValenceError]()
        self._tasks = list[Task]()
        self._problems = ProblemLog("the files *.problems.jsonl")

    def planned(self, inputs: Sequence[InputFile]) -> list[Plan]:
        """The files' plans, sorted by name. With `bad_rows` stop, raises the first error of a file."""
        if sum(file.size for file in inputs) <= READ_HERE:
            work: Iterable[Plan] = map(Planner(self._job), inputs)
        else:
            work = self._cluster.spread(Planner, [self._job], inputs)
        plans = []
        with progress_bar(desc="reading", unit="file", total=len(inputs)) as bar:
            for plan in work:
                plans.append(plan)
                bar.update()
                if plan.error is not None:
                    if self._request.bad_rows == "stop" or plan.error.code in {"cluster-versions", "output-not-shared"}:
                        raise plan.error
                    self._add_fault(plan.name, plan.error)
        plans.sort(key=lambda plan: plan.name)
        if len(plans) == 1 and plans[0].table is None:  # no other file is left
            assert plans[0].error is not None
            raise plans[0].error
        for columns in sorted({(plan.table.text_column, plan.table.why) for plan in plans if plan.table}):
            log.info("%s files: texts from %r (%s).", f"{len(plans):,}", *columns)
        return plans

    def score(self, plans: Sequence[Plan], files: Any) -> None:
        """Scores every part that is not finished. With `bad_rows` stop, raises the first error."""
        self._tasks = list(self._all_tasks(plans))
        unfinished = list(self._unfinished())
        total = sum(task.part.records for task in self._tasks)
        if len(unfinished) < len(self._tasks):
            log.info(
                "%s of %s shards are already finished.",
                f"{len(self._tasks) - len(unfinished):,}",
                f"{len(self._tasks):,}",
            )
        shared = self._cluster.share(files)
        name = self._request.model.name
        with progress_bar(desc="scoring", unit="row", unit_scale=True, total=total) as bar:
            bar.update(total - sum(task.part.records for task in unfinished))
            for done in self._cluster.spread(Scorer, [self._job, shared, name], unfinished):
                if done.error is not None and (done.fatal or self._request.bad_rows == "stop"):
                    raise done.error
                self._note(done)
                bar.update(done.task.part.records)

    def finish(self, plans: Sequence[Plan]) -> None:
        """Removes leftovers, writes the manifest and logs a summary. Raises DataError if something is missing."""
        self._clear(plans)
        counts = sum((receipt.counts for receipt in self._receipts.values()), Counts())
        manifest = {
            "complete": not self._faults,
            "model": self._model,
            "counts": asdict(counts),
            "files": [self._file(plan) for plan in plans],
            "faults": {name: str(error) for name, error in self._faults.items()},
        }
        write_bytes(self._out / MANIFEST, (indented_json(manifest) + "\n").encode())
        columns = " or ".join(sorted({task.table.text_column for task in self._tasks}))
        in_shards = f"rows in {len(self._receipts):,} shards"
        counts.report(self._out, in_shards, columns, "*.problems.jsonl next to the shards.")
        if self._faults:
            listed = "; ".join(f"{name}: {error.message}" for name, error in list(self._faults.items())[:3])
            raise DataError(
                f"{len(self._faults):,} inputs or parts could not be scored: {listed}",
                hint=f"All others are in {self._out}. Fix these and run the same command again to score them.",
                code="shards-missing",
            )

    def _all_tasks(self, plans: Sequence[Plan]) -> Iterator[Task]:
        """A task for every part of every file."""
        converted = self._request.converted
        # Every key that occurs in any file, so that all shards have the same columns.
        columns = columns_of_keys(dict.fromkeys(key for plan in plans for key in plan.keys))
        for plan in plans:
            if plan.table is None:
                continue
            for part in plan.parts:
                kind = converted or written_as(plan.table.kind)
                yield Task(plan.table, part, self._out / plan.name, kind, columns)

    def _unfinished(self) -> Iterator[Task]:
        """Tasks that no earlier run finished; the receipts of the others are collected."""
        existing = set() if self._request.restart else {place for place, _ in listed(self._out)}
        for task in self._tasks:
            receipt = task.finished(self._job.asked) if task.receipt in existing else None
            if receipt:
                self._receipts[_key(task)] = receipt
                continue
            if self._request.restart:
                remove(task.receipt)
            yield task

    def _note(self, done: Done) -> None:
        if done.error is not None:
            self._add_fault(f"{done.task.table.name}, part {done.task.part.index}", done.error)
        if done.receipt is not None:
            self._receipts[_key(done.task)] = done.receipt
        for message, kept in done.problems:
            self._problems.add(message, kept=kept)

    def _clear(self, plans: Sequence[Plan]) -> None:
        """Removes the temporary files of killed workers, and shards that a file no longer has."""
        expected = {place for task in self._tasks for place in (task.receipt, task.shard, task.problems)}
        complete = {self._out / plan.name for plan in plans if plan.error is None}
        for place, _ in listed(self._out):
            if is_temporary(place) or (belongs_to_shard(place) and place.parent in complete and place not in expected):
                remove(place)

    def _file(self, plan: Plan) -> dict[str, Any]:
        shards = [
            {"shard": f"{plan.name}/{receipt.shard}", "rows": receipt.counts.rows, "checksum": receipt.checksum}
            for part in plan.parts
            if (receipt := self._receipts.get((plan.name, part.index)))
        ]
        return {"input": str(plan.table.place) if plan.table else plan.name, "parts": len(plan.parts), "shards": shards}

    def _add_fault(self, name: str, error: ValenceError) -> None:
        self._faults[name] = error
        warn("%s (not scored; the others continue)", error.message)


def _key(task: Task) -> tuple[str, int]:
    return task.table.name, task.part.index
