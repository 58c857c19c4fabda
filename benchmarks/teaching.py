"""From a file of comments to a published classifier on a server within a dyno's limits: time, memory, other answers.

    python benchmarks/teaching.py --comments comments_toxicity.csv --tweets tweets_hate_offensive.csv
        [--only small|large] [--results docs/results/teaching.json]

The server has the bundled model, 512 MB of memory and one core, as in `valence deploy check`; everything goes through
its API. `small`: 400 comments, from sending the file until the version is published. `large`: 20,000 tweets with 20
labels, while ten other requests are sent each second. The tweets' labels are made up, from their longest words, so
accuracy means nothing there. The exit code is 1 if a figure is over its bar.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
import sys
import tempfile
import time
import zlib
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from teaching_server import MEMORY_MIB, RATE, Requests, Server, Watch, serving  # next to this file

from valence.system.files import write_json
from valence.system.machine import processor

Json = dict[str, Any]

# Name -> figure -> the most that it may be.
BARS = {
    "small": {"seconds": 30.0, "peak_mb": MEMORY_MIB * 1.048576},
    "large": {"seconds": 600.0, "peak_mb": MEMORY_MIB * 1.048576, "p99_ms": 1000.0, "failed": 0.0},
}
_SMALL_ROWS, _LARGE_ROWS, _LABELS = 400, 20_000, 20


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--comments", type=Path, required=True, help="A file with columns that are recognised.")
    parser.add_argument("--tweets", type=Path, required=True, help="A CSV file with a column `tweet`.")
    parser.add_argument("--only", choices=BARS, help="One of the two.")
    parser.add_argument("--results", type=Path, default=Path("docs/results/teaching.json"))
    given = parser.parse_args(arguments)
    files = {"small": _small(given.comments), "large": _large(given.tweets)}
    texts = [row[0] for row in list(csv.reader(io.StringIO(files["large"].decode())))[1:201]]
    cases: Json = {}
    for name in [given.only] if given.only else list(files):
        cases[name] = _taught(files[name], texts if name == "large" else [])
        print(name, cases[name], flush=True)
    over = [f"{name}: {figure}" for name, case in cases.items() for figure in over_bar(case, BARS[name])]
    write_json(given.results, {"processor": processor(), "cores": 1, "bars": BARS, "cases": cases})
    print(f"over its bar: {', '.join(over)}" if over else "all within their bars")
    return int(bool(over))


def over_bar(case: Json, bars: Json) -> list[str]:
    """The figures that are over their bars."""
    return [figure for figure, most in bars.items() if case[figure] > most]


def _taught(file: bytes, others: Sequence[str]) -> Json:
    """One classifier on a server of its own, while requests with other texts come in."""
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as (server, limited_by):
        requests = Requests(server, others)
        with Watch(server.pid) as watch:
            if others:
                with requests:
                    steps = _steps(server, file)
            else:
                steps = _steps(server, file)
        version = server.call("GET", "/classifiers/mine/versions/1")
    return {
        "rows": version["rows"],
        "labels": len(version["labels"]),
        "reads": version["reads"],
        "seconds": round(sum(steps.values()), 1),
        "steps_s": {name: round(seconds, 1) for name, seconds in steps.items()},
        **watch.figures(),
        "memory_limited_by": limited_by,
        **({"requests_a_second": RATE, **requests.figures()} if others else {}),
    }


def _steps(server: Server, file: bytes) -> dict[str, float]:
    """Seconds from the file to its published version."""
    began = [time.perf_counter()]

    def lap() -> None:
        began.append(time.perf_counter())

    server.call("POST", "/classifiers", {"name": "mine"})
    server.call("POST", "/classifiers/mine/examples/file?new_labels=add", file, "text/csv")
    lap()
    server.call("POST", "/classifiers/mine/fit", {})
    fit = {"state": "waiting", "step": ""}
    while fit["state"] not in {"done", "failed"}:
        time.sleep(0.1)
        fit = server.call("GET", "/classifiers/mine/fit")
        if len(began) == 2 and fit["step"] == "fitting the head":
            lap()
    assert fit["state"] == "done", fit
    lap()
    server.call("POST", "/classifiers/mine/published", {"version": 1})
    lap()
    names = ("add", "read", "fit", "publish") if len(began) == 5 else ("add", "fit", "publish")
    return dict(zip(names, (later - earlier for earlier, later in pairwise(began)), strict=True))


def _small(file: Path) -> bytes:
    """Some of its rows, drawn at random, always the same."""
    with file.open(encoding="utf-8", newline="") as lines:
        header, *every = csv.reader(lines)
    return _csv([header, *random.Random(0).sample(every, min(_SMALL_ROWS, len(every)))])


def _large(file: Path) -> bytes:
    """Different tweets, each with one of the labels."""
    with file.open(encoding="utf-8", newline="") as lines:
        texts = list(dict.fromkeys(row["tweet"].strip() for row in csv.DictReader(lines)))[:_LARGE_ROWS]
    return _csv([["text", "label"], *([text, label_of(text)] for text in texts)])


def label_of(text: str) -> str:
    """One of the labels, by the text's longest word."""
    longest = max(text.lower().split() or [""], key=len)
    return f"topic {zlib.crc32(longest.encode()) % _LABELS}"


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    content = io.StringIO()
    csv.writer(content).writerows(rows)
    return content.getvalue().encode()


if __name__ == "__main__":
    sys.exit(main())
