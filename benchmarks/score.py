"""`valence score` on a large file: rows a second, and the memory that it takes, which must not grow with the file.

    python benchmarks/score.py --rows 1000000

Makes a CSV of so many comments by mixing the data sets' sentences, scores a hundredth of it and then the whole, each as
the command does it, in a process of its own. Prints both and writes docs/results/score.json.
"""

from __future__ import annotations

import argparse
import csv
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from valence.data.sources import load
from valence.files import write_json
from valence.inference.threads import available_cores
from valence.machine import processor

# Runs the command and prints the peak of its memory, which only the process itself can tell.
_MEASURED = (
    "import sys, valence.machine as m, valence.cli as c; c.main(standalone_mode=False); print(m.peak_memory_mb())"
)


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(dir=options.scratch) as scratch:
        sentences = load(options.sentences).train.texts
        runs = [measure(Path(scratch), sentences, rows) for rows in (max(1, options.rows // 100), options.rows)]
    for each in runs:
        print("{rows:,} rows: {seconds} s, {rows_per_second:,} rows/s, peak memory {peak_memory_mb} MB".format(**each))
    write_json(options.out, {"processor": processor(), "workers": available_cores(), "runs": runs})


def measure(scratch: Path, sentences: tuple[str, ...], rows: int) -> dict[str, Any]:
    """One run's rows, seconds from the start of the process to its end, and peak memory."""
    source = scratch / f"comments-{rows}.csv"
    make_comments(source, sentences, rows)
    command = [sys.executable, "-c", _MEASURED, "score", str(source), "--text-column", "comment"]
    start = time.perf_counter()
    done = subprocess.run([*command, "--out", str(scratch / "out.csv")], check=True, stdout=subprocess.PIPE, text=True)
    seconds = time.perf_counter() - start
    return {
        "rows": rows,
        "megabytes": round(source.stat().st_size / 1e6, 1),
        "seconds": round(seconds, 1),
        "rows_per_second": round(rows / seconds),
        "peak_memory_mb": round(float(done.stdout)),
    }


def make_comments(path: Path, sentences: tuple[str, ...], rows: int) -> None:
    """A CSV with columns id, comment and votes; a comment is one to four sentences. The same file every time."""
    made = random.Random(0)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "comment", "votes"])
        for row in range(rows):
            comment = " ".join(made.choices(sentences, k=made.randint(1, 4)))
            writer.writerow([row, comment, made.randint(-5, 500)])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--sentences", default="sst2", help="the data set whose training sentences are mixed")
    parser.add_argument("--scratch", type=Path, help="a folder with room for the files")
    parser.add_argument("--out", type=Path, default=Path("docs/results/score.json"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
