"""Reading and writing of `valence score`, without a model: rows a second and memory for each format.

    python benchmarks/score_formats.py --rows 1000000 --beside ../before

A scorer that answers at once stands for the model, so that reading and writing dominate. Each format is read and
written by a process of its own; with --beside, also by the code of another checkout, in turns. Prints the figures and
writes docs/results/score-formats.json.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

from valence.system.files import write_json
from valence.system.machine import processor

ROOT = Path(__file__).parent.parent
FORMATS = ("csv", "jsonl", "parquet")
_WORDS = 'a the dull wonderful film very not plot acting, slow "great" seen again; never'.split()
# Scores a file with a scorer that answers at once, and prints seconds and the peak of the memory in MB.
_MEASURED = """
import sys, time
from pathlib import Path
from types import SimpleNamespace
from valence.bulk.request import ScoreRequest
from valence.bulk.run import score_file
from valence.inference.prediction import Prediction
one = Prediction("positive", 0.75, {"negative": 0.25, "positive": 0.75}, True, 5, 1)
labels = SimpleNamespace(multi_label=False)
engine = SimpleNamespace(answers=lambda texts: [one] * len(texts), body_version="b", head_version="h",
                         fitted=SimpleNamespace(labels=labels, cleaning=None))
began = time.perf_counter()
score_file(ScoreRequest(Path(sys.argv[1]), Path(sys.argv[2]), "comment"), engine, 1)
status = Path("/proc/self/status").read_text()  # ru_maxrss would be that of the parent, if it is larger
print(time.perf_counter() - began, int(status.partition("VmHWM:")[2].split()[0]) / 1e3)
"""


def main() -> None:
    options = _options()
    checkouts = {"this": ROOT, **({"beside": options.beside} if options.beside else {})}
    runs = []
    with tempfile.TemporaryDirectory(dir=options.scratch) as folder:
        for kind in FORMATS:
            for rows in (options.rows // 10, options.rows):
                source = make(Path(folder) / f"in.{kind}", kind, rows)
                turns = [measure(source, kind, name, path) for name, path in checkouts.items()]
                runs += [{"from": kind, "to": kind, "rows": rows, **turn} for turn in turns]
        book = make(Path(folder) / "in.csv", "csv", options.book_rows)
        to_book = measure(book, "xlsx", "this", ROOT)
        runs.append({"from": "csv", "to": "xlsx", "rows": options.book_rows, **to_book})
        (Path(folder) / "out.xlsx").rename(Path(folder) / "in.xlsx")
        from_book = measure(Path(folder) / "in.xlsx", "csv", "this", ROOT, prefix="again_")
        runs.append({"from": "xlsx", "to": "csv", "rows": options.book_rows, **from_book})
    for run in runs:
        run["rows_per_second"] = round(run["rows"] / run["seconds"])
        print("{from} -> {to}, {rows:,} rows, {code}: {rows_per_second:,} rows/s, {peak_memory_mb} MB".format(**run))
    write_json(options.out, {"processor": processor(), "rounds": options.rounds, "runs": runs})


def measure(source: Path, to: str, name: str, checkout: Path, prefix: str = "") -> dict[str, Any]:
    """The best seconds and the highest memory of some rounds."""
    seconds, memory = list[float](), list[float]()
    program = _MEASURED.replace('"comment")', f'"comment", prefix={prefix!r})') if prefix else _MEASURED
    for _ in range(_options().rounds):
        out = source.with_name(f"out.{to}")
        out.unlink(missing_ok=True)
        environment = {**os.environ, "PYTHONPATH": str(checkout.resolve() / "src")}
        command = [sys.executable, "-c", program, str(source), str(out)]
        done = subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, text=True)
        one, peak = map(float, done.stdout.split())
        seconds.append(one)
        memory.append(peak)
    return {"code": name, "seconds": round(min(seconds), 2), "peak_memory_mb": round(max(memory))}


def make(path: Path, kind: str, rows: int) -> Path:
    """A file with id, comment and votes. The same every time."""
    made = random.Random(0)
    content = ((i, " ".join(made.choices(_WORDS, k=made.randint(3, 40))), made.randint(-5, 500)) for i in range(rows))
    if kind == "csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("id", "comment", "votes"))
            writer.writerows(content)
    elif kind == "jsonl":
        with path.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps({"id": i, "comment": text, "votes": n}) + "\n" for i, text, n in content)
    else:
        ids, texts, votes = zip(*content, strict=True)
        table = import_module("pyarrow").table({"id": ids, "comment": texts, "votes": votes})
        import_module("pyarrow.parquet").write_table(table, path, row_group_size=1 << 16)
    return path


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--book-rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--beside", type=Path, help="another checkout, whose code is measured in turns")
    parser.add_argument("--scratch", type=Path, help="a folder with room for the files")
    parser.add_argument("--out", type=Path, default=Path("docs/results/score-formats.json"))
    return parser.parse_args()


if __name__ == "__main__":
    main()
