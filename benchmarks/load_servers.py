"""The servers that benchmarks/load.py measures: how each is installed, started, asked and stopped."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from environments import interpreter  # beside this file

from valence.system.machine import cores

RIVALS = Path(__file__).parent / "rivals"
PATIENCE_S = 180
_GRACE_S = 30
# A process a core, each with one thread for its sums: more threads than cores slow these ways down.
_PROCESSES = ["--workers", str(cores())]
_ONE_THREAD = {"OMP_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Way:
    """A server and how it is asked.

    Attributes:
        command: after the interpreter; {port} is filled in.
        packages: what its environment has beyond this one.
        path, field: where a text is posted, and under which name; `several` where the field takes a list.
        python: its interpreter, where it is not this one with its packages.
    """

    name: str
    command: Sequence[str]
    packages: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    path: str = "/predict"
    field: str = "text"
    several: bool = False
    python: Path | None = None

    def body(self, text: str) -> str:
        return json.dumps({self.field: [text] if self.several else text})


_OURS = "/api/v1/predict"
# Nobody limits the calls of one address here, since all of them come from one.
_UNLIMITED = {"VALENCE_CALLS_PER_MINUTE": "0", "VALENCE_TOKENS_PER_MINUTE": "0"}
OURS = Way(
    "Valence",
    ("-c", "from valence.cli import main; main()", "serve", "--host", "127.0.0.1", "--port", "{port}"),
    environment=_UNLIMITED,
    path=_OURS,
)
GRANIAN = Way(
    "Valence on granian instead of gunicorn",
    (
        *("-m", "granian", "--interface", "wsgi", "--blocking-threads", "32", "--backlog", "1024", "--no-ws"),
        *("--port", "{port}", "--log-level", "warning", "granian_valence:app"),
    ),
    ("granian==2.8.7",),
    environment=_UNLIMITED,
    path=_OURS,
)
LITSERVE = Way(
    "LitServe, batches of 32",
    ("litserve_pipeline.py",),
    ("litserve==0.2.19", "fastapi==0.165.0", "uvicorn[standard]==0.54.0"),
)
BENTOML = Way(
    "BentoML, batches of 32",
    ("-m", "bentoml", "serve", "bentoml_pipeline:Classifier", "--host", "127.0.0.1", "--port", "{port}"),
    ("bentoml==1.4.40",),
    {"BENTOML_DO_NOT_TRACK": "1"},
    field="texts",
    several=True,
)
FASTAPI = Way(
    "FastAPI and a pipeline",
    ("-m", "uvicorn", *_PROCESSES, "--port", "{port}", "--log-level", "warning", "fastapi_pipeline:app"),
    ("fastapi==0.165.0", "uvicorn[standard]==0.54.0"),
    _ONE_THREAD,
)
FLASK = Way(
    "Flask and a pipeline",
    ("-m", "gunicorn", *_PROCESSES, "--bind", "127.0.0.1:{port}", "flask_pipeline:app"),
    (),
    _ONE_THREAD,
)
WAYS = (OURS, GRANIAN, LITSERVE, BENTOML, FASTAPI, FLASK)


class DidNotStartError(Exception):
    """A server that never answered; its own words are where the message says."""


@contextmanager
def serving(way: Way, model: Path, build: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """The address of the calls and the process, once it has scored a text; its words are in `build`.

    Raises DidNotStartError.
    """
    python, port = way.python or interpreter(build, way.packages), _free_port()
    with tempfile.TemporaryDirectory() as data, (build / f"{way.name}.log").open("wb") as said:
        process = subprocess.Popen(
            [str(python), *(part.format(port=port) for part in way.command)],
            cwd=RIVALS,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=os.environ
            | {"MODEL": str(model), "PORT": str(port), "BENTOML_HOME": data, "TOKENIZERS_PARALLELISM": "false"}
            | {"VALENCE_MODELS": f"served={model}", "VALENCE_DATA_FOLDER": data}
            | dict(way.environment),
        )
        address = f"http://127.0.0.1:{port}{way.path}"
        try:
            _wait_for(process, address, way, Path(said.name))
            yield address, process
        finally:
            _stop(process)


def resident_mb(server: subprocess.Popen[bytes]) -> float:
    """Of the server and its workers, each page once: what several share is counted in parts."""
    parent = psutil.Process(server.pid)
    processes = [parent, *parent.children(recursive=True)]
    resident: float = sum(each.memory_full_info().pss for each in processes) / 1e6
    return round(resident, 1)


def _wait_for(process: subprocess.Popen[bytes], address: str, way: Way, said: Path) -> None:
    body = way.body("a wonderful film").encode()
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S):
                return
        except OSError as error:  # an HTTPError is one: 503 until the model is loaded
            if process.poll() is not None or time.monotonic() > end:
                raise DidNotStartError(f"{way.name} did not come up: {error}. What it said is in {said}.") from error
            time.sleep(0.2)


def _stop(process: subprocess.Popen[bytes]) -> None:
    children = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.terminate()
    try:
        process.wait(_GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
    for child in children:
        if child.is_running():
            child.kill()
    process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port
