"""`valence score` on a large file: rows a second, memory that must not grow, and kills that must not show.

    python benchmarks/score.py --rows 1000000 --kills 10

Makes a CSV of so many comments by mixing the data sets' sentences, scores a hundredth of it and then the whole, each as
the command does it, in a process of its own. Then the whole again, killed with SIGKILL so many times at random moments
and given again each time: its output has to be the undisturbed one byte for byte. Prints what it found and writes
docs/results/score.json; the exit code is 1 when a bar fails.
"""

from __future__ import annotations

import argparse
import csv
import filecmp
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from valence.data.sources import load
from valence.inference.cores import available_cores
from valence.system.files import write_json
from valence.system.machine import processor

# Of the whole file to a hundredth of it.
MOST_MEMORY = 1.25
# Runs the command and prints the peak of its memory, which only the process itself can tell.
_MEASURED = (
    "import sys, valence.cli as cli; from valence.system import machine; "
    "cli.main(standalone_mode=False); print(machine.peak_memory_mb())"
)


def main() -> None:
    options = _options()
    with tempfile.TemporaryDirectory(dir=options.scratch) as folder:
        scratch = Path(folder)
        sentences = load(options.sentences).train.texts
        runs = [measure(scratch, sentences, rows) for rows in (max(1, options.rows // 100), options.rows)]
        killed = measure_killed(scratch, options.rows, options.kills, runs[-1]["seconds"])
    for each in runs:
        print("{rows:,} rows: {seconds} s, {rows_per_second:,} rows/s, peak memory {peak_memory_mb} MB".format(**each))
    growth = round(runs[-1]["peak_memory_mb"] / runs[0]["peak_memory_mb"], 3)
    bars = [
        {
            "bar": "memory, times that of a hundredth",
            "figure": growth,
            "at": MOST_MEMORY,
            "held": growth <= MOST_MEMORY,
        },
        {"bar": "output after the kills is the same", "figure": killed["same"], "at": True, "held": killed["same"]},
    ]
    for bar in bars:
        print("{}  {bar}: {figure} (bar {at})".format("held  " if bar["held"] else "FAILED", **bar))
    about = {"processor": processor(), "workers": available_cores()}
    write_json(options.out, {**about, "runs": runs, "killed": killed, "bars": bars})
    sys.exit(0 if all(bar["held"] for bar in bars) else 1)


def measure(scratch: Path, sentences: tuple[str, ...], rows: int) -> dict[str, Any]:
    """One run's rows, seconds from the start of the process to its end, and peak memory."""
    source = scratch / f"comments-{rows}.csv"
    make_comments(source, sentences, rows)
    start = time.perf_counter()
    done = subprocess.run(_command(source, _whole(source)), check=True, stdout=subprocess.PIPE, text=True)
    seconds = time.perf_counter() - start
    return {
        "rows": rows,
        "megabytes": round(source.stat().st_size / 1e6, 1),
        "seconds": round(seconds, 1),
        "rows_per_second": round(rows / seconds),
        "peak_memory_mb": round(float(done.stdout)),
    }


def measure_killed(scratch: Path, rows: int, kills: int, seconds: float) -> dict[str, Any]:
    """When it was killed, how long all its runs took together, and whether the output is the undisturbed one."""
    source = scratch / f"comments-{rows}.csv"
    out = source.with_suffix(".killed.csv")
    after = [random.uniform(0.2, 1.8) * seconds / (kills + 1) for _ in range(kills)]
    start = time.perf_counter()
    struck = sum(_strike(_command(source, out), wait) for wait in after)
    subprocess.run(_command(source, out), check=True, stdout=subprocess.DEVNULL)
    return {
        "kills": struck,
        "after_seconds": [round(wait, 1) for wait in after],
        "seconds": round(time.perf_counter() - start, 1),
        "same": filecmp.cmp(out, _whole(source), shallow=False),
    }


def _strike(command: list[str], after: float) -> bool:
    """Whether the command was still running after so many seconds, and so was killed."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as running:
        try:
            running.wait(after)
        except subprocess.TimeoutExpired:
            running.kill()
            return True
        return False


def _command(source: Path, out: Path) -> list[str]:
    return [sys.executable, "-c", _MEASURED, "score", str(source), "--text-column", "comment", "--out", str(out)]


def _whole(source: Path) -> Path:
    return source.with_suffix(".whole.csv")


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
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--sentences", default="sst2", help="the data set whose training sentences are mixed")
    parser.add_argument("--scratch", type=Path, help="a folder with room for the files")
    parser.add_argument("--out", type=Path, default=Path("docs/results/score.json"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
