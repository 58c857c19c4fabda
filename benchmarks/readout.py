"""What tuning costs other tasks: the bundled body, frozen, beside the base that it was made from, untouched.

    python benchmarks/readout.py --data FOLDER [--body NAME] [--results docs/results/readout.json]

On each of a user's files of benchmarks/own_data.py (intents, hateful tweets, toxic comments: nothing like reviews), one
logistic regression on the `general` readout of either body, on the same rows, each by the command that a user types.
Prints the accuracies on the files' test sets, and their mean difference in points. An exported body is read as it is
served, in int8, and the base in torch; to compare like with like, give a body's folder without its body.onnx.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from own_data import FILES  # beside this file

from valence.files import write_json
from valence.machine import processor

BASE = "minilm"


def measure(name: str, body: str, data: Path) -> dict[str, Any]:
    """The result of one file with a head on the frozen `body`."""
    files, reading, readout = FILES[name]
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for file in files:
            (work / file).symlink_to((data / file).resolve())
        options = [*shlex.split(reading), *shlex.split(readout), "--out", "model", "--results", "result.json"]
        command = ["transfer", "--from", body, *options]
        print("$ valence", shlex.join(command), flush=True)
        if Path(body).exists():
            command[2] = str(Path(body).resolve())  # since it runs in a folder of its own
        subprocess.run([str(Path(sys.executable).with_name("valence")), *command], cwd=work, check=True)
        (result,) = json.loads((work / "result.json").read_text("utf-8"))["results"]
    return {
        "file": name,
        "body": body,
        "accuracy": result["metrics"]["accuracy"],
        "macro_f1": result["metrics"]["macro_f1"],
        "rows": result["rows"],
        "split": result["split"],
        "command": shlex.join(["valence", "transfer", "--from", body, *options]),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="The folder with the files.")
    parser.add_argument("--body", default="bundled", help="The tuned body: a model folder, or the bundled one.")
    parser.add_argument("--results", type=Path, default=Path("docs/results/readout.json"))
    given = parser.parse_args(arguments)
    rows = [measure(name, each, given.data) for name in FILES for each in (given.body, BASE)]
    tuned, untouched = (
        [100 * row["accuracy"]["value"] for row in rows if row["body"] == each] for each in (given.body, BASE)
    )
    difference = sum(tuned) / len(tuned) - sum(untouched) / len(untouched)
    print(f"{'file':<12}{'tuned body':>12}{BASE + ', untouched':>20}")
    for name, ours, base in zip(FILES, tuned, untouched, strict=True):
        print(f"{name:<12}{ours:>12.2f}{base:>20.2f}")
    print(f"mean difference: {difference:+.2f} points")
    write_json(given.results, {"processor": processor(), "mean_difference_points": round(difference, 3), "rows": rows})


if __name__ == "__main__":
    main()
