"""How long a head takes to choose and fit, and how much memory, on made-up features as wide as the bundled body's.

    python benchmarks/head_speed.py [--only NAME] [--results docs/results/head-speed.json]

Each case is a process of its own. Features are drawn around a centre for each class, along axes that matter less and
less, as in real ones; texts, for the n-grams, of words that each class prefers. Seconds of the processor do not count
the waiting for it, so other work on the machine hardly changes them. The memory is the whole process's at its peak.
The exit code is 1 if a case is over its bar.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from valence.fitting.choice import HeadChooser, HeadRows
from valence.model.feature_rows import FeatureRows
from valence.model.labels import Labels
from valence.model.row_file import RowFile
from valence.system.files import write_json
from valence.system.machine import peak_memory_mb, processor

WIDTHS = {"final": 384, "general": 2688}
_VALIDATION = 2500  # at most a fifth


@dataclass(frozen=True)
class Case:
    """What is fitted, and its bars; None where there is none.

    Attributes:
        readouts: that are tried; both of them also beside n-grams.
        most_s: seconds of the processor.
        most_mb: of memory.
    """

    classes: int
    rows: int
    readouts: tuple[str, ...]
    most_s: float | None = None
    most_mb: int | None = None


CASES = {
    "150 classes, final": Case(150, 15_000, ("final",), most_s=60),
    "150 classes, general": Case(150, 15_000, ("general",), most_s=120),
    "150 classes, auto": Case(150, 15_000, ("final", "general")),
    "100,000 rows, final": Case(2, 100_000, ("final",), most_mb=1000),
    "100,000 rows, general": Case(2, 100_000, ("general",), most_mb=1000),
}


def drawn(classes: int, rows: int, width: int, labels: np.ndarray) -> FeatureRows:
    """Features of shape (rows, width), on disk as the cache of features gives many."""
    draw = np.random.default_rng(width)
    strength = (np.arange(1, width + 1) ** -0.5).astype(np.float32)
    mix = np.linalg.qr(draw.standard_normal((width, width), dtype=np.float32))[0]
    centres = draw.standard_normal((classes, width), dtype=np.float32) * strength**1.5 * 0.6
    file = RowFile(width)
    for start in range(0, rows, 4096):
        some = labels[start : start + 4096]
        noise = draw.standard_normal((len(some), width), dtype=np.float32) * strength
        file.write((centres[some] + noise) @ mix, start)
    return file.rows(range(rows))


def written(classes: int, labels: np.ndarray) -> list[str]:
    """Texts of twelve words each, a third of them from the hundred that their class prefers."""
    draw = np.random.default_rng(classes)
    common = draw.zipf(1.3, size=(len(labels), 8)) % 20_000
    own = 20_000 + draw.integers(0, 100, size=(len(labels), 4)) + 60 * labels[:, None]
    return [" ".join(f"w{number * 7919 % 99991}" for number in row) for row in np.hstack([common, own])]


def measure(case: Case) -> dict[str, Any]:
    """Fits the case in this process."""
    labels = np.random.default_rng(1).integers(0, case.classes, size=case.rows)
    auto = len(case.readouts) > 1
    texts = written(case.classes, labels) if auto else [""] * case.rows
    features = {name: drawn(case.classes, case.rows, WIDTHS[name], labels) for name in case.readouts}
    rows = HeadRows(
        texts, labels, np.arange(case.rows), np.arange(case.rows - min(_VALIDATION, case.rows // 5), case.rows)
    )
    before_mb = peak_memory_mb()
    steps = 0

    def on_step(_: str) -> None:
        nonlocal steps
        steps += 1

    names = [str(number) for number in range(case.classes)]
    begun, begun_s = time.process_time(), time.perf_counter()
    choice = HeadChooser(Labels(names), auto, on_step=on_step).choose(rows, features)
    return {
        **asdict(case),
        "processor_s": round(time.process_time() - begun, 1),
        "wall_s": round(time.perf_counter() - begun_s, 1),
        "peak_mb": round(peak_memory_mb()),
        "features_mb": round(before_mb),
        "steps_shown": steps,
        "chosen": str(choice.chosen),
        "log_loss": choice.chosen.log_loss,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", choices=CASES, action="append", help="One of the cases; again for another.")
    parser.add_argument("--results", type=Path, default=Path("docs/results/head-speed.json"))
    parser.add_argument("--here", choices=CASES, help=argparse.SUPPRESS)  # one case, in this process
    given = parser.parse_args(arguments)
    if given.here:
        print(json.dumps(measure(CASES[given.here])))
        return 0
    found: dict[str, Any] = {}
    for name in given.only or CASES:
        done = subprocess.run([sys.executable, __file__, "--here", name], check=True, capture_output=True, text=True)
        found[name] = json.loads(done.stdout)
        print("{0}: {processor_s} s of processor, {peak_mb} MB, {chosen}".format(name, **found[name]), flush=True)
    write_json(given.results, {"processor": processor(), "cases": found})
    return int(any(over(case) for case in found.values()))


def over(case: dict[str, Any]) -> bool:
    """Whether a case took more than it may."""
    bars = (("most_s", "processor_s"), ("most_mb", "peak_mb"))
    return any(case[bar] is not None and case[value] > case[bar] for bar, value in bars)


if __name__ == "__main__":
    sys.exit(main())
