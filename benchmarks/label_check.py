"""How many wrong labels does `valence data check` find in a real file, and how many rows must be read for them?

    python benchmarks/label_check.py --data FOLDER [--only NAME] [--share 0.05] [--results FILE]

The folders hold the files that benchmarks/data_files.py names. A share of a file's labels, drawn at random, is replaced
by another label each, and the file is checked as the command does. Precision is the share of replaced labels among the
first suspects, and recall the share of the replaced ones that are suspects at all. The labels that the file already has
wrong count against both.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from data_files import FILES, finder  # beside this file

from valence.data.examples import Examples
from valence.model.head import Ints
from valence.model.results import LabelCheck
from valence.system.files import write_json
from valence.system.machine import processor
from valence.training.label_check import check_file

FIRST = 100  # suspects that a person may read
_SEED = 0


def flipped(rows: Examples, share: float, seed: int) -> tuple[Examples, Ints]:
    """The rows with some labels replaced by another one, and the numbers of those rows."""
    draw = np.random.default_rng(seed)
    names = sorted(rows.label_counts)
    changed = np.sort(draw.permutation(len(rows))[: round(share * len(rows))])
    labels = list(rows.labels)
    for row in changed:
        labels[row] = draw.choice([name for name in names if name != labels[row]])
    return replace(rows, labels=tuple(labels)), changed


def figures(found: LabelCheck, rows: Examples, changed: Ints) -> dict[str, Any]:
    """Precision of the first suspects, and recall."""
    wrong = {rows.keys[row] for row in changed}
    suspects = [each.key for each in found.suspects]
    hits = [key in wrong for key in suspects]
    return {
        "rows": len(rows),
        "labels": len(rows.label_counts),
        "flipped": len(wrong),
        "suspects": found.found,
        "precision_of_first": round(float(np.mean(hits[:FIRST])), 4),
        "precision": round(float(np.mean(hits)), 4),
        "recall": round(sum(hits) / len(wrong), 4),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, action="append", required=True, help="A folder with files.")
    parser.add_argument("--only", choices=FILES, action="append", help="One of the files; by default banking77.")
    parser.add_argument("--share", type=float, default=0.05, help="Of the labels, how many are replaced.")
    parser.add_argument("--results", type=Path, default=Path("docs/results/label-check.json"))
    given = parser.parse_args(arguments)
    logging.getLogger("valence").setLevel(logging.ERROR)
    measured = []
    for name in given.only or ["banking77"]:
        rows, changed = flipped(FILES[name](finder(given.data))[0], given.share, _SEED)
        measured.append({"file": name, "share": given.share, **figures(check_file(rows, "bundled"), rows, changed)})
        print(measured[-1], flush=True)
    write_json(given.results, {"format": 1, "processor": processor(), "first": FIRST, "measured": measured})


if __name__ == "__main__":
    main()
