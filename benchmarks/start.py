"""How long it takes to start: `import valence`, `valence --help`, and a cold `valence predict` up to its answer.

    python benchmarks/start.py

Each is a process of its own, run in turns so that other work on the machine strikes all alike. Seconds of the processor
do not count the waiting for it, so on a busy machine they say what a start costs. Prints a table and writes
docs/results/start.json.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from valence.system.files import write_json
from valence.system.machine import processor

_CLI = "from valence.cli import main; main()"
# What is started, and the most that it may take in seconds; the bare interpreter is what all of them pay.
STARTS: dict[str, tuple[Sequence[str], float | None]] = {
    "python": (["-c", "pass"], None),
    "import valence": (["-c", "import valence"], 0.3),
    "valence --help": (["-c", _CLI, "--help"], None),
    "valence predict": (["-c", _CLI, "predict", "A wonderful, moving film."], 1.0),
}


def main() -> None:
    options = _options()
    seconds: dict[str, list[float]] = {name: [] for name in STARTS}
    processor_s: dict[str, list[float]] = {name: [] for name in STARTS}
    for _ in range(options.rounds):
        for name, (arguments, _) in STARTS.items():
            before, start = _used(), time.perf_counter()
            subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
            seconds[name].append(time.perf_counter() - start)
            processor_s[name].append(_used() - before)
    rows = [
        {
            "what": name,
            "least_s": round(min(found), 3),
            "median_s": round(float(np.median(found)), 3),
            "least_processor_s": round(min(processor_s[name]), 3),
            "budget_s": STARTS[name][1],
        }
        for name, found in seconds.items()
    ]
    for row in rows:
        print("{what:<18} least {least_s} s, median {median_s} s, processor {least_processor_s} s".format(**row))
    write_json(options.out, {"processor": processor(), "rounds": options.rounds, "starts": rows})


def _used() -> float:
    """Seconds of the processor that ended child processes have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--out", type=Path, default=Path("docs/results/start.json"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
