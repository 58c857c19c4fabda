"""What the server costs beside the engine alone: python benchmarks/call_cost.py --texts SST-2.zip

One server and one engine in this process, both with the bundled model, get the same sentences in turn: one a call from
one caller, the server's over one connection that stays open, then from 64 callers at once. The limits of requests and
tokens are counted, but never reached. What must hold: a call through the server takes at most 1.2 ms longer (p50), and
64 connections get at least 60 % of what 64 threads get from the engine. Ends with exit code 1 where it does not.

The client runs on the same cores; its own processor time is in the results, as is the server's. Takes a minute and a
half. Writes docs/results/call-cost.json. With --beside, the interpreter of an environment that has an older version,
that version is asked in turn with this one.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import psutil
from call_client import ask, ask_all, connect, requests  # beside this file
from load import calls
from load_figures import holds
from load_servers import OURS, serving
from server_time import workers
from texts import read_texts

from valence.inference.batching import Batcher
from valence.inference.engine import Engine
from valence.inference.prediction import Prediction
from valence.model.bundled import bundled_folder
from valence.system.files import write_json
from valence.system.machine import cores, processor

Json = dict[str, Any]
MOST_MS, LEAST_SHARE, CALLERS = 1.2, 0.6, 64
_COUNTED = {"VALENCE_CALLS_PER_MINUTE": "1000000000", "VALENCE_TOKENS_PER_MINUTE": "1000000000"}


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 1 where something that must hold does not."""
    options = _options(arguments)
    texts = read_texts(options.texts)
    random.Random(0).shuffle(texts)
    build = options.build.resolve()
    build.mkdir(parents=True, exist_ok=True)
    before = psutil.getloadavg()[0]
    ways = {"now": replace(OURS, environment=_COUNTED)}
    if options.beside:
        ways["before"] = replace(ways["now"], python=options.beside.absolute())
    with ExitStack() as stack:
        servers = {}
        for name, way in ways.items():
            address, process = stack.enter_context(serving(way, options.model.resolve(), build))
            servers[name] = Server(address, [psutil.Process(pid) for pid in workers(process.pid)])
        batcher = Batcher(Engine(options.model))
        stack.callback(batcher.close)
        scored = zip(texts, batcher.engine.answers(texts), strict=True)
        texts = [text for text, answer in scored if isinstance(answer, Prediction)]
        rounds = [_round(batcher, servers, texts, options) for _ in range(options.rounds + 1)][1:]  # one warms up
    found = summary([each["now"] for each in rounds]) | _conditions(options, before)
    if options.beside:
        found["before"] = summary([each["before"] for each in rounds])
    write_json(options.out, found)
    return _told(found)


class Server(NamedTuple):
    """Attributes:
    address: of its predictions.
    """

    address: str
    workers: Sequence[psutil.Process]

    def processor_s(self) -> float:
        """Seconds of the processor that it has used, also in threads that have ended."""
        times = [worker.cpu_times() for worker in self.workers]
        return float(sum(each.user + each.system for each in times))


def _round(
    batcher: Batcher, servers: dict[str, Server], texts: Sequence[str], options: argparse.Namespace
) -> dict[str, Json]:
    """The figures of each server, with those of the engine in the same round; the servers in a random order."""
    some = random.sample(texts, min(options.calls, len(texts)))
    engine_ms = float(np.median([_timed(batcher.engine, text) for text in some]))
    threads = calls(batcher, texts, CALLERS, options.seconds)["per_second"]
    names = random.sample(list(servers), len(servers))
    return {name: _measured(servers[name], engine_ms, threads, some, texts, options.seconds) for name in names}


def _measured(
    server: Server, engine_ms: float, threads: float, some: Sequence[str], texts: Sequence[str], seconds: float
) -> Json:
    """The p50 of one caller and the calls a second of many, beside those of the engine."""
    with connect(server.address) as connection:
        server_s, client_s = server.processor_s(), time.process_time()
        server_ms = float(np.median([ask(connection, request) for request in requests(server.address, some)]))
        server_s, client_s = server.processor_s() - server_s, time.process_time() - client_s
    many_s, many_client_s = server.processor_s(), time.process_time()
    connections, refused = ask_all(server.address, requests(server.address, texts), CALLERS, seconds)
    many_s, many_client_s = server.processor_s() - many_s, time.process_time() - many_client_s
    return {
        "engine_ms": engine_ms,
        "server_ms": server_ms,
        "beyond_engine_ms": server_ms - engine_ms,
        "server_processor_ms": server_s * 1000 / len(some),
        "client_processor_ms": client_s * 1000 / len(some),
        "threads_per_second": threads,
        "connections_per_second": connections,
        "refused_per_second": refused,
        "share": connections / threads,
        "server_processor_ms_of_many": many_s * 1000 / seconds / (connections or 1),
        "client_share_of_a_core": many_client_s / seconds,
    }


def _timed(engine: Engine, text: str) -> float:
    began = time.perf_counter()
    engine.score([text])
    return (time.perf_counter() - began) * 1000


def summary(rounds: Sequence[Json]) -> Json:
    """The median of each figure, and what must hold."""
    medians = {name: round(float(np.median([each[name] for each in rounds])), 3) for name in rounds[0]}
    threads = f"{CALLERS} connections, of what {CALLERS} threads get from the engine"
    checks: list[Json] = [
        {
            "name": "one call through the server, beyond the engine",
            "unit": "ms",
            "measured": medians["beyond_engine_ms"],
            "most": MOST_MS,
        },
        {"name": threads, "unit": "times", "measured": medians["share"], "least": LEAST_SHARE},
    ]
    return {**medians, "rounds": [{name: round(value, 3) for name, value in each.items()} for each in rounds]} | {
        "checks": checks
    }


def _conditions(options: argparse.Namespace, load_before: float) -> Json:
    return {
        "processor": processor(),
        "cores": cores(),
        "machine_load_before": round(load_before, 1),
        "calls_a_round": options.calls,
        "seconds": options.seconds,
        "python": sys.version.split()[0],
    }


def _told(found: Json) -> int:
    before = found.get("before", {})
    for name, value in found.items():
        if isinstance(value, float):
            print(f"{name:<28}{value:g}" + (f" ({before[name]:g} before)" if name in before else ""))
    for check in found["checks"]:
        bound = f"at least {check['least']:g}" if "least" in check else f"at most {check['most']:g}"
        said = "holds" if holds(check) else "DOES NOT HOLD"
        print(f"{check['name']}: {check['measured']:g} {check['unit']} ({bound}): {said}")
    return int(not all(map(holds, found["checks"])))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--model", type=Path, default=bundled_folder(), help="a model folder with its body.safetensors")
    parser.add_argument("--texts", type=Path, required=True, help="SST-2.zip, or the dev.tsv in it")
    parser.add_argument("--beside", type=Path, help="an interpreter that has an older version of Valence")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--calls", type=int, default=400, help="calls of one caller in a round")
    parser.add_argument("--seconds", type=float, default=4, help="of many callers in a round")
    parser.add_argument("--build", type=Path, default=Path("build/load"), help="where the server's log is kept")
    parser.add_argument("--out", type=Path, default=Path("docs/results/call-cost.json"))
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
