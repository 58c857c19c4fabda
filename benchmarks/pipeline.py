"""Stages 1 and 2 against how they are usually done, as ratios in one run; peak memory of each command.

    python benchmarks/pipeline.py [--base minilm] [--part stage2|stage1|memory] [--out docs/results/pipeline.json]

stage2  SST-2: features computed once and the head solved, against 20 epochs through the frozen encoder.
        Bars: 20 times faster, at no lower validation accuracy.
stage1  reviews: our loop against the Trainer's defaults. Bar: 2.5 times the tokens a second.
memory  the commands on all of the data: `pretrain` for a few steps (every step is as large), `transfer` whole.
        Bars: 8 GB and 3 GB.

imdb and sst2 have to be here (`valence data get imdb sst2`); --imdb and --sst2 take copies by path. Each way runs in a
process of its own with an empty cache. What is measured is kept as it comes: give --part to go on. The exit code is 1
when a bar fails.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from valence.system.files import write_json
from valence.system.home import home

_WAYS = Path(__file__).with_name("pipeline_ways.py")
PARTS = ("stage2", "stage1", "memory")
EPOCHS = 20
STAGE1_ROWS = 1_600  # 40 steps, twice
FASTER, TOKENS, STAGE1_MB, STAGE2_MB = 20.0, 2.5, 8_000, 3_000


def run_way(way: str, settings: dict[str, Any]) -> dict[str, Any]:
    """What the way measured, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        write_json(room / "settings.json", settings)
        command = [sys.executable, str(_WAYS), way, str(room / "settings.json"), str(room / "out.json")]
        subprocess.run(command, check=True, env=_with_empty_cache(room))
        found: dict[str, Any] = json.loads((room / "out.json").read_text("utf-8"))
    return found


def run_command(words: Sequence[str]) -> dict[str, Any]:
    """Peak memory and wall time of a command that makes a model, as its results file has them."""
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        outputs = ["--out", str(room / "model"), "--results", str(room / "results.json")]
        code = "from valence.cli import main; main(prog_name='valence')"
        subprocess.run([sys.executable, "-c", code, *words, *outputs], check=True, env=_with_empty_cache(room))
        found, *_ = json.loads((room / "results.json").read_text("utf-8"))["results"]
    told = {name: found[name] for name in ("peak_memory_mb", "wall_time_s", "processor")}
    return {"command": " ".join(["valence", *(Path(word).name if "/" in word else word for word in words)]), **told}


def _with_empty_cache(room: Path) -> dict[str, str]:
    """The data and bases that are here, and nothing of what was computed."""
    (room / "home").mkdir()
    for kept in ("data", "bases"):
        if (home() / kept).exists():
            (room / "home" / kept).symlink_to((home() / kept).resolve())
    return {**os.environ, "VALENCE_HOME": str(room / "home")}


def measure(part: str, given: argparse.Namespace) -> dict[str, Any]:
    small = given.rows
    if part == "stage2":
        settings = {"base": given.base, "data": given.sst2, "rows": small, "epochs": given.epochs}
        ways = {name: run_way(f"stage2_{name}", settings) for name in ("by_features", "by_epochs")}
        return {**ways, "epochs": given.epochs, "ratio": _ratio(ways["by_epochs"], ways["by_features"], "seconds")}
    if part == "stage1":
        settings = {"base": given.base, "data": given.imdb, "rows": small or STAGE1_ROWS}
        ways = {name: run_way(f"stage1_{name}", settings) for name in ("ours", "by_defaults")}
        return {**ways, "ratio": _ratio(ways["ours"], ways["by_defaults"], "tokens_per_s")}
    few = [] if small is None else ["--train-rows", str(small)]
    stage1 = ["pretrain", "--base", given.base, "--data", given.imdb, "--epochs", "0.02", *few]
    return {
        "stage1": run_command([*stage1, "--max-tokens", str(given.max_tokens), "--test-rows", "500"]),
        "stage2": run_command(["transfer", "--from", given.base, "--data", given.sst2, *few]),
    }


def _ratio(one: dict[str, Any], other: dict[str, Any], figure: str) -> float:
    return round(float(one[figure] / other[figure]), 2)


def bars(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Each bar of what was measured: what it is, the figure, the bar, whether it holds.

    >>> bars({"stage1": {"ratio": 2.6}})
    [{'bar': 'stage 1: tokens a second, times the defaults', 'figure': 2.6, 'at': 2.5, 'held': True}]
    """
    rows = []
    if "stage2" in found:
        part = found["stage2"]
        ours, theirs = (part[way]["validation_accuracy"] for way in ("by_features", "by_epochs"))
        rows.append(("stage 2: times as fast as epochs through the encoder", part["ratio"], FASTER, 1))
        rows.append(("stage 2: validation accuracy", ours, theirs, 1))
    if "stage1" in found:
        rows.append(("stage 1: tokens a second, times the defaults", found["stage1"]["ratio"], TOKENS, 1))
    if "memory" in found:
        for stage, most in (("stage1", STAGE1_MB), ("stage2", STAGE2_MB)):
            words = f"stage {stage[-1]}: peak memory in MB"
            rows.append((words, found["memory"][stage]["peak_memory_mb"], most, -1))
    return [
        {"bar": words, "figure": figure, "at": at, "held": sign * figure >= sign * at}
        for words, figure, at, sign in rows
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--base", default="minilm", help="a base by name or path")
    parser.add_argument("--imdb", default="imdb", help="the reviews, by name or path")
    parser.add_argument("--sst2", default="sst2", help="the sentences, by name or path")
    parser.add_argument("--part", choices=PARTS, action="append", help="one of them; again for another")
    parser.add_argument("--rows", type=int, help="training rows at most, for a quick run, in which bars mean little")
    parser.add_argument("--epochs", type=float, default=EPOCHS, help="through the frozen encoder")
    parser.add_argument("--max-tokens", type=int, default=384, help="of stage 1 when its memory is measured")
    parser.add_argument("--out", type=Path, default=Path("docs/results/pipeline.json"))
    given = parser.parse_args(arguments)
    found = json.loads(given.out.read_text("utf-8")) if given.part and given.out.exists() else {}
    for part in given.part or PARTS:
        found[part] = measure(part, given)
        found["bars"] = bars(found)
        write_json(given.out, {"base": Path(given.base).name, **found})
    for each in found["bars"]:
        print(f"{'held' if each['held'] else 'MISSED':<6}  {each['bar']}: {each['figure']} (bar {each['at']})")
    return int(not all(each["held"] for each in found["bars"]))


if __name__ == "__main__":
    sys.exit(main())
