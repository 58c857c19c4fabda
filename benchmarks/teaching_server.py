"""A server within a dyno's limits, watched while it teaches: memory, processor time, and answers to other requests."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import numpy as np

from valence.deploy.limits import limited
from valence.deploy.web_process import free_port, web_process
from valence.server.auth import keys
from valence.server.settings import default_settings
from valence.server.store.database import Database

MEMORY_MIB = 512  # a basic dyno's
RATE = 10  # requests a second beside a fit
_TIMEOUT_S = 60.0
_TICK = os.sysconf("SC_CLK_TCK")


class Server:
    """A running server, with a key that may teach.

    Attributes:
        address: of its API.
        pid: of its first process.
    """

    def __init__(self, address: str, pid: int, key: str) -> None:
        self.address, self.pid, self._key = address, pid, key

    def call(self, method: str, path: str, content: Any = None, kind: str = "application/json") -> Any:
        """The JSON of an answer. Raises HTTPError, with what the server says."""
        body = content if isinstance(content, bytes) or content is None else json.dumps(content).encode()
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": kind}
        request = urllib.request.Request(f"{self.address}/api/v1{path}", body, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            error.msg = f"{error.msg}: {error.read().decode()}"
            raise


@contextmanager
def serving(folder: Path) -> Iterator[tuple[Server, str]]:
    """A server with SQLite in an empty folder, and how its memory is limited: "cgroup" or "rlimit"."""
    settings = default_settings().model_copy(update={"data_folder": folder})
    database = Database(settings.database_address)
    database.open()
    key = keys.create(database, "the owner", ["classifiers"])
    database.close()
    environment = {
        **os.environ,
        "PORT": str(free_port()),
        "VALENCE_DATA_FOLDER": str(folder),
        "VALENCE_LOG_LEVEL": "warning",
        "VALENCE_CALLS_PER_MINUTE": "0",
        "VALENCE_TOKENS_PER_MINUTE": "0",
    }
    root = folder / "root"
    root.mkdir()
    command = f"{sys.executable} -m valence serve --host 127.0.0.1 --port $PORT"
    with limited(MEMORY_MIB) as limits, web_process(command, root, environment, limits.prefix) as web:
        web.until_ready()
        yield Server(web.address, web.process.pid, key), limits.enforced_by


class Requests(threading.Thread):
    """Sends texts at a steady rate, whatever the server answers.

    Attributes:
        answers: milliseconds of each that was answered.
        failed: how many were not.
    """

    def __init__(self, server: Server, texts: Sequence[str]) -> None:
        super().__init__(daemon=True)
        self.answers: list[float] = []
        self.failed = 0
        self._server, self._texts = server, texts
        self._over = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()

    def run(self) -> None:
        due, turn = time.perf_counter(), 0
        with ThreadPoolExecutor(4 * RATE) as pool:
            while not self._over.wait(max(0.0, due - time.perf_counter())):
                pool.submit(self._ask, self._texts[turn % len(self._texts)], due)
                due, turn = due + 1 / RATE, turn + 1

    def _ask(self, text: str, due: float) -> None:
        try:
            self._server.call("POST", "/predict", {"text": text})
        except (urllib.error.URLError, OSError):
            self.failed += 1
        else:
            self.answers.append((time.perf_counter() - due) * 1000)

    def figures(self) -> dict[str, Any]:
        """How many there were, and how long they took in milliseconds; waiting counts from when one was due."""
        p50, p99 = np.percentile(self.answers, [50, 99]) if self.answers else (0.0, 0.0)
        return {
            "answers": len(self.answers),
            "failed": self.failed,
            "p50_ms": round(float(p50), 1),
            "p99_ms": round(float(p99), 1),
        }


class Watch(threading.Thread):
    """Looks at the memory of a process and its descendants.

    Attributes:
        most_mb: of all together; pages that they share count once.
        server_mb: the most that all had but the process of a fit.
        fit_mb: the most that the process of a fit had.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.most_mb = self.server_mb = self.fit_mb = 0.0
        self._pid, self._over = pid, threading.Event()

    def __enter__(self) -> Self:
        self._used = processor_s(self._pid)
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()
        self._used = processor_s(self._pid) - self._used

    def run(self) -> None:
        while not self._over.wait(0.05):
            server, fit = 0.0, 0.0
            for pid in descendants(self._pid):
                with suppress(OSError):
                    if b"fit_process" in Path(f"/proc/{pid}/cmdline").read_bytes():
                        fit += memory_mb(pid)
                    else:
                        server += memory_mb(pid)
            self.most_mb = max(self.most_mb, server + fit)
            self.server_mb, self.fit_mb = max(self.server_mb, server), max(self.fit_mb, fit)

    def figures(self) -> dict[str, Any]:
        """Most memory in MB and seconds of processor, of all processes together."""
        return {
            "peak_mb": round(self.most_mb),
            "server_peak_mb": round(self.server_mb),
            "fit_peak_mb": round(self.fit_mb),
            "processor_s": round(self._used, 1),
        }


def descendants(pid: int) -> list[int]:
    """The process and what it started, down to the last; those that ended meanwhile are left out."""
    found = [pid]
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text("utf-8").split():
                found += descendants(int(child))
    return found


def memory_mb(pid: int) -> float:
    """Proportional set size: a page that n processes share counts as its nth part."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) * 1024 / 1e6


def processor_s(pid: int) -> float:
    """Processor time of a process and its descendants, also of those that have ended."""
    used = 0
    for each in descendants(pid):
        with suppress(OSError):
            fields = Path(f"/proc/{each}/stat").read_text("utf-8").rpartition(")")[2].split()
            used += sum(map(int, fields[11:15]))
    return used / _TICK
