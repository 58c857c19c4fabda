"""What an address in another service's form costs beyond the native one, and five attributes beyond one.

    python benchmarks/adapters.py

One server with the bundled model; one connection asks every address, alternating in a random order, so that other
work on the machine strikes all alike. Milliseconds of the server's processor, from the kernel's count for each thread,
leave out the waiting for a core. Then, in this process, attributes of five classifiers on the bundled body. Prints a
table and writes docs/results/adapters.json; exits with 1 if an address costs more than 0.3 ms beyond the native one, or
five attributes 1.3 times one.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from server_time import processor_of, workers  # beside this file

from valence.model.folder import ModelFolder
from valence.server.adapter_settings import Answer
from valence.server.app import create_app
from valence.server.classifiers.loading import load_model
from valence.server.classifiers.registry import Registry, ServedModel
from valence.server.settings import default_settings
from valence.system.files import write_json
from valence.system.machine import processor

TEXT = "The plot is thin and the ending predictable, but the acting is so good that I would watch it again tomorrow."
LAYER_MS, FIVE_TIMES = 0.3, 1.3
_FIVE = [f"ATTRIBUTE_{number}" for number in range(5)]


def _analyze(names: list[str]) -> dict[str, Any]:
    return {"comment": {"text": TEXT}, "requestedAttributes": {name: {} for name in names}, "doNotStore": True}


# Name -> path and body.
CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "native": ("/api/v1/predict", {"text": TEXT}),
    "TEI": ("/predict", {"inputs": TEXT}),
    "Discourse": ("/discourse", {"inputs": TEXT, "truncate": True}),
    "Hugging Face": ("/models/bundled", {"inputs": TEXT, "parameters": {}}),
    "OpenAI": ("/v1/moderations", {"input": TEXT}),
    "Perspective": ("/v1alpha1/comments:analyze?key=none", _analyze(_FIVE[:1])),
    "Perspective, five attributes": ("/v1alpha1/comments:analyze?key=none", _analyze(_FIVE)),
}
# Attributes of five classifiers with one body; measured in this process, since their heads are copies of one.
_HEADS = [f"HEAD_{number}" for number in range(5)]


def main() -> int:
    options = _options()
    environment = os.environ | {
        "VALENCE_PERSPECTIVE_ATTRIBUTES": ",".join(f"{name}=bundled:negative" for name in _FIVE),
        "VALENCE_CALLS_PER_MINUTE": "0",
        "VALENCE_TOKENS_PER_MINUTE": "0",
        "VALENCE_LOG_LEVEL": "error",
        "VALENCE_THREADS": "1",
    }
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", "from valence.cli import main; main()", "serve", "--port", "0"]
        environment["VALENCE_DATA_FOLDER"] = folder
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
            assert server.stdout is not None
            address = server.stdout.readline().split()[4].removeprefix("http://")
            try:
                measured = _measure(address, server.pid, options)
            finally:
                server.terminate()
    heads = _five_heads(options)
    rows = [_row(name, measured) for name in CALLS]
    for row in rows:
        print(
            "{call:<30} {processor_ms:6.3f} ms of the processor, {beyond_native_ms:+.3f} ms; {wall_ms:6.3f} ms".format(
                **row
            )
        )
    five = rows[-1]["processor_ms"] / rows[-2]["processor_ms"]
    print(
        f"five attributes of one classifier cost {five:.2f} times one, of five classifiers on a body {heads:.2f} times"
    )
    layers = {row["call"]: row["beyond_native_ms"] for row in rows[1:-1]}
    write_json(
        options.out,
        {
            "processor": processor(),
            "rounds": options.rounds,
            "calls_a_round": options.calls,
            "rows": rows,
            "five_times_one": round(five, 3),
            "five_classifiers_times_one": round(heads, 3),
            "layer_ms_budget": LAYER_MS,
            "five_times_budget": FIVE_TIMES,
        },
    )
    return int(max(layers.values()) > LAYER_MS or max(five, heads) > FIVE_TIMES)


def _measure(address: str, pid: int, options: argparse.Namespace) -> dict[str, list[tuple[float, float]]]:
    """For each call, the milliseconds of each round: of the processor and of the clock, per request."""
    connection = http.client.HTTPConnection(address)
    used = processor_of(workers(pid))
    rounds: dict[str, list[tuple[float, float]]] = {name: [] for name in CALLS}
    order = list(CALLS)
    for number in range(options.rounds + 1):
        random.shuffle(order)
        for name in order:
            before, began = used(), time.perf_counter()
            for _ in range(options.calls):
                _ask(connection, *CALLS[name])
            took = (time.perf_counter() - began) * 1000 / options.calls
            if number:  # the first round loads what is loaded at the first call
                rounds[name].append(((used() - before) * 1000 / options.calls, took))
    connection.close()
    return rounds


def _five_heads(options: argparse.Namespace) -> float:
    """What attributes of five classifiers cost, if one costs 1, in processor time: the median of the rounds."""
    answers = tuple(Answer(name, name.lower(), "negative") for name in _HEADS)
    changed = {"perspective_attributes": answers, "calls_per_minute": 0, "tokens_per_minute": 0, "threads": 1}
    settings = default_settings().model_copy(update=changed)
    model = load_model(settings.models[0], settings)
    assert model.body is not None, "every model of the settings has one"
    fitted = ModelFolder(settings.models[0].path).head()
    heads = [ServedModel(replace(model.facts, name=name.lower()), model.body.scorer(fitted)) for name in _HEADS]
    client = create_app(settings, registry=Registry([model, *heads])).test_client()
    ratios = []
    for number in range(options.rounds + 1):
        took = {}
        for names in random.sample([_HEADS[:1], _HEADS], 2):
            began = time.process_time()
            for _ in range(options.calls):
                answer = client.post("/v1alpha1/comments:analyze", json=_analyze(names))
                if answer.status_code != 200:
                    raise RuntimeError(answer.text)
            took[len(names)] = time.process_time() - began
        if number:
            ratios.append(took[5] / took[1])
    model.scorer.close()
    return float(np.median(ratios))


def _row(name: str, measured: dict[str, list[tuple[float, float]]]) -> dict[str, Any]:
    """Medians over the rounds; the difference to the native call is that of the same rounds."""
    own, native = np.array(measured[name]), np.array(measured["native"])
    return {
        "call": name,
        "processor_ms": round(float(np.median(own[:, 0])), 4),
        "beyond_native_ms": round(float(np.median(own[:, 0] - native[:, 0])), 4),
        "wall_ms": round(float(np.median(own[:, 1])), 4),
    }


def _ask(connection: http.client.HTTPConnection, path: str, body: dict[str, Any]) -> None:
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    content = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status} {content!r}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=120)
    parser.add_argument("--calls", type=int, default=50, help="requests to one address in a round")
    parser.add_argument("--out", type=Path, default=Path("docs/results/adapters.json"))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
