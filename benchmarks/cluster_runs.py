"""What benchmarks/cluster.py starts: runs of `valence score`, alone or on a cluster, watched, and killed on purpose."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

Json = dict[str, Any]

_VALENCE = [sys.executable, "-m", "valence"]
_LOOK_S = 0.5
# Seconds that a node is gone before another takes its place.
_NODE_GONE_S = 2.0
STORE_BYTES = 80 << 20  # of each simulated node: the least that Ray takes


@dataclass(frozen=True)
class Run:
    """One run of the command.

    Attributes:
        seconds: from the start of the process to its end.
        rows_per_second: from the first shard's end to the last one's, without the start; 0 without shards.
        peak_memory_mb: of all its processes together, what they share counted once; 0 where it was not watched.
    """

    rows: int
    workers: int
    seconds: float
    rows_per_second: float = 0.0
    peak_memory_mb: float = 0.0

    def figures(self) -> Json:
        found = {"rows": self.rows, "workers": self.workers, "seconds": self.seconds}
        if self.rows_per_second:
            found["rows_per_second"] = round(self.rows_per_second, 1)
        if self.peak_memory_mb:
            found["peak_memory_mb"] = round(self.peak_memory_mb)
        return found

    @staticmethod
    def remove(path: Path) -> None:
        """A file, a folder, or nothing."""
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def plain(file: Path, out: Path, model: Sequence[str]) -> Run:
    """`valence score` on all cores of this machine."""
    began = time.perf_counter()
    _check(subprocess.Popen(_command(file, out, model), stderr=subprocess.PIPE, text=True))
    return Run(rows_of(out), len(os.sched_getaffinity(0)), round(time.perf_counter() - began, 1))


def scored(
    file: Path,
    out: Path,
    model: Sequence[str],
    *,
    workers: int,
    cores: set[int] | None = None,
    shard_rows: int | None = None,
    watch_memory: bool = False,
) -> Run:
    """`valence score --cluster local`, all of its processes on those cores."""
    more = ["--cluster", "local", "--workers", str(workers), *(["--shard-rows", str(shard_rows)] if shard_rows else [])]
    before, began = os.sched_getaffinity(0), time.perf_counter()
    os.sched_setaffinity(0, cores or before)  # which children have too
    try:
        process = subprocess.Popen(_command(file, out, [*model, *more]), stderr=subprocess.PIPE, text=True)
    finally:
        os.sched_setaffinity(0, before)
    peak = _peak_memory_mb(process) if watch_memory else 0.0
    _check(process)
    seconds = round(time.perf_counter() - began, 1)
    return Run(_rows_in(out / file.name), workers, seconds, _rate(out / file.name, workers), peak)


def killed(
    file: Path,
    out: Path,
    model: Sequence[str],
    *,
    workers: int,
    nodes: int,
    shard_rows: int,
    chance: random.Random,
) -> tuple[Run, Json]:
    """The same on four simulated nodes, while so many workers and nodes are killed; given again where Ray gives up.

    Once all are killed it may end undisturbed; where it ends before, its last shards are removed and it is given again.
    """
    from ray.cluster_utils import Cluster

    from valence.cluster.connection import prepare_environment

    prepare_environment()
    began, done = time.perf_counter(), Counter[str]()
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "object_store_memory": STORE_BYTES})
    try:
        alive = [cluster.add_node(num_cpus=1, object_store_memory=STORE_BYTES) for _ in range(4)]
        # Every kill stands between two shards' ends, so that none falls before the first worker works.
        plan = ["worker"] * workers + ["node"] * nodes
        chance.shuffle(plan)
        more = ["--cluster", cluster.address, "--workers", "4", "--shard-rows", str(shard_rows)]
        while True:
            process = subprocess.Popen(_command(file, out, [*model, *more]), stderr=subprocess.PIPE, text=True)
            while process.poll() is None and plan:
                time.sleep(chance.uniform(0.5, 2.0))
                if plan[-1] == "node" and _workers(cluster):
                    cluster.remove_node(alive.pop(chance.randrange(len(alive))), allow_graceful=False)
                    done[plan.pop()] += 1
                    time.sleep(_NODE_GONE_S)
                    alive.append(cluster.add_node(num_cpus=1, object_store_memory=STORE_BYTES))
                elif plan[-1] == "worker" and _kill_a_worker(cluster, chance):
                    done[plan.pop()] += 1
            done["starts"] += 1
            error = (process.communicate()[1] or "").strip()
            if process.returncode == 0 and not plan:
                break
            if process.returncode == 0:
                for receipt in sorted((out / file.name).glob("part-*.json"))[1:]:
                    receipt.unlink()
            elif "same command" not in error:
                raise RuntimeError(f"valence score ended with {process.returncode}: {error[-2000:]}")
    finally:
        cluster.shutdown()
    faults = {"workers_killed": done["worker"], "nodes_killed": done["node"], "starts": done["starts"], "nodes": 4}
    return Run(_rows_in(out / file.name), 4, round(time.perf_counter() - began, 1)), faults


def same_rows(folder: Path, alone: Path) -> tuple[int, int]:
    """(rows lost, rows doubled) of the shards in `folder`, against the single file; they are compared to the letter.

    Raises RuntimeError where a row is there and another than that of the single file, or stands elsewhere.
    """
    header, expected = _lines(alone)
    found: list[str] = []
    for shard in sorted(folder.glob("part-*.csv")):
        own, rows = _lines(shard)
        if own != header:
            raise RuntimeError(f"{shard} has other columns than {alone}")
        found += rows
    if found == expected:
        return 0, 0
    lost, more = Counter(expected) - Counter(found), Counter(found) - Counter(expected)
    if not lost and not more:
        raise RuntimeError(f"{folder} has its rows in another order than {alone}")
    if set(more) - set(expected):
        raise RuntimeError(f"{folder} has other rows than {alone}: {next(iter(set(more) - set(expected)))!r}")
    return lost.total(), more.total()


def rows_of(file: Path) -> int:
    """Rows of a CSV whose rows are a line each, without the header."""
    return len(_lines(file)[1])


def _lines(file: Path) -> tuple[str, list[str]]:
    header, *rows = file.read_text("utf-8").splitlines()
    return header, rows


def _rows_in(folder: Path) -> int:
    return sum(rows_of(each) for each in folder.glob("part-*.csv"))


def _command(file: Path, out: Path, more: Sequence[str]) -> list[str]:
    return [*_VALENCE, "score", str(file), "--text-column", "comment", "--out", str(out), *more]


def _check(process: subprocess.Popen[str]) -> None:
    error = process.communicate()[1]
    if process.returncode:
        raise RuntimeError(f"valence score ended with {process.returncode}: {error[-2000:]}")


def _rate(folder: Path, workers: int) -> float:
    """Rows a second between the end of the first shard of each worker and the end of the last shard."""
    receipts = sorted(folder.glob("part-*.json"), key=lambda each: each.stat().st_mtime_ns)
    if len(receipts) <= workers:
        return 0.0
    began, ended = (receipts[i].stat().st_mtime_ns for i in (workers - 1, -1))
    rows = sum(json.loads(each.read_text("utf-8"))["rows"] for each in receipts[workers:])
    return float(rows / ((ended - began) / 1e9))


def _peak_memory_mb(process: subprocess.Popen[str]) -> float:
    """Watches until the process has ended. Its messages are few, so they find room in the pipe."""
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, sum(_memory_mb(each) for each in _family(psutil.Process(process.pid))))
        time.sleep(_LOOK_S)
    return peak


def _family(process: psutil.Process) -> Iterator[psutil.Process]:
    with contextlib.suppress(psutil.Error):
        yield process
        yield from process.children(recursive=True)


def _memory_mb(process: psutil.Process) -> float:
    with contextlib.suppress(psutil.Error):
        return float(process.memory_full_info().pss / 1e6)
    return 0.0


def _workers(cluster: Any) -> list[psutil.Process]:
    """Those that score at this moment."""
    roots = {
        process.process.pid for node in cluster.list_all_nodes() for process in node.all_processes.get("raylet", [])
    }
    found = []
    for root in roots:
        with contextlib.suppress(psutil.Error):
            found += [each for each in psutil.Process(root).children(recursive=True) if _scores(each)]
    return found


def _scores(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return "ray::MapWorker(Map(" in " ".join(process.cmdline())
    return False


def _kill_a_worker(cluster: Any, chance: random.Random) -> bool:
    workers = _workers(cluster)
    if not workers:
        return False
    with contextlib.suppress(psutil.NoSuchProcess):
        chance.choice(workers).send_signal(signal.SIGKILL)
        return True
    return False
