"""`valence score` for each format: processor time, rows a second and memory, beside another commit's.

    git worktree add ../before d078815
    python benchmarks/score_formats.py --beside ../before
    python benchmarks/score_formats.py --beside ../before --model src/valence/bundled --rows 50000 --rounds 1

Without --model, a scorer that answers at once stands for the model, so that only reading and writing are measured. Each
run is a process of its own; with --beside, the code of another checkout takes turns with this one, and the ratio is
that of the processor time, median to median. Memory must not grow: the whole file and a tenth of it are scored. Prints
the figures and writes docs/results/score-formats.json, or score-formats-model.json; exits with 1 when a bar fails.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import statistics
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
# Of the processor time beside that of the other commit's; and of the memory to that of a tenth of the rows.
LEAST_RATIO, MOST_GROWTH, MOST_BOOK_MB = 1.0, 1.15, 300
_WORDS = 'a the dull wonderful film very not plot acting, slow "great" seen again; never'.split()
_AT_ONCE = """
from types import SimpleNamespace
from valence.bulk.request import ScoreRequest
from valence.bulk.run import score_file
from valence.inference.prediction import Prediction
one = Prediction("positive", 0.75, {"negative": 0.25, "positive": 0.75}, True, 5, 1)
labels = SimpleNamespace(multi_label=False)
engine = SimpleNamespace(answers=lambda texts: [one] * len(texts), body_version="b", head_version="h",
                         fitted=SimpleNamespace(labels=labels, cleaning="none"))
def score(source, out, prefix): score_file(ScoreRequest(source, out, text_column="comment", prefix=prefix), engine, 1)
"""
_BY_MODEL = """
from valence.cli import main
def score(source, out, prefix):
    options = ["--text-column", "comment", "--prefix", prefix, "--model", {model!r}]
    main(["score", str(source), "--out", str(out), *options], standalone_mode=False)
"""
# Scores a file and prints seconds, processor seconds, and the peak of the memory in MB.
_MEASURED = """
import sys, time
from pathlib import Path
source, out, prefix = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
if "parquet" in {source.suffix[1:], out.suffix[1:]}:  # not measured: the library is loaded once
    import pyarrow, pyarrow.parquet
    pyarrow.array([0.5])
began, used = time.perf_counter(), time.process_time()
score(source, out, prefix)
took, used = time.perf_counter() - began, time.process_time() - used
status = Path("/proc/self/status").read_text()  # ru_maxrss would be that of the parent, if it is larger
print(took, used, int(status.partition("VmHWM:")[2].split()[0]) / 1e3)
"""


def main() -> None:
    options = _options()
    checkouts = {"this": ROOT, **({"beside": options.beside} if options.beside else {})}
    program = (_BY_MODEL.format(model=options.model) if options.model else _AT_ONCE) + _MEASURED
    with tempfile.TemporaryDirectory(dir=options.scratch) as folder:
        scratch = Path(folder)
        runs = []
        for kind in FORMATS:
            for rows in (options.rows // 10, options.rows):
                source = make(scratch / f"in.{kind}", kind, rows)
                runs += measure(program, source, kind, checkouts, options.rounds, rows)
                print(*map(in_words, runs[-len(checkouts) :]), sep="\n", flush=True)
        if not options.model:
            runs += _of_workbooks(program, scratch, options.book_rows)
    bars = bars_of(runs, besides=options.beside is not None)
    for bar in bars:
        print("{}  {bar}: {figure} (bar {at})".format("held  " if bar["held"] else "FAILED", **bar))
    out = options.out or Path(f"docs/results/score-formats{'-model' if options.model else ''}.json")
    about = {"processor": processor(), "rounds": options.rounds, "model": options.model and Path(options.model).name}
    write_json(out, {**about, "runs": runs, "bars": bars})
    sys.exit(not all(bar["held"] for bar in bars))


def measure(
    program: str, source: Path, to: str, checkouts: dict[str, Path], rounds: int, rows: int, prefix: str = "predicted_"
) -> list[dict[str, Any]]:
    """The median seconds and the highest memory of each checkout, which take turns."""
    found: dict[str, list[list[float]]] = {name: [] for name in checkouts}
    for _ in range(rounds):
        for name, checkout in checkouts.items():
            out = source.with_name(f"out.{to}")
            out.unlink(missing_ok=True)
            environment = {**os.environ, "PYTHONPATH": str(checkout.resolve() / "src")}
            command = [sys.executable, "-c", program, str(source), str(out), prefix]
            done = subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, text=True)
            found[name].append([float(figure) for figure in done.stdout.split()[-3:]])
    return [
        {
            "from": source.suffix[1:],
            "to": to,
            "rows": rows,
            "code": name,
            "seconds": round(statistics.median(took for took, _, _ in of_code), 2),
            "processor_seconds": round(statistics.median(used for _, used, _ in of_code), 2),
            "peak_memory_mb": round(max(memory for _, _, memory in of_code)),
        }
        for name, of_code in found.items()
    ]


def bars_of(runs: list[dict[str, Any]], *, besides: bool) -> list[dict[str, Any]]:
    """What must hold: no slower than the other commit, in memory that does not grow."""
    bars = list[dict[str, Any]]()
    for kind in FORMATS:
        part, whole = (run for run in runs if run["from"] == run["to"] == kind and run["code"] == "this")
        growth = round(whole["peak_memory_mb"] / part["peak_memory_mb"], 3)
        bars.append(_bar(f"memory of {kind}, times that of a tenth", growth, MOST_GROWTH, held=growth <= MOST_GROWTH))
        if besides:
            (other,) = (run for run in runs if run["from"] == kind and run["code"] == "beside" and _same(run, whole))
            ratio = round(other["processor_seconds"] / whole["processor_seconds"], 2)
            words = f"speed of {kind}, times that of the other commit"
            bars.append(_bar(words, ratio, LEAST_RATIO, held=ratio >= LEAST_RATIO))
    for run in runs:
        if "xlsx" in {run["from"], run["to"]}:
            memory = run["peak_memory_mb"]
            words = f"MB of memory, {run['from']} to {run['to']}, {run['rows']:,} rows"
            bars.append(_bar(words, memory, MOST_BOOK_MB, held=memory <= MOST_BOOK_MB))
    return bars


def in_words(run: dict[str, Any]) -> str:
    rate = round(run["rows"] / run["processor_seconds"])
    words = (
        "{from} -> {to}, {rows:,} rows, {code}: {rate:,} rows per processor second, {seconds} s, {peak_memory_mb} MB"
    )
    return words.format(**run, rate=rate)


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


def _of_workbooks(program: str, scratch: Path, rows: int) -> list[dict[str, Any]]:
    here = {"this": ROOT}
    written = measure(program, make(scratch / "in.csv", "csv", rows), "xlsx", here, 1, rows)
    book = (scratch / "out.xlsx").rename(scratch / "in.xlsx")
    read = measure(program, book, "csv", here, 1, rows, prefix="again_")
    print(*map(in_words, [*written, *read]), sep="\n")
    return [*written, *read]


def _same(run: dict[str, Any], other: dict[str, Any]) -> bool:
    return (run["to"], run["rows"]) == (other["to"], other["rows"])


def _bar(words: str, figure: float, at: float, *, held: bool) -> dict[str, Any]:
    return {"bar": words, "figure": figure, "at": at, "held": held}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--book-rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--beside", type=Path, help="another checkout, whose code is measured in turns")
    parser.add_argument("--model", help="a model folder, with which both checkouts score")
    parser.add_argument("--scratch", type=Path, help="a folder with room for the files")
    parser.add_argument("--out", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
