"""Preflight: runs the server as a dyno would, puts it under load, and holds what it took against a dyno's limits.

Figures are this machine's; a dyno's processor is shared and slower. Memory and size carry over.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

from valence.errors import ModelFolderError

# Heroku's limits: a basic dyno's memory, its router's patience, the size of a slug. Of the 60 s to boot, 10 are ours.
MEMORY_MB, ANSWER_S, SLUG_MB, BOOT_S = 512, 30, 500, 10
CALLERS = 16
STOP_S = 30
_SENTENCE = "A film that means well, and for most of its two hours does well too, until it forgets whom it is about. "
# Short and long, one and many, with and without an explanation: what a page and a program ask.
_CALLS = (
    {"text": _SENTENCE},
    {"text": _SENTENCE * 40},
    {"text": _SENTENCE * 2, "explain": True},
    {"texts": [_SENTENCE] * 32},
)


@dataclass(frozen=True)
class Check:
    """One measured figure and the limit that it must stay under.

    >>> Check("memory", 600.0, 512, "MB").ok
    False
    """

    name: str
    measured: float
    limit: float
    unit: str

    @property
    def ok(self) -> bool:
        return self.measured < self.limit


def preflight(models: Sequence[str] = (), *, calls: int = 200) -> list[Check]:
    """Measures a server of these models ([NAME=]PATH each; by default the bundled one) while it answers `calls` calls.

    Raises ModelFolderError with the server's own words if it does not start.
    """
    began = time.perf_counter()
    with _server(models) as (process, address):
        boot_s = time.perf_counter() - began
        with _peak_memory_mb(process.pid) as memory_mb:
            slowest_s = _slowest_answer_s(address, calls)
        stopped = time.perf_counter()
    stop_s = time.perf_counter() - stopped
    return [
        Check("Start until ready", boot_s, BOOT_S, "s"),
        Check(f"Memory while {CALLERS} ask at once", memory_mb(), MEMORY_MB, "MB"),
        Check(f"Slowest of {calls} answers", slowest_s, ANSWER_S, "s"),
        Check("Stop after SIGTERM", stop_s, STOP_S, "s"),
        Check("Packages on disk, not compressed", installed_mb("valence-classifier"), SLUG_MB, "MB"),
    ]


def installed_mb(name: str) -> float:
    """Size in MB of a package as it is installed, with everything that it needs by default."""
    seen: dict[str, Distribution] = {}
    walked: set[Requirement] = set()
    waiting = [Requirement(name)]
    while waiting:
        asked = waiting.pop()
        if asked in walked:
            continue
        walked.add(asked)
        found = seen.setdefault(asked.name.lower(), distribution(asked.name))
        needed = map(Requirement, found.requires or ())
        waiting += [each for each in needed if _applies(each, asked.extras)]
    return sum(_size(each) for each in seen.values()) / 1e6


def _applies(needed: Requirement, extras: set[str]) -> bool:
    return needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in {"", *extras})


@contextmanager
def _server(models: Sequence[str]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server as a dyno starts it, with its address; stopped as a dyno stops it. It keeps nothing."""
    options = [word for model in models for word in ("--model", model)]
    with tempfile.TemporaryDirectory() as folder:
        yield from _served(options, Path(folder))


def _served(options: Sequence[str], data_folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    # Neither the operator's database nor their Redis; and no limit on calls, since all of them come from one address.
    own = {"VALENCE_DATABASE_URL": "", "DATABASE_URL": "", "VALENCE_REDIS_URL": "", "REDIS_URL": ""}
    own |= {"VALENCE_DATA_FOLDER": str(data_folder), "VALENCE_CALLS_PER_MINUTE": "0"}
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", "from valence.cli import main; main()", "serve", "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "WEB_CONCURRENCY": "2", "VALENCE_LOG_LEVEL": "error", **own},
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    if "is ready at" not in line:
        _, said = process.communicate()
        raise ModelFolderError(f"The server does not start. It says: {said.strip() or line.strip()}")
    try:
        yield process, line.split()[4]
    finally:
        process.terminate()
        process.communicate()


@contextmanager
def _peak_memory_mb(pid: int) -> Iterator[Callable[[], float]]:
    """Watches a process and its children; afterwards the value that it yields gives the most they took together."""
    peak, done = [0.0], threading.Event()

    def watch() -> None:
        while True:
            peak[0] = max(peak[0], memory_mb(pid))
            if done.wait(0.1):
                return

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield lambda: peak[0]
    finally:
        done.set()
        watcher.join()


def memory_mb(pid: int) -> float:
    """Resident memory in MB of a process and its children; pages that they share are counted for each."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,rss="], capture_output=True, text=True, check=True)  # noqa: S607
    rows = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
    return sum(kilobytes for own, parent, kilobytes in rows if pid in {own, parent}) * 1024 / 1e6


def _slowest_answer_s(address: str, calls: int) -> float:
    with ThreadPoolExecutor(CALLERS) as pool:
        return max(pool.map(lambda i: _answer_s(address, _CALLS[i % len(_CALLS)]), range(calls)))


def _answer_s(address: str, call: object) -> float:
    began = time.perf_counter()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{address}/api/v1/predict", json.dumps(call).encode(), headers)  # noqa: S310
    with urllib.request.urlopen(request, timeout=2 * ANSWER_S) as answer:  # noqa: S310
        answer.read()
    return time.perf_counter() - began


def _size(installed: Distribution) -> int:
    files = [Path(str(file.locate())) for file in installed.files or ()]
    return sum(file.stat().st_size for file in files if file.is_file())
