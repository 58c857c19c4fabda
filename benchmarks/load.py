"""The server under load, beside other ways to serve the same model: python benchmarks/load.py --model models/student

Makes an environment for each rival under build/load (what is here already is shared, the rest is installed), starts one
server after another on this machine, and sends it SST-2's sentences, one a call, over 1, 8, 64 and 256 connections that
each ask again when they are answered. Then it sends our server twice the calls that it carries, for ten minutes,
whatever it answers. Twenty minutes in all. Writes docs/results/load.json after each server, so `--only` and `--way` go
on where a run ended, or measure a part again. Ends with what must hold, and with exit code 1 where it does not.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import json
import random
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import psutil
from load_figures import COMPARED_AT, carried, checks, figures, holds, overhead, overload_figures  # beside this file
from load_sending import Sender
from load_servers import OURS, WAYS, DidNotStartError, Way, resident_mb, serving
from texts import read_texts

from valence.inference.batching import Batcher
from valence.inference.engine import Engine
from valence.model.folder import ModelFolder
from valence.system.files import write_json
from valence.system.machine import cores, processor

CONNECTIONS = (1, 8, 64, 256)
PARTS = ("ways", "engine", "overload")
# Of the curve; a point for each few seconds.
_STEP_S = 5.0
_VERSIONS = ("torch", "transformers", "onnxruntime", "flask", "gunicorn")


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 1 where something that must hold does not."""
    options = _options(arguments)
    texts = read_texts(options.texts)
    random.Random(0).shuffle(texts)
    build = options.build.resolve()
    build.mkdir(parents=True, exist_ok=True)
    found = json.loads(options.out.read_text("utf-8")) if options.out.exists() else {}
    found |= _conditions(options, len(texts))
    bench = Bench(options.model.resolve(), Sender(texts), build)
    try:
        for part in options.only:
            for _ in getattr(bench, part)(found, options):
                write_json(options.out, found)
    except DidNotStartError as error:
        sys.exit(f"{error}\nWhat was measured before is kept in {options.out}.")
    found |= {"overhead": overhead(found), "checks": checks(found)}
    write_json(options.out, found)
    return _told(found)


class Bench:
    """Everything that the servers are measured with. Each part is put into `found`, and a `yield` says: keep it."""

    def __init__(self, model: Path, sender: Sender, build: Path) -> None:
        self.model, self.sender, self.build = model, sender, build

    def ways(self, found: dict[str, Any], options: argparse.Namespace) -> Iterator[None]:
        """Each server's figures for each number of connections, after it has been warmed up."""
        rows = {each["name"]: each for each in found.get("ways", ())}
        for way in (way for way in WAYS if options.way in way.name):
            rows[way.name] = self._compared(way, options.seconds, options.connections)
            found["ways"] = [rows[each.name] for each in WAYS if each.name in rows]
            yield

    def _compared(self, way: Way, seconds: float, connections: Sequence[int]) -> dict[str, Any]:
        rows = []
        with serving(way, self.model, self.build) as (address, _):
            self.sender.closed(way, address, 8, max(2, seconds / 4))
            for number in connections:
                sent = self.sender.closed(way, address, number, seconds)
                rows.append({"connections": number, **figures(sent)})
                print(f"{way.name:<40}", rows[-1], flush=True)
        return {"name": way.name, "packages": list(way.packages), "seconds": seconds, "rows": rows}

    def engine(self, found: dict[str, Any], options: argparse.Namespace) -> Iterator[None]:
        """The same calls without HTTP: one caller at a time, then many of them through the batcher."""
        batcher = Batcher(Engine(self.model))
        try:
            callers = (1, COMPARED_AT)
            found["engine"] = {str(n): calls(batcher, self.sender.texts, n, options.seconds) for n in callers}
        finally:
            batcher.close()
        print("Engine without HTTP", found["engine"], flush=True)
        yield

    def overload(self, found: dict[str, Any], options: argparse.Namespace) -> Iterator[None]:
        """Our server asked twice as often as it can answer: how it does, and its memory second by second."""
        if not any(each["name"] == OURS.name for each in found.get("ways", ())):
            sys.exit("What the server carries is not known yet. Measure it first: --only ways --way Valence")
        rate, seconds = round(2 * carried(found)), options.overload_seconds
        with serving(OURS, self.model, self.build) as (address, server), ThreadPoolExecutor(1) as pool:
            self.sender.closed(OURS, address, COMPARED_AT, min(10, seconds))  # what it holds from here on may not grow
            over = Event()
            watching = pool.submit(_watch, server, over)
            try:
                sent = self.sender.open(OURS, address, rate, seconds)
            finally:
                over.set()
        made = overload_figures(sent, watching.result(), min(_STEP_S, seconds / 2))
        found["overload"] = {"carried_per_second": carried(found), "asked_per_second": rate, "seconds": seconds, **made}
        print("Twice the load", {name: value for name, value in found["overload"].items() if name != "curve"})
        yield


def calls(batcher: Batcher, texts: Sequence[str], callers: int, seconds: float) -> dict[str, float]:
    """Calls a second and their median in ms, where so many callers ask without a pause, a text a call."""
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


def _watch(server: Any, over: Event) -> list[tuple[float, float]]:
    """The server's memory each second, as (second, MB), until it is over."""
    began, memory = time.monotonic(), [(0.0, resident_mb(server))]
    while not over.wait(1.0):
        memory.append((time.monotonic() - began, resident_mb(server)))
    return memory


def _conditions(options: argparse.Namespace, texts: int) -> dict[str, Any]:
    folder = ModelFolder(options.model)
    return {
        "processor": processor(),
        "cores": cores(),
        "busy_before_percent": psutil.cpu_percent(1.0),
        "texts": texts,
        "model": {"body": folder.body().id[:12], "head": folder.head().version},
        "versions": {name: importlib.metadata.version(name) for name in _VERSIONS} | {"python": sys.version.split()[0]},
    }


def _told(found: dict[str, Any]) -> int:
    print("HTTP and the server around the engine:", found["overhead"])
    for check in found["checks"]:
        bound = f"at least {check['least']:g}" if "least" in check else f"at most {check['most']:g}"
        said = "holds" if holds(check) else "DOES NOT HOLD"
        print(f"{check['name']}: {check['measured']:g} {check['unit']} ({bound}): {said}")
    return int(not all(map(holds, found["checks"])))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--model", type=Path, required=True, help="a model folder with its network and its body.safetensors"
    )
    parser.add_argument("--texts", type=Path, required=True, help="SST-2.zip, or the dev.tsv in it")
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS, help="what to measure")
    parser.add_argument("--way", default="", help="only the servers whose name has this in it")
    parser.add_argument("--connections", type=int, nargs="+", default=CONNECTIONS)
    parser.add_argument("--seconds", type=float, default=15, help="for each number of connections")
    parser.add_argument("--overload-seconds", type=float, default=600)
    parser.add_argument("--build", type=Path, default=Path("build/load"), help="where environments and logs are kept")
    parser.add_argument("--out", type=Path, default=Path("docs/results/load.json"))
    options = parser.parse_args(arguments)
    # What is around a pipeline needs the network's own weights, which the bundled model comes without.
    rivals = "ways" in options.only and any(options.way in way.name and way.path != OURS.path for way in WAYS)
    for name in ("model.safetensors", "body.safetensors") if rivals else ("body.safetensors",):
        if not (options.model / name).exists():
            parser.error(
                f"{options.model} has no {name}. Name a model that was trained on this machine, "
                f"and make its body.safetensors with `valence export --model {options.model}`."
            )
    if not options.texts.exists():
        parser.error(f"There is no {options.texts}. `valence data get sst2` says where SST-2.zip comes from.")
    if not any(options.way in way.name for way in WAYS):
        parser.error(f"No server's name has {options.way!r} in it: {', '.join(way.name for way in WAYS)}.")
    if min(options.seconds, options.overload_seconds, *options.connections) <= 0:
        parser.error("--seconds, --overload-seconds and --connections are greater than 0.")
    return options


if __name__ == "__main__":
    sys.exit(main())
