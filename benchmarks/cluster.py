"""Scoring on a Ray cluster beside one machine: python benchmarks/cluster.py

Makes CSV files of comments, as benchmarks/score.py does, scores them by the command as a user gives it, and writes
docs/results/cluster.json after each part, so that `--only` measures a part again:

- sizes: 1,000 to 100,000 rows, `valence score` beside `valence score --cluster local`: what Ray costs.
- steps: seconds of one core for a row in each step, and what a shard costs the process that gives the command.
- scaling: one worker on one core beside two workers on two cores.
- memory: 100,000 rows, then a million, of short comments: the most that all processes together had.
- faults: four simulated nodes of one core each; twenty workers and three nodes are killed while they score.

Half an hour on two cores that have nothing else to do. Ends with what must hold, and with exit code 1 where it does
not.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from cluster_runs import Json, Run, killed, plain, same_rows, scored  # beside this file
from cluster_steps import driving, steps
from score import make_comments

from valence.data.sources import load
from valence.inference.cores import available_cores
from valence.system.files import write_json
from valence.system.machine import processor

EFFICIENCY = 0.85  # of two workers on two cores, against one on one
GROWTH = 1.1  # of the peak memory from the smaller file to one of ten times the rows
WORKERS_KILLED, NODES_KILLED = 20, 3
STEPS_ROWS = 8_192


class Bench:
    """The parts. Each returns its figures."""

    def __init__(self, scratch: Path, sentences: Sequence[str], options: argparse.Namespace) -> None:
        self._scratch, self._sentences, self._options = scratch, tuple(sentences), options
        self._model = ["--model", str(options.model.resolve())] if options.model else []

    def sizes(self) -> Json:
        rows = self._options.rows
        found = []
        for count in (rows // 100, rows // 10, rows):
            file = self._comments(count)
            alone, out = plain(file, self._new("alone.csv"), self._model), self._new("out")
            ray = scored(file, out, self._model, workers=available_cores(), shard_rows=self._shard_rows)
            same_rows(out / file.name, self._scratch / "alone.csv")
            found.append({"rows": count, "plain_s": alone.seconds, "cluster_s": ray.seconds})
        return {"runs": found, **worth_it(found)}

    def steps(self) -> Json:
        file = self._comments(STEPS_ROWS)
        found = steps(file, self._new("out"), self._options.model)
        return {**found, "driving": driving(file, available_cores())}

    def scaling(self) -> Json:
        file = self._comments(self._options.rows)
        one = scored(file, self._new("out"), self._model, workers=1, cores={0}, shard_rows=self._shard_rows)
        two = scored(file, self._new("out"), self._model, workers=2, cores={0, 1}, shard_rows=self._shard_rows)
        return {
            "rows": self._options.rows,
            "one": one.figures(),
            "two": two.figures(),
            "efficiency": round(two.rows_per_second / one.rows_per_second / 2, 3),
            "efficiency_with_start": round(one.seconds / two.seconds / 2, 3),
        }

    def memory(self) -> Json:
        words = [" ".join(sentence.split()[:3]) for sentence in self._sentences]
        runs = []
        for rows in (self._options.rows, 10 * self._options.rows):
            file = self._comments(rows, words)
            run = scored(file, self._new("out"), self._model, workers=available_cores(), watch_memory=True)
            runs.append(run.figures())
        return {"runs": runs, "growth": round(runs[1]["peak_memory_mb"] / runs[0]["peak_memory_mb"], 3)}

    def faults(self) -> Json:
        rows = self._options.fault_rows
        file = self._comments(rows)
        alone = plain(file, self._new("alone.csv"), self._model)
        out = self._new("out")
        run, faults = killed(
            file,
            out,
            self._model,
            workers=self._options.kills,
            nodes=self._options.node_kills,
            shard_rows=min(self._shard_rows, max(512, rows // 64)),
            chance=random.Random(0),
        )
        lost, doubled = same_rows(out / file.name, self._scratch / "alone.csv")
        return {
            "rows": rows,
            **faults,
            "lost": lost,
            "doubled": doubled,
            "plain_s": alone.seconds,
            "run_s": run.seconds,
        }

    @property
    def _shard_rows(self) -> int:
        return int(self._options.shard_rows)

    def _comments(self, rows: int, sentences: Sequence[str] = ()) -> Path:
        file = self._scratch / f"comments-{rows}{'-short' if sentences else ''}.csv"
        if not file.exists():
            make_comments(file, tuple(sentences) or self._sentences, rows)
        return file

    def _new(self, name: str) -> Path:
        """A path in the scratch folder where nothing is."""
        path = self._scratch / name
        Run.remove(path)
        return path


def worth_it(sizes: Sequence[Json]) -> Json:
    """What Ray costs, as a line through the sizes: seconds to start, and a row's time to that of the plain command."""
    small, large = sizes[0], sizes[-1]
    rows = large["rows"] - small["rows"]
    row = {name: (large[f"{name}_s"] - small[f"{name}_s"]) / rows for name in ("plain", "cluster")}
    start = {name: small[f"{name}_s"] - small["rows"] * row[name] for name in row}
    return {
        "start_s": round(start["cluster"] - start["plain"], 1),
        "row_to_plain": round(row["cluster"] / row["plain"], 3),
    }


def checks(found: Json) -> list[Json]:
    """What must hold of the parts that were measured."""
    rules: list[tuple[str, str, str, Callable[[Json], float], Callable[[float], bool], str]] = [
        (
            "scaling",
            "Two workers on two cores to one on one, for each core",
            "at least",
            lambda part: float(part["efficiency"]),
            lambda value: value >= EFFICIENCY,
            f"{EFFICIENCY}",
        ),
        (
            "memory",
            "Peak memory of a million rows to that of 100,000",
            "at most",
            lambda part: float(part["growth"]),
            lambda value: value <= GROWTH,
            f"{GROWTH}",
        ),
        (
            "faults",
            "Rows lost or doubled by kills",
            "none",
            lambda part: float(part["lost"] + part["doubled"]),
            lambda value: value == 0,
            "0",
        ),
        (
            "faults",
            "Workers and nodes killed while they scored",
            "at least",
            lambda part: float(part["workers_killed"] + part["nodes_killed"]),
            lambda value: value >= WORKERS_KILLED + NODES_KILLED,
            f"{WORKERS_KILLED + NODES_KILLED}",
        ),
    ]
    return [
        {"what": what, "measured": value(found[part]), "bound": f"{kind} {bound}", "holds": holds(value(found[part]))}
        for part, what, kind, value, holds, bound in rules
        if part in found
    ]


PARTS = ("sizes", "steps", "scaling", "memory", "faults")


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 1 where something that must hold does not."""
    options = _options(arguments)
    found: Json = json.loads(options.out.read_text("utf-8")) if options.out.exists() else {}
    found |= {"processor": processor(), "cores": available_cores()}
    with tempfile.TemporaryDirectory(dir=options.scratch) as scratch:
        bench = Bench(Path(scratch), load(options.sentences).train.texts, options)
        for part in options.only:
            found[part] = getattr(bench, part)()
            found["checks"] = checks(found)
            print(part, json.dumps(found[part]), flush=True)
            write_json(options.out, found)
    for each in found["checks"]:
        print(
            f"{each['what']}: {each['measured']:g} ({each['bound']}): {'holds' if each['holds'] else 'DOES NOT HOLD'}"
        )
    return 0 if all(each["holds"] for each in found["checks"]) else 1


def _options(arguments: Sequence[str] | None) -> Any:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), help="what to measure")
    parser.add_argument("--rows", type=int, default=100_000, help="of the largest file; memory takes ten times as many")
    parser.add_argument("--fault-rows", type=int, default=60_000)
    parser.add_argument("--kills", type=int, default=WORKERS_KILLED, help="of workers")
    parser.add_argument("--node-kills", type=int, default=NODES_KILLED)
    parser.add_argument("--shard-rows", type=int, default=2_048)
    parser.add_argument("--sentences", default="sst2", help="the data set whose training sentences are mixed")
    parser.add_argument("--model", type=Path, help="a model folder; by default the bundled model")
    parser.add_argument("--scratch", type=Path, help="a folder with room for the files")
    parser.add_argument("--out", type=Path, default=Path("docs/results/cluster.json"))
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
