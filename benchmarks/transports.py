"""Servers before the same Flask application, each against the same attacks, then for calls a second.

python benchmarks/transports.py [--only NAME ...] [--part rates checks] writes docs/results/transports.json. Each server
has a fresh process with the bundled model, configured as its makers advise; those that speak ASGI have our own bridge
(`valence.server.transport`), which gathers bodies before it takes a thread, and nothing else of ours. About three
minutes a server.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from environments import interpreter  # next to this file
from transports_checks import CHECKS, Target

from valence.system.files import write_json
from valence.system.machine import cores, processor

HERE = Path(__file__).parent
RESULTS = HERE.parent / "docs" / "results" / "transports.json"
RIVALS = HERE / "rivals"

_ASGI = "asgi_valence:app"
WAYS: dict[str, tuple[Sequence[str], Sequence[str]]] = {
    "Valence (uvicorn with h11, limits of our own)": (
        ("-c", "from valence.cli import main; main()", "serve", "--host", "127.0.0.1", "--port", "{port}"),
        (),
    ),
    "uvicorn with h11, unmodified, and our bridge": (
        ("-m", "uvicorn", "--http", "h11", "--loop", "asyncio", "--ws", "none", "--no-access-log", "--log-level"),
        (),
    ),
    "uvicorn with httptools, unmodified, and our bridge": (
        ("-m", "uvicorn", "--http", "httptools", "--ws", "none", "--no-access-log", "--log-level"),
        ("httptools==0.9.0", "uvloop==0.23.0"),
    ),
    "hypercorn and our bridge": (
        ("-m", "hypercorn", "--bind", "127.0.0.1:{port}", "--keep-alive", "95", "--log-level", "error", _ASGI),
        ("hypercorn==0.18.0",),
    ),
    "granian, ASGI and our bridge": (
        (
            *("-m", "granian", "--interface", "asgi", "--no-ws", "--http", "1", "--backlog", "1024"),
            *("--port", "{port}", "--log-level", "error", _ASGI),
        ),
        ("granian==2.8.9",),
    ),
    "granian, WSGI, 32 threads": (
        (
            *("-m", "granian", "--interface", "wsgi", "--blocking-threads", "32", "--no-ws", "--http", "1"),
            *("--backlog", "1024", "--port", "{port}", "--log-level", "error", "granian_valence:app"),
        ),
        ("granian==2.8.9",),
    ),
    "gunicorn's threads, 64": (
        (
            *("-m", "gunicorn", "--worker-class", "gthread", "--threads", "64", "--keep-alive", "95"),
            *("--no-control-socket", "--bind", "127.0.0.1:{port}", "granian_valence:app"),
        ),
        (),
    ),
    "waitress, 16 threads": (
        ("waitress_valence.py", "{port}"),
        ("waitress==3.0.2",),
    ),
}
for _name in list(WAYS):
    if _name.startswith("uvicorn"):
        _command, _packages = WAYS[_name]
        WAYS[_name] = ((*_command, "error", "--port", "{port}", _ASGI), _packages)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=[""], help="parts of the names of servers")
    parser.add_argument("--seconds", type=float, default=5, help="for each number of connections")
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--build", type=Path, default=HERE.parent / "build" / "transports")
    parser.add_argument("--part", nargs="*", choices=["rates", "checks"], default=["rates", "checks"])
    options = parser.parse_args(arguments)
    build = options.build.resolve()
    build.mkdir(parents=True, exist_ok=True)
    found = json.loads(options.out.read_text("utf-8")) if options.out.exists() else {}
    rows = {row["name"]: row for row in found.get("ways", ())}
    for name, (command, packages) in WAYS.items():
        if not any(part in name for part in options.only):
            continue
        row = rows.setdefault(name, {"name": name, "packages": list(packages)})
        python = interpreter(build, packages)
        if "rates" in options.part:
            row |= _rates(command, python, options.seconds)
        if "checks" in options.part:
            row["checks"] = dict(_checked(name, command, python))
        print(row, flush=True)
        found = {"processor": processor(), "cores": cores(), "python": sys.version.split()[0]}
        found |= {
            "busy": round(os.getloadavg()[0], 1),
            "seconds": options.seconds,
            "ways": [rows[each] for each in WAYS if each in rows],
        }
        write_json(options.out, found)


def _rates(command: Sequence[str], python: Path, seconds: float) -> dict[str, Any]:
    with _running(command, python) as to:
        rates = {str(count): _rate(to, count, seconds) for count in (1, 64)}
        return {"per_second": rates, "memory_mb": round(to.memory_mb())}


def _checked(name: str, command: Sequence[str], python: Path) -> Iterator[tuple[str, bool]]:
    """Each check's outcome. A server that has failed one is started anew for the next."""
    left = list(CHECKS.items())
    while left:
        with _running(command, python) as to:
            held = True
            while left and held:
                check, holds = left.pop(0)
                held = holds(to)
                print(name, check, held, flush=True)
                yield check, held


@contextmanager
def _running(command: Sequence[str], python: Path) -> Iterator[Target]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as data:
        changed = {"VALENCE_CALLS_PER_MINUTE": "0", "VALENCE_DATA_FOLDER": data, "VALENCE_LOG_LEVEL": "error"}
        process = subprocess.Popen(
            [str(python), *(part.format(port=port) for part in command)],
            cwd=RIVALS,
            env={name: value for name, value in os.environ.items() if not name.startswith("VALENCE_")} | changed,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        to, end = Target(port, process), time.monotonic() + 60
        try:
            while not to.answers(5):
                if process.poll() is not None or time.monotonic() > end:
                    sys.exit(f"{' '.join(command)} did not come up.")
                time.sleep(0.2)
            yield to
        finally:
            with suppress(ProcessLookupError):  # it has ended by itself
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _rate(to: Target, count: int, seconds: float) -> float:
    """Calls answered in a second over so many connections, from a client in a process of its own."""
    asking = subprocess.run(
        [
            sys.executable,
            __file__.replace("transports.py", "transports_client.py"),
            str(to.port),
            str(count),
            str(seconds),
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    return round(float(asking.stdout), 1)


if __name__ == "__main__":
    main()
