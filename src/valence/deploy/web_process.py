"""Runs a release as a dyno does: its release phase, and the web process with its start, stop and memory."""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from valence.deploy.programs import last_lines, run
from valence.system.errors import DeployError

BIND_S, STOP_S = 60, 30  # Heroku's limits: time to open the port, and from SIGTERM to SIGKILL


class WebProcess:
    """A web process that has just been started; its output goes to the file `output`."""

    def __init__(self, process: subprocess.Popen[str], output: Path, port: int) -> None:
        self.process = process
        self.address = f"http://127.0.0.1:{port}"
        self._output = output
        self._port = port
        self._began = time.perf_counter()

    def until_open(self) -> float:
        """Seconds from the start until the port is open. Raises DeployError after Heroku's limit."""

        def is_open() -> bool:
            with socket.socket() as trial:
                return trial.connect_ex(("127.0.0.1", self._port)) == 0

        return self._until(is_open, "did not open $PORT")

    def until_ready(self) -> float:
        """Seconds from the start until it can score. Raises DeployError after a minute."""

        def is_ready() -> bool:
            try:
                with urllib.request.urlopen(f"{self.address}/readyz", timeout=5) as answer:  # noqa: S310
                    return bool(answer.status == 200)
            except OSError:
                return False

        return self._until(is_ready, "is not ready")

    def stop(self) -> float:
        """Seconds from SIGTERM to its end; it is killed if it is still running well after Heroku would kill it."""
        began = time.perf_counter()
        self.process.terminate()
        try:
            self.process.wait(STOP_S + 5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        return time.perf_counter() - began

    @contextmanager
    def peak_memory_mb(self) -> Iterator[Callable[[], float]]:
        """Measures the process and its children. Yields a function that returns their peak together."""
        peak, done = [0.0], threading.Event()

        def watch() -> None:
            while True:
                peak[0] = max(peak[0], memory_mb(self.process.pid))
                if done.wait(0.1):
                    return

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            yield lambda: peak[0]
        finally:
            done.set()
            watcher.join()

    def _until(self, done: Callable[[], bool], problem: str) -> float:
        while not done():
            elapsed = time.perf_counter() - self._began
            status = self.process.poll()
            if status is not None or elapsed > BIND_S:
                how = f"ended with {status}" if status is not None else f"{problem} within {BIND_S} s"
                printed = self._output.read_text("utf-8", errors="replace")
                raise DeployError(f"The server {how}. It printed:\n{last_lines(printed)}")
            time.sleep(0.05)
        return time.perf_counter() - self._began


@contextmanager
def web_process(
    command: str, root: Path, environment: Mapping[str, str], prefix: Sequence[str] = ()
) -> Iterator[WebProcess]:
    """Runs the Procfile's web line in the slug, after `prefix` (see Limits), and stops it after the block."""
    port = int(environment["PORT"])
    words = [os.path.expandvars(word.replace("$PORT", str(port))) for word in shlex.split(command)]
    output = root.with_name("output.log")
    with output.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(  # noqa: S603
            [*prefix, *words],
            cwd=root,
            env=environment,
            stdout=log,
            stderr=log,
            text=True,
        )
    running = WebProcess(process, output, port)
    try:
        yield running
    finally:
        if process.poll() is None:
            running.stop()


def run_release(command: str, root: Path, environment: Mapping[str, str], prefix: Sequence[str] = ()) -> float:
    """Seconds that the Procfile's release line took. Raises DeployError with its output if it fails."""
    began = time.perf_counter()
    done = run([*prefix, "sh", "-c", command], root, environment)
    if done.returncode:
        printed = last_lines(done.stdout, done.stderr)
        raise DeployError(f"The release phase `{command}` ended with {done.returncode}. It printed:\n{printed}")
    return time.perf_counter() - began


def printed_by(words: Sequence[str], root: Path, environment: Mapping[str, str], prefix: Sequence[str] = ()) -> str:
    """What a command of the slug prints. Raises DeployError with its output if it fails."""
    done = run([*prefix, *words], root, environment)
    if done.returncode:
        printed = last_lines(done.stdout, done.stderr)
        raise DeployError(f"`{' '.join(words)}` ended with {done.returncode}. It printed:\n{printed}")
    return done.stdout.strip()


def free_port() -> int:
    """A free port of this machine."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def memory_mb(pid: int) -> float:
    """Resident memory in MB of a process and all that it started; shared pages are counted for each."""
    listed = run(["ps", "-A", "-o", "pid=,ppid=,rss="], Path.cwd(), os.environ)
    if listed.returncode:
        raise DeployError(
            f"Cannot measure memory: `ps` ended with {listed.returncode}. It printed:\n{last_lines(listed.stderr)}"
        )
    rows = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
    family, before = {pid}, 0
    while len(family) > before:  # a fit's process is a grandchild
        before = len(family)
        family |= {own for own, parent, _ in rows if parent in family}
    return sum(kilobytes for own, _, kilobytes in rows if own in family) * 1024 / 1e6
