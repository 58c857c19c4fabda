"""How often is a line without tone surely called negative or positive?

    python benchmarks/neutral_lines.py [--model sentiment] [--results FILE]

The lines are docs/neutral-lines.csv: written for this test and never trained on. Look at them once,
for a finished head.
"""

from __future__ import annotations

import argparse
import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from valence.inference.engine import Engine
from valence.inference.prediction import Prediction
from valence.model.bundled import model_path
from valence.system.files import write_json
from valence.system.machine import processor

LINES = Path(__file__).parents[1] / "docs" / "neutral-lines.csv"


def outcome(answer: Prediction | Exception) -> str:
    """What a line got: neutral, "not readable", or a tone that it is or isn't sure of."""
    if not isinstance(answer, Prediction):
        return "not readable"
    if answer.label == "neutral":
        return "neutral"
    return "surely a tone" if answer.sure else "a tone, not sure"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="sentiment")
    parser.add_argument("--results", type=Path, default=Path("docs/results/neutral-lines.json"))
    given = parser.parse_args(arguments)
    with LINES.open(encoding="utf-8", newline="") as file:
        lines = [row["text"] for row in csv.DictReader(file)]
    counts = Counter(map(outcome, Engine(model_path(given.model)).answers(lines)))
    rows = dict(counts.most_common())
    write_json(given.results, {"model": given.model, "lines": len(lines), "outcomes": rows, "processor": processor()})
    print(*(f"{name}: {count} of {len(lines)}" for name, count in rows.items()), sep="\n")


if __name__ == "__main__":
    main()
