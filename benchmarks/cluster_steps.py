"""What benchmarks/cluster.py measures of one core: the steps of a shard, and what the command itself does for each.

Everything in this process, with the functions that a worker calls.
"""

from __future__ import annotations

import pickle
import sys
import time
import tracemalloc
from collections.abc import Callable
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeVar

from valence.bulk.scoring import results, with_problems
from valence.cluster.connection import connected
from valence.cluster.plans import Part, Table, part_opened, planned
from valence.cluster.request import PART_ROWS, ClusterRequest
from valence.cluster.shards import Task, write_shard
from valence.cluster.storage import Place, place_of
from valence.inference.engine import Engine
from valence.model.bundled import bundled_folder
from valence.tables.answers import Added

Json = dict[str, Any]
T = TypeVar("T")

ROUNDS = 3
HANDED_OUT = 2_000


def steps(file: Path, out: Path, model: Path | None) -> Json:
    """Seconds of one core for a row of each step, in the best of some rounds, and the bytes of a row."""
    engine = Engine(model or bundled_folder(), threads=1)
    rounds = [_steps_once(place_of(str(file)), place_of(str(out)), engine, _request(file)) for _ in range(ROUNDS)]
    rows = rounds[0].pop("rows")
    best = {name: min(each[name] for each in rounds) for name in rounds[0] if name != "written"}
    return {
        "rows": rows,
        "microseconds_a_row": {name: round(1e6 * seconds / rows, 2) for name, seconds in best.items()},
        "bytes_a_row": {
            "read": round(file.stat().st_size / rows, 1),
            "written": round(rounds[0]["written"] / rows, 1),
        },
    }


def driving(file: Path, workers: int) -> Json:
    """What a shard costs the process that gave the command: memory until the end, and time to hand it out."""
    table = planned(place_of(str(file)), file.name, _request(file)).table
    assert table is not None
    tracemalloc.start()
    held = [_handed_out(table, index) for index in range(HANDED_OUT)]
    memory, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    with connected("local", workers) as cluster:
        list(cluster.spread(itemgetter, [0], [(0,)]))  # the first pass also starts what later ones find running
        one, _ = _timed(lambda: list(cluster.spread(itemgetter, [0], [(0,)] * workers)))
        every, _ = _timed(lambda: list(cluster.spread(itemgetter, [0], [(0,)] * HANDED_OUT)))
    return {
        "shards": HANDED_OUT,
        "bytes_a_shard": round(memory / len(held)),
        "milliseconds_a_shard": round(1e3 * (every - one) / HANDED_OUT, 2),
    }


def _handed_out(table: Table, index: int) -> tuple[Task, bytes]:
    """A shard's task as the command holds it, and as it waits in Ray's store."""
    part = Part(index, f"{index:032x}", PART_ROWS, PART_ROWS, index << 20, index * PART_ROWS)
    task = Task(table, part, place_of("/shared/out") / table.name, table.kind)
    return task, pickle.dumps(task)


def _request(file: Path) -> ClusterRequest:
    """As the command reads the file, all of it one part."""
    return ClusterRequest([str(file)], "", bundled_folder(), text_column="comment", part_rows=sys.maxsize)


def _steps_once(place: Place, out: Place, engine: Engine, request: ClusterRequest) -> Json:
    cutting, plan = _timed(lambda: planned(place, place.name.name, request))
    assert plan.table is not None
    table, (whole,) = plan.table, plan.parts
    task = Task(table, whole, out, table.kind)

    with part_opened(table, whole, request) as (open_table, read):
        reading_s, blocks = _timed(lambda: list(read))
        texts = [text for block in blocks for text in block.texts if isinstance(text, str)]
        tokenising, readings = _timed(lambda: [engine.reader.read(text) for text in texts])
        windows = [engine.reader.window(each.ids[first:past]) for each in readings for first, past in each.bounds]
        arithmetic, _ = _timed(lambda: engine.run(windows))
        scoring, scored = _timed(
            lambda: [with_problems(block, results(block.texts, engine.answers), str) for block in blocks]
        )
        writing, receipt = _timed(lambda: write_shard(task, open_table, scored, Added(), ""))
    return {
        "rows": receipt.counts.rows,
        "cutting": cutting,
        "reading": reading_s,
        "tokenising": tokenising,
        "arithmetic": arithmetic,
        "scoring": scoring,
        "writing": writing,
        "written": receipt.size,
    }


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    began = time.perf_counter()
    found = work()
    return time.perf_counter() - began, found
