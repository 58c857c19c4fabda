"""What tuning costs other tasks: the bundled body, frozen, beside the base that it was made from, untouched.

    python benchmarks/readout.py --data FOLDER [--body NAME] [--results docs/results/readout.json]

On each of a user's files of benchmarks/own_data.py (intents, hateful tweets, toxic comments: nothing like reviews), one
logistic regression on the `general` readout of either body, on the same rows, each by the command that a user types.
Prints the accuracies on the files' test sets, and the mean difference in points. The tuned body is read as it is
served, in int8; the base both ways, exported like it, so that nothing differs but the tuning, and in torch.
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

from valence.system.files import write_json
from valence.system.machine import processor

BASE = "minilm"
_VALENCE = str(Path(sys.executable).with_name("valence"))


def exported_base(data: Path, out: Path) -> Path:
    """The untouched base as a model folder with its body as it would be served; its head is of no interest."""
    file = FILES["comments"][0][0]
    transfer = ["transfer", "--from", BASE, "--data", str((data / file).resolve()), "--readout", "general"]
    subprocess.run([_VALENCE, *transfer, "--out", str(out)], check=True)
    subprocess.run([_VALENCE, "export", "--model", str(out)], check=True)
    return out


def measure(name: str, body: str, data: Path) -> dict[str, Any]:
    """The result of one file with a head on the frozen `body`."""
    files, reading = FILES[name]
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        for file in files:
            (work / file).symlink_to((data / file).resolve())
        options = [*shlex.split(reading), "--readout", "general", "--out", "model", "--results", "result.json"]
        command = ["transfer", "--from", body, *options]
        print("$ valence", shlex.join(command), flush=True)
        if Path(body).exists():
            command[2] = str(Path(body).resolve())  # since it runs in a folder of its own
        subprocess.run([_VALENCE, *command], cwd=work, check=True)
        result, *_ = json.loads((work / "result.json").read_text("utf-8"))["results"]
    return {
        "file": name,
        "body": body,
        "accuracy": result["metrics"]["accuracy"],
        "macro_f1": result["metrics"]["macro_f1"],
        "rows": result["rows"],
        "split": result["split"],
        "command": shlex.join(["valence", "transfer", "--from", body, *options]),
    }


def compare(tuned: str, base: str, data: Path) -> dict[str, Any]:
    """The accuracies in percent of three bodies on each file, and the tuned one's mean difference to either other."""
    with tempfile.TemporaryDirectory() as folder:
        served = str(exported_base(data, Path(folder) / "base"))
        bodies = {"tuned": tuned, "base_as_served": served, "base_in_torch": base}
        rows = [{"as": title, **measure(name, body, data)} for name in FILES for title, body in bodies.items()]
    for row in rows:  # the exported base is gone by now
        row["body"], row["command"] = row["body"].replace(served, base), row["command"].replace(served, base)
    accuracies = {title: [100 * row["accuracy"]["value"] for row in rows if row["as"] == title] for title in bodies}
    means = {title: sum(each) / len(each) for title, each in accuracies.items()}
    differences = {title: round(means["tuned"] - mean, 3) for title, mean in means.items() if title != "tuned"}
    return {"accuracies": accuracies, "mean_difference_points": differences, "rows": rows}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="The folder with the files.")
    parser.add_argument("--body", default="bundled", help="The tuned body: a model folder, or the bundled one.")
    parser.add_argument("--results", type=Path, default=Path("docs/results/readout.json"))
    given = parser.parse_args(arguments)
    found = compare(given.body, BASE, given.data)
    accuracies = found.pop("accuracies")
    print(f"{'file':<12}" + "".join(f"{title.replace('_', ' '):>18}" for title in accuracies))
    for row, name in enumerate(FILES):
        print(f"{name:<12}" + "".join(f"{each[row]:>18.2f}" for each in accuracies.values()))
    for title, points in found["mean_difference_points"].items():
        print(f"mean difference to the {title.replace('_', ' ')}: {points:+.2f} points")
    write_json(given.results, {"processor": processor(), **found})


if __name__ == "__main__":
    main()
