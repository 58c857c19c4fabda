"""Preflight: builds what Heroku would build, runs it as a dyno would, and holds what it took against a dyno's limits.

Figures are this machine's; a dyno's processor is shared and slower. Memory and size carry over.
"""

from __future__ import annotations

import json
import os
import shlex
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from valence.deploy.limits import limited
from valence.deploy.slug import Slug, build_slug
from valence.errors import DeployError

# Heroku's limits: a basic dyno's memory, its router's patience, a slug's size, the time to open the port and to stop.
MEMORY_MB, ANSWER_S, SLUG_MB, BIND_S, STOP_S = 512, 30, 500, 60, 30
READY_S = 60  # ours: the port is open long before, and answers "starting"
CALLERS = 16
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


@dataclass(frozen=True)
class Preflight:
    """What was measured, and by what memory was held: "cgroup" or "rlimit"."""

    checks: list[Check]
    memory_held_by: str

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)


def preflight(source: Path, models: Sequence[str] = (), *, seconds: float = 20.0) -> Preflight:
    """Builds the slug of the clone at `source`, and keeps it under load for so many seconds within a dyno's limits.

    Args:
        source: a clone of Valence; what is committed is built.
        models: [NAME=]PATH each, within the slug; by default the bundled one.
        seconds: under load.

    Raises DeployError if a step of the build fails, or if the server does not start, with its own words.
    """
    with tempfile.TemporaryDirectory(prefix="valence-preflight-") as room:
        slug = build_slug(source, Path(room))
        with limited(MEMORY_MB) as limits:
            checks = _measured(slug, models, limits.enter, seconds)
    size = Check("Slug, compressed", slug.compressed_mb, SLUG_MB, "MB")
    return Preflight([size, *checks], limits.enforced_by)


def _measured(slug: Slug, models: Sequence[str], enter: Callable[[], None], seconds: float) -> list[Check]:
    environment = {
        **slug.environment,
        "PORT": str(_free_port()),
        "WEB_CONCURRENCY": "2",  # as Heroku's Python buildpack sets it
        "VALENCE_LOG_LEVEL": "error",
        # Neither the operator's database nor their Redis, and no limit on calls, since all come from one address here.
        **dict.fromkeys(("VALENCE_DATABASE_URL", "DATABASE_URL", "VALENCE_REDIS_URL", "REDIS_URL"), ""),
        "VALENCE_DATA_FOLDER": str(slug.root / "data"),
        "VALENCE_CALLS_PER_MINUTE": "0",
        **({"VALENCE_MODELS": ",".join(models)} if models else {}),
    }
    checks = []
    release = slug.command("release")
    if release:
        began = time.perf_counter()
        _release(release, slug.root, environment, enter)
        checks.append(Check("Release phase", time.perf_counter() - began, BIND_S, "s"))
    with _server(slug.command("web") or "", slug.root, environment, enter) as server:
        bound_s, ready_s = server.until_open(), server.until_ready()
        with _peak_memory_mb(server.process.pid) as memory_mb:
            answers = _load(server.address, seconds)
        stopped = time.perf_counter()
    stop_s = time.perf_counter() - stopped
    failed = sum(answer is None for answer in answers)
    slowest = max((answer for answer in answers if answer is not None), default=float("inf"))
    return [
        *checks,
        Check("Start until the port is open", bound_s, BIND_S, "s"),
        Check("Start until ready", ready_s, READY_S, "s"),
        Check(f"Memory while {CALLERS} ask at once", memory_mb(), MEMORY_MB * 1.048576, "MB"),
        Check(f"Slowest of {len(answers)} answers", slowest, ANSWER_S, "s"),
        Check("Calls without an answer", failed, 1, ""),
        Check("Stop after SIGTERM", stop_s, STOP_S, "s"),
    ]


def _release(command: str, root: Path, environment: Mapping[str, str], enter: Callable[[], None]) -> None:
    done = subprocess.run(  # noqa: S602
        command, shell=True, cwd=root, env=environment, preexec_fn=enter, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise DeployError(f"The release phase `{command}` ended with {done.returncode}. It says:\n{_last(done.stderr)}")


class _Server:
    """A web process as a dyno starts it."""

    def __init__(self, process: subprocess.Popen[str], said: Path, port: int) -> None:
        self.process = process
        self.address = f"http://127.0.0.1:{port}"
        self._said = said
        self._port = port
        self._began = time.perf_counter()

    def until_open(self) -> float:
        """Seconds from the start until the port is open. Raises DeployError if that takes longer than Heroku waits."""

        def is_open() -> bool:
            with socket.socket() as trial:
                return trial.connect_ex(("127.0.0.1", self._port)) == 0

        return self._until(is_open, BIND_S, "does not open $PORT")

    def until_ready(self) -> float:
        """Seconds from the start until it can score. Raises DeployError if it cannot."""

        def is_ready() -> bool:
            try:
                with urllib.request.urlopen(f"{self.address}/readyz", timeout=5) as answer:  # noqa: S310
                    return bool(answer.status == 200)
            except OSError:
                return False

        return self._until(is_ready, READY_S, "does not get ready")

    def _until(self, done: Callable[[], bool], limit_s: float, problem: str) -> float:
        while not done():
            elapsed = time.perf_counter() - self._began
            status = self.process.poll()
            if status is not None or elapsed > limit_s:
                how = f"ended with {status}" if status is not None else f"{problem} within {limit_s:.0f} s"
                raise DeployError(f"The server {how}. It says:\n{_last(self._said.read_text('utf-8'))}")
            time.sleep(0.05)
        return time.perf_counter() - self._began


@contextmanager
def _server(command: str, root: Path, environment: Mapping[str, str], enter: Callable[[], None]) -> Iterator[_Server]:
    """The Procfile's web line, run in the slug; stopped as a dyno stops it."""
    port = int(environment["PORT"])
    words = [os.path.expandvars(word.replace("$PORT", str(port))) for word in shlex.split(command)]
    said = root.with_name("said.log")
    with said.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(  # noqa: S603
            words,
            cwd=root,
            env=environment,
            preexec_fn=enter,  # noqa: PLW1509 -- no thread runs yet
            stdout=log,
            stderr=log,
            text=True,
        )
    try:
        yield _Server(process, said, port)
    finally:
        process.terminate()
        try:
            process.wait(STOP_S + 5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _load(address: str, seconds: float) -> list[float | None]:
    """Seconds that each answer took, None where there was none; as many callers as stay busy ask all the time."""
    until = time.perf_counter() + seconds

    def ask(caller: int) -> list[float | None]:
        took = []
        turn = caller
        while time.perf_counter() < until:
            took.append(_answer_s(address, _CALLS[turn % len(_CALLS)]))
            turn += 1
        return took

    with ThreadPoolExecutor(CALLERS) as pool:
        return [each for caller in pool.map(ask, range(CALLERS)) for each in caller]


def _answer_s(address: str, call: object) -> float | None:
    began = time.perf_counter()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{address}/api/v1/predict", json.dumps(call).encode(), headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=2 * ANSWER_S) as answer:  # noqa: S310
            answer.read()
    except urllib.error.HTTPError as error:
        error.read()
        if error.code not in {429, 503}:
            return None
        took = time.perf_counter() - began  # "ask again later" is an answer too, and is given at once
        time.sleep(float(error.headers.get("Retry-After") or 1))
        return took
    except OSError:
        return None
    return time.perf_counter() - began


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def _last(said: str) -> str:
    return "\n".join(said.strip().splitlines()[-15:])


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
