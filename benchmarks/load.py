"""The server under load, beside other ways to serve the same model: python benchmarks/load.py --model models/student

Makes an environment for each rival under build/load (what is here already is shared, the rest is installed), starts one
server after another on this machine, and sends it SST-2's sentences, one a call, with autocannon over 1, 8, 64 and 256
connections. Then it sends our server twice the calls that it carries, for ten minutes. Writes docs/results/load.json;
`--only` measures a part again and leaves the rest of the file as it was.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from valence.files import write_json
from valence.inference.batching import Batcher
from valence.inference.engine import Engine
from valence.machine import processor

HERE = Path(__file__).parent
AUTOCANNON = "autocannon@9.0.0"
CONNECTIONS = (1, 8, 64, 256)
OVERLOAD_CONNECTIONS = 512
PARTS = ("ways", "engine", "overload")
PATIENCE_S = 180
_CORES = os.cpu_count() or 1
# A process a core, each with one thread for its sums: more threads than cores slow these ways down.
_PROCESSES = ["--workers", str(_CORES)]
_ONE_THREAD = {"OMP_NUM_THREADS": "1"}


@dataclass(frozen=True)
class Way:
    """A server and how it is asked.

    Attributes:
        command: after the interpreter; {port} is filled in.
        packages: what its environment has beyond this one.
        path, field: where a text is posted, and under which name; `several` where the field takes a list.
    """

    name: str
    command: Sequence[str]
    packages: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    path: str = "/predict"
    field: str = "text"
    several: bool = False

    def body(self, text: str) -> str:
        return json.dumps({self.field: [text] if self.several else text})


_OURS = "/api/v1/predict"
# Nobody limits the calls of one address here, since all of them come from one.
_UNLIMITED = {"VALENCE_CALLS_PER_MINUTE": "0"}
OURS = Way(
    "Valence",
    ("-c", "from valence.cli import main; main()", "serve", "--host", "127.0.0.1", "--port", "{port}"),
    environment=_UNLIMITED,
    path=_OURS,
)
WAYS = (
    OURS,
    Way(
        "Valence on granian instead of gunicorn",
        (
            *("-m", "granian", "--interface", "wsgi", "--blocking-threads", "32", "--backlog", "1024", "--no-ws"),
            *("--port", "{port}", "--log-level", "warning", "granian_valence:app"),
        ),
        ("granian==2.8.7",),
        _UNLIMITED,
        _OURS,
    ),
    Way(
        "LitServe, batches of 32",
        ("litserve_pipeline.py",),
        ("litserve==0.2.19", "fastapi==0.165.0", "uvicorn[standard]==0.54.0"),
    ),
    Way(
        "BentoML, batches of 32",
        ("-m", "bentoml", "serve", "bentoml_pipeline:Classifier", "--host", "127.0.0.1", "--port", "{port}"),
        ("bentoml==1.4.40",),
        {"BENTOML_DO_NOT_TRACK": "1"},
        field="texts",
        several=True,
    ),
    Way(
        "FastAPI and a pipeline",
        ("-m", "uvicorn", *_PROCESSES, "--port", "{port}", "--log-level", "warning", "fastapi_pipeline:app"),
        ("fastapi==0.165.0", "uvicorn[standard]==0.54.0"),
        _ONE_THREAD,
    ),
    Way(
        "Flask and a pipeline",
        ("-m", "gunicorn", *_PROCESSES, "--bind", "127.0.0.1:{port}", "flask_pipeline:app"),
        (),
        _ONE_THREAD,
    ),
)


def main(arguments: Sequence[str] | None = None) -> None:
    options = _options(arguments)
    texts = read_texts(options.texts)
    random.Random(0).shuffle(texts)
    found = json.loads(options.out.read_text("utf-8")) if options.out.exists() else {}
    found |= {"processor": processor(), "cores": _CORES, "texts": len(texts), "autocannon": AUTOCANNON.split("@")[1]}
    found["versions"] = {name: importlib.metadata.version(name) for name in ("torch", "transformers", "gunicorn")}
    bench = Bench(options.model.resolve(), texts, options.build.resolve())
    if "ways" in options.only:
        ways = [way for way in WAYS if options.way in way.name]
        found["seconds"] = options.seconds
        rows = {row["name"]: row for row in found.get("ways", ())}
        rows |= {way.name: bench.compare(way, options.seconds, options.connections) for way in ways}
        found["ways"] = [rows[way.name] for way in WAYS if way.name in rows]
        write_json(options.out, found)
    if "engine" in options.only:
        found["engine"] = bench.engine(options.seconds)
        print("engine", found["engine"])
        write_json(options.out, found)
    if "overload" in options.only:
        ours = next((row for row in found.get("ways", ()) if row["name"] == OURS.name), None)
        if ours is None:
            sys.exit("What the server carries is not known yet. Measure it first: --only ways")
        carried = next(row["per_second"] for row in ours["rows"] if row["connections"] == 64)
        found["overload"] = bench.overload(2 * carried, options.overload_seconds)
        write_json(options.out, found)


class Bench:
    """Everything that the servers are measured with: the model, the texts, the environments."""

    def __init__(self, model: Path, texts: Sequence[str], build: Path) -> None:
        self.model, self.texts, self.build = model, texts, build
        self.build.mkdir(parents=True, exist_ok=True)
        self._node = _load_generator(build)

    def compare(self, way: Way, seconds: int, connections: Sequence[int]) -> dict[str, Any]:
        """A server's figures for each number of connections, after it has been warmed up."""
        python = environment(self.build, way)
        with self.serving(way, python) as (address, _):
            self.send(way, address, 8, max(2, seconds // 4))
            rows = []
            for number in connections:
                rows.append({"connections": number, **figures(self.send(way, address, number, seconds))})
                print(f"{way.name:<40}", rows[-1], flush=True)
        return {"name": way.name, "packages": list(way.packages), "rows": rows}

    def overload(self, rate: float, seconds: int) -> dict[str, Any]:
        """Our server asked `rate` times a second for so long: how it answers, and its memory second by second."""
        with self.serving(OURS, Path(sys.executable)) as (address, server):
            self.send(OURS, address, 64, 5)  # warm: what it holds from here on is what should not grow
            began, memory, over = time.monotonic(), [], threading.Event()

            def watch() -> None:
                while not over.wait(1.0):
                    memory.append((time.monotonic() - began, _resident_mb(server)))

            watching = threading.Thread(target=watch)
            watching.start()
            try:
                sent = self.send(OURS, address, OVERLOAD_CONNECTIONS, seconds, rate)
            finally:
                over.set()
                watching.join()
        row = figures(sent)
        print("overload", row, f"memory {memory[0][1]} to {memory[-1][1]} MB")
        return {
            "connections": OVERLOAD_CONNECTIONS,
            "asked_per_second": round(rate),
            "seconds": seconds,
            **row,
            "curve": _curve(sent, memory, step=max(1, seconds // 60)),
        }

    def engine(self, seconds: int) -> dict[str, Any]:
        """The same calls without HTTP: one caller at a time, then 64 of them through the batcher."""
        batcher = Batcher(Engine(self.model))
        try:
            return {str(callers): _calls(batcher, self.texts, callers, seconds) for callers in (1, 64)}
        finally:
            batcher.close()

    def send(self, way: Way, address: str, connections: int, seconds: int, rate: float | None = None) -> dict[str, Any]:
        """What came back: seconds, failed, answers as [second, status, milliseconds]."""
        with tempfile.NamedTemporaryFile("w", suffix=".json") as bodies:
            json.dump([way.body(text) for text in self.texts], bodies)
            bodies.flush()
            asked = {"url": address + way.path, "connections": connections, "seconds": seconds, "bodies": bodies.name}
            asked |= {"modules": str(self._node), **({"rate": round(rate)} if rate else {})}
            command = ["node", str(HERE / "load.mjs"), json.dumps(asked)]
            found: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        return found

    @contextmanager
    def serving(self, way: Way, python: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
        """The server's address and process, once it has answered a text; its words are in build/load."""
        port = _free_port()
        with tempfile.TemporaryDirectory() as data, (self.build / f"{way.name}.log").open("wb") as said:
            process = subprocess.Popen(
                [str(python), *(part.format(port=port) for part in way.command)],
                cwd=HERE / "rivals",
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=os.environ
                | {"MODEL": str(self.model), "PORT": str(port), "BENTOML_HOME": data, "TOKENIZERS_PARALLELISM": "false"}
                | {"VALENCE_MODELS": f"served={self.model}", "VALENCE_DATA_FOLDER": data}
                | dict(way.environment),
            )
            address = f"http://127.0.0.1:{port}"
            try:
                _wait_for(process, address + way.path, way.body(self.texts[0]), Path(said.name))
                yield address, process
            finally:
                _stop(process)


def figures(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Of the calls that were answered with a score; refused are those with 503, failed those with anything else."""
    answers = sent["answers"]
    took = [milliseconds for _, status, milliseconds in answers if status == 200]
    refused = sum(status == 503 for _, status, _ in answers)
    quantiles = np.percentile(took, (50, 95, 99)) if took else (0.0, 0.0, 0.0)
    return {
        "per_second": round(len(took) / sent["seconds"], 1),
        **{f"p{p}_ms": round(float(value), 1) for p, value in zip((50, 95, 99), quantiles, strict=True)},
        "answered": len(took),
        "refused": refused,
        "failed": sent["failed"] + len(answers) - len(took) - refused,
    }


def read_texts(path: Path) -> list[str]:
    """SST-2's dev sentences: of its archive, or of its dev.tsv."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            content = archive.read(next(name for name in archive.namelist() if name.endswith("dev.tsv"))).decode()
    else:
        content = path.read_text("utf-8")
    return [line.split("\t")[0] for line in content.splitlines()[1:]]


def environment(build: Path, way: Way) -> Path:
    """The interpreter of the rival's own environment: it sees what is installed here, and its packages come first."""
    if not way.packages:
        return Path(sys.executable)
    folder = build / "-".join(package.partition("==")[0].partition("[")[0] for package in way.packages)
    python, made = folder / "bin" / "python", folder / "made"
    if not made.exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        (site,) = folder.glob("lib/python*/site-packages")
        (site / "shared.pth").write_text(sysconfig.get_path("purelib") + "\n")
        pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *way.packages], check=True)
        made.touch()
    return python


def _load_generator(build: Path) -> Path:
    """A file beside which node finds autocannon."""
    if not (build / "node_modules" / "autocannon").exists():
        command = ["npm", "install", "--prefix", str(build), "--no-audit", "--no-fund", "--loglevel=error", AUTOCANNON]
        subprocess.run(command, check=True)
    return build / "package.json"


def _calls(batcher: Batcher, texts: Sequence[str], callers: int, seconds: int) -> dict[str, float]:
    end, took = time.perf_counter() + seconds, []

    def call(first: int) -> int:
        done = 0
        while (now := time.perf_counter()) < end:
            batcher.score([texts[(first + done) % len(texts)]])
            took.append((time.perf_counter() - now) * 1000)
            done += 1
        return done

    with ThreadPoolExecutor(callers) as pool:
        done = sum(pool.map(call, range(0, callers * 13, 13)))
    return {"per_second": round(done / seconds, 1), "p50_ms": round(float(np.median(took)), 2)}


def _curve(sent: Mapping[str, Any], memory: Sequence[tuple[float, float]], step: int) -> dict[str, list[float]]:
    """One number for each `step` seconds: calls answered and refused a second, their p99, the server's memory."""
    seconds, status, took = (np.array(column) for column in zip(*sent["answers"], strict=True))
    curve: dict[str, list[float]] = {name: [] for name in ("second", "answered", "refused", "p99_ms", "memory_mb")}
    for start in np.arange(0, sent["seconds"] - step / 2, step):
        within = (seconds >= start) & (seconds < start + step)
        accepted = within & (status == 200)
        held = [mb for second, mb in memory if start <= second < start + step]
        curve["second"].append(float(start + step))
        curve["answered"].append(round(float(accepted.sum()) / step, 1))
        curve["refused"].append(round(float((within & (status == 503)).sum()) / step, 1))
        curve["p99_ms"].append(round(float(np.percentile(took[accepted], 99)), 1) if accepted.any() else 0.0)
        curve["memory_mb"].append(max(held, default=curve["memory_mb"][-1] if curve["memory_mb"] else 0.0))
    return curve


def _resident_mb(server: subprocess.Popen[bytes]) -> float:
    """Of the server and its workers, each page once: what several share is counted in parts."""
    parent = psutil.Process(server.pid)
    processes = [parent, *parent.children(recursive=True)]
    resident: float = sum(each.memory_full_info().pss for each in processes) / 1e6
    return round(resident, 1)


def _wait_for(process: subprocess.Popen[bytes], address: str, body: str, said: Path) -> None:
    request = urllib.request.Request(address, body.encode(), {"Content-Type": "application/json"})
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S):
                return
        except (urllib.error.HTTPError, OSError) as error:
            if process.poll() is not None or time.monotonic() > end:
                sys.exit(f"The server did not come up: {error}. What it said is in {said}.")
            time.sleep(0.2)


def _stop(process: subprocess.Popen[bytes]) -> None:
    children = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
    process.terminate()
    try:
        process.wait(30)
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


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--model", type=Path, required=True, help="a model folder with its network and its body.onnx")
    parser.add_argument("--texts", type=Path, required=True, help="SST-2.zip, or the dev.tsv in it")
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS, help="what to measure")
    parser.add_argument("--way", default="", help="only the servers whose name has this in it")
    parser.add_argument("--connections", type=int, nargs="+", default=CONNECTIONS)
    parser.add_argument("--seconds", type=int, default=15, help="for each number of connections")
    parser.add_argument("--overload-seconds", type=int, default=600)
    parser.add_argument("--build", type=Path, default=Path("build/load"), help="where environments and logs are kept")
    parser.add_argument("--out", type=Path, default=Path("docs/results/load.json"))
    options = parser.parse_args(arguments)
    for name in ("model.safetensors", "body.onnx"):
        if not (options.model / name).exists():
            parser.error(f"{options.model} lacks {name}: name a model that was trained and exported here.")
    if not options.texts.exists():
        parser.error(f"There is no {options.texts}. `valence data get sst2` says where SST-2.zip comes from.")
    return options


if __name__ == "__main__":
    main()
